"""The bytes of a file into text: one function a format, through kept libraries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from index.errors import FileError

VERSION = 1  # grows when the same bytes would give another text: an index of another version is rebuilt


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader got out of a file: the canonical text, page starts (PDF) and what the file says about itself."""

    text: str
    pages: tuple[int, ...] = ()
    title: str | None = None
    publisher: str | None = None
    published: date | None = None


def read(name: str, data: bytes) -> Content:
    """The content of the file called `name`. Raises FileError with a sentence that says what to do."""
    if not data:
        raise FileError(f"{name} is empty: fill it or take it away.")
    content = Content(decoded(name, data))
    if not content.text.strip():
        raise FileError(f"{name} holds no text: fill it or take it away.")
    return content


def decoded(name: str, data: bytes) -> str:
    """`data` as text: by its byte order mark, as UTF-8, else as charset-normalizer detects."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise FileError(f"{PurePosixPath(name).name} is not text: save it as UTF-8.") from None
