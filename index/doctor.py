"""Is the index whole? Say what is wrong, one line each, and mend it from the documents.

`health` looks for the worst whenever a library is opened; `check` looks at every row, every vector and every file.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder, default_embedder
from index.errors import FileError, IndexDamaged, ModelError
from index.health import deep_problems, file_problems, removed_ids
from index.library import Library
from index.manifest import Entry
from index.owner import Ownership
from index.store import Store
from index.sync import SyncReport

log = logging.getLogger(__name__)

_BATCH = 500
_SAMPLE = 20
_ASIDE = "chroma.damaged"
_MISSED = 0.25
_SAME = 0.999  # cosine of a vector with itself, as Chroma gives it back


class Remedy(StrEnum):
    """What puts a finding right."""

    SYNC = "sync"  # the next sync does it
    MEND = "mend"  # `repair` does it, keeping what is whole
    REBUILD = "rebuild"  # `repair` makes the index anew from the documents
    REINSTALL = "reinstall"  # a person has to, as the finding says


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `what` is the line to show."""

    what: str
    remedy: Remedy


def check(
    index_dir: Path, source_dir: Path, *, embedder: Embedder | None = None, passage_tokens: int = 200,
    chroma_url: str | None = None,
) -> list[Finding]:  # fmt: skip
    """Everything that is wrong with an index; empty when it is whole. Raises IndexLocked while a process owns it."""
    index_dir = index_dir.absolute()
    try:
        embedder = embedder or default_embedder()
    except ModelError as error:
        return [Finding(str(error), Remedy.REINSTALL)]
    if not chroma_url and (found := _file_findings(index_dir)):
        return found
    try:
        library = Library.open(
            source_dir,
            index_dir,
            embedder=embedder,
            passage_tokens=passage_tokens,
            chroma_url=chroma_url,
            catch_up=False,
        )
    except IndexDamaged as error:
        return [Finding(str(error), Remedy.REBUILD)]
    with library:
        return _library_findings(library)


def repair(
    index_dir: Path, source_dir: Path, *, embedder: Embedder | None = None, passage_tokens: int = 200,
    chroma_url: str | None = None, progress: Callable[[str, int, int], None] | None = None,
) -> SyncReport:  # fmt: skip
    """Mends what `check` finds, from the documents: row by row where the database can be trusted, else anew.

    Raises IndexLocked while another process owns the index, ModelError, and the errors of a sync.
    """
    index_dir = index_dir.absolute()
    found = check(index_dir, source_dir, embedder=embedder, passage_tokens=passage_tokens, chroma_url=chroma_url)
    removed: list[str] = []
    if any(finding.remedy is Remedy.REBUILD for finding in found) and not chroma_url:
        removed = removed_ids(index_dir / "chroma")
        _set_aside(index_dir)
    with Library.open(
        source_dir, index_dir, embedder=embedder, passage_tokens=passage_tokens, chroma_url=chroma_url, catch_up=False
    ) as library:
        report = library.mend(progress)
        for name in removed:
            with suppress(FileError):
                library.remove([name])
    shutil.rmtree(index_dir / _ASIDE, ignore_errors=True)
    return report


def _set_aside(index_dir: Path) -> None:
    """Moves a database that cannot be trusted out of the way; it is deleted when the new one is complete."""
    ownership = Ownership.take(index_dir, shared=False)
    try:
        shutil.rmtree(index_dir / _ASIDE, ignore_errors=True)
        (index_dir / "chroma").rename(index_dir / _ASIDE)
        log.warning("the damaged database was set aside", extra={"folder": str(index_dir / _ASIDE)})
    finally:
        ownership.release()


def _file_findings(index_dir: Path) -> list[Finding]:
    """What the files of the embedded Chroma say, before Chroma is asked."""
    folder = index_dir / "chroma"
    if not folder.is_dir() or not any(folder.iterdir()):
        return [Finding("There is no index yet: python -m index sync makes it.", Remedy.SYNC)]
    ownership = Ownership.take(index_dir, shared=False)
    try:
        problems = list(file_problems(folder)) or list(deep_problems(folder))
    finally:
        ownership.release()
    return [Finding(f"The index is damaged: {problem}.", Remedy.REBUILD) for problem in problems]


def _library_findings(library: Library) -> list[Finding]:
    store = library.store
    if store.current not in (None, store.fingerprint):
        what = "The index was made with another embedder, passage length or version: sync makes it anew."
        return [Finding(what, Remedy.SYNC)]
    rows = set(store.passage_rows())
    findings = [*_row_findings(store, rows), *_vector_findings(store, rows)]
    if store.unfinished:
        findings.append(Finding("The last sync was cut off: the next one finishes its work.", Remedy.SYNC))
    if not library.lexical_whole():
        findings.append(Finding("The lexical cache is missing, damaged or behind: it is built again.", Remedy.MEND))
    stale = [info.id for info in library.documents() if library.stale(info.id)]
    findings += [Finding(f"{name} changed or is gone since it was indexed.", Remedy.SYNC) for name in stale]
    return findings


def _row_findings(store: Store, rows: set[str]) -> list[Finding]:
    named = {identifier for entry in store.manifest.values() for identifier in entry.passage_ids}
    findings = []
    if orphans := len(rows - named):
        findings.append(Finding(f"{orphans} passages belong to no document.", Remedy.MEND))
    for entry in store.manifest.values():
        if lacking := len(set(entry.passage_ids) - rows):
            what = f"{entry.id} lacks {lacking} of its {entry.passages} passages."
            findings.append(Finding(what, Remedy.MEND))
        elif not entry.removed and _wrong_text(store, entry):
            findings.append(Finding(f"The passages of {entry.id} do not add up to its text.", Remedy.REBUILD))
    return findings


def _wrong_text(store: Store, entry: Entry) -> bool:
    """True when the passages of a document do not partition its text."""
    at = 0
    for start in range(0, entry.passages, _BATCH):
        for passage in store.passages(entry.passage_ids[start : start + _BATCH]):
            if passage.start != at:
                return True
            at = passage.end
    return at != entry.characters


def _vector_findings(store: Store, rows: Collection[str]) -> list[Finding]:
    """Passages without a vector, and whether searches for passages' own vectors find them.

    HNSW is approximate: that one of many is missed is no fault.
    """
    ids = [identifier for entry in store.manifest.values() for identifier in entry.passage_ids if identifier in rows]
    lost = sum(_without_vector(store, ids[start : start + _BATCH]) for start in range(0, len(ids), _BATCH))
    if lost:
        return [Finding(f"{lost} of {len(ids)} passages have no vector.", Remedy.REBUILD)]
    sample = [identifier for identifier in _spread(ids, _SAMPLE) if store.visible(identifier)]
    vectors = store.vectors(sample) if sample else {}
    missed = sum(1 for vector in vectors.values() if not _found(store, vector))
    if missed > _MISSED * len(sample):
        return [Finding(f"{missed} of {len(sample)} passages tried are not found by their vector.", Remedy.REBUILD)]
    return []


def _without_vector(store: Store, ids: Sequence[str]) -> int:
    try:
        return len(ids) - len(store.vectors(ids))
    except IndexDamaged:  # Chroma gives an error for the whole request when one vector is not there
        return len(ids) if len(ids) == 1 else sum(_without_vector(store, part) for part in _halves(ids))


def _halves(ids: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    return ids[: len(ids) // 2], ids[len(ids) // 2 :]


def _found(store: Store, vector: NDArray[np.float32]) -> bool:
    return any(score >= _SAME for _, score in store.nearest(vector, 5))


def _spread(ids: Sequence[str], count: int) -> list[str]:
    return list(ids[:: max(1, len(ids) // count)])[:count]
