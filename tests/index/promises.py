"""What the index promises of each document, as something to look at: it is found, whole, and its quotes are slices."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

from index.doctor import check
from index.health import DATABASE
from index.library import Library
from tests.index.conftest import WordEmbedder

NAMES = [f"d{number}.txt" for number in range(12)]
WORDS = ("apple", "banana")
DAMAGES = ("zero bytes", "garbage", "truncated", "deleted", "no vectors", "vectors truncated", "a vector file missing")
"""Those that opening the index must notice; `damage` also knows "garbage inside"."""


def fill(folder: Path, word: str, names: Sequence[str] = NAMES) -> None:
    """Documents of twelve passages each that say `word` and their own name."""
    folder.mkdir(exist_ok=True)
    for name in names:
        lines = [f"The {word} of {name.removesuffix('.txt')}x in part {part} is here. " * 14 for part in range(12)]
        (folder / name).write_text("\n\n".join(lines))


def said(library: Library, name: str) -> str | None:
    """The word that a document says; None when it is not found by both searches, a mixture, or quoted wrongly."""
    text = library.document(name).text
    words = [hit.passage_id for hit in library.lexical(f"{name.removesuffix('.txt')}x part", 100)]
    near = [hit.passage_id for hit in library.dense(library.embedder.embed_query(text[:900]), 30)]
    found = [[passage for passage in library.passages(ids) if passage.document_id == name] for ids in (words, near)]
    exact = all(passage.text == text[passage.start : passage.end] for part in found for passage in part)
    spoken = [word for word in WORDS if f"The {word} of" in text]
    return spoken[0] if all(found) and exact and len(spoken) == 1 else None


def consistent(source: Path, index: Path, names: Sequence[str] = NAMES) -> list[str]:
    """The words the documents now say; fails when one is not searchable, or as a mixture, or with a wrong quote."""
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        words = {name: said(library, name) for name in names}
    assert None not in words.values(), words
    return [word for word in words.values() if word]


def whole(source: Path, index: Path) -> bool:
    """True when the doctor finds nothing."""
    return check(index, source, embedder=WordEmbedder()) == []


def damage(index: Path, fault: str, seed: int = 0) -> None:
    """Damages Chroma's own files in one way; `seed` says where."""
    database = index / "chroma" / DATABASE
    chance = random.Random(seed)
    segments = [path.parent for path in (index / "chroma").glob("*/data_level0.bin")]
    segments.sort(key=lambda segment: (segment / "data_level0.bin").stat().st_size)
    match fault:
        case "zero bytes":
            database.write_bytes(b"")
        case "garbage":
            database.write_bytes(chance.randbytes(100_000))
        case "truncated":
            os.truncate(database, int(database.stat().st_size * chance.uniform(0.01, 0.99)))
        case "deleted":
            database.unlink()
        case "garbage inside":
            _spoil(database, chance)
        case "no vectors":
            for segment in segments:
                shutil.rmtree(segment)
        case "vectors truncated":
            os.truncate(segments[-1] / "data_level0.bin", chance.randrange(2000))
        case "a vector file missing":
            (segments[-1] / chance.choice(("link_lists.bin", "header.bin", "length.bin"))).unlink()
        case _:
            raise ValueError(fault)


def _spoil(database: Path, chance: random.Random) -> None:
    with database.open("r+b") as file:
        for place in range(chance.randrange(10_000, 20_000), database.stat().st_size - 5000, 40_000):
            file.seek(place)
            file.write(b"\xaa" * 4096)
