"""`python -m tests.fuzz [TARGET ...] [--seconds 60] [--seed 0]`: not in CI. Findings become files of tests/fuzz/corpus.

Each target runs in a process of its own. A finding is an exception that is no sentence for the user, an input that
takes more than 10 seconds of the processor or 100 by the clock, more than 1 GB of memory, or the life of the process,
and does so again when tried alone.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).resolve().parent / "corpus"
MOST_SECONDS = 10
MOST_MB = 1000.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz; 1 when something was found."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"which of {', '.join(TARGETS)}; all of them by default")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--once", type=Path, help="try one file on one target")
    options = parser.parse_args(arguments)
    if options.once:
        return _once(options.targets[0], options.once.read_bytes())
    if options.here:
        return _run(options.targets[0], options.seconds, options.seed, options.here)
    return max([_watched(name, options.seconds, options.seed) for name in options.targets or TARGETS])


def _watched(name: str, seconds: float, seed: int) -> int:
    """One target in a process of its own; what it was at when it died is a finding."""
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    current = folder / ".now"
    options = ["--seconds", str(seconds), "--seed", str(seed), "--here", str(current)]
    run = subprocess.run([sys.executable, "-m", "tests.fuzz", name, *options], stderr=subprocess.PIPE, text=True)
    died = run.returncode != 0 and current.exists()
    again = [sys.executable, "-m", "tests.fuzz", name, "--once", str(current)]
    harmless = died and subprocess.run(again, stderr=subprocess.PIPE).returncode == 0
    if harmless:
        print(f"{name}: stopped by an input that is harmless when tried alone: was the machine busy?", flush=True)
    elif died:
        kept = folder / hashlib.sha256(current.read_bytes()).hexdigest()[:16]
        current.replace(kept)
        print(f"{name}: FOUND {kept}\n{run.stderr[-1500:]}", flush=True)
    current.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return 0 if harmless else min(1, abs(run.returncode))


def _once(name: str, data: bytes) -> int:
    """One input, after what is loaded once."""
    target, seeds = TARGETS[name]
    target(seeds[0])
    before = _peak_mb()
    _timed(target, data)
    assert _peak_mb() - before < MOST_MB
    return 0


def _timed(target: Callable[[bytes], object], data: bytes) -> None:
    """Ends the process, with a traceback, when an input takes too long."""
    faulthandler.register(signal.SIGPROF, chain=True)
    faulthandler.dump_traceback_later(10 * MOST_SECONDS, exit=True)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    target(data)
    signal.setitimer(signal.ITIMER_PROF, 0)
    faulthandler.cancel_dump_traceback_later()


def _run(name: str, seconds: float, seed: int, current: Path) -> int:
    """Inputs until the time is over; an exception ends it."""
    warnings.simplefilter("ignore")
    target, seeds = TARGETS[name]
    chance = random.Random(seed)
    target(seeds[0])  # what is loaded once does not count
    base, count, slowest, until = _peak_mb(), 0, 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        data = mutated(chance, seeds)
        current.write_bytes(data)
        started = time.process_time()
        _timed(target, data)
        slowest, count = max(slowest, time.process_time() - started), count + 1
        assert _peak_mb() - base < MOST_MB, f"{_peak_mb() - base:.0f} MB more than before"
    print(f"{name}: {count} inputs, slowest {slowest:.1f} s, memory +{_peak_mb() - base:.0f} MB", flush=True)
    return 0


def _peak_mb() -> float:
    """The most memory this process ever had (Linux)."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000


if __name__ == "__main__":
    sys.exit(main())
