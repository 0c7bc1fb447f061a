"""Which words of one text another text has in some form: matched by MiniLM's vectors of word pieces in context.

The matching of BERTScore (Zhang et al., arXiv:1904.09675): each piece counts as the most similar piece of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.embedding import Vectors, default_embedder


@lru_cache(maxsize=256)
def pieces(text: str) -> tuple[list[str], Vectors]:
    """The word pieces of `text` and their vectors, (pieces, dimensions), of length 1."""
    return default_embedder().embed_tokens(text)


def matches(text: str, sources: Sequence[str]) -> tuple[list[str], Vectors]:
    """The pieces of `text`, and of each the highest cosine with a piece of `sources`, (pieces,); 0 without sources."""
    found, vectors = pieces(text)
    others = [vectors for _, vectors in map(pieces, sources) if len(vectors)]
    if not others or not found:
        return found, np.zeros(len(found), np.float32)
    cosines = np.einsum("ij,kj->ik", vectors, np.concatenate(others))  # not @: OpenBLAS wakes a core more for so little
    best: Vectors = cosines.max(axis=1)
    return found, best


def word_matches(text: str, source: str) -> list[tuple[str, float]]:
    """The lower-case words of `text` in order, each with the mean of its pieces' matches in `source`."""
    words: list[tuple[str, list[float]]] = []
    for piece, match in zip(*matches(text, [source]), strict=True):
        if piece.startswith("##") and words:
            words[-1] = words[-1][0] + piece[2:], [*words[-1][1], float(match)]
        else:
            words.append((piece, [float(match)]))
    return [(word, sum(found) / len(found)) for word, found in words]
