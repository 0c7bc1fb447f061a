"""One folder of documents and its index: the one class that the answer side talks to."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import RLock
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from index import passages as splitting
from index import readers
from index.documents import Document, DocumentInfo, Filter, Hit, Passage
from index.embedding import Embedder, default_embedder
from index.errors import FileError, IndexUnavailable
from index.files import SUFFIXES, UPLOADS, KnownFiles, Source, Stamp, checked, read_bytes
from index.lexical import Lexical
from index.manifest import FORMAT, Entry, parsed_id
from index.owner import Ownership
from index.store import Store
from index.sync import SyncReport, Writer, removed_entry, synchronise

log = logging.getLogger(__name__)

_FOLLOW_SECONDS = 1.0
_SPARE_HITS = 16  # asked for beyond k: hits of a version that is just being replaced are dropped


class Library:
    """A folder of documents and its index. Reads are safe from several threads, writes wait for each other.

    Open it with `Library.open`; close it, or use it as a context manager.
    """

    def __init__(
        self, source_dir: Path, index_dir: Path, embedder: Embedder, passage_tokens: int, chroma_url: str | None,
        max_file_mb: float, catch_up: bool,
    ) -> None:  # fmt: skip
        self.source_dir = Path(source_dir).absolute()
        self.index_dir = Path(index_dir).absolute()
        self.uploads_dir = self.index_dir / UPLOADS
        self.embedder = embedder
        self._passage_tokens = passage_tokens
        self._max_bytes = int(max_file_mb * 1e6)
        self._served = bool(chroma_url)
        self._writing = RLock()
        self._newest: tuple[Mapping[str, Entry] | None, date | None] = (None, None)
        if not self.index_dir.exists():
            self._sources[0].check()  # a misspelt folder leaves no empty index behind
        _make_folder(self.uploads_dir)
        self._ownership = Ownership.take(self.index_dir, shared=self._served)
        try:
            self.store = _store(self.index_dir, chroma_url, fingerprint(embedder, passage_tokens))
            self._lexical = Lexical(self.index_dir / self._ownership.lexical_name)
            self._known = KnownFiles.load(self.index_dir / "files.json")
            self._followed = time.monotonic()
            if catch_up:
                self._catch_up()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(
        cls, source_dir: Path, index_dir: Path, *, embedder: Embedder | None = None, passage_tokens: int = 200,
        chroma_url: str | None = None, max_file_mb: float = 50, catch_up: bool = True,
    ) -> Library:  # fmt: skip
        """The library of `source_dir` with its index in `index_dir`, or on the Chroma server at `chroma_url`.

        `embedder` defaults to the embedded MiniLM; without `catch_up` the lexical cache is left as it is found.
        Raises IndexLocked when another process owns the index, IndexDamaged when it is not whole, IndexUnavailable
        when it cannot be written or the server does not answer, ModelError when a model file is missing or damaged,
        SourceError when there is neither the folder nor an index.
        """
        embedder = embedder or default_embedder()
        return cls(source_dir, index_dir, embedder, passage_tokens, chroma_url, max_file_mb, catch_up)

    def sync(self, progress: Callable[[str, int, int], None] | None = None) -> SyncReport:
        """Brings the index in step with the folder: `progress(id, done, total)` after each document read.

        A file that cannot be read is reported in `failed` and keeps what the index had of it. Raises SourceError when
        the folder is missing, or empty with nothing indexed, and the errors of `Library.open`.
        """
        with self._writing, self._ownership.writing():
            self._refreshed()
            self._keep_removed()
            return self._synchronise(self._sources, progress)

    def mend(self, progress: Callable[[str, int, int], None] | None = None) -> SyncReport:
        """A sync that trusts nothing: every file is read, every row compared, the lexical cache built again."""
        with self._writing, self._ownership.writing():
            self._refreshed()
            self._keep_removed()
            self._known.files.clear()
            self.store.set_unfinished(True)
            self._lexical.clear()
            report = self._synchronise(self._sources, progress)
            self._catch_up(trusting=False)
            return report

    def lexical_whole(self) -> bool:
        """True when the lexical cache holds the documents of the manifest, no more and no less."""
        wanted = {(entry.id, entry.version) for entry in self.store.manifest.values() if not entry.removed}
        marked = self._lexical.up_to_date(self.store.fingerprint, self.store.generation)
        return marked and self._lexical.versions() == wanted

    def add(self, paths: Sequence[Path]) -> SyncReport:
        """Copies files into the library's uploads and indexes them; one of the same name is replaced."""
        with self._writing, self._ownership.writing():
            self._refreshed()
            failed: list[tuple[str, str]] = []
            names: list[str] = []
            for path in paths:
                try:
                    names.append(self._copied(Path(path)))
                except FileError as error:
                    failed.append((upload_name(Path(path).name), str(error)))
            report = self._synchronise((self._uploads,), None, again=self._unremoved(names))
            for name, _ in report.failed:
                if name in names and name not in self.store.manifest:
                    (self.uploads_dir / name.removeprefix(f"{UPLOADS}/")).unlink(missing_ok=True)
            return _narrowed(report, names, failed)

    def remove(self, ids: Sequence[str]) -> None:
        """Takes documents out of the index until `restore`; their files stay. Raises FileError for an unknown id."""
        with self._writing, self._ownership.writing():
            self._refreshed()
            entries = [self._entry(name) for name in ids]
            self.store.put_entries([removed_entry(entry) for entry in entries])
            self.store.delete_passages([name for entry in entries for name in entry.passage_ids])
            self._lexical.write(drop=[(entry.id, entry.version) for entry in entries])
            self._lexical.mark(self.store.fingerprint, self.store.generation)

    def restore(self, ids: Sequence[str]) -> None:
        """Indexes removed documents again. Raises FileError when one was not removed or its file cannot be read."""
        with self._writing, self._ownership.writing():
            self._refreshed()
            for name in ids:
                entry = self.store.manifest.get(name)
                if entry is None or not entry.removed:
                    raise FileError(f"{name} was not removed, so it cannot be restored: see python -m index status.")
            report = self._synchronise(self._sources, None, again=self._unremoved(ids))
            for name, reason in report.failed:
                if name in ids:
                    raise FileError(reason)

    def dense(self, vector: NDArray[np.float32], k: int, where: Filter | None = None) -> list[Hit]:
        """The `k` passages nearest to `vector`, shape (dimensions,), with their cosine similarity, best first."""
        self._follow()
        hits = self.store.nearest(vector, k, self._within(where))
        return [Hit(name, score) for name, score in hits if score > 0]

    def lexical(self, text: str, k: int, where: Filter | None = None) -> list[Hit]:
        """The `k` passages with the best BM25 score for the words of `text`, best first; none that shares no word."""
        self._follow()
        self.store.check_current()
        hits = self._lexical.search(text, k + _SPARE_HITS, self._within(where))
        return [Hit(name, score) for name, score in hits if self.store.visible(name)][:k]

    def mentions(self, terms: Iterable[str], where: Filter | None = None) -> bool:
        """Whether a passage, boilerplate aside, has a word that begins with one of `terms`; a number must be whole."""
        self._follow()
        self.store.check_current()
        found = self._lexical.having(terms, 1 + _SPARE_HITS, self._within(where))
        return any(self.store.visible(name) for name in found)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in the order given, with their sentences; unknown ids are left out."""
        self._follow()
        return self.store.passages(ids)

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages before and after `passage` in its document."""
        document_id, version, number = parsed_id(passage.id)
        ids = [splitting.passage_id(document_id, version, number + step) for step in (-1, 1)]
        found = {neighbour.id: neighbour for neighbour in self.passages(ids)}
        return found.get(ids[0]), found.get(ids[1])

    def document(self, document_id: str) -> Document:
        """A document, its text as it was indexed. Raises FileError when there is none of this id."""
        self._follow()
        return self.store.document(self._entry(document_id))

    def documents(self) -> list[DocumentInfo]:
        """The documents that are searched, by id."""
        self._follow()
        return [entry.info for name, entry in sorted(self.store.manifest.items()) if not entry.removed]

    def removed(self) -> list[DocumentInfo]:
        """The documents that a person removed and can restore, by id."""
        self._follow()
        return [entry.info for name, entry in sorted(self.store.manifest.items()) if entry.removed]

    def newest(self) -> date | None:
        """The date of the newest document that is searched; None when none has one. Costs nothing between writes."""
        self._follow()
        manifest = self.store.manifest
        if self._newest[0] is not manifest:
            dates = (entry.published for entry in manifest.values() if entry.published and not entry.removed)
            self._newest = manifest, max(dates, default=None)
        return self._newest[1]

    def stale(self, document_id: str) -> bool:
        """True when the file on disk is gone or is not the one that was indexed."""
        entry = self._entry(document_id)
        source = self._uploads if document_id.startswith(f"{UPLOADS}/") else self._sources[0]
        path = source.path_of(document_id)
        if path is None:
            return True
        try:
            stamp = Stamp.of(checked(path, source.root).stat())
            known = self._known.files.get(document_id)
            if known is not None and known.sha256 == entry.sha256 and known.still(stamp):
                return False
            data, _ = read_bytes(path, source.root, self._max_bytes)
        except (FileError, OSError):
            return True
        return hashlib.sha256(data).hexdigest() != entry.sha256

    def files(self) -> set[str]:
        """The ids of the files that the next sync looks at, those not yet indexed too. Raises SourceError."""
        return {file.id for source in self._sources for file in source.listing().found}

    @property
    def generation(self) -> int:
        """Grows with every write."""
        return self.store.generation

    def close(self) -> None:
        """Lets go of the index, so that another process can open it. Closing twice does nothing."""
        if self._ownership.held:
            if hasattr(self, "store"):  # not when opening it failed
                self.store.close()
            self._ownership.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _uploads(self) -> Source:
        return Source(self.uploads_dir, f"{UPLOADS}/")

    @property
    def _sources(self) -> tuple[Source, ...]:
        return Source(self.source_dir, skip=self.index_dir), self._uploads

    def _entry(self, document_id: str) -> Entry:
        entry = self.store.manifest.get(document_id)
        if entry is None or entry.removed:
            raise FileError(f"There is no document {document_id} in the library: see python -m index status.")
        return entry

    def _within(self, where: Filter | None) -> list[str] | None:
        """The ids of the documents that pass a filter; None when all do. Raises FileError for an unknown id."""
        if where is None or (where.documents is None and where.after is None and where.before is None):
            return None
        manifest = self.store.manifest
        named = manifest.values() if where.documents is None else [self._entry(name) for name in where.documents]
        return [entry.id for entry in named if not entry.removed and passes(entry, where)]

    def _synchronise(
        self, sources: Sequence[Source], progress: Callable[[str, int, int], None] | None, again: Sequence[str] = ()
    ) -> SyncReport:
        writer = Writer(self.store, self._lexical, self.embedder, self._passage_tokens)
        report = synchronise(sources, writer, self._known, self._max_bytes, progress, again)
        self._lexical.mark(self.store.fingerprint, self.store.generation)
        log.info(
            "synced",
            extra={
                "added": len(report.added), "updated": len(report.updated), "removed": len(report.removed),
                "unchanged": len(report.unchanged), "failed": len(report.failed),
            },
        )  # fmt: skip
        return report

    def _copied(self, path: Path) -> str:
        """Copies a file into the uploads; its document's id."""
        if path.suffix.lower() not in SUFFIXES:
            raise FileError(f"{path.name} is not of a kind that is read: use {' '.join(SUFFIXES)}.")
        data, _ = read_bytes(path, path.resolve().parent, self._max_bytes)
        target = self.uploads_dir / upload_name(path.name)
        new = self.uploads_dir / f".{target.name}.new"
        try:
            new.write_bytes(data)
            os.replace(new, target)
        except OSError as error:
            raise FileError(
                f"{path.name} cannot be copied to {self.uploads_dir} ({error.strerror}): make room and try again."
            ) from error
        return f"{UPLOADS}/{target.name}"

    def _unremoved(self, ids: Sequence[str]) -> list[str]:
        """Takes the mark of removal off documents that have it; which they were."""
        entries = [entry for name in ids if (entry := self.store.manifest.get(name)) and entry.removed]
        if entries:
            self.store.put_entries([replace(entry, removed=False) for entry in entries])
        return [entry.id for entry in entries]

    def _keep_removed(self) -> None:
        """Carries what a person removed over from an index of another fingerprint."""
        entries = [entry for entry in self.store.removed_elsewhere() if entry.id not in self.store.manifest]
        if entries:
            self.store.put_entries(entries)

    def _refreshed(self) -> None:
        """Before a write: what other processes wrote to the server."""
        self._check_open()
        if self._served and self.store.written_generation() != self.store.generation:
            self.store.refresh()
            self._catch_up()

    def _follow(self) -> None:
        """Before a read: looks once a second whether another process wrote to the server."""
        self._check_open()
        if self._served and time.monotonic() - self._followed > _FOLLOW_SECONDS:
            with self._writing:
                self._refreshed()
                self._followed = time.monotonic()

    def _check_open(self) -> None:
        if not self._ownership.held:
            raise IndexUnavailable(f"The index at {self.index_dir} was closed here: open it again.")

    def _catch_up(self, trusting: bool = True) -> None:
        """Brings the lexical cache in step with the manifest; `trusting` its own mark that it is."""
        if trusting and self._lexical.up_to_date(self.store.fingerprint, self.store.generation):
            return
        if self.store.current not in (None, self.store.fingerprint):
            return
        entries = {(entry.id, entry.version): entry for entry in self.store.manifest.values() if not entry.removed}
        here = self._lexical.versions()
        missing = [entry for key, entry in entries.items() if key not in here]
        if missing or here - set(entries):
            log.info("the lexical cache is brought up to date", extra={"documents": len(missing)})
            rows = ((entry, self.store.passages(entry.passage_ids)) for entry in missing)
            self._lexical.write(add=rows, drop=here - set(entries))
        self._lexical.mark(self.store.fingerprint, self.store.generation)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexUnavailable(
            f"The index folder {folder.parent} cannot be made ({error.strerror}): choose another with --index."
        ) from error


def _store(index_dir: Path, chroma_url: str | None, mark: str) -> Store:
    return Store.served(chroma_url, mark) if chroma_url else Store.embedded(index_dir / "chroma", mark)


def fingerprint(embedder: Embedder, passage_tokens: int) -> str:
    """Names everything that decides what is stored for given files; another name means another index."""
    parts = (FORMAT, readers.VERSION, splitting.VERSION, passage_tokens, embedder.fingerprint)
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:16]


def passes(entry: Entry, where: Filter) -> bool:
    """True when a document passes a filter; one without a date passes no bound on the date."""
    if where.documents is not None and entry.id not in where.documents:
        return False
    if entry.published is None:
        return where.after is None and where.before is None
    return (where.after is None or entry.published >= where.after) and (
        where.before is None or entry.published <= where.before
    )


def upload_name(name: str) -> str:
    """A file name that is safe to keep: no folder, no hidden file, no control character, at most 120 characters."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(mark if mark.isprintable() and mark not in '<>:"|?*' else "_" for mark in base).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:110] or 'document'}{dot}{suffix[:9]}" if dot else clean[:120] or "document"


def _narrowed(report: SyncReport, names: Sequence[str], failed: Sequence[tuple[str, str]]) -> SyncReport:
    """The part of a report that is about `names`, with what failed before."""
    added, updated, unchanged = (
        tuple(name for name in part if name in names) for part in (report.added, report.updated, report.unchanged)
    )
    return SyncReport(added, updated, (), unchanged, (*failed, *(pair for pair in report.failed if pair[0] in names)))
