"""Marks in texts: what a person reads of Markdown and HTML, at the same offsets; lists and code; rows of tables."""

from __future__ import annotations

import re

_MARKED = re.compile(r"[`*_<#\]]")
_MARKS = re.compile(
    r"!\[[^\]\n]*\]\([^()\n]*\)"  # an image
    r"|<!--.*?-->|</?(?:a|abbr|b|blockquote|br|center|code|del|details|div|em|figure|font|h[1-6]|hr|i|img|kbd|li|ol|p"
    r"|picture|pre|q|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\b[^<>]*>"
    r"|\[(?=[^\[\]\n]*\]\([^()\n]*\))|(?<=[^\s\[])\]\([^()\n]*\)"  # round the words of a link
    r"|`+|^[ \t]*#{1,6}(?=\s)|(?<!\w)[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?!\w)",
    re.DOTALL | re.MULTILINE,
)


def plain(text: str) -> str:
    """`text` with spaces for marks, tags, pictures and the addresses of links; as long as `text`."""
    return _MARKS.sub(lambda match: " " * len(match[0]), text) if _MARKED.search(text) else text


_LINES = re.compile(r"\n\s*(?:\n|[-*+•]\s|\d{1,3}[.)]\s|```)")


def has_lines(text: str) -> bool:
    """Whether the lines of `text` matter: a list or code, no prose that is only wrapped."""
    return bool(_LINES.search(text))


def is_row(text: str) -> bool:
    """Whether a sentence is the row of a table."""
    return " | " in text


def with_columns(row: str, names: str) -> str:
    """The row "| IT | 4420 |" under "| Team | Phone |" as "Team: IT; Phone: 4420"; as it is when they do not fit."""
    cells, columns = ([cell.strip() for cell in line.strip(" |").split("|")] for line in (row, names))
    return "; ".join(map(": ".join, zip(columns, cells, strict=True))) if len(cells) == len(columns) else row
