"""Chroma, the only store of record: passages with their vectors, and one manifest row for each document.

Three collections: `footnote` says which fingerprint is current and counts the writes (its generation);
`footnote-documents-<fingerprint>` is the manifest; `footnote-passages-<fingerprint>` holds text, spans and vectors.

A passage's id carries the version of its document, the head of its sha256. The manifest row names the one version that
may be seen, so a document changes in one row: the new passages are written first, then the row, then the old passages
go. Whatever is cut off in between, a search sees the old version or the new one, never both and never none: hits of
any other version are dropped. Embeddings of two fingerprints live in different collections and never mix.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index import connection
from index.documents import Document, Passage, Sentence
from index.errors import IndexDamaged, IndexOutdated
from index.faults import as_footnote_errors, damaged
from index.health import check_files, missing_vectors, recorded_metadata
from index.manifest import FORMAT, Entry, entry_from, parsed_id, removed_from, row_of

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as ChromaCollection

log = logging.getLogger(__name__)


_META = "footnote"
_READ_BATCH = 2000
_EXACT = 1000  # passages that are compared one by one: HNSW looks at nearly all vectors to find so few
_WHERE_DOCUMENTS = 2000  # a filter on more documents than this is cheaper to apply to more hits


class Store:
    """The collections of one index and fingerprint. Reads are safe from several threads; one writer at a time.

    `manifest` maps the id of every document to its Entry and is kept in memory, in step with Chroma's.
    """

    def __init__(self, where: Path | str, client: ClientAPI, fingerprint: str) -> None:
        self.where = where
        self.fingerprint = fingerprint
        self.manifest: dict[str, Entry] = {}
        self._client = client
        self._names = (f"{_META}-documents-{fingerprint}", f"{_META}-passages-{fingerprint}")
        try:
            with as_footnote_errors(where):
                self._batch = client.get_max_batch_size()
                self._meta = _collection(client, _META)
                self._documents, self._passages = (_collection(client, name) for name in self._names)
            self.refresh()
        except BaseException:
            self.close()
            raise

    @classmethod
    def embedded(cls, folder: Path, fingerprint: str) -> Store:
        """The store in `folder`, in this process; the caller owns it. Raises IndexDamaged, IndexLocked."""
        check_files(folder)
        with as_footnote_errors(folder.parent):
            folder.mkdir(parents=True, exist_ok=True)
            client = connection.embedded(folder)
        opened = cls(folder.parent, client, fingerprint)
        rows = sum(entry.passages for entry in opened.manifest.values())
        if lost := missing_vectors(folder, opened.collection, rows):
            opened.close()
            raise damaged(folder.parent, f"{lost} of {rows} passages have no vector")
        return opened

    @classmethod
    def served(cls, url: str, fingerprint: str) -> Store:
        """The store behind the Chroma server at `url` (http://host:port)."""
        return cls(url, connection.served(url), fingerprint)

    @property
    def collection(self) -> str:
        """The name of the collection that holds the passages."""
        return self._names[1]

    def refresh(self) -> None:
        """Reads the generation and the manifest again: another process may have written them."""
        with as_footnote_errors(self.where):
            self._meta = self._client.get_collection(_META, embedding_function=None)
            self.generation = int((self._meta.metadata or {}).get("generation", 0))
            rows = self._all(self._documents, ["metadatas"])
            self.manifest = {row["id"]: entry_from(row["id"], row["metadata"]) for row in rows}

    def written_generation(self) -> int:
        """The generation as the store has it now; one round trip."""
        with as_footnote_errors(self.where):
            meta = self._client.get_collection(_META, embedding_function=None).metadata
            return int((meta or {}).get("generation", 0))

    @property
    def current(self) -> str | None:
        """The fingerprint whose collections are complete; None before the first sync ends."""
        value = (self._meta.metadata or {}).get("fingerprint")
        return str(value) if value else None

    def check_current(self) -> None:
        """Raises IndexOutdated when the complete index is of another fingerprint and this one is still being built."""
        if self.current not in (None, self.fingerprint):
            raise IndexOutdated(
                f"The index at {self.where} was made with another embedder, passage length or version of Footnote; "
                "bring it up to date with: python -m index sync"
            )

    # writing, in the order that keeps every document searchable

    def put_passages(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Writes passages and their vectors, (len(passages), dimensions). Nobody sees them before `put_entries`."""
        with as_footnote_errors(self.where):
            for start in range(0, len(passages), self._batch):
                rows = passages[start : start + self._batch]
                self._passages.upsert(
                    ids=[row.id for row in rows],
                    embeddings=vectors[start : start + self._batch],
                    metadatas=[_metadata(row) for row in rows],
                )

    def put_entries(self, entries: Sequence[Entry]) -> None:
        """Writes manifest rows: from here on their versions are the ones that searches see."""
        with as_footnote_errors(self.where):
            for start in range(0, len(entries), self._batch):
                rows = entries[start : start + self._batch]
                self._documents.upsert(
                    ids=[row.id for row in rows],
                    embeddings=np.ones((len(rows), 1), dtype=np.float32),
                    metadatas=[row_of(row) for row in rows],
                )
            self.manifest = {**self.manifest, **{row.id: row for row in entries}}
            self._advance()

    def forget(self, ids: Sequence[str]) -> None:
        """Deletes the manifest rows of documents, then their passages."""
        old = [identifier for name in ids if name in self.manifest for identifier in self.manifest[name].passage_ids]
        with as_footnote_errors(self.where):
            for start in range(0, len(ids), self._batch):
                self._documents.delete(ids=list(ids[start : start + self._batch]))
            self.manifest = {name: entry for name, entry in self.manifest.items() if name not in set(ids)}
            self._advance()
        self.delete_passages(old)

    def delete_passages(self, ids: Sequence[str]) -> None:
        """Deletes passages that no manifest row names any more."""
        with as_footnote_errors(self.where):
            for start in range(0, len(ids), self._batch):
                self._passages.delete(ids=list(ids[start : start + self._batch]))

    def promote(self, **made_with: str | int) -> None:
        """Makes this fingerprint the current one, notes what it was made with, drops the collections of every other."""
        if self.current != self.fingerprint:
            self._advance(fingerprint=self.fingerprint, **made_with)
        with as_footnote_errors(self.where):
            for collection in self._client.list_collections():
                if collection.name.startswith(f"{_META}-") and collection.name not in self._names:
                    self._client.delete_collection(collection.name)
                    log.info("dropped an outdated collection", extra={"collection": collection.name})

    def set_unfinished(self, unfinished: bool) -> None:
        """Marks the store before a run of writes and unmarks it after; a mark found later means the run was cut off."""
        if self.unfinished != unfinished:
            self._advance(unfinished=unfinished)

    @property
    def unfinished(self) -> bool:
        """True when the last run of writes was cut off: rows may be left that no manifest row names."""
        return bool((self._meta.metadata or {}).get("unfinished", False))

    def removed_elsewhere(self) -> list[Entry]:
        """Documents that a person removed, as the manifest of the current fingerprint has them, whatever it is."""
        if self.current in (None, self.fingerprint):
            return [entry for entry in self.manifest.values() if entry.removed]
        with as_footnote_errors(self.where):
            name = f"{_META}-documents-{self.current}"
            if name not in {collection.name for collection in self._client.list_collections()}:
                return []
            rows = self._all(self._client.get_collection(name, embedding_function=None), ["metadatas"])
        return [removed_from(row["id"], row["metadata"]) for row in rows if row["metadata"]["removed"]]

    # reading

    def nearest(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The (passage id, cosine similarity) of the `k` nearest passages that may be seen, best first.

        `documents` limits the search to these ids. Exact when the filter is small; approximate (HNSW) otherwise.
        """
        self.check_current()
        if documents is not None:
            documents = frozenset(documents)
            entries = [self.manifest[name] for name in documents if name in self.manifest]
            if sum(entry.passages for entry in entries) <= _EXACT:
                with suppress(IndexDamaged):  # a document was replaced just now
                    return self._compared(vector, k, [name for entry in entries for name in entry.passage_ids])
        where = None
        if documents is not None and len(documents) <= _WHERE_DOCUMENTS:
            where = {"document_id": {"$in": list(documents)}}
        wanted = k + 16
        while True:
            hits = self._query(vector, wanted, where)
            seen = [hit for hit in hits if self.visible(hit[0]) and _within(hit[0], documents)]
            if len(seen) >= k or len(hits) < wanted or wanted >= 4000:
                return seen[:k]
            wanted *= 4

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in this order; those of no current version are left out."""
        self.check_current()
        rows: dict[str, Mapping[str, Any]] = {}
        wanted = [identifier for identifier in dict.fromkeys(ids) if self.visible(identifier, silent=True)]
        with as_footnote_errors(self.where):
            for start in range(0, len(wanted), _READ_BATCH):
                found = self._passages.get(ids=wanted[start : start + _READ_BATCH], include=["metadatas"])
                rows.update({row["id"]: row for row in _rows(found)})
        return [self._passage(rows[identifier]) for identifier in ids if identifier in rows]

    def visible(self, identifier: str, silent: bool = False) -> bool:
        """True when a passage is of the version of its document that may be seen; `silent` counts boilerplate too."""
        try:
            document_id, version, number = parsed_id(identifier)
        except ValueError:
            return False
        entry = self.manifest.get(document_id)
        if entry is None or entry.removed or entry.version != version or not 0 <= number < entry.passages:
            return False
        return silent or number not in entry.silent

    def text_of(self, entry: Entry) -> str:
        """The text of a document as it was indexed."""
        return "".join(passage.text for passage in self.passages(entry.passage_ids))

    def document(self, entry: Entry) -> Document:
        """A document as it was indexed."""
        return Document(
            entry.id, self.text_of(entry), entry.sha256, entry.title, entry.publisher, entry.published, entry.pages
        )

    def passage_rows(self) -> list[str]:
        """The ids of all rows of passages, whether a manifest row names them or not."""
        with as_footnote_errors(self.where):
            return [row["id"] for row in self._all(self._passages, [])]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The stored vectors of these passages; those that Chroma has no vector for are left out."""
        if not ids:
            return {}
        with as_footnote_errors(self.where):
            found = self._passages.get(ids=list(ids), include=["embeddings"])
            vectors = found["embeddings"]
            if vectors is None:
                return {}
            pairs = zip(found["ids"], vectors, strict=True)
            return {name: np.asarray(vector, dtype=np.float32) for name, vector in pairs if vector is not None}

    def close(self) -> None:
        """Lets go of the files or the connection."""
        connection.close(self._client)

    def _compared(self, vector: NDArray[np.float32], k: int, ids: Sequence[str]) -> list[tuple[str, float]]:
        stored = self.vectors([identifier for identifier in ids if self.visible(identifier)])
        length = float(np.linalg.norm(vector))
        scores = [(name, float(row @ vector) / (length * float(np.linalg.norm(row)))) for name, row in stored.items()]
        return sorted(scores, key=lambda hit: -hit[1])[:k]

    def _query(self, vector: NDArray[np.float32], n: int, where: Any) -> list[tuple[str, float]]:
        with as_footnote_errors(self.where):
            found = self._passages.query(
                query_embeddings=np.asarray([vector], dtype=np.float32), n_results=n, where=where, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [(name, 1 - distance) for name, distance in zip(found["ids"][0], distances[0], strict=True)]

    def _passage(self, row: Mapping[str, Any]) -> Passage:
        document_id, _, _ = parsed_id(row["id"])
        entry = self.manifest[document_id]
        metadata = row["metadata"]
        text, start = metadata["text"], int(metadata["start"])
        return Passage(
            id=row["id"],
            document_id=document_id,
            start=start,
            end=start + len(text),
            text=text,
            title=entry.title,
            sha256=entry.sha256,
            publisher=entry.publisher,
            published=entry.published,
            page=metadata.get("page"),
            sentences=tuple(
                Sentence(start + a, start + b, text[a:b], bool(mark))
                for a, b, mark in json.loads(metadata["sentences"])
            ),
        )

    def _all(self, collection: ChromaCollection, include: list[Any]) -> list[Mapping[str, Any]]:
        total = collection.count()
        rows: list[Mapping[str, Any]] = []
        for offset in range(0, total, _READ_BATCH * 10):
            rows += _rows(collection.get(include=include, limit=_READ_BATCH * 10, offset=offset))
        return rows

    def _advance(self, **changes: Any) -> None:
        """Counts a write; `generation` never goes back, whatever another process did."""
        with as_footnote_errors(self.where):
            metadata = {**(self._meta.metadata or {}), **changes}
            self.generation = max(self.generation, int(metadata.get("generation", 0))) + 1
            self._meta.modify(metadata={**metadata, "format": FORMAT, "generation": self.generation})


def _within(identifier: str, documents: Collection[str] | None) -> bool:
    return documents is None or parsed_id(identifier)[0] in documents


def recorded_settings(folder: Path, chroma_url: str | None = None) -> tuple[str, int] | None:
    """The embedder and the passage length that the index in `folder`, or on the server, was made with; None if none."""
    if not chroma_url:
        metadata: Mapping[str, Any] = recorded_metadata(folder, _META)
    else:
        with as_footnote_errors(chroma_url):
            client = connection.served(chroma_url)
            metadata = _collection(client, _META).metadata or {}
        connection.close(client)
    return (str(metadata["embedder"]), int(metadata["passage_tokens"])) if "embedder" in metadata else None


def _collection(client: ClientAPI, name: str) -> ChromaCollection:
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 100}}
    )


def _metadata(passage: Passage) -> dict[str, Any]:
    spans = [
        [part.start - passage.start, part.end - passage.start, int(part.boilerplate)] for part in passage.sentences
    ]
    metadata: dict[str, Any] = {
        "document_id": passage.document_id,
        "text": passage.text,  # not Chroma's own `documents`: it would index every three letters of them
        "start": passage.start,
        "sentences": json.dumps(spans, separators=(",", ":")),
    }
    return metadata if passage.page is None else {**metadata, "page": passage.page}


def _rows(found: Any) -> Iterator[Mapping[str, Any]]:
    """Chroma's columns as rows."""
    columns = zip(found["ids"], found["metadatas"] or [None] * len(found["ids"]), strict=True)
    return ({"id": name, "metadata": metadata} for name, metadata in columns)
