"""Copies of indexed folders to break: made once a process, copied for each attempt."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from index.library import Library
from tests.index.conftest import WordEmbedder
from tests.index.promises import NAMES, fill

MANY = [f"d{number}.txt" for number in range(90)]
REMOVED = "d7.txt"
_PASSING = shutil.ignore_patterns(".tmp*")  # tantivy tidies up in a thread of its own: gone before they are copied


def changed_folder(folder: Path) -> tuple[Path, Path]:
    """Twelve documents that are indexed saying apple and say banana on disk; one is deleted on disk and one is new."""
    source, index = _copied(_small(), folder)
    fill(source, "banana", [*NAMES, "new.txt"])
    (source / "gone.txt").unlink()
    return source, index


def large_folder(folder: Path) -> tuple[Path, Path]:
    """A thousand passages, so that Chroma's vectors are in files of their own; a person removed one document."""
    return _copied(_large(), folder)


def copy_index(index: Path, target: Path) -> Path:
    """A copy of an index folder."""
    return Path(shutil.copytree(index, target, ignore=_PASSING))


def _copied(base: Path, folder: Path) -> tuple[Path, Path]:
    shutil.copytree(base, folder, ignore=_PASSING, dirs_exist_ok=True)
    return folder / "documents", folder / "index"


@cache
def _small() -> Path:
    return _indexed([*NAMES, "gone.txt"])


@cache
def _large() -> Path:
    base = _indexed(MANY)
    with Library.open(base / "documents", base / "index", embedder=WordEmbedder()) as library:
        library.remove([REMOVED])
    return base


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="footnote-reliability-")


def _indexed(names: list[str]) -> Path:
    base = Path(tempfile.mkdtemp(dir=_home().name))
    fill(base / "documents", "apple", names)
    with Library.open(base / "documents", base / "index", embedder=WordEmbedder()) as library:
        library.sync()
    return base
