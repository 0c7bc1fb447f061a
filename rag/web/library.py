"""The Library tab: what is indexed, what failed and why, upload, delete with undo, re-sync."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from index.documents import DocumentInfo
from index.errors import FileError
from index.files import SUFFIXES
from rag.web.site import Site
from rag.web.sources import UPLOADS

FORMATS = tuple(sorted(SUFFIXES))
NAME_BYTES = 100


class Nothing(BaseModel):
    """A request without arguments."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Documents(BaseModel):
    """Some documents, by id."""

    model_config = ConfigDict(extra="forbid", strict=True)
    ids: list[str] = Field(min_length=1, max_length=10_000)


def listing(site: Site, owner: str, request: Nothing) -> dict[str, Any]:
    """Every document with its facts and state, then the files that could not be indexed, each with its reason."""
    library = site.engine.library
    shelf = library.documents()
    held = {info.id for info in shelf}
    failed = [{"id": name, "state": "failed", "reason": why} for name, why in site.failed.items() if name not in held]
    return {
        "documents": [_row(info, library.stale(info.id), site.failed.get(info.id)) for info in shelf],
        "failed": failed,
        "removed": [{"id": info.id, "title": info.title} for info in library.removed()],
        "formats": list(FORMATS),
        "user": owner,
        "upload_mb": site.engine.settings.upload_mb,
    }


def _row(info: DocumentInfo, stale: bool, reason: str | None) -> dict[str, Any]:
    return {
        "id": info.id,
        "title": info.title,
        "publisher": info.publisher,
        "published": info.published.isoformat() if info.published else None,
        "bytes": info.bytes,
        "passages": info.passages,
        "uploaded": info.id.startswith(UPLOADS),
        "state": "changed" if stale else "ready",
        "reason": reason,
    }


def remember(site: Site, failed: Mapping[str, str] | list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    """Keep the reasons of the last sync for the list."""
    site.failed.clear()
    site.failed.update(dict(failed))


def sync(site: Site, owner: str, request: Nothing) -> dict[str, Any]:
    """Read the folder again. Says what changed."""
    with site.writing:
        report = site.engine.sync()
    remember(site, report.failed)
    return {name: len(getattr(report, name)) for name in ("added", "updated", "removed", "unchanged", "failed")}


def remove(site: Site, owner: str, request: Documents) -> dict[str, Any]:
    """Take documents out of the library; `restore` brings them back."""
    with site.writing:
        site.engine.library.remove(request.ids)
    return {"ids": request.ids}


def restore(site: Site, owner: str, request: Documents) -> dict[str, Any]:
    """Undo of `remove`."""
    with site.writing:
        site.engine.library.restore(request.ids)
    return {"ids": request.ids}


def check_upload(site: Site, name: str, size: int | None) -> None:
    """Raises FileError when this upload will not be taken: its kind, its size, or no room."""
    settings = site.engine.settings
    if Path(name).suffix.lower() not in FORMATS:
        raise FileError(f"This kind of file is not read. Use one of {', '.join(FORMATS)}.")
    if size is not None and size > settings.upload_mb * 1_000_000:
        raise FileError(f"The file is too large: at most {settings.upload_mb:g} MB.")
    held = sum(info.id.startswith(UPLOADS) for info in site.engine.library.documents())
    if held >= settings.upload_files:
        raise FileError(f"The library already holds {held} uploads, as many as it takes. Delete one first.")


def add(site: Site, path: Path) -> dict[str, Any]:
    """Index one uploaded file, under a free name. Raises FileError with the reason when it cannot be read."""
    with site.writing:
        report = site.engine.library.add([path.rename(path.with_name(free_name(site, path.name)))])
    for _, reason in report.failed:
        raise FileError(reason)
    ids = [*report.added, *report.updated, *report.unchanged]
    rows = {info.id: info for info in site.engine.library.documents()}
    return {"documents": [_row(rows[name], False, None) for name in ids if name in rows]}


def free_name(site: Site, name: str) -> str:
    """`name`, or "name (2)" and so on while an upload of that name exists: nothing is overwritten."""
    path, number, free = Path(name), 1, name
    while (site.engine.library.uploads_dir / free).exists():
        number += 1
        free = f"{path.stem} ({number}){path.suffix}"
    return free


def safe_name(name: str) -> str:
    """A name that is only a name: no folders, no control or bidirectional marks, no leading dots, at most 100 bytes."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(mark if unicodedata.category(mark)[0] != "C" else "" for mark in base)
    kept = re.sub(r'[<>:"|?*&;`$%#{}]', "_", " ".join(kept.split())).strip(" .")
    stem, suffix = Path(kept).stem or "document", Path(kept).suffix.lower()
    room = NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + suffix
