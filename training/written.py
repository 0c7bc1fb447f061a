"""Questions written for the training by language models, in other words than the texts', and near misses of them.

written.jsonl says where in the development sets each passage stands; the passages themselves stay there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from training.data import Corpus, Passage, Question, Splitter, read_lines
from training.split import Unit, part

FILE = Path(__file__).parent / "written.jsonl"


def load_written(data: Path, split: Splitter, hold: Unit, file: Path = FILE) -> Corpus:
    """The written questions and their passages, from the texts of timeqa/ and wice/ in the folder `data`.

    Those of timeqa's documents that are held back are left out.
    """
    texts = dict(documents(data))
    passages: dict[str, list[Passage]] = {}
    questions = []
    for number, row in enumerate(read_lines(file)):
        source, start, end = str(row["source"]), *(int(place) for place in row["passage"])  # type: ignore[attr-defined]
        title, text = texts[source]
        corpus, _, name = source.partition(":")
        if corpus == "timeqa" and part(name if hold == "document" else title, hold) != "train":
            continue
        key = f"{source}#{start}"
        cut = text[start:end]
        passages.setdefault(key, [Passage(title, cut, tuple((a, b) for a, b in split(cut) if b > a), key)])
        answer = row["answer"]
        answers = (cut[slice(*answer)],) if answer else ()  # type: ignore[misc]
        questions.append(Question(f"written-{number}", str(row["question"]), answers, key, title, bool(answers)))
    return Corpus("written", passages, questions)


def documents(data: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """("timeqa:" or "wice:" and the id, (title, text)) of every document that questions were written about."""
    for row in read_lines(data / "timeqa" / "corpus.jsonl"):
        yield f"timeqa:{row['id']}", (str(row["title"]), str(row["text"]))
    for row in read_lines(data / "wice" / "claims.jsonl"):
        lines = (re.sub(r"\s+", " ", line).strip() for line in str(row["document"]).splitlines())
        yield f"wice:{row['id']}", ("", " ".join(line for line in lines if line))
