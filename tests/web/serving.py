"""The real page, started by its command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.settings import ROOT


@dataclass(frozen=True)
class Served:
    """Where the page answers, its process, and how long it took from the command to the page."""

    url: str
    pid: int
    seconds: float

    def memory_mb(self) -> float:
        """Resident memory now (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1000


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(source: Path, index: Path, *arguments: str) -> Iterator[Served]:
    """`python app.py` until the block ends."""
    port = free_port()
    place = ["--port", str(port), "--source", str(source), "--index", str(index)]
    log = index.with_suffix(".log")
    started = time.perf_counter()
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "app.py", *place, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ,
        )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()  # printed once the page answers; empty when the command failed
        assert "answers at" in ready, log.read_text()
        yield Served(f"http://127.0.0.1:{port}/", process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.communicate()
