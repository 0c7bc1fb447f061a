"""python -m evals: ask the known questions, compare, report, draft new ones, keep the gate."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm  # type: ignore[import-untyped]

from evals import asking, figures, report
from evals.compare import compare
from evals.datasets import EvalSet
from evals.draft import accept, propose
from evals.errors import RunError
from evals.feedback import candidates
from evals.gate import breaches, load_limits
from evals.loaders import LOADERS, load, load_seeds, load_strangers, load_translated
from evals.run import ROOT, RUNS, Run, latest
from evals.synthetic import SyntheticEmbedder
from evals.tables import Table
from evals.tabulate import run_figures, tables
from index.documents import Document
from index.errors import FootnoteError
from index.library import Library
from index.passages import split
from rag.settings import Settings
from rag.web.history import History

T = TypeVar("T")
KNOWN = {"seeds": load_seeds, "strangers": load_strangers, "translated": load_translated}
"""The sets that come with the project."""
DATA = Path(os.environ.get("FOOTNOTE_DATA", ROOT.parent / "shared" / "data"))
"""Development sets for the gate's second half, never part of the repository."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Exit status: 0, 1 for a figure below its limit or a file out of date, 2 for a user's mistake."""
    arguments = parser().parse_args(with_default(list(sys.argv[1:] if argv is None else argv)))
    try:
        return int(arguments.run(arguments))
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Go on where it ended with the same command and --resume latest.", file=sys.stderr)
        return 130


def _ask(arguments: argparse.Namespace) -> int:
    """Ask a set and print its tables."""
    started = time.perf_counter()
    resumed = _run(arguments.resume) if arguments.resume else None
    eval_set = _loaded(arguments)
    if eval_set.claims:
        print(asking.claims_table(eval_set, _track).text())
        return 0
    if not eval_set.documents and not eval_set.source_dir:
        raise RunError(
            f"{eval_set.name} has no documents to ask: `python -m evals.conversations` measures its rewriting."
        )
    asked = asking.prepared(eval_set, Settings.load(), not arguments.no_baselines, _IndexBar("indexing"))
    run = asked.run(_track, _command(arguments), resumed=resumed)
    made = _print(run)
    written = report.write(run, made)
    print(f"\n{len(eval_set.examples)} questions in {time.perf_counter() - started:.1f} s. Report: {written}")
    return 0


def _loaded(arguments: argparse.Namespace) -> EvalSet:
    known = KNOWN.get(arguments.set)
    whole = known() if known else asking.with_parts(load(arguments.set, arguments.path))
    if arguments.given_paragraph:
        whole = whole.given_paragraph()
    chosen = whole.sample(arguments.limit, lambda each: arguments.part in (None, each.part))
    if not chosen.examples and not chosen.claims:
        raise RunError(f"{whole.name} has no question of the part {arguments.part!r}: leave --part out.")
    return chosen


def _gate(arguments: argparse.Namespace) -> int:
    """Fail when a figure is on the wrong side of its limit."""
    limits = load_limits()
    failed = []
    for eval_set in _gate_sets(arguments.data):
        started = time.perf_counter()
        run = asking.for_gate(eval_set, Settings.load()).run(_track, "python -m evals gate")
        broken = breaches(run_figures(run), limits[eval_set.name])
        failed += broken
        _print(run)
        print(f"\n{eval_set.name}: {len(broken)} limits broken, {time.perf_counter() - started:.1f} s", flush=True)
        for breach in broken:
            print(f"  {breach}")
    return 1 if failed else 0


def _gate_sets(data: Path) -> Iterable[EvalSet]:
    yield load_seeds()
    yield load_strangers()
    if (data / "squad2" / "questions.jsonl").exists():
        whole = asking.with_parts(load("jsonl", data / "squad2"))
        yield whole.sample(asking.GATE_QUESTIONS, lambda example: example.part == "test")
    else:
        print(f"The squad2 sample is skipped: there is no {data / 'squad2'} (FOOTNOTE_DATA says where to look).")


def _compare(arguments: argparse.Namespace) -> int:
    """Two runs, question by question."""
    for table in compare(_run(arguments.before), _run(arguments.after), arguments.answerer):
        print(table.text() + "\n")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    """Write a run as one HTML file."""
    print(report.write(_run(arguments.which)))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    """Print a run's tables again."""
    _print(_run(arguments.which))
    return 0


def _keep(arguments: argparse.Namespace) -> int:
    """Store a run's tables for the documentation."""
    print(figures.keep(_run(arguments.which), arguments.name or ""))
    return 0


def _figures(arguments: argparse.Namespace) -> int:
    """Bring the tables in the documentation up to date, or only check them."""
    changed = figures.outdated() if arguments.check else figures.refresh()
    for file in changed:
        print(f"{file.relative_to(ROOT)} {'is out of date' if arguments.check else 'brought up to date'}")
    return 1 if arguments.check and changed else 0


def _draft(arguments: argparse.Namespace) -> int:
    """Propose known questions for a folder of documents."""
    with tempfile.TemporaryDirectory(prefix="footnote-draft-") as index_dir:
        documents = _documents(arguments.documents, Path(index_dir))
    proposals = propose(documents, split)
    taken = proposals if arguments.all or not sys.stdin.isatty() else list(accept(proposals, input))
    with arguments.out.open("a", encoding="utf-8") as file:
        for proposal in taken:
            file.write(json.dumps(proposal.to_row(), ensure_ascii=False) + "\n")
    print(f"{len(taken)} of {len(proposals)} proposed questions are in {arguments.out}: read them before you use them.")
    return 0


def _from_feedback(arguments: argparse.Namespace) -> int:
    """Propose known questions from the rated answers of the page's history."""
    if not arguments.history.is_file():
        raise RunError(f"There is no history at {arguments.history}: it is history.sqlite3 in the index folder.")
    rows = candidates(History(arguments.history).feedback())
    with arguments.out.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"{len(rows)} rated questions are in {arguments.out}: read them before you use them.")
    return 0


def _documents(folder: Path, index_dir: Path) -> list[Document]:
    with Library.open(folder, index_dir, embedder=SyntheticEmbedder()) as library:
        library.sync(_IndexBar("reading"))
        return [library.document(info.id) for info in library.documents()]


def _run(name: str) -> Run:
    return latest(RUNS) if name == "latest" else Run.load(Path(name))


def _print(run: Run) -> dict[str, Table]:
    made = tables(run)
    for table in made.values():
        print("\n" + table.text())
    return made


def _command(arguments: argparse.Namespace) -> str:
    embedding = Settings.load().embedding
    with_embedding = [f"RAG_EMBEDDING={embedding}"] if embedding != Settings.model_fields["embedding"].default else []
    given = [arguments.path.name] if arguments.set not in KNOWN else []
    limit = [f"--limit {arguments.limit}"] if arguments.limit else []
    part = [f"--part {arguments.part}"] if arguments.part else []
    paragraph = ["--given-paragraph"] if arguments.given_paragraph else []
    return " ".join([*with_embedding, "python -m evals", arguments.set, *given, *limit, *part, *paragraph])


def _track(steps: Iterable[T], total: int, what: str) -> Iterable[T]:
    bar: Iterable[T] = tqdm(steps, desc=what, total=total, unit="", leave=False, disable=None)
    return bar


class _IndexBar:
    """A progress bar for a sync."""

    def __init__(self, what: str) -> None:
        self._bar = tqdm(desc=what, unit="", leave=False, disable=None)

    def __call__(self, _: str, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()


def with_default(words: list[str]) -> list[str]:
    """`words`, with the command that is meant when none is given."""
    return ["seeds", *words] if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")) else words


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    root = argparse.ArgumentParser(
        "python -m evals", description="Without a command: ask the known questions on the seeds."
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for name in (*KNOWN, *LOADERS):
        told = f"ask the known questions, {name}" if name in KNOWN else "ask a set in this format"
        _add_set(commands.add_parser(name, help=told), name)
    for name, run, about in (("report", _report, _report), ("show", _show, _show), ("keep", _keep, _keep)):
        command = commands.add_parser(name, help=about.__doc__)
        command.add_argument(
            "which", nargs="?", default="latest", metavar="RUN", help="a folder under runs/, or latest"
        )
        command.set_defaults(run=run)
        if name == "keep":
            command.add_argument("--name", help="the name of the stored result; the set's by default")
    _add_others(commands)
    return root


def _add_set(command: argparse.ArgumentParser, name: str) -> None:
    if name not in KNOWN:
        command.add_argument("path", type=Path, metavar="PATH", help="the file or folder of the set")
    command.add_argument("--limit", type=int, metavar="N", help="at most N questions, always the same ones")
    command.add_argument("--part", help="only the questions of one part: tuning, held_out, or train, calibrate, test")
    command.add_argument("--given-paragraph", action="store_true", help="ask each question of its own paragraph alone")
    command.add_argument("--no-baselines", action="store_true", help="ask Footnote only")
    command.add_argument("--resume", metavar="RUN", help="go on with a stopped run: its folder, or latest")
    command.set_defaults(run=_ask, set=name, path=None)


def _add_others(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("compare", help=_compare.__doc__)
    command.add_argument("before", metavar="RUN_A")
    command.add_argument("after", metavar="RUN_B")
    command.add_argument("--answerer", help="whose answers; the first by default")
    command.set_defaults(run=_compare)
    command = commands.add_parser("draft", help=_draft.__doc__)
    command.add_argument("documents", type=Path, metavar="DOCS", help="a folder of documents")
    command.add_argument("--out", type=Path, default=Path("questions.jsonl"), help="where the questions are appended")
    command.add_argument("--all", action="store_true", help="take every proposal without asking")
    command.set_defaults(run=_draft)
    command = commands.add_parser("from-feedback", help=_from_feedback.__doc__)
    command.add_argument("history", type=Path, metavar="HISTORY", help="history.sqlite3 of an index folder")
    command.add_argument("--out", type=Path, default=Path("questions.jsonl"), help="where the questions are appended")
    command.set_defaults(run=_from_feedback)
    command = commands.add_parser("gate", help=_gate.__doc__)
    command.add_argument("--data", type=Path, default=DATA, help="where the development sets are")
    command.set_defaults(run=_gate)
    command = commands.add_parser("figures", help=_figures.__doc__)
    command.add_argument("--check", action="store_true", help="change nothing, fail when a table is out of date")
    command.set_defaults(run=_figures)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    warnings.simplefilter("ignore", DeprecationWarning)
    sys.exit(main())
