"""What every metric returns."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """One figure and what it is made of.

    `score` is the mean of `individual` weighted by `weights` (all 1 unless given): one entry a question that the
    metric is defined for. `score` is NaN when there is none.
    """

    individual: tuple[float, ...]
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.weights is not None:
            check_lengths(self.individual, self.weights)

    @property
    def score(self) -> float:
        """The weighted mean; NaN without a single weight."""
        weights = self.weights or (1.0,) * len(self.individual)
        total = sum(weights)
        pairs = zip(self.individual, weights, strict=True)
        return sum(value * weight for value, weight in pairs) / total if total else float("nan")


def check_lengths(first: Sized, *others: Sized) -> None:
    """Raises ValueError when the columns of a metric differ in length."""
    lengths = [len(column) for column in (first, *others)]
    if len(set(lengths)) != 1:
        raise ValueError(f"A metric needs one entry a question in every column, got lengths {lengths}.")


def where(keep: Sequence[bool], values: Sequence[float]) -> Scores:
    """The scores of the questions for which `keep` is true."""
    check_lengths(keep, values)
    return Scores(tuple(float(value) for value, kept in zip(values, keep, strict=True) if kept))
