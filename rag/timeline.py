"""Dates in a question, resolved against the documents: "last year", "this year", "the latest"."""

from __future__ import annotations

import re
from datetime import date

_RELATIVE = re.compile(
    r"(?<!the )\b(?P<word>last|previous|this|current|next)\s+year\b|\b(?P<ago>\d+|two|three|four|five|ten)\s+years?\s+ago\b",
    re.I,
)
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|nowadays|today|right now|as of now|at present|so far|to date)\b",
    re.I,
)
_STEP = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_COUNT = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


def resolve(question: str, newest: date | None) -> str:
    """`question` with "last year" and its like replaced by the year, counted from the newest document's date.

    Returned unchanged when it has no such words or no document is dated.
    """
    if newest is None:
        return question

    def year(match: re.Match[str]) -> str:
        if match["word"]:
            return f"in {newest.year + _STEP[match['word'].lower()]}"
        ago = match["ago"].lower()
        return f"in {newest.year - (_COUNT.get(ago) or int(ago))}"

    return re.sub(r"\b(in|during|for|of|since)\s+in (\d{4})", r"\1 \2", _RELATIVE.sub(year, question))


def wants_newest(question: str) -> bool:
    """Whether the question asks for the latest state of things."""
    return bool(_NEWEST.search(question))
