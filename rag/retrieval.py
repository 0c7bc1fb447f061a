"""Dense and lexical search, fused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.documents import Filter, Hit
from rag.answer import ScoredPassage
from rag.spans import step

if TYPE_CHECKING:
    from index.library import Library

CANDIDATES = 40
"""Hits taken from each search; the fused list is cut from their union."""

LEXICAL_WEIGHT = 0.5


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], weight: float = LEXICAL_WEIGHT) -> list[tuple[str, float]]:
    """Convex combination of the two scores, best first, each in [0, 1].

    score = (1 - weight) * max(cosine, 0) + weight * bm25 / best bm25. A passage that one search did not return gets
    nothing from it, and a zero score earns no credit. Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions
    for Hybrid Retrieval" (2022), which found it better than reciprocal rank fusion and less sensitive.
    """
    scores: dict[str, float] = {}
    for hit in dense:
        scores[hit.passage_id] = (1 - weight) * min(max(hit.score, 0.0), 1.0)
    best = max((hit.score for hit in lexical), default=0.0)
    for hit in lexical:
        if hit.score > 0:
            scores[hit.passage_id] = scores.get(hit.passage_id, 0.0) + weight * hit.score / best
    ranked = ((name, score) for name, score in scores.items() if score > 0)
    return sorted(ranked, key=lambda item: (-item[1], item[0]))


@step("retrieve")
def retrieve(
    library: Library, question: str, k: int, where: Filter, weight: float = LEXICAL_WEIGHT
) -> list[ScoredPassage]:
    """The `k` best passages for `question`, best first; fewer when fewer have anything in common with it.

    `weight` is that of the lexical score.
    """
    dense = library.dense(library.embedder.embed_query(question), CANDIDATES, where)
    lexical = library.lexical(question, CANDIDATES, where)
    scores = dict(fuse(dense, lexical, weight)[:k])
    cosine = {hit.passage_id: hit.score for hit in dense}
    bm25 = {hit.passage_id: hit.score for hit in lexical}
    return [
        ScoredPassage(passage, scores[passage.id], cosine.get(passage.id, 0.0), bm25.get(passage.id, 0.0))
        for passage in library.passages(list(scores))
    ]
