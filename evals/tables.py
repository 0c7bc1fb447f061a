"""A table of figures, written for a terminal, for Markdown and as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from evals.metrics import Interval

DASH = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column heads, rows of cells (the first column names the row) and a note on how to read it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def text(self) -> str:
        """Aligned columns for a terminal."""
        widths = [max(len(row[i]) for row in (self.columns, *self.rows)) for i in range(len(self.columns))]
        lines = [self.title, _aligned(self.columns, widths), "  ".join("-" * width for width in widths)]
        lines += [_aligned(row, widths) for row in self.rows]
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def markdown(self) -> str:
        """A GitHub table; the note follows it."""
        heads = [self.columns, tuple("---" if i == 0 else "---:" for i in range(len(self.columns)))]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (*heads, *self.rows)]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `Table.from_dict` gives the table back."""
        return {
            "title": self.title,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "note": self.note,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Table:
        """The inverse of `to_dict`. Raises KeyError or TypeError when `data` is not a table."""
        rows = tuple(tuple(str(cell) for cell in row) for row in data["rows"])
        return cls(data["title"], tuple(data["columns"]), rows, data.get("note", ""))


def cell(figure: Interval, digits: int = 2) -> str:
    """`0.95 [.90 .98] 89`: figure, 95 % interval, n; a dash when there was no question to measure it on."""
    if figure.n == 0 or isnan(figure.value):
        return DASH
    if isnan(figure.low):
        return f"{figure.value:.{digits}f} {figure.n}"
    return f"{figure.value:.{digits}f} [{_short(figure.low, digits)} {_short(figure.high, digits)}] {figure.n}"


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 and digits else text


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell_ for cell_ in row)
    rest = [each.rjust(width) for each, width in zip(others, widths[1:], strict=True)]
    return "  ".join([first.ljust(widths[0]), *rest]).rstrip()
