"""Confidence: does 0.8 mean right four times in five, and does the answerer know when it is wrong?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.metrics.scores import Scores, check_lengths


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence in [low, high): how many, how sure, how often right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool], questions: int
) -> tuple[tuple[float, float], ...]:
    """(coverage, risk) after each answer, most confident first: answers / questions, wrong ones / answers so far.

    Only answers are given, of `questions` asked: what was abstained from never raises the coverage. Equal confidences
    have no order, so within them the errors are spread evenly (their expectation under a random order).
    Geifman and El-Yaniv 2017, "Selective classification for deep neural networks".
    """
    check_lengths(confidences, right)
    ordered = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    points: list[tuple[float, float]] = []
    errors = 0.0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        block = [not was_right for _, was_right in tied]
        for _ in block:
            errors += sum(block) / len(block)
            points.append(((len(points) + 1) / questions, errors / (len(points) + 1)))
    return tuple(points)


def area_under_risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """AURC: the mean risk over the coverages that were reached; lower is better, NaN without an answer.

    Compare it between answerers only at like coverage, which is printed beside it.
    """
    points = risk_coverage(confidences, right, max(1, len(confidences)))
    return sum(risk for _, risk in points) / len(points) if points else float("nan")


def reliability_table(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """The answers in `bins` equal steps of confidence; empty steps are left out; 1.0 belongs to the last.

    Raises ValueError for a confidence outside [0, 1].
    """
    check_lengths(confidences, right)
    if any(not 0 <= confidence <= 1 for confidence in confidences):
        raise ValueError("A confidence lies between 0 and 1.")
    members: dict[int, list[tuple[float, bool]]] = {}
    for confidence, was_right in zip(confidences, right, strict=True):
        members.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, was_right))
    return tuple(
        Bin(
            step / bins,
            (step + 1) / bins,
            len(inside),
            sum(confidence for confidence, _ in inside) / len(inside),
            sum(was_right for _, was_right in inside) / len(inside),
        )
        for step, inside in sorted(members.items())
    )


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """ECE = sum over bins of n/N |accuracy - confidence| (Naeini et al. 2015; Guo et al. 2017), or NaN."""
    table = reliability_table(confidences, right, bins)
    total = sum(each.n for each in table)
    return sum(each.n * abs(each.accuracy - each.confidence) for each in table) / total if total else float("nan")


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """The chance that a positive scores above a negative, ties one half (Mann-Whitney; Hanley and McNeil 1982).

    NaN unless there is one of each.
    """
    check_lengths(scores, positive)
    ordered = sorted(zip(scores, positive, strict=True), key=lambda pair: pair[0])
    positives, below, wins = sum(positive), 0, 0.0
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        block = [is_positive for _, is_positive in tied]
        up = sum(block)
        wins += up * (below + (len(block) - up) / 2)
        below += len(block) - up
    return wins / (positives * below) if positives and below else float("nan")


def balanced_accuracy(predicted: Sequence[bool], actual: Sequence[bool]) -> Scores:
    """Mean of the true-positive and the true-negative rate (Brodersen et al. 2010): 0.5 is guessing.

    Each entry weighs 1 / (size of its class), so the weighted mean is the balanced accuracy.
    """
    check_lengths(predicted, actual)
    sizes = {label: sum(value is label for value in actual) for label in (True, False)}
    return Scores(
        tuple(float(ours == truth) for ours, truth in zip(predicted, actual, strict=True)),
        tuple(1 / sizes[bool(truth)] for truth in actual),
    )
