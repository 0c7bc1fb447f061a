"""Retrieval: was the right document, or the passage with the answer, near the top?

`relevant[i]` are the ids that are right for question i (at least one), `ranked[i]` the ids found, best first. An id
that is found twice (two passages of one document) counts where it is found first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2

from evals.metrics.scores import Scores, check_lengths


def recall_at_k(relevant: Sequence[Collection[str]], ranked: Sequence[Sequence[str]], k: int) -> Scores:
    """recall@k = |relevant in the first k| / |relevant| (Manning, Raghavan, Schuetze 2008, ch. 8.3)."""
    pairs = _checked(relevant, ranked)
    return Scores(tuple(len(wanted & set(found[:k])) / len(wanted) for wanted, found in pairs))


def mrr_at_k(relevant: Sequence[Collection[str]], ranked: Sequence[Sequence[str]], k: int = 10) -> Scores:
    """MRR@k = 1 / rank of the first relevant id, 0 when none is among the first k (Voorhees 1999, TREC-8 QA)."""
    pairs = _checked(relevant, ranked)
    return Scores(tuple(_reciprocal(wanted, found[:k]) for wanted, found in pairs))


def ndcg_at_k(relevant: Sequence[Collection[str]], ranked: Sequence[Sequence[str]], k: int = 10) -> Scores:
    """nDCG@k with binary gain: sum 1/log2(rank+1) over the relevant, divided by that of the best order.

    Jaervelin and Kekaelaeinen 2002, "Cumulated gain-based evaluation of IR techniques".
    """
    pairs = _checked(relevant, ranked)
    return Scores(tuple(_gain(wanted, found[:k]) / _ideal(len(wanted), k) for wanted, found in pairs))


def answer_at_k(holds_answer: Sequence[Sequence[bool]], k: int) -> Scores:
    """Share of questions with a passage among the first k that holds the gold answer.

    "Top-k accuracy" of Karpukhin et al. 2020, "Dense passage retrieval".

    `holds_answer[i]` says for each passage found for question i, best first, whether it does.
    """
    return Scores(tuple(float(any(held[:k])) for held in holds_answer))


def _checked(
    relevant: Sequence[Collection[str]], ranked: Sequence[Sequence[str]]
) -> list[tuple[frozenset[str], list[str]]]:
    check_lengths(relevant, ranked)
    if not all(relevant):
        raise ValueError("Each question of a retrieval metric needs at least one relevant id.")
    return [(frozenset(wanted), list(dict.fromkeys(found))) for wanted, found in zip(relevant, ranked, strict=True)]


def _reciprocal(wanted: frozenset[str], found: Sequence[str]) -> float:
    return next((1 / rank for rank, id_ in enumerate(found, 1) if id_ in wanted), 0.0)


def _gain(wanted: frozenset[str], found: Sequence[str]) -> float:
    return sum(1 / log2(rank + 1) for rank, id_ in enumerate(found, 1) if id_ in wanted)


def _ideal(relevant: int, k: int) -> float:
    return sum(1 / log2(rank + 1) for rank in range(1, min(relevant, k) + 1))
