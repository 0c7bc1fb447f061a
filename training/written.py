"""Questions written for the training by language models, in other words than the texts', and near misses of them.

They are about passages of the development sets, which stay there (written.jsonl says where each stands), and about
everyday documents that were made up with them (documents.jsonl). `kind` says how each was asked; nothing reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import EvalSet, Example, SetDocument
from training.data import Corpus, Passage, Question, Splitter, read_lines
from training.split import Part, Unit, part

FILE = Path(__file__).parent / "written.jsonl"
MADE_UP = FILE.with_name("documents.jsonl")
WITH_QUESTIONS = ("squad2:", "timeqa:")
"""The sets that have questions of their own, by how their documents' ids begin."""


@dataclass(frozen=True)
class Written:
    """A question about `text[start:end]` of a document; `answer` stands there, "" where nothing answers."""

    id: str
    document: SetDocument
    start: int
    end: int
    question: str
    answer: str

    def part(self, unit: Unit) -> Part:
        """For what the document is used; pages of wice and what is made up are of no article."""
        whole = unit == "article" and self.document.id.startswith(WITH_QUESTIONS)
        return part(self.document.title if whole else self.document.id.partition(":")[2], unit)


def written(data: Path, file: Path = FILE) -> Iterator[Written]:
    """The questions in `file` with their documents."""
    texts = {document.id: document for document in documents(data)}
    for number, row in enumerate(read_lines(file)):
        (start, end), answer = row["passage"], row["answer"]  # type: ignore[misc]
        document = texts[str(row["source"])]
        said = document.text[start:end][slice(*answer)] if answer else ""  # type: ignore[misc]
        yield Written(f"written-{number}", document, start, end, str(row["question"]), said)


def load_written(data: Path, split: Splitter, wanted: Part, hold: Unit, file: Path = FILE) -> Corpus:
    """The questions of one part, with their passages."""
    passages: dict[str, list[Passage]] = {}
    questions = []
    for each in written(data, file):
        if each.part(hold) != wanted:
            continue
        key, text, title = (
            f"{each.document.id}#{each.start}",
            each.document.text[each.start : each.end],
            each.document.title,
        )
        passages.setdefault(key, [Passage(title, text, tuple((a, b) for a, b in split(text) if b > a), key)])
        answers = (each.answer,) if each.answer else ()
        questions.append(Question(each.id, each.question, answers, key, title, bool(answers)))
    return Corpus("written", passages, questions)


def held_back(data: Path, file: Path = FILE) -> EvalSet:
    """The questions on documents that are not trained on, over these; of squad2 and timeqa, their own serve for that."""
    asked = (each for each in written(data, file) if not each.document.id.startswith(WITH_QUESTIONS))
    kept = [each for each in asked if each.part("document") != "train"]
    examples = (
        Example(
            each.id,
            each.question,
            (each.answer,) if each.answer else (),
            answerable=bool(each.answer),
            doc_ids=(each.document.id,) if each.answer else (),
            source_doc=each.document.id,
            part=each.part("document"),
        )
        for each in kept
    )
    return EvalSet("written", tuple(examples), tuple({each.document.id: each.document for each in kept}.values()))


def documents(data: Path) -> Iterator[SetDocument]:
    """Every document that questions may be about: those of squad2/, timeqa/ and wice/ in `data`, and made up ones."""
    for row in read_lines(MADE_UP):
        yield SetDocument(f"own:{row['n']}", str(row["title"]), str(row["text"]))
    for name in ("squad2", "timeqa"):
        for row in read_lines(data / name / "corpus.jsonl"):
            yield SetDocument(f"{name}:{row['id']}", str(row["title"]), str(row["text"]))
    for row in read_lines(data / "wice" / "claims.jsonl"):
        lines = (re.sub(r"\s+", " ", line).strip() for line in str(row["document"]).splitlines())
        yield SetDocument(f"wice:{row['id']}", "", " ".join(line for line in lines if line))
