"""Who speaks and who holds an office: whether a text gives another one than the question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.question import Kind, Question, words

_SAYING = (
    r"(?:say|said|think|believe|claim|argue|mention|note|stress|suggest|recommend|predict|warn|promise|announce|explain"
    r"|state|describe|call|feel|hope|expect|want|propose|criticize|praise|comment|express|see|view)"
)
_NAME = r"((?:[A-Z][\w.’'-]*\s)*[A-Z][\w-]+)"
_SPEAKER = re.compile(
    rf"\b(?i:did|does|do|has|have|would)\s+(?:the\s+)?{_NAME}\s+(?:\w+ly\s+)?{_SAYING}\b"
    rf"|\b(?i:according to)\s+(?:the\s+)?{_NAME}(?=\s*[,.?]|$)"
    rf"|\b(?i:in|what (?:is|was|are|were))\s+{_NAME}['’]s?\s+(?:view|opinion|words|position|comments?|assessment)\b"
)
_HEADS = (
    r"(?:president|minister|ambassador|king|queen|emperor|chancellor|governor|mayor|premier|leader|chairman|chairwoman"
    r"|secretary|speaker|director|ceo|rector|dean|editor|coach|captain|bishop|judge|general|spokes(?:man|woman|person))s?"
)
_OFFICE = re.compile(
    rf"(?:\b(?P<holder>[A-Z]\w+)(?:['’]s?)?\s+)?(?:(?i:prime|foreign|vice|deputy|first|finance|interior|defen[cs]e|former|new|current|general)\s+)*"
    rf"\b(?P<head>(?i:{_HEADS}))\b(?!-)(?:\s+(?:of|for)\s+(?:the\s+)?(?P<of>[A-Z]\w+)(?![\w-]| [A-Z]))?"
)
_NO_HOLDER = re.compile(
    r"(?i:the|an?|and|but|if|in|as|when|who|is|was|its|his|her|their|our|what|which|prime|foreign|vice|deputy)|[A-Z]{2,}|American|British|Dutch|Danish"
)
"""No name, or one written so unlike what it is of that nothing can be told from it."""
_NO_SPEAKER = re.compile(rf"\b(?:(?i:{_HEADS})|Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Lord|Lady)\b\.?|\b[A-Z]{{2,}}\b")
"""What a speaker's name holds beside the name; initials may be spelt out elsewhere."""
_LIKE, _ALIKE = 4, 2
"""Words that begin with so many letters alike are one: of speakers, and of what an office is held of."""


def another_speaker(question: Question, text: str) -> bool:
    """Whether `question` asks what somebody says ("What did Tokayev say") of whom `text` has no word."""
    match = _SPEAKER.search(question.text)
    if not match:
        return False
    name = next(group for group in match.groups() if group)
    wanted = {word[:_LIKE] for word in words(re.sub(_NO_SPEAKER, "", name))}
    return bool(wanted) and not wanted & {word[:_LIKE] for word in words(text)}


def another_holder(question: Question, text: str) -> bool:
    """Whether `question` asks who holds an office of something ("the foreign minister of Chad") and `text` speaks of
    that office only as somebody else's ("Chinese Foreign Minister").
    """
    if question.kind is not Kind.PERSON:
        return False
    asked = [(head, whose) for head, whose in _offices(question.text) if whose]
    said = list(_offices(text))
    return any(
        bool(same := [whose for other, whose in said if other == head])
        and all(whose and not whose & wanted for whose in same)
        for head, wanted in asked
    )


def _offices(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The offices that `text` speaks of, and the beginnings of the names that they are held of."""
    for match in _OFFICE.finditer(text):
        named = [name for name in (match["holder"], match["of"]) if name and not _NO_HOLDER.fullmatch(name)]
        yield match["head"].lower().removesuffix("s"), frozenset(name.lower()[:_ALIKE] for name in named)
