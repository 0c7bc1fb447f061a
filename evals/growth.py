"""How time, memory and disk grow with the number of passages: one size, indexed in one process, searched in another.

`python -m evals.growth index|search SOURCE INDEX` prints one line of JSON. `evals.bench` starts both for each size, so
that each peak of memory is that of the step alone. Vectors are synthetic.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from pathlib import Path

from evals.loaders import load_seeds
from evals.summary import percentile
from evals.synthetic import SyntheticEmbedder
from index.documents import Filter
from index.library import Library
from rag.retrieval import retrieve

QUERIES = 50
WITHIN = 10
"""Documents that a limited search is limited to."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one size costs, in seconds, milliseconds a search, MB of memory (peaks) and KB of disk a passage."""

    passages: int
    index_s: float
    resync_s: float
    sync_memory_mb: float
    disk_kb: float
    open_s: float
    first_s: float  # the first search after opening, which reads the vectors
    search_p50_ms: float
    search_p95_ms: float
    within_p95_ms: float  # limited to ten documents
    memory_mb: float


def index(source: Path, folder: Path) -> dict[str, float]:
    """Index `source` into the empty `folder` and sync again."""
    with Library.open(source, folder, embedder=SyntheticEmbedder()) as library:
        indexing = _seconds(library.sync)
        resync = _seconds(library.sync)
        passages = sum(info.passages for info in library.documents())
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e3
    return {
        "passages": passages, "index_s": indexing, "resync_s": resync, "sync_memory_mb": _peak_memory_mb(),
        "disk_kb": disk / passages,
    }  # fmt: skip


def search(source: Path, folder: Path) -> dict[str, float]:
    """Open what `index` made, and search in all of it and in ten of its documents."""
    started = time.perf_counter()
    with Library.open(source, folder, embedder=SyntheticEmbedder()) as library:
        opening = time.perf_counter() - started
        questions = [example.question for example in load_seeds().examples[: QUERIES + 5]]
        first = _seconds(partial(retrieve, library, questions[0], 5, Filter()))
        names = [info.id for info in library.documents()]
        within = Filter(documents=frozenset(names[:: max(1, len(names) // WITHIN)][:WITHIN]))
        everywhere, limited = (
            [1000 * _seconds(partial(retrieve, library, each, 5, where)) for each in questions][5:]
            for where in (Filter(), within)
        )
    return {
        "open_s": opening, "first_s": first, "search_p50_ms": percentile(everywhere, 0.5),
        "search_p95_ms": percentile(everywhere, 0.95), "within_p95_ms": percentile(limited, 0.95),
        "memory_mb": _peak_memory_mb(),
    }  # fmt: skip


def exponent(passages: Sequence[float], costs: Sequence[float]) -> float:
    """B of cost = a * passages^b, by least squares on the logarithms; 1 is linear. Needs two sizes or more."""
    xs, ys = [log(value) for value in passages], [log(value) for value in costs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def _peak_memory_mb() -> float:
    """Of this process alone: `ru_maxrss` starts from the parent's peak on Linux, so it is only the fallback."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return (float(peak) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


STEPS = {"index": index, "search": search}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
