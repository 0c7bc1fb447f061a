from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.documents import Document, Filter
from index.embedding import MiniLM, Vectors, default_embedder, normalised
from index.lexical import tokens
from index.library import Library

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
Opener = Callable[..., Library]
DATA = Path(os.environ.get("FOOTNOTE_DATA", ROOT.parent / "shared" / "data"))


class WordEmbedder:
    """Words hashed into 512 dimensions: an Embedder that takes no time and counts what it embeds."""

    name = "words"
    dimensions = 512

    def __init__(self, salt: str = "") -> None:
        self.fingerprint = f"words-{salt}"
        self.embedded = 0

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in tokens(text) or ["nothing"]:
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % self.dimensions] += 1
        return normalised(vector)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.stack([self.embed_query(text) for text in texts])


def a_document(text: str, identifier: str = "a.txt", **facts: object) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Document(identifier, text, digest, identifier, **facts)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return default_embedder()


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source folder of three documents on unlike things."""
    source = tmp_path / "documents"
    source.mkdir()
    (source / "trade.txt").write_text("Trade in 2024\n\nTrade reached $94.8 billion in 2024. It was a record.\n")
    (source / "tunnel.md").write_text("# The tunnel\n\nThe Qamchiq Tunnel is 19.2 km long. It opened in 2016.\n")
    (source / "forum.txt").write_text("The forum\n\nJournalists met in Astana in May. They talked about trust.\n")
    return source


@pytest.fixture
def opened(folder: Path, tmp_path: Path, words: WordEmbedder) -> Iterator[Callable[..., Library]]:
    """Opens libraries of `folder`; closes them at the end."""
    libraries: list[Library] = []

    def open_one(**options: object) -> Library:
        options = {"embedder": words, **options}
        libraries.append(Library.open(folder, tmp_path / "index", **options))  # type: ignore[arg-type]
        return libraries[-1]

    yield open_one
    for library in libraries:
        library.close()


@pytest.fixture
def library(opened: Callable[..., Library]) -> Library:
    library = opened()
    library.sync()
    return library


def found(library: Library, question: str, **where: object) -> list[str]:
    """The documents of the lexical and the dense hits, best first."""
    only = Filter(**where) if where else None  # type: ignore[arg-type]
    hits = library.lexical(question, 5, only)
    dense = library.dense(library.embedder.embed_query(question), 5, only)
    ids = [hit.passage_id for hit in (*hits, *dense)]
    assert len(library.passages(ids)) == len(ids)
    return [passage.document_id for passage in library.passages(list(dict.fromkeys(ids)))]
