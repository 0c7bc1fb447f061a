"""A true sentence made false by changing one figure: the lie that every check of citations must catch."""

from __future__ import annotations

import re

_FIGURE = re.compile(r"(?<![\w+–-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w+])")
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen")
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def falsify(sentence: str) -> str | None:
    """`sentence` with its last figure changed, else its last number word; None when it has neither.

    The last, because what a sentence tells tends to stand at its end. Names with figures ("COVID-19") are left alone.
    """
    for pattern, change in ((_FIGURE, _other_figure), (_WORD, _other_word)):
        found = list(pattern.finditer(sentence))
        if found:
            start, end = found[-1].span()
            return sentence[:start] + change(found[-1].group()) + sentence[end:]
    return None


def _other_figure(figure: str) -> str:
    if _YEAR.fullmatch(figure):
        return str(int(figure) - 3)
    decimals = len(figure.partition(".")[2])
    value = float(figure.replace(",", ""))
    grouped = "," if "," in figure else ""
    return f"{value * 1.4 + 1:{grouped}.{decimals}f}"


def _other_word(word: str) -> str:
    other = _WORDS[(_WORDS.index(word.lower()) + 3) % len(_WORDS)]
    return other.capitalize() if word[0].isupper() else other
