"""What a colon or a heading announces is part of it: "Install it with pip:" and the command, "Risks" and their list.

Neither half answers a question alone. The same holds for the lines of a code block, which are one sentence, or a few.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from index.sentences import ITEM, Span

MAX_WORDS = 60
MAX_CHARACTERS = 600
"""Of a sentence with what it announces, and of a piece of code."""
MAX_ITEM_WORDS = 12
"""Longer items of a list are sentences of their own."""
MAX_BARE_WORDS = 6
"""Of an item without a mark: a line right under what announces it, which no stop ends."""

_FENCE = re.compile(r"^[ \t>]*(```+|~~~+)([^\n]*)$", re.MULTILINE)
_ITEM = re.compile(ITEM)
_ANNOUNCES = re.compile(r"[:：][*_\s]*$")
_HEADING = re.compile(r"#{1,6} [^\n]{1,60}|[A-Z][^\n.!?:;,|]{1,60}")


def joined(text: str, paragraphs: Sequence[list[Span]]) -> list[list[Span]]:
    """`paragraphs` (the sentences of each, spans into `text`) with announced items and lines of code joined."""
    parts = list(_with_code(text, paragraphs))
    found: list[list[Span]] = []
    at = 0
    while at < len(parts):
        spans, code = parts[at]
        found.append(list(spans))
        at += 1
        taken = 0 if code else _announced(text, spans, (parts[i] for i in range(at, len(parts))))
        if taken:
            last, is_code = parts[at + taken - 1]
            found[-1][-1] = (found[-1][-1][0], last[0][1] if is_code else last[-1][1])
            found[-1] += last[1:] if is_code else []
            at += taken
    return found


def _announced(text: str, spans: list[Span], following: Iterable[tuple[list[Span], bool]]) -> int:
    """How many of the paragraphs after a paragraph belong to its last sentence."""
    start, end = spans[-1]
    if _ANNOUNCES.search(text, max(start, end - 8), end):
        return _after_colon(text, start, following)
    if len(spans) > 1 or not _HEADING.fullmatch(text, start, end):
        return 0
    items = list(takewhile(lambda part: not part[1] and _ITEM.match(text, part[0][0][0]), following))
    if not items or not _fits(text, start, items[-1][0][-1][1]):
        return 0
    steps = text[items[0][0][0][0]].isdigit()
    said = any(text[spans[-1][1] - 1] in ".!?" for spans, _ in items)
    return len(items) if steps or not said else 0


def _after_colon(text: str, start: int, following: Iterable[tuple[list[Span], bool]]) -> int:
    taken = 0
    for spans, code in following:
        if not _fits(text, start, spans[0][1] if code else spans[-1][1]):
            break
        if not code and not _is_item(text, spans[0][0], spans[-1][1]):
            break
        taken += 1
        if code:
            break
    return taken


def _with_code(text: str, paragraphs: Sequence[list[Span]]) -> Iterator[tuple[list[Span], bool]]:
    """The paragraphs, those of one block of code as one, and whether each is code."""
    blocks = list(_code(text))
    starts = [start for start, _ in blocks]
    inside: list[Span] = []
    current = -1
    for spans in paragraphs:
        place = bisect_right(starts, spans[0][0]) - 1
        block = place if place >= 0 and spans[-1][1] <= blocks[place][1] else -1
        if inside and block != current:
            yield _pieces(text, inside), True
            inside = []
        current = block
        if block < 0:
            yield spans, False
        else:
            inside += spans
    if inside:
        yield _pieces(text, inside), True


def _code(text: str) -> Iterator[Span]:
    """The blocks of code, their fences included; one that is never closed is none."""
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif fence[1].startswith(opening[1]) and not fence[2].strip():
            yield opening.start(), fence.end()
            opening = None


def _pieces(text: str, spans: Sequence[Span]) -> list[Span]:
    """Neighbouring spans joined to pieces of at most `MAX_WORDS` words."""
    pieces = [spans[0]]
    for start, end in spans[1:]:
        if _fits(text, pieces[-1][0], end):
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    return pieces


def _fits(text: str, start: int, end: int) -> bool:
    return end - start <= MAX_CHARACTERS and len(text[start:end].split()) <= MAX_WORDS


def _is_item(text: str, start: int, end: int) -> bool:
    """Whether a short line is an item of a list, or stands further in or right under what is above it."""
    words = len(text[start:end].split())
    line = text.rfind("\n", 0, start) + 1
    further = text[line:start].isspace() and len(text[line:start].expandtabs()) > 1
    if further or _ITEM.match(text, start):
        return words <= MAX_ITEM_WORDS
    under = text.count("\n", max(0, line - 4), line) == 1
    return words <= MAX_BARE_WORDS and under and text[end - 1].isalnum()
