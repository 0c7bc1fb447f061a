"""Inputs that nobody writes: real ones cut, doubled, spliced and salted with what has broken parsers before."""

from __future__ import annotations

import random
from collections.abc import Sequence

MARKS = (
    "\x00", "\ufeff", "\u202e", "\u0301" * 40, "\U0001f600\u200d\U0001f468", "\r\n", "\r", "\u2028", "\x85",
    "\x1c", "\ufffd", "\u0410\u0435", "\u00a0", "\u200b", "\uffff", "\U0010ffff", "ﷺ", "İ", "ß", "ǅ", "٣", "½",
    "²", "𝟙", "A.", "U.S. ", "! ", "1. ", "... ", "“", "’", "[1]", "-", "%", "$1,2,3.4.5 billion", "1e999",
    "nan", "9" * 400, "00/00/0000", "2024-13-45", "no not never ", "and ", "? ", "<", "<script>", "</",
    "<p hidden>", "&#0;", "&#x110000;", "]]>", "<!--", "%PDF-", "endobj", "stream\n", "null", "{}", "[[[[", '"',
    "\\", "\\u0000", "../", "/etc/passwd", "%00", "file://", "{{", "${x}", "`", "```", "<|im_end|>", "RAG_",
    "=", "[table]\n", "'''",
)  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One input made from `seeds` by a few steps."""
    data = chance.choice(seeds)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8))):
        data = _step(chance, data, seeds)
    return data[:3_000_000]


def _step(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 2, 4, 16, 100, 1000)))
    mark = chance.choice(MARKS).encode("utf-8", "surrogatepass")
    match chance.randrange(8):
        case 0:
            return data[:start] + data[end:]
        case 1:
            return data[:start] + data[start:end] * chance.choice((2, 3, 50, 2000)) + data[end:]
        case 2:
            return data[:start] + bytes(chance.randrange(256) for _ in range(end - start)) + data[end:]
        case 3:
            other = chance.choice(seeds)
            return data[:start] + other[chance.randrange(len(other) + 1) :]
        case 4:
            return data[:start]
        case 5:
            return data.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig")))
        case _:
            return data[:start] + mark * chance.choice((1, 1, 2, 30, 3000)) + data[start:]
