"""The training material: questions with what answers them, and passages that do not, from squad2 and timeqa."""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.split import Part, Unit, part, place

Span = tuple[int, int]
Splitter = Callable[[str], list[Span]]

PASSAGE_WORDS = 150  # about 200 tokens


@dataclass(frozen=True)
class Passage:
    """A text of some sentences (spans into `text`) of the article `title`."""

    title: str
    text: str
    sentences: tuple[Span, ...]
    source: str = ""

    def cut(self, first: int, last: int) -> Passage:
        """The sentences first..last (inclusive) as a passage of their own."""
        start, end = self.sentences[first][0], self.sentences[last][1]
        spans = tuple((a - start, b - start) for a, b in self.sentences[first : last + 1])
        return Passage(self.title, self.text[start:end], spans, self.source)

    def without(self, indexes: set[int]) -> Passage:
        """The passage without some of its sentences."""
        return join([self.cut(i, i) for i in range(len(self.sentences)) if i not in indexes], self.title, self.source)


def join(parts: Sequence[Passage], title: str, source: str = "") -> Passage:
    """Passages one after the other, a space between."""
    text, spans = "", []
    for piece in parts:
        text += " " if text else ""
        spans += [(len(text) + a, len(text) + b) for a, b in piece.sentences]
        text += piece.text
    return Passage(title, text, tuple(spans), source)


@dataclass(frozen=True)
class Labelled:
    """A passage with the spans that answer the question; none means: the passage does not answer it.

    `gold` are indexes of sentences, `spans` are offsets into the text (may be empty where only the sentence is known).
    """

    passage: Passage
    gold: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Group:
    """One question and the passages to read for it; their scores share one normalisation."""

    question: str
    passages: tuple[Labelled, ...]


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    answers: tuple[str, ...]
    source: str  # the document that it was asked about
    title: str
    answerable: bool


@dataclass(frozen=True)
class Corpus:
    """Passages by document, and the questions about them."""

    name: str
    passages: dict[str, list[Passage]]
    questions: list[Question]

    def of(self, wanted: Part, unit: Unit) -> Corpus:
        """The documents of one part only, held back one by one or by whole articles."""
        name = {key: key if unit == "document" else found[0].title for key, found in self.passages.items()}
        kept = {key: found for key, found in self.passages.items() if part(name[key], unit) == wanted}
        return self._only(kept)

    def share(self, wanted: float) -> Corpus:
        """A share of the documents, the same ones always; a greater share holds the lesser."""
        return self._only({key: found for key, found in self.passages.items() if place("share: " + key) < wanted})

    def _only(self, kept: dict[str, list[Passage]]) -> Corpus:
        return Corpus(self.name, kept, [question for question in self.questions if question.source in kept])


def read_lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def pack(text: str, title: str, source: str, split: Splitter, words: int = PASSAGE_WORDS) -> list[Passage]:
    """The passages of a document: whole sentences, up to about `words` words."""
    spans = [(a, b) for a, b in split(text) if b > a]
    passages, first, used = [], 0, 0
    whole = Passage(title, text, tuple(spans), source)
    for i, (a, b) in enumerate(spans):
        length = len(text[a:b].split())
        if i > first and used + length > words:
            passages.append(whole.cut(first, i - 1))
            first, used = i, 0
        used += length
    return [*passages, whole.cut(first, len(spans) - 1)] if spans else passages


def load(folder: Path, split: Splitter, words: int = PASSAGE_WORDS) -> Corpus:
    """corpus.jsonl and questions.jsonl of `folder`; long documents become several passages."""
    passages, titles = {}, {}
    for row in read_lines(folder / "corpus.jsonl"):
        key = str(row["id"])
        titles[key] = str(row["title"])
        passages[key] = pack(str(row["text"]), titles[key], key, split, words)
    questions = [
        Question(
            str(row["id"]),
            str(row["question"]),
            tuple(row["answers"]),
            str(row["source_doc"]),  # type: ignore[arg-type]
            titles[str(row["source_doc"])],
            bool(row["answerable"]),
        )
        for row in read_lines(folder / "questions.jsonl")
    ]
    return Corpus(folder.name, passages, questions)


def occurrences(text: str, answer: str) -> list[Span]:
    """Where `answer` stands in `text` as whole words, ignoring case."""
    pattern = r"(?<!\w)" + r"\s+".join(re.escape(word) for word in answer.split()) + r"(?!\w)"
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)] if answer.strip() else []


def label(passage: Passage, answers: Sequence[str]) -> Labelled:
    """Mark every occurrence of the answers; the longest where they nest is kept beside the shorter ones."""
    gold, spans = set(), set()
    for answer in answers:
        for start, end in occurrences(passage.text, answer):
            for i, (a, b) in enumerate(passage.sentences):
                if a <= start and end <= b:
                    gold.add(i)
                    spans.add((start, end))
    return Labelled(passage, frozenset(gold), tuple(sorted(spans)))


WORD = re.compile(r"\w+")


class Lexical:
    """BM25 (k1 0.9, b 0.4) over passages: finds the hard negatives, and nothing else."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.lengths = []
        for i, passage in enumerate(passages):
            counts = Counter(WORD.findall(f"{passage.title} {passage.text}".lower()))
            self.lengths.append(sum(counts.values()))
            for word, count in counts.items():
                self.postings[word].append((i, count))
        self.mean = sum(self.lengths) / max(1, len(self.lengths))

    def search(self, text: str, k: int) -> list[Passage]:
        scores: dict[int, float] = defaultdict(float)
        total = len(self.passages)
        for word in set(WORD.findall(text.lower())):
            found = self.postings.get(word, ())
            if len(found) > total / 4:
                continue
            weight = math.log(1 + (total - len(found) + 0.5) / (len(found) + 0.5))
            for i, count in found:
                scores[i] += weight * count * 1.9 / (count + 0.9 * (0.6 + 0.4 * self.lengths[i] / self.mean))
        return [self.passages[i] for i in sorted(scores, key=lambda i: (-scores[i], i))[:k]]


def shuffled(groups: Sequence[Group], seed: int) -> list[Group]:
    order = list(groups)
    random.Random(seed).shuffle(order)
    return order
