"""Documents and vectors for measuring growth: real sentences in new orders, and vectors that cost nothing to make."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.passages import sentence_spans


class SyntheticEmbedder:
    """Unit vectors drawn by the text's checksum: as long as MiniLM's and as easy to store, but without meaning."""

    name = "synthetic"
    fingerprint = "synthetic-1"
    dimensions = 384

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """A vector, shape (384,), the same for the same text."""
        vector = np.random.default_rng(crc32(text.encode("utf-8", "replace"))).standard_normal(self.dimensions)
        unit: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors, shape (len(texts), 384)."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([self.embed_query(text) for text in texts])


def sentences_of(folder: Path) -> list[str]:
    """All sentences of the .txt files of a folder, on one line each."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]
    return [" ".join(text[start:end].split()) for text in texts for start, end in sentence_spans(text)]


def write_documents(folder: Path, sentences: Sequence[str], documents: int, per_document: int, seed: int = 1) -> None:
    """`documents` files of `per_document` sentences in random order; paragraphs are numbered, so that none is alike."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    for number in range(documents):
        chosen = draw.choices(sentences, k=per_document)
        paragraphs = [f"Note {number}-{at}: {' '.join(chosen[at : at + 5])}" for at in range(0, per_document, 5)]
        (folder / f"{number:06d}.txt").write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
