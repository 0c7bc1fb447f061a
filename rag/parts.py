"""A question with two parts, or a comparison of two years, as the questions that it is made of."""

from __future__ import annotations

import re

from rag.conversation import standalone
from rag.figures import years

_JOINT = re.compile(
    r"(?:,\s*and|\s+and|;|\?)\s+(?:also\s+)?(?=(?:who|whom|when|where|why|how|which|(?:in|on|at|by) (?:what|which)|what)\b)",
    re.I,
)
_MORE = r"(?:(?:high|low|larg|great|bigg|small)er|more|less)"
_COMPARES = re.compile(
    r"\b(?:compared?|comparison|differ(?:ence|s|ed)?|versus|vs|chang(?:e|ed)|grow|grew|grown|growth|ris(?:e|en)|rose|increased?|fall|fell|develop(?:ed)?|evolved?|and|"
    rf"{_MORE})\b",
    re.I,
)
_TWO_YEARS = re.compile(
    r"\b(?:between|from|in|of|for|since)?\s*((?:1[0-9]|20)\d\d)\s*(?:and|or|than|to|with|versus|vs\.?|,|compared (?:to|with))\s*(?:in\s+)?((?:1[0-9]|20)\d\d)\b",
    re.I,
)
_COMPARE = re.compile(r"^(?:please )?compare (?:the )?|^what (?:is|was) the difference (?:between|in) (?:the )?", re.I)
_CHANGE = [
    re.compile(pattern, re.I)
    for pattern in (
        r"^(?:how|(?:by )?how much) (?:did|has|have) (.+?) (?:changed?|gr(?:ow|own)|rise|risen|increased?|fall|fallen|decreased?|differ|develop(?:ed)?|evolved?)$",
        rf"^(?:was|were|is|are) (.+?) {_MORE}$",
        rf"^(?:which|what) (?:is|was|are|were) {_MORE}[,:]? (.+)$",
    )
]
_PRONOUN = re.compile(r"\b(?:it|its|he|she|they|his|her|their|them|him|that|this)\b", re.I)
MAX_PARTS = 3
LEAST_WORDS = 3
"""A part that stands for itself has so many words: "Which road" of "Which road and which railway cross it?" does not."""


def split(question: str) -> list[str]:
    """The parts of `question`, at most three; [question] when it is one.

    "Who hosted it and when was it held?" gives two; "trade in 2022 and 2024" one for each year. Pronouns
    of a later part are resolved with the first one; a part that only refers back ("and when?") keeps its words.
    """
    if compared := _by_year(question):
        return compared
    pieces = [piece.strip(" ,;?") for piece in _JOINT.split(question) if piece.strip(" ,;?")]
    if not 2 <= len(pieces) <= MAX_PARTS or len(pieces[0].split()) < LEAST_WORDS:
        return [question]
    first = pieces[0]
    return [_ask(first), *(_ask(piece if _stands(piece) else _told(piece, first)) for piece in pieces[1:])]


def _by_year(question: str) -> list[str]:
    match = _TWO_YEARS.search(question)
    if not match or len(years(question)) != 2 or not _COMPARES.search(question) or _is_period(question, match):
        return []
    lead = question[match.start() : match.start(1)]
    joint = "in " if re.match(r"\s*(?:between|from|since)\b", lead, re.I) else lead.lstrip()
    before, after = question[: match.start()].rstrip(), question[match.end() :]
    asked = _COMPARE.sub("What was ", before)
    for change in _CHANGE:
        asked = change.sub(r"How much was \1", asked)
    return [f"{asked} {joint}{year}{after}".strip() for year in match.groups()]


def _is_period(question: str, match: re.Match[str]) -> bool:
    span = re.match(r"\s*(?:from|between)\b", match[0], re.I)
    return bool(span) and not re.search(
        r"\b(?:compar|differ|chang|grow|grew|ris|rose|increas|fall|fell|versus|vs|how (?:did|has|have)\b.*\b(?:develop|evolv))",
        question,
        re.I,
    )


def _stands(piece: str) -> bool:
    counts = piece.lower().startswith(("how many ", "how much "))
    return len(piece.split()) >= (3 if counts else 4) and not _PRONOUN.search(piece)


def _told(piece: str, first: str) -> str:
    """A part that leans on the first: its pronouns resolved, or the first's words behind it."""
    resolved = standalone(_ask(piece), [("user", _ask(first))]).rstrip("?")
    return resolved if len(piece.split()) >= LEAST_WORDS and _stands(resolved) else f"{piece} ({first})"


def _ask(piece: str) -> str:
    return f"{piece[0].upper()}{piece[1:]}?"
