"""Figures in a text: numbers with their units, years and dates, read alike from "$94.8 billion" and "94.8bn dollars"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

_UNITS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen""".split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_UNITS, 1)} | {w: 10 * n for n, w in enumerate(_TENS, 2)}
_ORDINALS = {
    w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)
}
_PLAIN = {"quantity", "money", "ordinal", "year", "version"}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_CURRENCY = {"$": "usd", "us$": "usd", "dollar": "usd", "dollars": "usd", "usd": "usd", "€": "eur", "euro": "eur",
             "euros": "eur", "£": "gbp", "pound": "gbp", "pounds": "gbp", "¥": "cny", "yuan": "cny", "rmb": "cny"}  # fmt: skip
MONTHS = """january february march april may june july august september october november december""".split()
_MONTH = "|".join([*MONTHS, *(m[:3] for m in MONTHS), "sept"])

_NUMBER = re.compile(
    rf"""(?<![\w.])(?<![a-z]-)(?:(?P<currency>us\$|[$€£¥])\s?)?
    (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
    (?P<ordinal>st|nd|rd|th)?
    (?:[\s-]?(?P<scale>{"|".join(_SCALES)}|bn|mn|tn|[kmb](?![a-z])))?
    (?P<percent>\s?%|[\s-]per\s?cent\b)?
    (?:[\s-](?P<unit>[a-z]+))?""",
    re.X | re.I,
)
_SPELLED = re.compile(
    rf"\b(?P<word>(?:{'|'.join(_TENS)})[\s-](?:{'|'.join(_UNITS[:9])})|{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
    rf"(?:[\s-](?P<scale>{'|'.join(_SCALES)}))?(?P<percent>[\s-]per\s?cent\b)?(?:[\s-](?P<unit>[a-z]+))?",
    re.I,
)
_SPELLED_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b(?![\s-](?:half|of a)\b)", re.I)
_YEAR = re.compile(r"(?<![\d.,$€£¥])(1[0-9]\d\d|20\d\d)(?:s\b|(?!\d|[.,]\d|\s?%))")
_NO_YEAR = re.compile(r"[\s-]?(?:%|per\s?cent|million|billion|thousand)")
"""What follows a number that only looks like a year."""
_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})|({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d))\b",
    re.I,
)
_VERSION = re.compile(
    r"(?<![\w.])(?:(?:v|version\s)(\d+(?:\.\d+)*)|(?!\d\d?\.\d\d?\.\d{4}\b)(\d+(?:\.\d+){2,}))(?!\w|\.\d)", re.I
)
_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])(?:\s?(?:([ap])\.?m\b))?", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. `kind` is year, percent, money, ordinal, day, clock, version ("v2", "3.2.1") or quantity;
    `unit` is lower-case, "" when none.
    """

    value: float
    kind: str
    unit: str
    start: int
    end: int

    def agrees(self, other: Figure) -> bool:
        """Whether both say the same number of the same thing; an absent unit agrees with any."""
        if self.kind == other.kind == "version":
            return self.value == other.value
        same = abs(self.value - other.value) <= 1e-9 * max(abs(self.value), abs(other.value))
        return same and (self.kind == other.kind or {self.kind, other.kind} <= _PLAIN)


@lru_cache(maxsize=4096)
def figures(text: str) -> tuple[Figure, ...]:
    """All figures of `text` in order; offsets in code points. The sentences of a folder are read again and again."""
    found: list[Figure] = []
    taken: list[tuple[int, int]] = []

    def add(figure: Figure) -> None:
        if math.isfinite(figure.value) and not any(figure.start < end and start < figure.end for start, end in taken):
            found.append(figure)
            taken.append((figure.start, figure.end))

    for match in _DAY.finditer(text):
        day, month = match[1] or match[4], match[2] or match[3]
        if 1 <= int(day) <= 31:
            number = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(month[:3].lower()))
            add(Figure(number * 100 + int(day), "day", "", match.start(), match.end()))
    for match in _CLOCK.finditer(text):
        hour = int(match[1]) % 12 + 12 * (match[3].lower() == "p") if match[3] else int(match[1])
        add(Figure(60.0 * hour + int(match[2]), "clock", "", match.start(), match.end()))
    for match in _YEAR.finditer(text):
        if not _NO_YEAR.match(text, match.end()):
            add(Figure(float(match[1]), "year", "", match.start(1), match.end(1)))
    for match in _VERSION.finditer(text):
        add(_version(match))
    for match in _NUMBER.finditer(text):
        add(_from_digits(match))
    for match in _SPELLED.finditer(text):
        if match["word"].lower() != "one" or match["scale"]:
            add(_from_words(match))
    for match in _SPELLED_ORDINAL.finditer(text):
        add(Figure(float(_ORDINALS[match[0].lower()]), "ordinal", "", match.start(), match.end()))
    return tuple(sorted(found, key=lambda figure: figure.start))


def years(text: str) -> list[int]:
    """The years named in `text`, in order, each once."""
    return list(dict.fromkeys(int(figure.value) for figure in figures(text) if figure.kind == "year"))


def _version(match: re.Match[str]) -> Figure:
    """The version as a figure: "2.1" has the value 2.1, of "3.2.1" each part counts a ten thousandth of the one before."""
    group = match.lastindex or 0
    parts = [float(part) for part in match[group].split(".")]
    value = float(match[group]) if len(parts) < 3 else sum(part * 10.0 ** (-4 * n) for n, part in enumerate(parts))
    return Figure(value, "version", "", match.start(group), match.end(group))


def _from_digits(match: re.Match[str]) -> Figure:
    value = float(match["digits"].replace(",", ""))
    scale = (match["scale"] or "").lower()
    value *= _SCALES.get(scale, _SHORT.get(scale, 1.0))
    return _figure(match, value, (match["currency"] or "").lower(), bool(match["ordinal"]))


def _from_words(match: re.Match[str]) -> Figure:
    value = float(sum(_WORDS[part] for part in re.split(r"[\s-]", match["word"].lower())))
    return _figure(match, value * _SCALES.get((match["scale"] or "").lower(), 1.0), "", False)


def _figure(match: re.Match[str], value: float, currency: str, ordinal: bool) -> Figure:
    unit = (match["unit"] or "").lower()
    end = match.start("unit") - 1 if match["unit"] else match.end()
    if match["percent"]:
        return Figure(value, "percent", "%", match.start(), match.end("percent"))
    if currency or unit in _CURRENCY:
        stop = match.end() if unit in _CURRENCY else end
        return Figure(value, "money", _CURRENCY.get(currency or unit, currency), match.start(), stop)
    return Figure(value, "ordinal" if ordinal else "quantity", unit, match.start(), end)
