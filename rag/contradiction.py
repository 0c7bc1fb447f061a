"""Explicit checks that a sentence agrees with a quote: figures, negation and opposites.

Each check looks for one way in which a sentence can share almost every word with its source and still be false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.figures import Figure, figures
from rag.question import STOPWORDS, stems, words
from rag.scope import BY_PLACE, DROPPING, NON_FACTIVE, PREVENTING

_NEGATORS = frozenset(
    ["not", "no", "never", "without", "neither", "nor", "none", "cannot", "nobody", "nothing", "hardly"]
)
_NEGATING = re.compile(r"n['’]t$")
_REACH = 4
"""A negation is taken to deny the content words within this many words after it."""

_HEDGES = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|approximately|some|over|more than|close to|just (?:under|over))\s*$", re.I
)
_ROUNDING = 0.03
"""Relative difference that a hedged figure ("nearly $95 billion") may have."""

_OPPOSITES = tuple(
    (frozenset(left.split()), frozenset(right.split()))
    for left, right in (
        ("more higher greater larger bigger above exceed exceeded", "less fewer lower smaller below under"),
        ("increase increased increases increasing rise rose risen rising grow grew grown growing growth gain gained",
         "decrease decreased decreases decreasing fall fell fallen falling decline declined declining drop dropped shrink shrank"),
        ("before earlier prior preceded", "after later following followed"),
        ("first oldest earliest", "last latest youngest"),
        ("largest biggest highest most longest best", "smallest lowest least shortest worst"),
        ("support supported supports accept accepted approve approved agree agreed", "oppose opposed opposes reject rejected refuse refused disagree disagreed"),
        ("won win wins victory", "lost lose loses defeat"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("import imports imported", "export exports exported"),
        ("positive", "negative"),
        ("open opened opens", "close closed closes shut"),
        ("begin began begun start started", "end ended stop stopped finish finished"),
        ("always", "never"),
        ("all", "none"),
        ("successful succeeded success", "unsuccessful failed failure"),
    )
)  # fmt: skip


_WITHHOLDING = PREVENTING - {"end", "ended", "ending", "instead"} | NON_FACTIVE | DROPPING
_NO_OBJECT = BY_PLACE | frozenset("by from since until after before".split())
"""Words after which a verb has no object: "it stopped in May", "prices dropped by half"."""
_QUALIFIERS = frozenset("vice deputy former acting assistant interim honorary ex".split())


def unmatched_figures(sentence: str, sources: Sequence[str]) -> list[Figure]:
    """The figures of `sentence` that no source has; a hedged figure may be rounded."""
    have = [figure for source in sources for figure in figures(source)]
    return [figure for figure in figures(sentence) if not any(_agrees(sentence, figure, other) for other in have)]


def borrowed_figures(sentence: str, first: str, others: Sequence[str]) -> list[Figure]:
    """The figures that the `first` source lacks and the `others` have only of another thing ("six gates", "six years")."""
    have = [figure for source in others for figure in figures(source)]
    counted = [figure for figure in unmatched_figures(sentence, [first]) if figure.kind == "quantity" and figure.unit]
    return [f for f in counted if not any(_agrees(sentence, f, g) and stems(f.unit) == stems(g.unit) for g in have)]


def rival_figures(missing: Sequence[Figure], source: str) -> bool:
    """Whether `source` gives another value of the same kind and unit for one of the `missing` figures."""
    have = figures(source)
    return any(
        f.kind == g.kind and (f.unit == g.unit or f.kind == "year") and f.value != g.value
        for f in missing
        for g in have
    )


def denies(sentence: str, source: str) -> bool:
    """Whether one of the two negates a content word that the other affirms."""
    here, there = _negated(sentence), _negated(source)
    return bool(_denied_only(here, there, source) or _denied_only(there, here, sentence))


def opposes(sentence: str, source: str) -> bool:
    """Whether `sentence` says "more" where `source` says "less", and does not say "more" itself."""
    here, there = set(words(sentence)), set(words(source))
    return any(
        (here & a and there & b and not there & a and not here & b) or (here & b and there & a and not there & b and not here & a)
        for a, b in _OPPOSITES
    )  # fmt: skip


def requalifies(sentence: str, source: str) -> bool:
    """Whether one speaks of the "vice president" where the other speaks only of the "president"."""
    here, there = _qualified(sentence), _qualified(source)
    shared = {noun for noun, _ in here} & {noun for noun, _ in there}
    return any(not {q for n, q in here if n == noun} & {q for n, q in there if n == noun} for noun in shared)


def withholds(sentence: str, source: str) -> bool:
    """Whether `source` only refuses, plans or drops ("drops support for Windows 7") what `sentence` says of it."""
    tokens, said = words(source), stems(sentence)
    if _WITHHOLDING & set(words(sentence)):
        return False
    return any(
        said & stems(" ".join(tokens[place + 1 : place + 1 + _REACH]))
        for place, (token, following) in enumerate(pairwise([*tokens, ""]))
        if token in _WITHHOLDING and following not in _NO_OBJECT
    )


def _qualified(text: str) -> set[tuple[str, str]]:
    """(word, the qualifier before it or "") of the nouns that `text` has."""
    tokens = words(text)
    return {
        (token, before if before in _QUALIFIERS else "") for before, token in zip(["", *tokens], tokens, strict=False)
    }


def _denied_only(denied: frozenset[str], also: frozenset[str], text: str) -> frozenset[str]:
    return (denied - also) & stems(text) if not denied & also else frozenset()


def _negated(text: str) -> frozenset[str]:
    tokens = words(text.replace("n’t", "n't"))
    found: set[str] = set()
    for place, token in enumerate(tokens):
        if (token in _NEGATORS or _NEGATING.search(token)) and tokens[place + 1 : place + 2] != ["only"]:
            found |= set(stems(" ".join(t for t in tokens[place + 1 : place + 1 + _REACH] if t not in STOPWORDS)))
    return frozenset(found)


def _agrees(sentence: str, figure: Figure, other: Figure) -> bool:
    if figure.agrees(other):
        return _units_agree(figure, other)
    hedged = figure.kind in ("money", "quantity", "percent") and _HEDGES.search(sentence[: figure.start])
    close = abs(figure.value - other.value) <= _ROUNDING * max(abs(other.value), 1e-9)
    return bool(hedged and close and figure.kind == other.kind and _units_agree(figure, other))


def _units_agree(figure: Figure, other: Figure) -> bool:
    if {figure.unit, other.unit} == {"am", "pm"}:
        return False
    money = {figure.kind, other.kind} == {"money"}
    return not money or figure.unit == other.unit
