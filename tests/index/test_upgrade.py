"""An index that an earlier version wrote: made anew by a sync, never mixed, what was removed stays removed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.api import ClientAPI
from chromadb.config import Settings

from index.doctor import Remedy, check
from index.errors import IndexOutdated
from index.library import Library
from index.manifest import Entry
from tests.index.conftest import WordEmbedder

OTHER = "0123456789abcdef"


def first_format(entry: Entry) -> dict[str, object]:
    """A row of the manifest as format 1 had it."""
    return {
        "sha256": entry.sha256, "title": entry.title, "characters": entry.characters, "passages": entry.passages,
        "bytes": entry.bytes, "pages": "[]", "silent": "[]", "removed": entry.removed,
    }  # fmt: skip


def unknown_format(entry: Entry) -> dict[str, object]:
    """A row of which only the mark of removal is known."""
    return {"removed": entry.removed, "something": "else"}


@pytest.fixture(params=[first_format, unknown_format])
def old(request: pytest.FixtureRequest, opened: Callable[..., Library], tmp_path: Path) -> Path:
    """An index of three documents, one removed, whose rows and fingerprint are those of another version."""
    library = opened()
    library.sync()
    library.remove(["tunnel.md"])
    entries, collections = [*library.store.manifest.values()], library.store._names
    library.close()
    client: ClientAPI = chromadb.PersistentClient(str(tmp_path / "index/chroma"), Settings(anonymized_telemetry=False))
    with closing(client):
        for name in collections:
            rows = client.get_collection(name, embedding_function=None)
            rows.modify(name=name.rpartition("-")[0] + f"-{OTHER}")
        manifest = client.get_collection(f"footnote-documents-{OTHER}", embedding_function=None)
        manifest.delete(ids=[entry.id for entry in entries])
        manifest.upsert(
            ids=[entry.id for entry in entries],
            embeddings=np.ones((len(entries), 1), dtype=np.float32),
            metadatas=[request.param(entry) for entry in entries],  # type: ignore[misc]
        )
        meta = client.get_collection("footnote", embedding_function=None)
        meta.modify(metadata={**(meta.metadata or {}), "fingerprint": OTHER})
    return tmp_path / "index"


def test_it_is_not_searched_but_said_to_be_old(old: Path, opened: Callable[..., Library]) -> None:
    library = opened()
    for search in (
        lambda: library.lexical("trade", 5),
        lambda: library.dense(library.embedder.embed_query("trade"), 5),
    ):
        with pytest.raises(IndexOutdated, match="bring it up to date with: python -m index sync"):
            search()


def test_the_doctor_says_that_a_sync_makes_it_anew(old: Path, folder: Path) -> None:
    (finding,) = check(old, folder, embedder=WordEmbedder())
    assert finding.remedy is Remedy.SYNC


def test_a_sync_makes_it_anew_and_what_was_removed_stays_removed(
    old: Path, opened: Callable[..., Library], folder: Path
) -> None:
    library = opened()
    assert set(library.sync().added) == {"trade.txt", "forum.txt"}
    assert [info.id for info in library.removed()] == ["tunnel.md"]
    assert {hit.passage_id.partition("@")[0] for hit in library.lexical("trade tunnel", 5)} == {"trade.txt"}
    assert not any(OTHER in collection.name for collection in library.store._client.list_collections())
    library.close()
    assert check(old, folder, embedder=WordEmbedder()) == []
    again = opened()
    again.restore(["tunnel.md"])
    assert again.lexical("tunnel", 5)
