"""Ranks: "the second summit", "the 19th century", "the inaugural meeting"; of what, as far as the next words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.figures import figures
from rag.question import stems, words

_FIRST = re.compile(r"\b(?:first|inaugural)\b", re.I)
_NEAR = 3
"""So many words after a rank may name what is ranked."""


@dataclass(frozen=True, slots=True)
class Rank:
    """`number` is 1 for the first; `of` are the stems of the words after it."""

    number: int
    of: frozenset[str]


def ranks(text: str) -> Iterator[Rank]:
    """The ranks that `text` names, "first" after the others."""
    found = [(figure.end, int(figure.value)) for figure in figures(text) if figure.kind == "ordinal"]
    for end, number in [*found, *((match.end(), 1) for match in _FIRST.finditer(text))]:
        yield Rank(number, frozenset().union(*map(stems, words(text[end:])[:_NEAR])))


def another_rank(question: str, text: str) -> bool:
    """Whether `question` asks for a rank ("the second summit") of which `text` has only others ("the inaugural")."""
    said = list(ranks(text))
    stated = {rank.number for rank in said}
    return any(asked.number not in stated and any(asked.of & rank.of for rank in said) for asked in ranks(question))
