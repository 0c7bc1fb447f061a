"""Inputs that once broke something, and some that break others; `python -m tests.fuzz` looks for new ones."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).resolve().parent / "corpus"
HOSTILE = {
    "stops and spaces": b"! " * 300_000,
    "numbers": b"1. " * 200_000,
    "capitals with stops": b"A." * 300_000,
    "one word": b"x" * 3_000_000,
    "brackets": b"[(" * 500_000,
    "right to left": "\u202eشلوم ".encode() * 50_000,
    "combining marks": b"a" + "\u0301".encode() * 500_000,
    "emoji": "\U0001f600\u200d".encode() * 200_000,
    "line ends": b"\r\n" * 500_000 + b"x",
    "homoglyphs": "Тrаdе rоsе. ".encode() * 50_000,
}


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_once_broke_it_does_so_no_more(path: Path) -> None:
    TARGETS[path.parent.name][0](path.read_bytes())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_and_cut(name: str) -> None:
    TARGETS["txt"][0](HOSTILE[name])


@pytest.mark.parametrize("name", ["txt", "md", "html", "docx", "sources", "users", "settings"])
def test_a_few_mutations_of_each_input_are_taken(name: str) -> None:
    target, seeds = TARGETS[name]
    chance = random.Random(1)
    for _ in range(20):
        target(mutated(chance, seeds))
