"""Two runs of one set, question by question: what changed, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evals.datasets import Example
from evals.errors import RunError
from evals.metrics import Interval, Outcome, paired_interval, truthfulness
from evals.rows import Row
from evals.run import Run
from evals.tables import Table

Pair = tuple[Row, Row, Example]

MEASURES: Mapping[str, Callable[[Row, Example], float | None]] = {
    "right (answerable)": lambda row, example: _when(example.answerable, row.outcome is Outcome.RIGHT),
    "refused (unanswerable)": lambda row, example: _when(not example.answerable, row.outcome is Outcome.ABSTAINED),
    "over-refusal": lambda row, example: _when(example.answerable, row.outcome is Outcome.ABSTAINED),
    "truthfulness": lambda row, example: truthfulness([row.outcome], [example.answerable]).score,
    "milliseconds": lambda row, _: row.milliseconds,
}


def compare(first: Run, second: Run, answerer: str | None = None) -> tuple[Table, Table]:
    """(differences with their paired 95 % intervals, the questions whose outcome changed).

    Compares the questions that both runs have, of `answerer` or of the first one that both have. Raises RunError when
    there is none in common.
    """
    who, pairs = _paired(first, second, answerer)
    rows = tuple(_difference(name, measure, pairs) for name, measure in MEASURES.items())
    title = f"{who}: {second.folder.name} against {first.folder.name}, {len(pairs)} questions"
    note = "An interval without 0 is a difference that another draw of questions would show too."
    return Table(title, ("measure", "before", "after", "change", "95 % interval", "n"), rows, note), _changes(pairs)


def _paired(first: Run, second: Run, answerer: str | None) -> tuple[str, list[Pair]]:
    before, after = first.rows(), second.rows()
    names = [name for name in dict.fromkeys(row.answerer for row in before) if answerer in (None, name)]
    common = next((name for name in names if any(row.answerer == name for row in after)), None)
    old = {row.id: row for row in before if row.answerer == common}
    examples = {example.id: example for example in second.examples()}
    pairs = [(old[r.id], r, examples[r.id]) for r in after if r.answerer == common and r.id in old]
    if common is None or not pairs:
        raise RunError(f"{first.folder} and {second.folder} have no question in common: compare runs of one set.")
    return common, pairs


def _difference(name: str, measure: Callable[[Row, Example], float | None], pairs: Sequence[Pair]) -> tuple[str, ...]:
    both = [(measure(old, example), measure(new, example)) for old, new, example in pairs]
    before = [a for a, b in both if a is not None and b is not None]
    after = [b for a, b in both if a is not None and b is not None]
    change = paired_interval(before, after)
    if not change.n:
        return (name, "–", "–", "–", "–", "0")
    digits = 1 if name == "milliseconds" else 3
    return (name, _mean(before, digits), _mean(after, digits), *_shown(change, digits), str(change.n))


def _changes(pairs: Sequence[Pair]) -> Table:
    changed = [(old, new, example) for old, new, example in pairs if old.outcome is not new.outcome]
    order = sorted(changed, key=lambda pair: (pair[1].outcome is not Outcome.WRONG, pair[2].id))
    rows = tuple((e.id, str(old.outcome), str(new.outcome), e.question) for old, new, e in order)
    return Table(f"{len(rows)} questions changed", ("question", "before", "after", "text"), rows)


def _shown(change: Interval, digits: int) -> tuple[str, str]:
    return f"{change.value:+.{digits}f}", f"[{change.low:+.{digits}f}, {change.high:+.{digits}f}]"


def _mean(values: Sequence[float], digits: int) -> str:
    return f"{sum(values) / len(values):.{digits}f}"


def _when(asked: bool, value: bool) -> float | None:
    return float(value) if asked else None
