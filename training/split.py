"""Which article is for what, by a hash of its title: no figure is ever reported on an article that was trained on."""

from __future__ import annotations

import hashlib
from typing import Literal

Part = Literal["train", "calibrate", "test"]

# The first salt that gave test and calibrate two each of the twelve squad2 articles that are asked about.
SALT = "footnote 5: "
TEST, CALIBRATE = 0.14, 0.25


def part(title: str) -> Part:
    """The part of the article `title`: 14 % test (final figures), 11 % calibrate (stopping, thresholds), else train."""
    share = int(hashlib.sha256((SALT + title).encode()).hexdigest()[:8], 16) / 2**32
    if share < TEST:
        return "test"
    return "calibrate" if share < CALIBRATE else "train"
