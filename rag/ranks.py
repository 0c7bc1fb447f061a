"""Ranks: "the second summit", "the 19th century", "the inaugural meeting"; of what, as far as the next words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.question import stems, words

_NAMES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_RANKS = {name: rank for rank, name in enumerate(_NAMES, 1)} | {"inaugural": 1}
_DIGITS = re.compile(r"(\d+)(?:st|nd|rd|th)")
_NEAR = 3
"""So many words after a rank may name what is ranked."""


@dataclass(frozen=True, slots=True)
class Rank:
    """`number` is 1 for the first; `of` are the stems of the words after it."""

    number: int
    of: frozenset[str]


def ranks(text: str) -> Iterator[Rank]:
    """The ranks that `text` names, in order."""
    named = words(text)
    for place, word in enumerate(named):
        digits = _DIGITS.fullmatch(word)
        if number := int(digits[1]) if digits else _RANKS.get(word):
            yield Rank(number, frozenset().union(*map(stems, named[place + 1 : place + 1 + _NEAR])))


def another_rank(question: str, text: str) -> bool:
    """Whether `question` asks for a rank ("the second summit") of which `text` has only others ("the inaugural")."""
    said = list(ranks(text))
    stated = {rank.number for rank in said}
    return any(asked.number not in stated and any(asked.of & rank.of for rank in said) for asked in ranks(question))
