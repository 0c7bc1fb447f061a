"""How sure a figure is: percentile bootstrap over questions (Efron and Tibshirani 1993, ch. 13), seed fixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.metrics.scores import Scores, check_lengths

SAMPLES = 2000
SEED = 20240613


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, the ends of its 95 % interval and the number of questions behind it; NaN without a question."""

    value: float
    low: float
    high: float
    n: int


def mean_interval(scores: Scores, samples: int = SAMPLES) -> Interval:
    """The interval of a (weighted) mean: questions are drawn with replacement, each with its weight."""
    n = len(scores.individual)
    if not n:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    values = np.asarray(scores.individual)
    weights = np.ones(n) if scores.weights is None else np.asarray(scores.weights)
    drawn = _draws(n, samples)
    means = (values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    return _interval(scores.score, means, n)


def statistic_interval(statistic: Callable[..., float], *columns: Sequence[Any], samples: int = 500) -> Interval:
    """The interval of a figure that is no mean (F1, AUROC, ECE): `statistic(*columns)` over drawn questions.

    Draws for which it is NaN (no question of one class) are left out.
    """
    check_lengths(*columns)
    n = len(columns[0])
    if not n:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    figures = np.array([statistic(*([column[i] for i in draw] for column in columns)) for draw in _draws(n, samples)])
    return _interval(statistic(*columns), figures[~np.isnan(figures)], n)


def paired_interval(first: Sequence[float], second: Sequence[float], samples: int = SAMPLES) -> Interval:
    """The interval of mean(second - first) over the same questions: 0 outside it is a difference.

    Raises ValueError when the lengths differ.
    """
    check_lengths(first, second)
    return mean_interval(Scores(tuple(b - a for a, b in zip(first, second, strict=True))), samples)


def _draws(n: int, samples: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.random.default_rng(SEED).integers(0, n, size=(samples, n))


def _interval(value: float, figures: np.ndarray[Any, np.dtype[np.float64]], n: int) -> Interval:
    if not len(figures):
        return Interval(value, float("nan"), float("nan"), n)
    low, high = np.percentile(figures, [2.5, 97.5])
    return Interval(float(value), float(low), float(high), n)
