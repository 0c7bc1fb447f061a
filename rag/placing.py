"""Where the words of a sentence stand in its source: in the same order, with one piece moved, or active for passive."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag import scope
from rag.figures import figures
from rag.question import stems, words

MARKS = frozenset(";:()–—")
BREAKS = MARKS | {","}
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,;:()–—]")
_SKIPPED = 1000
"""Cost of a word that is found in the title or the sentence before rather than in the source."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a figure or a mark. `key` is what is compared, the stem or the value, "" for function words and marks;
    `kind` that of a figure; a `capital` inside a sentence marks a name.
    """

    word: str
    key: str
    capital: bool = False
    kind: str = ""


def tokens(text: str) -> list[Token]:
    """The tokens of `text`; a figure is one token, whatever it is written as."""
    found: list[Token] = []
    values = figures(text)
    for match in _TOKEN.finditer(text):
        figure = next((f for f in values if f.start <= match.start() < f.end), None)
        if figure is None:
            word = (words(match[0]) or [match[0]])[0]
            key = "" if word in scope.CONNECTIVES else next(iter(stems(match[0])), "")
            found.append(Token(word, key, match[0][0].isupper() and match.start() > 0))
        elif match.start() == figure.start or not found or not found[-1].key.startswith("#"):
            group = figure.kind if figure.kind in ("percent", "day", "clock") else "number"
            key = f"#{group} {figure.value:.12g}"
            found.append(Token(text[figure.start : figure.end].lower(), key, kind=figure.kind))
    return found


def active(passive: Sequence[Token]) -> Iterator[list[Token]]:
    """The text with "the harbour was designed by Ada" as "Ada designed the harbour"; the actor ends at the
    next connective, or with the sentence.
    """
    for by in (q for q, token in enumerate(passive) if token.word == "by" and q > 1 and passive[q - 1].key):
        be = next((q for q in range(by - 2, -1, -1) if passive[q].key or passive[q].word in scope.FORMS_OF_BE), -1)
        if be < 0 or passive[be].key:
            continue
        ends = [q for q in range(by + 1, len(passive)) if passive[q].word in scope.CONNECTIVES - {"of"}]
        for end in [*ends[:1], len(passive)]:
            yield [*passive[by + 1 : end], passive[by - 1], *passive[:be], *passive[end:]]


def placings(
    told: Sequence[Token], said: Sequence[Token], elsewhere: Collection[str] | None
) -> Iterator[list[int | None]]:
    """Where each token of `told` stands in `said`: in order, or with one piece moved."""
    content = [place for place, token in enumerate(told) if token.key]
    for lead in (0, 1):
        straight = _align(told, content, said, range(len(said)), elsewhere, lead)
        if straight is None:
            break
        yield straight
    else:
        return
    for cut in (p for p in content[1:] if connective(told, p) or connective(told, content[0])):
        moved = _moved(told, content, said, cut, elsewhere)
        if moved is not None:
            yield moved


def _align(
    told: Sequence[Token],
    content: Sequence[int],
    said: Sequence[Token],
    within: range,
    elsewhere: Collection[str] | None,
    lead: int = 0,
) -> list[int | None] | None:
    """The places in `said`, in order, that leave out least between them; None when there are none.

    `states` holds for each last place the fewest words left out and the places so far; -1 is a place elsewhere. What is
    left out before the first place costs `lead` a token.
    """
    where: dict[str, list[int]] = {}
    for q, token in enumerate(said):
        where.setdefault(token.key, []).append(q)
    states: dict[int, tuple[int, tuple[int, ...]]] = {-1: (0, ())}
    for place in content:
        key, following = told[place].key, dict[int, tuple[int, tuple[int, ...]]]()
        absent = key not in where if elsewhere is None else key in elsewhere
        for last, (cost, path) in states.items():
            later = [q for q in where.get(key, ()) if q > last and q in within]
            options = [(q, cost + (q - last if last >= 0 else lead * q), q) for q in later]
            for q, total, found in [*options, *([(last, cost + _SKIPPED, -1)] if absent else [])]:
                if q not in following or total < following[q][0]:
                    following[q] = (total, (*path, found))
        states = following
    if not states:
        return None
    _, best = min(states.values())
    placed = {place: q for place, q in zip(content, best, strict=True) if q >= 0}
    return [placed.get(place) for place in range(len(told))]


def _moved(
    told: Sequence[Token],
    content: Sequence[int],
    said: Sequence[Token],
    cut: int,
    elsewhere: Collection[str] | None,
) -> list[int | None] | None:
    """The first part of `told`, up to `cut`, stands behind the rest in `said`; a connective moved with its part."""
    head, tail = [p for p in content if p < cut], [p for p in content if p >= cut]
    known = {token.key for token in said}
    lead = next((told[place].key for place in head if told[place].key in known), "")
    for turn in (q for q in range(1, len(said)) if lead and said[q].key == lead):
        late = _align(told, head, said, range(turn, len(said)), elsewhere)
        early = late and _align(told, tail, said, range(turn), elsewhere)
        if not late or not early:
            continue
        found = [a if a is not None else b for a, b in zip(late, early, strict=True)]
        ends = max((q for q in early if q is not None), default=None)
        begins = min((q for q in late if q is not None), default=None)
        if ends is None or begins is None:
            continue
        between = said[ends:begins]
        apart = any(token.word in MARKS | scope.COORDINATORS for token in between)
        if not apart and any(_moved_whole(told, said, found, part[0]) for part in (head, tail)):
            return found
    return None


def _moved_whole(told: Sequence[Token], said: Sequence[Token], found: Sequence[int | None], place: int) -> bool:
    origin = found[place]
    here = connectives(told, place)
    return origin is not None and bool(here) and here == connectives(said, origin)


def function_words(text: Sequence[Token], place: int) -> list[str]:
    """The words between the last content word and this one."""
    found: list[str] = []
    for token in reversed(text[:place]):
        if token.key or token.word in BREAKS:
            break
        found.append(token.word)
    return found


def connective(text: Sequence[Token], place: int) -> str:
    """The nearest connective before a token, with nothing but function words between."""
    return next(iter(connectives(text, place)), "")


def connectives(text: Sequence[Token], place: int) -> list[str]:
    """All connectives among the function words before a token, nearest first."""
    return [word for word in function_words(text, place) if word in scope.CONNECTIVES]
