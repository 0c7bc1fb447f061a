"""What changed on disk -> the smallest safe set of writes.

Documents are told apart by the sha256 of their bytes. A changed document's new passages are written and made
searchable before its old ones go; whatever fails, each document stays searchable as it was or as it is.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from index.documents import Document, Passage
from index.embedding import Embedder, Vectors
from index.errors import FileError, SourceError
from index.files import SUFFIXES, Found, KnownFiles, Listing, Source, Stamp, as_date, described_digest, read_bytes
from index.lexical import Lexical, searchable
from index.manifest import Entry, entry_of, with_metadata
from index.markup import plain
from index.passages import split
from index.readers import Content, read
from index.store import Store

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

_FLUSH_PASSAGES = (64, 1024)  # documents are written together until they have this many passages, later this many
_FLUSH_SHARE = 8  # the larger the run, the larger the batches: an eighth of what it wrote may be lost
_SLICE = 256  # passages of one long document that are embedded and written at a time

_MAIL = re.compile(r"\s*(?:from|to|date|sent|subject|cc|return-path|received|message-id):", re.IGNORECASE)
_SUBJECT = re.compile(r"^subject:[ \t]*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_OPENING = 20_000  # the title is looked for in so many characters
_MAIL = re.compile(r"\s*(?:from|to|date|sent|subject|cc|return-path|received|message-id):", re.IGNORECASE)
_SUBJECT = re.compile(r"^subject:[ \t]*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_OPENING = 20_000  # a title is looked for in so many characters
_TITLE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, by document id; `failed` pairs an id with a sentence that says why."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> bool:
        """True when the index is not what it was."""
        return bool(self.added or self.updated or self.removed)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync has to do: files to read, documents to forget, and what is in order already."""

    read: tuple[Found, ...]
    forget: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def plan(
    listing: Listing,
    manifest: Mapping[str, Entry],
    known: KnownFiles,
    described: Mapping[str, str],
    broken: Collection[str],
) -> Plan:
    """Compares a folder with the manifest. `described` are digests of sources.toml, `broken` ids to index anew."""
    reading, unchanged = [], []
    for file in listing.found:
        entry, note = manifest.get(file.id), known.files.get(file.id)
        same = entry is not None and note is not None and note.sha256 == entry.sha256 and note.still(file.stamp)
        if entry is not None and entry.removed:
            continue
        if same and note is not None and note.described == described.get(file.id, "") and file.id not in broken:
            unchanged.append(file.id)
        else:
            reading.append(file)
    failed_ids = {name for name, _ in listing.failed}
    present = {file.id for file in listing.found} | failed_ids
    forget = tuple(sorted(name for name in manifest if name not in present))
    return Plan(tuple(reading), forget, tuple(unchanged), listing.failed)


def load(file: Found, source: Source, described: Mapping[str, Any], max_bytes: int) -> tuple[Document, Stamp]:
    """The document of a file and the stamp of the file as it was read. Raises FileError."""
    data, stamp = read_bytes(file.path, source.root, max_bytes)
    return document_from(file.id, data, described), stamp


def document_from(identifier: str, data: bytes, described: Mapping[str, Any]) -> Document:
    """The document called `identifier` whose file holds `data`; `described` is its table of sources.toml."""
    content = read(identifier, data)
    return Document(
        id=identifier,
        text=content.text,
        sha256=hashlib.sha256(data).hexdigest(),
        title=str(described.get("title") or content.title or _first_line(content, identifier))[
            :_TITLE_CHARACTERS
        ].strip(),
        publisher=str(described["publisher"]) if described.get("publisher") else content.publisher,
        published=as_date(described.get("published")) or content.published,
        pages=content.pages,
    )


def _first_line(content: Content, identifier: str) -> str:
    opening = plain(content.text[:_OPENING])
    if _MAIL.match(opening) and (subject := _SUBJECT.search(opening)):
        return subject[1]
    lines = (" ".join(line.split()).strip("#*_=- '\"") for line in opening.splitlines())
    return next((line for line in lines if any(mark.isalnum() for mark in line)), identifier)


@dataclass(slots=True)
class Writer:
    """Writes documents in batches, in the order that keeps each of them searchable."""

    store: Store
    lexical: Lexical
    embedder: Embedder
    passage_tokens: int
    _waiting: list[tuple[Entry, Sequence[Passage]]] = field(default_factory=list)
    _retired: list[tuple[str, str]] = field(default_factory=list)
    _unwritten: list[tuple[Sequence[Passage], Vectors]] = field(default_factory=list)
    _written: int = 0

    def add(self, document: Document, size: int) -> None:
        """Embeds the passages of a document; `flush` writes them and makes them searchable."""
        passages = split(document, self.passage_tokens)
        for start in range(0, len(passages), _SLICE):
            part = passages[start : start + _SLICE]
            self._unwritten.append((part, self._vectors(part)))
            if len(passages) > _SLICE:  # a long document is not held in memory as vectors
                self._put()
        self._waiting.append((entry_of(document, passages, size), passages))
        least, most = _FLUSH_PASSAGES
        if sum(len(group) for _, group in self._waiting) >= min(most, max(least, self._written // _FLUSH_SHARE)):
            self.flush()

    def flush(self) -> None:
        """Makes the documents added since the last flush searchable, and what they replace not."""
        if not self._waiting:
            return
        self._put()
        entries = [entry for entry, _ in self._waiting]
        before = [self.store.manifest[entry.id] for entry in entries if entry.id in self.store.manifest]
        self.lexical.write(add=self._waiting, drop=self._retired)
        self.store.put_entries(entries)
        kept = {name for entry in entries for name in entry.passage_ids}
        self.store.delete_passages([name for entry in before for name in entry.passage_ids if name not in kept])
        versions = {(entry.id, entry.version) for entry in entries}
        self._retired = [key for entry in before if (key := (entry.id, entry.version)) not in versions]
        self._waiting = []

    def _put(self) -> None:
        """Writes what is embedded, in one go: Chroma takes as long for one row as for fifty."""
        if self._unwritten:
            passages = [passage for part, _ in self._unwritten for passage in part]
            self.store.put_passages(passages, np.concatenate([vectors for _, vectors in self._unwritten]))
            self._written += len(passages)
            self._unwritten = []

    def forget(self, ids: Sequence[str]) -> None:
        """Takes documents out of the index."""
        if ids:
            self._retired += [(name, self.store.manifest[name].version) for name in ids]
            self.store.forget(ids)

    def finish(self) -> None:
        """Flushes, and drops from the lexical cache what is not searched any more."""
        self.flush()
        if self._retired:
            self.lexical.write(drop=self._retired)
            self._retired = []

    def _vectors(self, passages: Sequence[Passage]) -> Vectors:
        vectors = np.zeros((len(passages), self.embedder.dimensions), dtype=np.float32)
        spoken = [number for number, passage in enumerate(passages) if searchable(passage).strip()]
        if spoken:
            vectors[spoken] = self.embedder.embed_passages([searchable(passages[number]) for number in spoken])
        silent = [number for number in range(len(passages)) if number not in set(spoken)]
        vectors[silent, 0] = 1.0  # never shown; cosine needs a length
        return vectors


def synchronise(
    sources: Sequence[Source],
    writer: Writer,
    known: KnownFiles,
    max_bytes: int,
    progress: Progress | None = None,
    again: Collection[str] = (),
) -> SyncReport:
    """Brings the index in step with the folders. `again` are documents to index anew, even if they look unchanged.

    Raises SourceError when a folder is missing, or empty with nothing indexed; ModelError; IndexError_ when the store
    fails: then each document is as it was or as it is, and the next sync goes on.
    """
    store = writer.store
    described, listing = _looked_at(sources)
    manifest = {name: entry for name, entry in store.manifest.items() if any(source.owns(name) for source in sources)}
    if not listing.found and not store.manifest and not listing.failed and sources[0].prefix == "":
        kinds = " ".join(SUFFIXES)
        raise SourceError(f"The source folder {sources[0].root} holds no documents: put files of {kinds} there.")
    digests = {name: described_digest(table) for name, table in described.items()}
    broken = {*again, *(_mended(store) if store.unfinished else ())}
    todo = plan(listing, manifest, known, digests, broken)
    changes = _Changes(list(todo.failed), list(todo.unchanged))
    for number, file in enumerate(todo.read, 1):
        source = next(source for source in sources if source.owns(file.id))
        changes.take(
            file, source, described.get(file.id, {}), digests.get(file.id, ""), writer, known, max_bytes, broken
        )
        if progress is not None:
            progress(file.id, number, len(todo.read))
    if todo.forget:
        store.set_unfinished(True)
        writer.forget(todo.forget)
    writer.finish()
    if store.unfinished or store.current != store.fingerprint:
        store.promote(embedder=writer.embedder.name, passage_tokens=writer.passage_tokens)
        store.set_unfinished(False)
    for name in set(known.files) - set(store.manifest):
        del known.files[name]
    known.save()
    return changes.report(todo.forget)


@dataclass(slots=True)
class _Changes:
    failed: list[tuple[str, str]]
    unchanged: list[str]
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)

    def take(
        self, file: Found, source: Source, table: Mapping[str, Any], digest: str, writer: Writer, known: KnownFiles,
        max_bytes: int, broken: Collection[str],
    ) -> None:  # fmt: skip
        """Reads one file and writes what is new in it."""
        entry = writer.store.manifest.get(file.id)
        try:
            document, stamp = load(file, source, table, max_bytes)
        except FileError as error:
            self.failed.append((file.id, str(error)))
            return
        if entry is None or entry.sha256 != document.sha256 or file.id in broken:
            writer.store.set_unfinished(True)
            writer.add(document, stamp.size)
            (self.added if entry is None else self.updated).append(file.id)
        elif with_metadata(entry, document) != entry:
            writer.store.put_entries([with_metadata(entry, document)])
            self.updated.append(file.id)
        else:
            self.unchanged.append(file.id)
        known.note(file.id, stamp, document.sha256, digest)

    def report(self, removed: Sequence[str]) -> SyncReport:
        """What was done."""
        return SyncReport(
            tuple(self.added), tuple(self.updated), tuple(removed), tuple(sorted(self.unchanged)), tuple(self.failed)
        )


def _looked_at(sources: Sequence[Source]) -> tuple[dict[str, Mapping[str, Any]], Listing]:
    """What sources.toml says and which files there are, over all folders."""
    described: dict[str, Mapping[str, Any]] = {}
    listings: list[Listing] = []
    failed: list[tuple[str, str]] = []
    for source in sources:
        listings.append(source.listing())
        try:
            described.update(source.described())
        except FileError as error:
            failed.append((source.prefix + "sources.toml", str(error)))
    found = tuple(file for listing in listings for file in listing.found)
    return described, Listing(found, (*failed, *(pair for listing in listings for pair in listing.failed)))


def _mended(store: Store) -> set[str]:
    """After a run that was cut off: deletes passages that no manifest row names; the documents that lack passages."""
    rows = set(store.passage_rows())
    expected = {name: entry.passage_ids for name, entry in store.manifest.items()}
    named = {identifier for ids in expected.values() for identifier in ids}
    store.delete_passages(sorted(rows - named))
    return {name for name, ids in expected.items() if not rows.issuperset(ids)}


def removed_entry(entry: Entry) -> Entry:
    """The row of a document that a person removed: it has no passages and is not indexed again."""
    return replace(entry, passages=0, silent=(), removed=True)
