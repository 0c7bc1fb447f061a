"""`python -m tests.reliability`: tries every fault many times and writes docs/reliability.md.

Two processes make the attempts; each attempt starts processes of its own and breaks a fresh copy. `--tries N` caps the
tries of each fault and writes nothing.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from evals.run import commit
from evals.tables import Table
from index.health import check_files
from tests.index.conftest import ROOT
from tests.reliability.faults import FAULTS, attempt
from tests.reliability.material import large_folder
from tests.reliability.outcome import Fault, Outcome

PAGE = ROOT / "docs" / "reliability.md"
CHECKS = 200
INTRODUCTION = """# What Footnote survives

Promised: whatever happens to an index, each document stays answerable as it was or as it is, with exact quotes, or an
error says in one sentence what to do; what was lost of the index is made again from the documents. This page is
written by `python -m tests.reliability`, which tries to break the promise with real processes and real files; a short
form of each attempt is in the test suite.

- **survived**: the promise held; damage was noticed before the first answer where it had to be; the next sync or
  `python -m index doctor --repair` ended well, and the doctor found nothing more.
- **lost**: documents that were not found by both searches, were a mixture of two versions, or were quoted wrongly,
  right after the fault (where the index still opens) or after recovery.
- **time to recover**: median and longest time of the sync, repair or opening that puts it right (13 documents; 90
  with a thousand passages where files at rest are damaged); two attempts run at a time.
"""
LIMITS = """
What this does not show. The power cuts are copies of the files while the process stands still: a disk that loses
writes it had confirmed is not played. The disk is full by a limit on the size of a file, and the clock is set back
inside the process. After damage to Chroma's database itself, documents that a person had removed may be back: the
list of them was in it. Garbage deep inside the database may be noticed only when a damaged page is read, or by the
doctor.
"""


def table(faults: Sequence[Fault], outcomes: Mapping[str, Sequence[Outcome]]) -> Table:
    """A row a fault."""
    rows = []
    for fault in faults:
        found = outcomes[fault.name]
        seconds = [outcome.seconds for outcome in found]
        recovery = f"{statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s"
        survived, lost = sum(outcome.survived for outcome in found), sum(outcome.lost for outcome in found)
        rows.append((fault.name, str(len(found)), str(survived), str(lost), recovery))
    return Table("Faults", ("fault", "tried", "survived", "lost", "time to recover"), tuple(rows))


def check_milliseconds() -> list[float]:
    """How long the check of the files takes that opening an index makes, for an index of a thousand passages."""
    times = []
    with tempfile.TemporaryDirectory(prefix="footnote-check-") as folder:
        _, index = large_folder(Path(folder))
        for _ in range(CHECKS):
            started = time.perf_counter()
            check_files(index / "chroma")
            times.append(1000 * (time.perf_counter() - started))
    return times


def main(arguments: Sequence[str] | None = None) -> int:
    """Try everything; 1 when a promise was broken."""
    parser = argparse.ArgumentParser("python -m tests.reliability", description=__doc__)
    parser.add_argument("--tries", type=int, help="at most so many tries of a fault, and no page is written")
    parser.add_argument("faults", nargs="*", help="only faults whose name holds one of these words")
    options = parser.parse_args(arguments)
    chosen = [fault for fault in FAULTS if not options.faults or any(word in fault.name for word in options.faults)]
    started = time.perf_counter()
    outcomes = _tried(chosen, options.tries)
    broken = [(name, outcome) for name, found in outcomes.items() for outcome in found if not outcome.survived]
    found = table(chosen, outcomes)
    print(found.text())
    for name, outcome in broken:
        print(f"{name}: {outcome}", file=sys.stderr)
    checks = sorted(check_milliseconds())
    said = f"The check on opening takes {statistics.median(checks):.1f} ms ({checks[int(0.95 * CHECKS)]:.1f} ms p95)."
    print(f"{said} All of it took {time.perf_counter() - started:.0f} s.")
    if len(chosen) == len(FAULTS) and options.tries is None:
        made = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {os.cpu_count()} cores"
        stamp = f"<sub>`python -m tests.reliability`, {made}</sub>"
        PAGE.write_text("\n".join([INTRODUCTION, found.markdown(), "", said, LIMITS, stamp, ""]), encoding="utf-8")
    return 1 if broken else 0


def _tried(faults: Sequence[Fault], most: int | None) -> dict[str, list[Outcome]]:
    """The outcomes of each fault, in the order of the seeds."""
    waiting: dict[str, list[Future[Outcome]]] = {}
    quiet = {"initializer": logging.disable, "initargs": (logging.WARNING,)}
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), **quiet) as pool:
        for fault in faults:
            tries = min(fault.tries, most or fault.tries)
            waiting[fault.name] = [pool.submit(attempt, FAULTS.index(fault), seed) for seed in range(tries)]
        return {name: [future.result() for future in futures] for name, futures in waiting.items()}


if __name__ == "__main__":
    sys.exit(main())
