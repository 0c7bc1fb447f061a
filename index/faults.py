"""Errors of Chroma, SQLite, tantivy and the disk as the index's own: sentences that say what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import FootnoteError, IndexDamaged, IndexError_, IndexLocked, IndexUnavailable

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_SIGNS = (
    "disk is full", "no space left", "file too large", "(code: 13)", "(code: 778)", "disk i/o error",
    "failed to apply logs",
)  # fmt: skip
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def as_footnote_errors(where: Path | str) -> Iterator[None]:
    """Runs a block on the store at `where`; raises IndexError_ or one of its kinds for whatever the block raises."""
    try:
        yield
    except FootnoteError:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # Chroma's core panics with a BaseException of its own
        raise translated(error, where) from error


def translated(error: BaseException, where: Path | str) -> IndexError_:
    """The index's error for `error`, which came up on the store at `where` (a folder, or a server's address)."""
    text = f"{type(error).__name__}: {error}".lower()
    remote = isinstance(where, str)
    code = getattr(error, "errno", None)
    if code in _FULL or any(sign in text for sign in _FULL_SIGNS):
        return IndexUnavailable(
            f"The index at {where} cannot be written, as on a full disk ({_first_line(error)}): free some space and "
            "sync again. What was indexed before still works."
        )
    if code in _READ_ONLY or any(
        sign in text for sign in ("readonly", "read-only", "permission denied", "unable to open")
    ):
        return IndexUnavailable(
            f"The index at {where} cannot be written: check its permissions, or choose another folder."
        )
    if any(sign in text for sign in ("database is locked", "(code: 5)", "lockbusy", "lock busy")):
        return IndexLocked(f"Another program holds the database of the index at {where}: close it, then try again.")
    if remote and _is_connection(text):
        return IndexUnavailable(f"The Chroma server at {where} does not answer: start it, or check RAG_CHROMA_URL.")
    if any(sign in text for sign in ("malformed", "not a database", "corrupt", "no such table")) or not remote:
        return damaged(where, str(error))
    return IndexUnavailable(f"The Chroma server at {where} failed ({_first_line(error)}): look at its log.")


def damaged(where: Path | str, what: str) -> IndexDamaged:
    """The error for an index that is not whole; `what` says how, and the text says how to mend it."""
    return IndexDamaged(
        f"The index at {where} is damaged ({what.splitlines()[0][:160] if what else 'unreadable'}). Mend it from the "
        f"documents with: python -m index doctor --repair --index {where}"
    )


def _is_connection(text: str) -> bool:
    signs = (
        "connect",
        "timeout",
        "timed out",
        "refused",
        "unreachable",
        "disconnected",
        "name or service",
        "502",
        "503",
    )
    return any(sign in text for sign in signs)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
