"""The manifest: one row for each document, which names the one version of it that may be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from index.documents import Document, DocumentInfo, Passage
from index.passages import passage_id

FORMAT = 2  # of the rows in Chroma; part of the fingerprint, so another number means a rebuild


@dataclass(frozen=True, slots=True)
class Entry:
    """The manifest row of a document: everything about it but its text, and how many passages its version has.

    `silent` numbers the passages that hold boilerplate only. A `removed` document keeps its row and has no passages.
    """

    id: str
    sha256: str
    title: str
    publisher: str | None
    published: date | None
    characters: int
    passages: int
    bytes: int
    pages: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    removed: bool = False

    @property
    def version(self) -> str:
        """The part of a passage's id that tells the versions of a document apart."""
        return self.sha256[:12]

    @property
    def passage_ids(self) -> list[str]:
        """The ids of the passages of this version, in order."""
        return [passage_id(self.id, self.version, number) for number in range(self.passages)]

    @property
    def info(self) -> DocumentInfo:
        """What the library shows of it."""
        return DocumentInfo(
            self.id, self.title, self.publisher, self.published, self.sha256, self.characters, self.passages, self.bytes
        )


def parsed_id(identifier: str) -> tuple[str, str, int]:
    """(document id, version, number) of a passage's id; raises ValueError for anything else."""
    document_id, _, rest = identifier.rpartition("@")
    version, _, number = rest.partition("#")
    return document_id, version, int(number)


def entry_of(document: Document, passages: Sequence[Passage], size: int) -> Entry:
    """The manifest row of `document`, cut into `passages`, from a file of `size` bytes."""
    silent = tuple(
        number for number, passage in enumerate(passages) if all(part.boilerplate for part in passage.sentences)
    )
    return Entry(
        document.id, document.sha256, document.title, document.publisher, document.published, len(document.text),
        len(passages), size, document.pages, silent,
    )  # fmt: skip


def with_metadata(entry: Entry, document: Document) -> Entry:
    """`entry` with the title, publisher and date of `document`."""
    return replace(entry, title=document.title, publisher=document.publisher, published=document.published)


def row_of(entry: Entry) -> dict[str, Any]:
    """An entry as the metadata of a row in Chroma: one value, since a start reads them all, and the mark of removal."""
    facts = {**asdict(entry), "published": entry.published.isoformat() if entry.published else None}
    kept = {name: value for name, value in facts.items() if value and name not in ("id", "removed")}
    return {"entry": json.dumps(kept, ensure_ascii=False), "removed": entry.removed}


def entry_from(identifier: str, row: Mapping[str, Any]) -> Entry:
    """The inverse of `row_of`. Raises KeyError or ValueError for a row that it did not make."""
    facts = json.loads(row["entry"])
    published = facts.get("published")
    return Entry(
        id=identifier,
        sha256=facts.get("sha256", ""),
        title=facts.get("title", ""),
        publisher=facts.get("publisher"),
        published=date.fromisoformat(published) if published else None,
        characters=facts.get("characters", 0),
        passages=facts.get("passages", 0),
        bytes=facts.get("bytes", 0),
        pages=tuple(facts.get("pages", ())),
        silent=tuple(facts.get("silent", ())),
        removed=bool(row["removed"]),
    )


def removed_from(identifier: str, row: Mapping[str, Any]) -> Entry:
    """The entry of a document that a person removed, from the row of any format: the mark alone must be read."""
    try:
        return entry_from(identifier, row)
    except (KeyError, ValueError):
        return Entry(identifier, "", str(row.get("title", identifier)), None, None, 0, 0, 0, removed=True)
