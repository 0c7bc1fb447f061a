"""How time, memory and disk grow with the number of passages: one size, in a process of its own.

`python -m evals.growth SOURCE INDEX` prints one line of JSON. `evals.bench` starts it for each size, so that the peak
of memory is that of the size alone. Vectors are synthetic.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True)
class Size:
    """What one size costs: seconds to index, sync again, open; milliseconds a search; MB of memory (peak) and disk."""

    passages: int
    index_s: float
    resync_s: float
    open_s: float
    search_p50_ms: float
    search_p95_ms: float
    memory_mb: float
    disk_mb: float


def measure(source: Path, index: Path) -> Size:
    """Index `source` into the empty folder `index`, sync again, open again, search."""
    embedder = SyntheticEmbedder()
    with Library.open(source, index, embedder=embedder) as library:
        indexing = _seconds(library.sync)
        resync = _seconds(library.sync)
        passages = sum(info.passages for info in library.documents())
    started = time.perf_counter()
    with Library.open(source, index, embedder=embedder) as library:
        opening = time.perf_counter() - started
        questions = [example.question for example in load_seeds().examples[: QUERIES + 5]]
        times = [1000 * _seconds(partial(retrieve, library, each, 5, Filter())) for each in questions][5:]
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / 1e6
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    return Size(passages, indexing, resync, opening, p50, p95, _peak_memory_mb(), disk)


def exponent(passages: Sequence[float], costs: Sequence[float]) -> float:
    """B of cost = a * passages^b, by least squares on the logarithms; 1 is linear. Needs two sizes or more."""
    xs, ys = [log(value) for value in passages], [log(value) for value in costs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def from_line(line: str) -> Size:
    """The inverse of what `python -m evals.growth` prints."""
    return Size(**json.loads(line))


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


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), Path(sys.argv[2])))))
