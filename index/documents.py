"""The data of the index: documents, passages and sentences. All offsets count code points of `Document.text`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it was read.

    `id` is the path relative to the source folder, posix. `text` is canonical: every offset counts its code points.
    `sha256` is of the file's bytes. `pages` holds the offset at which each page starts (PDF only).
    """

    id: str
    text: str
    sha256: str
    title: str
    publisher: str | None = None
    published: date | None = None
    pages: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that holds `offset`; None when the format has no pages."""
        return sum(1 for start in self.pages if start <= offset) or None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a document; boilerplate ("Please enter your comment!") is marked and never quoted."""

    start: int
    end: int
    text: str
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document. The passages of a document partition its text: no gap, no overlap."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    title: str
    sha256: str
    publisher: str | None = None
    published: date | None = None
    page: int | None = None
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the library shows of a document without reading its text."""

    id: str
    title: str
    publisher: str | None
    published: date | None
    sha256: str
    characters: int
    passages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a search may use: by id, and by date (inclusive; an undated document passes no date bound)."""

    documents: Collection[str] | None = None
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: cosine similarity for the dense search, BM25 for the lexical one; never a zero-score hit."""

    passage_id: str
    score: float
