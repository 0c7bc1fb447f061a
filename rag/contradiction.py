"""Explicit checks that a sentence agrees with a quote: figures, negation, opposites, and what it adds.

Each check looks for one way in which a sentence can share almost every word with its source and still be false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.figures import Figure, figures
from rag.question import STOPWORDS, stems, words
from rag.scope import BY_PLACE, DROPPING, NEGATORS, NON_FACTIVE, PREVENTING, QUALIFIERS, UNDECIDED

_NEGATORS = NEGATORS - frozenset("non anti barely scarcely seldom rarely".split())
"""Words that deny what follows them; "barely" and "seldom" only weaken it."""
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
_UNITS = {
    form: forms.split()[0]
    for forms in (
        "second seconds", "minute minutes", "hour hours", "day days", "week weeks", "month months", "year years",
        "decade decades", "century centuries", "mm millimetre millimetres millimeter millimeters",
        "cm centimetre centimetres centimeter centimeters", "m metre metres meter meters",
        "km kilometre kilometres kilometer kilometers", "mile miles", "foot feet ft", "inch inches", "yard yards",
        "mg milligram milligrams", "g gram grams gramme grammes", "kg kilogram kilograms kilo kilos",
        "tonne tonnes ton tons", "ml millilitre millilitres milliliter milliliters",
        "litre litres liter liters", "gallon gallons", "pint pints", "hectare hectares", "acre acres", "percent", "kw kilowatt kilowatts",
        "mw megawatt megawatts", "gw gigawatt gigawatts",
    )
    for form in forms.split()
}  # fmt: skip
"""Each form of a unit of measurement and the one that stands for all."""
_OPERATORS = tuple(
    (re.compile(rf"\b(?:{said})\b", re.I), re.compile(rf"\b(?:{met})\b", re.I))
    for said, met in (
        ("only|solely|sole", "only|solely|sole|alone|just|merely|except|exclusively|single|nobody|nothing"),
        ("all|every|each|whole|always", "all|every|each|whole|entire|entirely|both|any|always|never|none|no|everyone|everything|everybody"),
        ("never", "never|not|no|none|nor|neither|nobody|nothing|ever"),
        ("first", "first|1st|earliest|initial|initially|original|originally|debut|inaugural"),
        ("because|due to|caused?|causing|led to|thanks to|therefore|thus|as a result",
         "because|due|causes?|caused|causing|led|leads|thanks|therefore|thus|results?|resulted|resulting|reasons?|since|as|so|for|why|made|meant|through|owing|hence|after"),
        ("more|fewer|less|better|worse|higher|lower|larger|smaller|longer|shorter",
         r"more|fewer|less|over|under|above|below|better|worse|than|exceed\w*|surpass\w*|at least|at most|up from|down from|\w+er than|higher|lower|larger|smaller|longer|shorter"),
    )
)  # fmt: skip
"""Words that say how far or why a thing holds, and the words of a source of which it must have one."""
_CONTRAST = re.compile(r"\b(?:rather than|instead of)\b", re.I)
_NEGATIVE = (
    _NEGATORS
    | PREVENTING
    | DROPPING
    | frozenset(
        "dropped lack lacks lacked except exception unless fail fails failed refuse refuses refused unable".split()
    )
)
_WITHHOLDING = PREVENTING - {"end", "ended", "ending", "instead"} | NON_FACTIVE | DROPPING | UNDECIDED
_NO_OBJECT = BY_PLACE | frozenset("by from since until after before".split())
"""Words after which a verb has no object: "it stopped in May", "prices dropped by half"."""


def unmatched_figures(sentence: str, sources: Sequence[str]) -> list[Figure]:
    """The figures of `sentence` that no source has; a hedged figure may be rounded."""
    have = [figure for source in sources for figure in figures(source)]
    return [figure for figure in figures(sentence) if not any(_agrees(sentence, figure, other) for other in have)]


def borrowed_figures(sentence: str, first: str, others: Sequence[str]) -> list[Figure]:
    """The figures that the `first` source lacks and the `others` have only of another thing ("six gates", "six years")."""
    have = [figure for source in others for figure in figures(source)]
    counted = [
        figure
        for figure in unmatched_figures(sentence, [first])
        if figure.kind == "quantity" and figure.unit and figure.unit not in STOPWORDS
    ]
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


def oversteps(sentence: str, source: str) -> bool:
    """Whether `sentence` denies, compares or says "only", "all", "first", "because", and `source` nothing of the sort."""
    denied = _is_negative(sentence) and not _is_negative(source)
    return denied or any(said.search(sentence) and not met.search(source) for said, met in _OPERATORS)


def both_negative(sentence: str, source: str) -> bool:
    """Whether both deny, forbid or drop something, so that one word denied in one of them need not contradict."""
    return _is_negative(sentence) and _is_negative(source)


def _is_negative(text: str) -> bool:
    return any(token in _NEGATIVE or _NEGATING.search(token) for token in words(_CONTRAST.sub("not", text)))


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
        (token, before if before in QUALIFIERS else "") for before, token in zip(["", *tokens], tokens, strict=False)
    }


def _denied_only(denied: frozenset[str], also: frozenset[str], text: str) -> frozenset[str]:
    return (denied - also) & stems(text) if not denied & also else frozenset()


def _negated(text: str) -> frozenset[str]:
    tokens = words(_CONTRAST.sub("not", text.replace("n’t", "n't")))
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
    measured = {_UNITS.get(figure.unit, ""), _UNITS.get(other.unit, "")}
    if {figure.unit, other.unit} == {"am", "pm"} or ("" not in measured and len(measured) > 1):
        return False
    money = {figure.kind, other.kind} == {"money"}
    return not money or figure.unit == other.unit
