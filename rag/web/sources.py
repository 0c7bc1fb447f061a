"""Documents for the source panel: text, facts, and the file itself. Only what the library holds can be reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from index.documents import DocumentInfo
from index.errors import FileError
from rag.web.site import Site

UPLOADS = "uploads/"
GONE = "This document is no longer in the library."
SHOWN_AS = {".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8", ".pdf": "application/pdf"}


class DocumentRequest(BaseModel):
    """Which document."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str = Field(min_length=1, max_length=4096)


def find(site: Site, document_id: str) -> DocumentInfo:
    """The library's entry. Raises FileError for an id it does not hold."""
    for info in site.engine.library.documents():
        if info.id == document_id:
            return info
    raise FileError(GONE)


def document(site: Site, owner: str, request: DocumentRequest) -> dict[str, Any]:
    """The whole text as indexed, its page starts, and whether the file can be opened."""
    info = find(site, request.id)
    text = site.engine.library.document(info.id)
    return {
        "id": info.id,
        "title": info.title,
        "publisher": info.publisher,
        "published": info.published.isoformat() if info.published else None,
        "sha256": text.sha256,
        "text": text.text,
        "pages": list(text.pages),
        "file": file_of(site, info.id) is not None,
        "stale": site.engine.library.stale(info.id),
    }


def file_of(site: Site, document_id: str) -> Path | None:
    """The file behind a document of the library; None when it is gone or would lie outside its folder."""
    library = site.engine.library
    find(site, document_id)
    uploaded = document_id.startswith(UPLOADS)
    root = (library.uploads_dir if uploaded else library.source_dir).resolve()
    path = (root / document_id.removeprefix(UPLOADS if uploaded else "")).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None
