"""Many readers for minutes on the real server: `python -m tests.web.load [--clients 50] [--minutes 5]`.

Half of the time nothing else happens; then a sync of 1,000 new documents runs in the same server, asked for as the page
asks, and the readers go on after it. Each client asks as the page does, over Gradio's queue, and waits for the answer
before it asks again; the answers of questions whose answer is known are checked. Memory is that of the server (Linux).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from evals.synthetic import sentences_of, write_documents
from rag.settings import ROOT
from tests.web.reading import Asked, Reader
from tests.web.serving import Served, serving

KNOWN = (
    ("How much was China-Central Asia trade in 2024?", "94.8 billion"),
    ("How many moons has the planet Zork?", "documents"),
)
DOCUMENTS = 1000
SENTENCES = 2


@dataclass(frozen=True)
class Part:
    """What one stretch of time gave."""

    name: str
    asked: Sequence[Asked]
    errors: Sequence[str]
    wrong: int
    seconds: float
    memory_mb: float

    @property
    def p95(self) -> float:
        """Seconds that 95 of 100 answers do not exceed."""
        totals = sorted(one.total for one in self.asked)
        return totals[min(len(totals) - 1, int(0.95 * len(totals)))] if totals else float("nan")

    def line(self) -> str:
        """The figures."""
        totals = [one.total for one in self.asked] or [float("nan")]
        return (
            f"{self.name:<34} {self.seconds:>4.0f} s {len(self.asked):>6} answers "
            f"({len(self.asked) / self.seconds:.1f} a second), {len(self.errors)} errors, {self.wrong} wrong, "
            f"p50 {statistics.median(totals):.2f} s, p95 {self.p95:.2f} s, {self.memory_mb:.0f} MB at the end"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a target was missed."""
    parser = argparse.ArgumentParser("python -m tests.web.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="footnote-load-") as home:
        source, index = Path(home) / "documents", Path(home) / "index"
        shutil.copytree(ROOT / "seeds", source)
        with serving(source, index) as served:
            return _loaded(served, source, options.clients, 60 * options.minutes)


def _loaded(served: Served, source: Path, clients: int, seconds: float) -> int:
    with ThreadPoolExecutor(clients) as pool:
        readers = list(pool.map(lambda _: Reader(served.url), range(clients)))
        _part("warming up", served, pool, readers, _for(min(20.0, seconds / 10)))
        first = _part("readers alone", served, pool, readers, _for(seconds / 4))
        alone = _part("readers alone, as long again", served, pool, readers, _for(seconds / 4))
        write_documents(source / "new", sentences_of(ROOT / "seeds"), DOCUMENTS, SENTENCES)
        syncing = threading.Thread(target=_sync, args=(served.url,))
        syncing.start()
        ends = time.perf_counter() + seconds / 2
        during = _part(f"while {DOCUMENTS:,} documents are added", served, pool, readers, syncing.is_alive)
        after = _part("after it", served, pool, readers, _for(max(ends - time.perf_counter(), seconds / 10)))
    grown = alone.memory_mb / first.memory_mb - 1
    slower = during.p95 / min(first.p95, alone.p95)
    print(f"memory {grown:+.1%} from part to part (flat: at most +5 %), p95 {slower:.1f} times as long (at most 3)")
    failed = any(part.errors or part.wrong for part in (first, alone, during, after))
    return 1 if failed or grown > 0.05 or slower > 3 else 0


def _for(seconds: float) -> Callable[[], bool]:
    """Whether the time is not over yet."""
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() < until


def _part(
    name: str, served: Served, pool: ThreadPoolExecutor, readers: Sequence[Reader], going: Callable[[], bool]
) -> Part:
    """All readers ask as long as it is `going`."""
    started = time.perf_counter()
    found = list(pool.map(lambda numbered: _reads(numbered[0], numbered[1], going), enumerate(readers)))
    asked = [one for answers, _, _ in found for one in answers]
    errors = [error for _, failed, _ in found for error in failed]
    wrong = sum(count for _, _, count in found)
    part = Part(name, asked, errors, wrong, time.perf_counter() - started, served.memory_mb())
    print(part.line(), *sorted(set(errors))[:3], sep="\n  ", flush=True)
    return part


def _reads(number: int, reader: Reader, going: Callable[[], bool]) -> tuple[list[Asked], list[str], int]:
    """One reader: answers, errors, and how many answers lack what is known to be right."""
    asked: list[Asked] = []
    errors: list[str] = []
    wrong = 0
    while going():
        question, words = KNOWN[(number + len(asked)) % len(KNOWN)]
        try:
            asked.append(reader.ask(question))
            wrong += words not in asked[-1].said
        except (httpx.HTTPError, AssertionError) as error:
            errors.append(f"{type(error).__name__}: {str(error)[:200]}")
    return asked, errors, wrong


def _sync(url: str) -> None:
    reply = httpx.post(f"{url}footnote/call/sync", headers={"X-Footnote": "1"}, timeout=None)
    print(f"sync: {reply.status_code} {reply.text[:200]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
