"""What one attempt to break the index came to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import FootnoteError
from index.library import Library
from tests.index.conftest import WordEmbedder
from tests.index.promises import said, whole


@dataclass(frozen=True, slots=True)
class Outcome:
    """`survived`: all that is promised of the fault held; `lost`: documents not found, mixed or quoted wrongly.

    `seconds` is how long recovering took, `problem` what was seen instead of what is promised.
    """

    lost: int
    seconds: float
    problem: str = ""

    @property
    def survived(self) -> bool:
        """True when nothing is lost and nothing else was wrong."""
        return not self.lost and not self.problem


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break things: `attempt(folder, seed)` breaks a fresh copy made in an empty folder."""

    name: str
    tries: int
    attempt: Callable[[Path, int], Outcome]


def lost(source: Path, index: Path, names: Sequence[str], words: Sequence[str]) -> int:
    """How many of these documents are not found, are mixed, are quoted wrongly, or say none of `words`."""
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        return sum(_word(library, name) not in words for name in names)


def _word(library: Library, name: str) -> str | None:
    try:
        return said(library, name)
    except FootnoteError:
        return None


def synced(source: Path, index: Path, names: Sequence[str], word: str, before: int = 0, problem: str = "") -> Outcome:
    """The next sync, timed from opening the index, and what is lost after it, added to what was lost `before` it."""
    started = time.perf_counter()
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        failed = library.sync().failed
    seconds = time.perf_counter() - started
    if failed:
        problem = problem or f"the next sync failed: {failed[0]}"
    elif not whole(source, index):
        problem = problem or "the doctor still finds something"
    return Outcome(before + lost(source, index, names, [word]), seconds, problem)
