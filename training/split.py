"""Which document is for what, by a hash: no figure is ever reported on a document that was trained on."""

from __future__ import annotations

import hashlib
from typing import Literal

Part = Literal["train", "calibrate", "test"]
Unit = Literal["document", "article"]
"""What is held back whole. A squad2 document is one paragraph of an article; a timeqa document is a whole article."""

SALTS: dict[Unit, str] = {"document": "footnote document: ", "article": "footnote 5: "}
"""For articles, the first salt that gave test and calibrate two each of the twelve that squad2 asks about."""
SHARES: dict[Unit, tuple[float, float]] = {"document": (0.08, 0.13), "article": (0.14, 0.25)}
"""Below the first number: test; below the second: calibrate."""


def part(key: str, unit: Unit) -> Part:
    """The part of the document (by its id) or article (by its title)."""
    share = place(SALTS[unit] + key)
    test, calibrate = SHARES[unit]
    return "test" if share < test else "calibrate" if share < calibrate else "train"


def place(key: str) -> float:
    """Where `key` lies between 0 and 1, by its hash."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32
