"""python -m evals.bench: speed as ratios, both sides measured in one run on one machine.

Parts: index (against the raw embedder), ask (against embedding + one Chroma query, and the LlamaIndex starter's
retrieval), cold (a new process), sync (10,000 small files), growth (1,000 to 100,000 passages, synthetic
vectors; `growth --sizes 1000000` for more).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from evals import figures
from evals.datasets import Example
from evals.growth import STEPS, Size, exponent
from evals.loaders import SEEDS_DIR, load_seeds
from evals.plots import growth_plot
from evals.report import STYLE, table_html
from evals.run import ROOT, RUNS, commit
from evals.summary import percentile
from evals.synthetic import SyntheticEmbedder, sentences_of, write_documents
from evals.tables import Table
from index.doctor import check
from index.library import Library
from rag import Footnote

SIZES = (1_000, 10_000, 100_000)
SENTENCES_A_DOCUMENT = 50
DOCUMENTS_A_PASSAGE = 0.105


def bench_index(work: Path) -> Table:
    """Index 60 documents; then the raw embedder on the very same passages."""
    source = work / "source"
    write_documents(source, sentences_of(SEEDS_DIR), 60, 25)
    with Library.open(source, work / "index") as library:
        library.embedder.embed_query("warm")
        whole = _seconds(library.sync)
        found = [info.id for info in library.documents()]
        texts = [each.text for id_ in found for each in _passages(library, id_)]
        raw = _seconds(lambda: library.embedder.embed_passages(texts))
    row = (str(len(texts)), f"{len(texts) / whole:.1f}", f"{len(texts) / raw:.1f}", f"{whole / raw:.2f}")
    columns = ("passages", "indexed a second", "embedded a second", "time, as a multiple of embedding")
    return Table("Indexing against the raw embedder", columns, (row,))


def bench_ask(work: Path, rounds: int = 40) -> Table:
    """Warm questions, each put to all in turn: one embedding and one Chroma query, the starter's retrieval, `ask`."""
    from evals.llamaindex import LlamaIndexStarter

    footnote = Footnote.open(SEEDS_DIR, work / "ask-index")
    footnote.sync()
    floor = _chroma_query(footnote)
    starter = LlamaIndexStarter(footnote)
    contenders: dict[str, Callable[[Example], object]] = {
        "embed + one Chroma query": lambda example: floor(example.question),
        "LlamaIndex starter, retrieval only": starter.retrieve,
        "Footnote, retrieve": lambda example: footnote.retrieve(example.question),
        "Footnote, ask": lambda example: footnote.ask(example.question),
    }
    examples = [example for example in load_seeds().examples if not example.history][: rounds + 3]
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number, example in enumerate(examples):
        turn = number % len(contenders)
        for name, answer in [*contenders.items()][turn:] + [*contenders.items()][:turn]:
            elapsed = 1000 * _seconds(partial(answer, example))
            if number >= 3:
                times[name].append(elapsed)
    footnote.close()
    base = median(times["embed + one Chroma query"])
    rows = tuple(
        (name, f"{median(of):.1f}", f"{percentile(of, 0.95):.1f}", f"{median(of) / base:.1f}")
        for name, of in times.items()
    )
    columns = ("what", "ms p50", "ms p95", "p50, as a multiple of the first")
    return Table(
        "One warm question", columns, rows, f"{len(examples) - 3} known questions on the seeds, taken in turn."
    )


def bench_cold(work: Path, repeats: int = 3) -> Table:
    """A new process, index built: import, open, answer; beside it the import of Chroma and the ONNX runtime alone."""
    question = load_seeds().examples[0].question
    environment = {**os.environ, "RAG_SOURCE_DIR": str(SEEDS_DIR), "RAG_INDEX_DIR": str(work / "cold-index")}
    ask = f"from rag import ask; ask({question!r})"
    programs = {"import chromadb, onnxruntime": "import chromadb, onnxruntime", "from rag import ask; ask(...)": ask}
    _python(ask, environment)
    times = {
        name: min(_seconds(partial(_python, code, environment)) for _ in range(repeats))
        for name, code in programs.items()
    }
    base = next(iter(times.values()))
    rows = tuple((name, f"{each:.2f}", f"{each / base:.1f}") for name, each in times.items())
    return Table("A cold start", ("process", "seconds", "as a multiple of the first"), rows, f"Best of {repeats}.")


def bench_sync(work: Path, documents: int = 10_000) -> Table:
    """Many small files: a sync with nothing changed beside reading and hashing every file, opening, the doctor."""
    source, index = work / "many", work / "many-index"
    write_documents(source, sentences_of(SEEDS_DIR), documents, 2)
    found = _grown(source, index)
    same, hashing = found["resync_s"], _seconds(lambda: [sha256(path.read_bytes()) for path in source.iterdir()])
    checking = _seconds(lambda: check(index, source, embedder=SyntheticEmbedder()))
    costs = {
        "sync again, s": same, "read and hash, s": hashing, "ratio": same / hashing, "first sync, s": found["index_s"],
        "memory of it, MB": found["sync_memory_mb"], "open, s": found["open_s"], "doctor, s": checking,
    }  # fmt: skip
    row = (f"{documents:,}", *(_short(value) for value in costs.values()))
    note = "Vectors are synthetic: what is measured is all but the embedding."
    return Table("Many small files", ("documents", *costs), (row,), note)


def bench_growth(work: Path, sizes: Sequence[int] = SIZES) -> tuple[Table, list[Size]]:
    """Two processes a size. Texts are sentences of the seeds in new orders, vectors synthetic at every size."""
    sentences = sentences_of(SEEDS_DIR)
    measured = []
    for size in sizes:
        source, index = work / f"growth-{size}", work / f"growth-index-{size}"
        write_documents(source, sentences, max(1, round(size * DOCUMENTS_A_PASSAGE)), SENTENCES_A_DOCUMENT)
        measured.append(Size(**_grown(source, index)))
    return _growth_table(measured), measured


def _grown(source: Path, index: Path) -> dict[str, Any]:
    """What indexing a folder and searching the index cost, each in a process of its own."""
    found: dict[str, Any] = {}
    for step in STEPS:
        command = [sys.executable, "-m", "evals.growth", step, str(source), str(index)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found |= json.loads(done.stdout.splitlines()[-1])
    return found


def _growth_table(measured: Sequence[Size]) -> Table:
    names = {
        "index_s": "index, s",
        "resync_s": "sync again, s",
        "sync_memory_mb": "memory of it, MB",
        "disk_kb": "disk a passage, KB",
        "open_s": "open, s",
        "first_s": "first search, s",
        "search_p50_ms": "search p50, ms",
        "search_p95_ms": "p95, ms",
        "within_p95_ms": "in 10 documents p95, ms",
        "memory_mb": "memory of searching, MB",
    }
    rows = [(f"{each.passages:,}", *(_short(getattr(each, name)) for name in names)) for each in measured]
    passages = [each.passages for each in measured]
    if len(measured) > 1:
        fitted = [exponent(passages, [getattr(each, name) for each in measured]) for name in names]
        rows.append(("exponent", *(f"{value:.2f}" for value in fitted)))
    note = "Synthetic vectors over real sentences. Exponent b: cost grows as passages^b, 1 is linear."
    return Table("Growth", ("passages", *names.values()), tuple(rows), note)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def growth_page(measured: Sequence[Size]) -> str:
    """The plots of the growth: seconds, milliseconds and MB over passages."""
    curves: dict[str, dict[str, list[tuple[float, float]]]] = {
        "seconds": {"index": _points(measured, "index_s"), "sync again": _points(measured, "resync_s")},
        "milliseconds": {"search p50": _points(measured, "search_p50_ms"), "p95": _points(measured, "search_p95_ms")},
        "MB": {"sync": _points(measured, "sync_memory_mb"), "search": _points(measured, "memory_mb")},
    }
    plots = [f"<figure>{growth_plot(each, 'passages', unit)}</figure>" for unit, each in curves.items()]
    return f'<div class="plots">{"".join(plots)}</div>'


def page(tables: Mapping[str, Table], measured: Sequence[Size]) -> str:
    """Everything as one self-contained HTML file."""
    title = escape(f"Bench, commit {commit()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores")
    plots = growth_page(measured) if len(measured) > 1 else ""
    body = "".join(table_html(table) for table in tables.values()) + plots
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><h1>{title}</h1>{body}</body></html>'


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, write the page and, if asked, keep the tables for the documentation."""
    parts: dict[str, Callable[[Path], Any]] = {
        "index": bench_index,
        "ask": bench_ask,
        "cold": bench_cold,
        "sync": bench_sync,
        "growth": lambda work: bench_growth(work, arguments.sizes),
    }
    parser = argparse.ArgumentParser("python -m evals.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(parts)}; all of them by default")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N", help="passages, for growth")
    parser.add_argument("--keep", action="store_true", help="store the tables in evals/results/bench-PART.json")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.parts) - parts.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}: use {', '.join(parts)}")
    tables: dict[str, Table] = {}
    measured: list[Size] = []
    for name in arguments.parts or parts:
        with tempfile.TemporaryDirectory(prefix="footnote-bench-") as work:
            made = parts[name](Path(work))
        tables[name], measured = made if isinstance(made, tuple) else (made, measured)
        print(tables[name].text() + "\n", flush=True)
        if arguments.keep:
            others = [str(size) for size in arguments.sizes if name == "growth" and tuple(arguments.sizes) != SIZES]
            command = ["python -m evals.bench", name, *(["--sizes", *others] if others else [])]
            figures.store("-".join(["bench", name, *others]), " ".join(command), {"table": tables[name]})
    path = RUNS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-bench" / "bench.html"
    path.parent.mkdir(parents=True)
    path.write_text(page(tables, measured), encoding="utf-8")
    print(path)
    return 0


def _chroma_query(footnote: Footnote) -> Callable[[str], object]:
    """One embedding and one query of a plain Chroma collection that holds the same passages: what any pipeline pays."""
    import chromadb
    from chromadb.config import Settings

    library = footnote.library
    passages = [each for info in library.documents() for each in _passages(library, info.id)]
    collection = chromadb.EphemeralClient(Settings(anonymized_telemetry=False)).create_collection(
        "floor", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    vectors: Any = library.embedder.embed_passages([each.text for each in passages])
    collection.add([each.id for each in passages], embeddings=vectors, documents=[each.text for each in passages])

    def query(question: str) -> object:
        vector: Any = library.embedder.embed_query(question)
        return collection.query(query_embeddings=[vector], n_results=5)

    return query


def _passages(library: Library, document_id: str) -> Sequence[Any]:
    from index.passages import split

    return split(library.document(document_id))


def _points(measured: Sequence[Size], name: str) -> list[tuple[float, float]]:
    return [(each.passages, max(getattr(each, name), 1e-3)) for each in measured]


def _python(code: str, environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    sys.exit(main())
