"""The gate: figures that must not fall below (or rise above) evals/thresholds.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from evals.errors import RunError
from evals.metrics import Interval

THRESHOLDS = Path(__file__).resolve().parent / "thresholds.toml"
Limits = Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
"""set -> answerer, "answerer/part" or "search:name" -> "at_least" or "at_most" -> metric -> limit."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure on the wrong side of its limit; `value` is NaN when it was not measured at all."""

    who: str
    metric: str
    value: float
    bound: str
    limit: float

    def __str__(self) -> str:
        bound = self.bound.replace("_", " ")
        measured = "was not measured" if isnan(self.value) else f"is {self.value:.3f}"
        return f"{self.who}: {self.metric} {measured}, must be {bound} {self.limit:g}"


def breaches(
    figures: Mapping[str, Mapping[str, Interval]], limits: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> list[Breach]:
    """Every limit that `figures` (of one set) do not keep. A figure that is missing or NaN keeps none."""
    return [
        Breach(who, metric, value, bound, limit)
        for who, bounds in limits.items()
        for bound, metrics in bounds.items()
        for metric, limit in metrics.items()
        if not _keeps(value := _value(figures, who, metric), bound, limit)
    ]


def load_limits(path: Path = THRESHOLDS) -> Limits:
    """The limits of every set. Raises RunError when the file is missing or damaged, or has an unknown bound."""
    try:
        limits: Limits = tomllib.loads(path.read_text("utf-8"))
        bounds = {bound for answerers in limits.values() for each in answerers.values() for bound in each}
    except (OSError, ValueError, AttributeError) as error:
        raise RunError(f"{path} cannot be read: {error}. Mend the file.") from error
    if not bounds <= {"at_least", "at_most"}:
        raise RunError(f"{path} knows only at_least and at_most, not {', '.join(sorted(bounds))}. Mend the file.")
    return limits


def _value(figures: Mapping[str, Mapping[str, Interval]], who: str, metric: str) -> float:
    interval = figures.get(who, {}).get(metric)
    return interval.value if interval is not None else float("nan")


def _keeps(value: float, bound: str, limit: float) -> bool:
    return value >= limit if bound == "at_least" else value <= limit
