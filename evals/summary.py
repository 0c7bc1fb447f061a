"""Graded rows into figures: one `Interval` a metric, by answerer, by part and by category. Never a mean over sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import ceil
from statistics import median

from evals import metrics as m
from evals.datasets import Example
from evals.metrics import Interval, Outcome, Scores, SentenceCheck
from evals.ranking import RankRow
from evals.rows import Row
from rag.answer import Verdict

Graded = Sequence[tuple[Row, Example]]
Figures = Mapping[str, Interval]

ANSWERED = (Outcome.RIGHT, Outcome.WRONG)
CAUGHT = (Verdict.UNSUPPORTED, Verdict.CONTRADICTED)


def figures(rows: Graded) -> dict[str, Interval]:
    """Every metric of one answerer over the questions of `rows`."""
    return {**_outcomes(rows), **_confidence(rows), **_citations(rows), **_lies(rows), **_effort(rows)}


def ranking_figures(rows: Sequence[tuple[RankRow, Example]]) -> dict[str, Interval]:
    """Recall, MRR and nDCG of one search, over the questions with a gold document."""
    kept = [(row, example) for row, example in rows if example.doc_ids]
    gold = [frozenset(example.doc_ids) for _, example in kept]
    found = [row.documents for row, _ in kept]
    judged = [row.holds for row, example in kept if example.answers or example.answers_all]
    scores = {f"recall@{k}": m.recall_at_k(gold, found, k) for k in (1, 5, 10)}
    scores |= {"MRR@10": m.mrr_at_k(gold, found), "nDCG@10": m.ndcg_at_k(gold, found)}
    scores |= {f"answer@{k}": m.answer_at_k(judged, k) for k in (1, 5)}
    return {name: m.mean_interval(each) for name, each in scores.items()}


def grouped(rows: Graded, key: Callable[[Example], str]) -> dict[str, list[tuple[Row, Example]]]:
    """`rows` by `key` of their example, in order of first appearance; an empty key is left out."""
    groups: dict[str, list[tuple[Row, Example]]] = {}
    for row, example in rows:
        if key(example):
            groups.setdefault(key(example), []).append((row, example))
    return groups


def was_right(row: Row, example: Example) -> bool:
    """Whether the answerer did what it should: answered right, or abstained where the documents do not say."""
    return row.outcome is (Outcome.RIGHT if example.answerable else Outcome.ABSTAINED)


def answered(rows: Graded) -> list[tuple[Row, Example]]:
    """The rows in which something was answered that can be judged."""
    return [(row, example) for row, example in rows if row.outcome in ANSWERED]


def _outcomes(rows: Graded) -> dict[str, Interval]:
    outcomes = [row.outcome for row, _ in rows]
    can = [example.answerable for _, example in rows]
    answerable = [(row, example) for row, example in rows if example.answerable]
    golds = [_golds(example) for _, example in answerable]
    scores = {
        "right": m.right_of_answerable(outcomes, can),
        "wrong": m.wrong(outcomes),
        "refused": m.abstention_recall(outcomes, can),
        "over_refusal": m.over_refusal(outcomes, can),
        "truthfulness": m.truthfulness(outcomes, can),
        "token_f1": m.token_f1([row.claimed for row, _ in answerable], golds),
        "first_sentence_right": _first_sentence(answerable),
        "abstention_precision": m.abstention_precision(outcomes, can),
    }
    means = {name: m.mean_interval(each) for name, each in scores.items()}
    return means | {"abstention_f1": m.statistic_interval(m.abstention_f1, outcomes, can)}


def _first_sentence(answerable: Graded) -> Scores:
    said = [[claim.text for claim in row.claims] for row, _ in answerable]
    return m.first_sentence_right(
        said, [example.answers for _, example in answerable], [example.answers_all for _, example in answerable]
    )


def _golds(example: Example) -> tuple[str, ...]:
    """What token F1 compares with: the alternatives, or the first ones of a list question as one text."""
    listed = " ".join(alternatives[0] for alternatives in example.answers_all if alternatives)
    return example.answers or ((listed,) if listed else ())


def _confidence(rows: Graded) -> dict[str, Interval]:
    told = answered(rows)
    sure = [row.confidence for row, _ in told]
    right = [row.outcome is Outcome.RIGHT for row, _ in told]
    can = [example.answerable for _, example in rows]
    return {
        "coverage": m.mean_interval(Scores(tuple(float(row.outcome is not Outcome.ABSTAINED) for row, _ in rows))),
        "risk": m.mean_interval(Scores(tuple(float(not each) for each in right))),
        "aurc": m.statistic_interval(m.area_under_risk_coverage, sure, right),
        "ece": m.statistic_interval(m.expected_calibration_error, sure, right),
        "auroc": m.statistic_interval(m.auroc, [row.confidence for row, _ in rows], can),
    }


def _citations(rows: Graded) -> dict[str, Interval]:
    told = [(row, example) for row, example in rows if row.claims]
    right = [(row, example) for row, example in told if row.outcome is Outcome.RIGHT]
    checks = [checks for row, _ in told if (checks := _checks(row))]
    scores = {
        "citation_recall": m.citation_recall(checks),
        "citation_precision": m.citation_precision(checks),
        "faithfulness": m.faithfulness([[check.supported for check in each] for each in checks]),
        "gold_document": m.gold_document_share(
            [[quote.document_id for claim in row.claims for quote in claim.quotes] for row, _ in told],
            [example.doc_ids for _, example in told],
        ),
        "quotes_hold_answer": m.quotes_hold_answer(
            [[quote.quote for claim in row.claims for quote in claim.quotes] for row, _ in right],
            [example.answers for _, example in right],
            [example.answers_all for _, example in right],
        ),
        "true_slices": m.true_slices([[q.true_slice for claim in row.claims for q in claim.quotes] for row, _ in told]),
        "verbatim": m.true_slices([[claim.verbatim for claim in row.claims] for row, _ in told]),
    }
    return {name: m.mean_interval(each) for name, each in scores.items()}


def _checks(row: Row) -> list[SentenceCheck]:
    return [claim.check for claim in row.claims if claim.check is not None]


def _lies(rows: Graded) -> dict[str, Interval]:
    """How the verdicts shown with claims that are not verbatim fare: they are lies only in the liar's rows."""
    lies = [claim for row, _ in rows for claim in row.claims if not claim.verbatim]
    return {"caught": m.mean_interval(m.liar_detection([claim.verdict in CAUGHT for claim in lies]))}


def _effort(rows: Graded) -> dict[str, Interval]:
    words = [len(row.claimed.split()) for row, _ in rows if row.claims]
    times = [row.milliseconds for row, _ in rows]
    return {
        "words": m.statistic_interval(_median, words, samples=200),
        "ms_p50": m.statistic_interval(partial(percentile, share=0.5), times, samples=200),
        "ms_p95": m.statistic_interval(partial(percentile, share=0.95), times, samples=200),
    }


def _median(values: Sequence[float]) -> float:
    return float(median(values)) if values else float("nan")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank); NaN without a value."""
    ordered = sorted(values)
    return ordered[max(1, ceil(share * len(ordered))) - 1] if ordered else float("nan")


def verifier_accuracy(true: Graded, false: Graded) -> Interval:
    """Balanced accuracy of the shown verdicts on the oracle's true sentences and the liar's false ones."""
    truths = [claim for row, _ in true for claim in row.claims if claim.verbatim]
    lies = [claim for row, _ in false for claim in row.claims if not claim.verbatim]
    supported = [claim.verdict == Verdict.SUPPORTED for claim in (*truths, *lies)]
    return m.mean_interval(m.balanced_accuracy(supported, [True] * len(truths) + [False] * len(lies)))
