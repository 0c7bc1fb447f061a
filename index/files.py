"""The files of a source folder: which there are, whether they changed, their bytes, what sources.toml says of them."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from index.errors import FileError, SourceError

log = logging.getLogger(__name__)

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx")
SOURCES_FILE = "sources.toml"
UPLOADS = "uploads"  # the folder of the index that holds uploaded files, and the head of their ids

_SETTLED_NS = 2_000_000_000  # a file this old when it was hashed cannot change within its time stamp's tick
_READ_TRIES = 3


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file changes: two equal stamps of a settled file mean equal bytes."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp in the result of a stat call."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a source folder: `id` is what its document is called."""

    id: str
    path: Path
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder that can be documents, and those that cannot be used, each with the reason."""

    found: tuple[Found, ...]
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of documents; ids are `prefix` + the path relative to `root`, posix. `skip` is never entered."""

    root: Path
    prefix: str = ""
    skip: Path | None = None

    def owns(self, document_id: str) -> bool:
        """True when documents of this folder are called like this."""
        return document_id.startswith(f"{UPLOADS}/") == (self.prefix == f"{UPLOADS}/")

    def path_of(self, document_id: str) -> Path | None:
        """Where the document called `document_id` is; None when it is not of this folder or points out of it."""
        relative = Path(document_id.removeprefix(self.prefix))
        if not document_id.startswith(self.prefix) or relative.is_absolute() or ".." in relative.parts:
            return None
        return self.root / relative

    def check(self) -> None:
        """Raises SourceError when there is no folder."""
        if not self.root.is_dir():
            what = "is not a folder" if self.root.exists() else "does not exist"
            raise SourceError(f"The source folder {self.root} {what}: name the folder of your documents with --source.")

    def listing(self) -> Listing:
        """All files with a known suffix; hidden ones are passed over. Raises SourceError when there is no folder."""
        self.check()
        found: list[Found] = []
        failed: list[tuple[str, str]] = []
        for path, problem in _walk(self.root, self.skip):
            name = self.prefix + path.relative_to(self.root).as_posix()
            problem = problem or _unusable_name(name)
            if problem is None and not self.owns(name):
                problem = f"The folder name {UPLOADS} is kept for uploaded files: rename the folder and sync again."
            if problem is None:
                try:
                    found.append(Found(name, path, Stamp.of(checked(path, self.root).stat())))
                    continue
                except FileError as error:
                    problem = str(error)
                except OSError as error:
                    problem = _os_sentence(path.name, error)
            failed.append((name.encode("utf-8", "replace").decode(), problem))
        return Listing(tuple(sorted(found, key=lambda file: file.id)), tuple(failed))

    def described(self) -> Mapping[str, Mapping[str, Any]]:
        """The tables of sources.toml by document id (title, publisher, published). Raises FileError when unusable."""
        path = self.root / SOURCES_FILE
        if not path.is_file():
            return {}
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise FileError(_os_sentence(SOURCES_FILE, error)) from error
        except (ValueError, RecursionError) as error:  # also a number of thousands of digits, or endless brackets
            raise FileError(f"{SOURCES_FILE} is not valid TOML ({error}): mend it and sync again.") from error
        return {self.prefix + name: table for name, table in tables.items() if isinstance(table, dict)}


def folder(given: str) -> Path:
    """The path of a folder as a person gave it. Raises ValueError for "", which would be the current folder."""
    if not given:
        raise ValueError("it is empty")
    return Path(given)


def checked(path: Path, root: Path) -> Path:
    """`path` without symlinks; raises FileError when it leads out of `root` or is no regular file."""
    try:
        real = path.resolve(strict=True)
        regular = real.is_file()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{path.name} cannot be found ({reason}): look whether it is there, then try again.") from error
    if not real.is_relative_to(root.resolve()):
        raise FileError(f"{path.name} is a link that leads out of the source folder: copy the file itself there.")
    if not regular:
        raise FileError(f"{path.name} is not a regular file: put a document there or take it away.")
    return real


def read_bytes(path: Path, root: Path, max_bytes: int) -> tuple[bytes, Stamp]:
    """The bytes of a file and its stamp, the same before and after. Raises FileError that says why not."""
    for _ in range(_READ_TRIES):
        try:
            data, before, after = _read_once(checked(path, root), max_bytes, path.name)
        except OSError as error:
            raise FileError(_os_sentence(path.name, error)) from error
        if before == after and len(data) == after.size:
            return data, after
    raise FileError(f"{path.name} changes while it is read: wait until it is written and sync again.")


def _read_once(path: Path, max_bytes: int, name: str) -> tuple[bytes, Stamp, Stamp]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{name} is not a regular file: put a document there or take it away.")
        if status.st_size > max_bytes:
            raise FileError(
                f"{name} has {status.st_size / 1e6:.1f} MB, more than the {max_bytes / 1e6:g} MB that are read: "
                "split it, or raise RAG_MAX_FILE_MB."
            )
        data = file.read(max_bytes + 1)
    return data, Stamp.of(status), Stamp.of(path.stat())


@dataclass(frozen=True, slots=True)
class Known:
    """What was true of a file when it was last indexed; `recorded_ns` is when it was read."""

    stamp: Stamp
    sha256: str
    described: str
    recorded_ns: int

    def still(self, stamp: Stamp) -> bool:
        """True when a file with this stamp must have the same bytes; a file that was still hot is never trusted."""
        settled = max(self.stamp.modified_ns, self.stamp.changed_ns) + _SETTLED_NS <= self.recorded_ns
        return settled and self.stamp == stamp


@dataclass(slots=True)
class KnownFiles:
    """A note of the files last indexed, kept beside the index; losing it costs reading every file once more."""

    path: Path
    files: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> KnownFiles:
        """The note at `path`; an empty one when there is none or it is unreadable."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            files = {name: Known(Stamp(*row[0]), *row[1:]) for name, row in rows.items()}
        except FileNotFoundError:
            files = {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("the note of known files is unreadable; every file is read again", extra={"reason": str(error)})
            files = {}
        return cls(path, files)

    def note(self, name: str, stamp: Stamp, sha256: str, described: str) -> None:
        """Remembers the file called `name` as it was just read."""
        self.files[name] = Known(stamp, sha256, described, time.time_ns())

    def save(self) -> None:
        """Writes the note; a failure costs time at the next sync and is only logged."""
        rows = {
            name: [[*_stamp_row(known.stamp)], known.sha256, known.described, known.recorded_ns]
            for name, known in self.files.items()
        }
        new = self.path.with_suffix(".new")
        try:
            new.write_text(json.dumps(rows), encoding="utf-8")
            new.replace(self.path)
        except OSError as error:
            log.warning("the note of known files was not written", extra={"reason": str(error)})


def described_digest(table: Mapping[str, Any]) -> str:
    """A short text that changes when a table of sources.toml changes."""
    return hashlib.sha256(json.dumps(table, sort_keys=True, default=str).encode()).hexdigest()[:12] if table else ""


def as_date(value: Any) -> date | None:
    """A date from TOML, HTML, PDF or Word; None when `value` holds none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def _stamp_row(stamp: Stamp) -> tuple[int, int, int, int]:
    return stamp.size, stamp.modified_ns, stamp.changed_ns, stamp.inode


def _walk(folder: Path, skip: Path | None) -> Iterator[tuple[Path, str | None]]:
    """The files under `folder` with a known suffix, and what could not be looked into, with the reason."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield folder / "?", _os_sentence(folder.name, error)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "~$")) or (skip is not None and path == skip):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, skip)
        elif entry.is_symlink() and path.is_dir():
            yield path, f"{entry.name} is a link to a folder, which is not followed: copy the folder itself there."
        elif path.suffix.lower() in SUFFIXES:
            yield path, None


def _unusable_name(name: str) -> str | None:
    if not name.isprintable():
        return "The name of the file is not readable text: rename it and sync again."
    return None


def _os_sentence(name: str, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"{name} cannot be read ({reason}): check that it is there and may be read, then sync again."
