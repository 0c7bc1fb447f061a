"""Who owns an index: one process the embedded one; with a Chroma server many read and one at a time writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexLocked, IndexUnavailable

_WAIT_SECONDS = 2.0
_WAIT_FOR_WRITER_SECONDS = 120.0
_SLOTS = 64  # processes with a lexical cache in one index folder


class Ownership:
    """The lock of an index folder, held until `release`; the system frees it when the process dies."""

    def __init__(self, folder: Path, lock: FileLock, lexical_name: str, shared: bool) -> None:
        self.lexical_name = lexical_name
        self._folder = folder
        self._lock = lock
        self._shared = shared

    @classmethod
    def take(cls, folder: Path, shared: bool) -> Ownership:
        """Takes the index in `folder`, `shared` when a Chroma server holds it. Raises IndexLocked, IndexUnavailable."""
        if shared:
            return cls._slot(folder)
        lock = _lock(folder / "lock")
        if not _acquired(lock, _WAIT_SECONDS):
            raise IndexLocked(
                f"The index at {folder} is in use by another process{_owner(folder)}: close that one, name another "
                "index with --index, or let both talk to one Chroma server (RAG_CHROMA_URL)."
            )
        with suppress(OSError):
            (folder / "owner").write_text(str(os.getpid()))
        return cls(folder, lock, "lexical", shared=False)

    @classmethod
    def _slot(cls, folder: Path) -> Ownership:
        for number in range(_SLOTS):
            lock = _lock(folder / f"lexical-{number}.lock")
            if _acquired(lock, 0):
                return cls(folder, lock, f"lexical-{number}", shared=True)
        raise IndexLocked(f"{_SLOTS} processes use the index folder {folder} already: name another with --index.")

    @property
    def held(self) -> bool:
        """True until `release`."""
        return bool(self._lock.is_locked)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the right to write; with a Chroma server, waits for other writers. Raises IndexLocked."""
        if not self._shared:
            yield
            return
        lock = _lock(self._folder / "sync.lock")
        if not _acquired(lock, _WAIT_FOR_WRITER_SECONDS):
            raise IndexLocked(f"Another process is writing the index at {self._folder}: wait until it is done.")
        try:
            yield
        finally:
            lock.release()

    def release(self) -> None:
        """Gives the index up."""
        self._lock.release()


def _lock(path: Path) -> FileLock:
    return FileLock(path, thread_local=False)


def _acquired(lock: FileLock, timeout: float) -> bool:
    try:
        lock.acquire(timeout=timeout, poll_interval=0.05)
    except Timeout:
        return False
    except OSError as error:
        raise IndexUnavailable(
            f"The index folder {Path(lock.lock_file).parent} cannot be locked ({error.strerror or error}): check its "
            "permissions, or choose another with --index."
        ) from error
    return True


def _owner(folder: Path) -> str:
    try:
        return f" (number {int((folder / 'owner').read_text())})"
    except (OSError, ValueError):
        return ""
