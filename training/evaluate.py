"""The figures: is the chosen sentence right, and does the reader know when there is none?

python -m training.evaluate --data PATH [--part test] [--hold document] [--reader rag/reader]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from index.passages import sentence_spans
from rag.reader.reader import FOLDER, Context, Reader, Reading
from training.data import WORD, Corpus, Labelled, Lexical, Question, label, load
from training.split import Part, Unit
from training.written import load_written

ReadAll = Callable[[Sequence[tuple[str, Sequence[Context]]]], Iterator[list[Reading]]]


@dataclass(frozen=True)
class Asked:
    """A question, the contexts to read for it, and which of their sentences hold an answer."""

    question: Question
    contexts: tuple[Context, ...]
    gold: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Score:
    """What was read for one question: the best margins, and whether what was chosen is right."""

    answerable: bool
    sentence: float  # the best sentence's score - null
    span: float  # the best span's score
    right: bool
    exact: bool  # the span of the chosen sentence is an answer
    overlap: float  # token F1 of that span with the nearest answer


@dataclass(frozen=True)
class Figures:
    """Rates over questions; `sentence`, `span_exact` and `span_f1` over the answerable ones."""

    questions: int
    sentence: float
    span_exact: float
    span_f1: float
    auroc_sentence: float
    auroc_span: float
    auroc_both: float


def asked(corpus: Corpus, passages: int = 4) -> Iterator[Asked]:
    """Each question with its paragraph, or the best few of its article's passages by BM25.

    An answerable question of which no passage holds an answer is left out: retrieval failed there, not reading.
    """
    lexical = {key: Lexical(value) for key, value in corpus.passages.items() if len(value) > 1}
    for question in corpus.questions:
        found = corpus.passages[question.source]
        if question.source in lexical:
            found = lexical[question.source].search(question.text, passages) or found[:passages]
        labelled = [label(p, question.answers) if question.answerable else Labelled(p) for p in found]
        if any(p.gold for p in labelled) or not question.answerable:
            contexts = tuple(Context(p.title, p.text, p.sentences) for p in found)
            yield Asked(question, contexts, tuple(p.gold for p in labelled))


def f1(given: str, wanted: str) -> float:
    """F1 of the words of two answers, articles aside (SQuAD's measure)."""
    a, b = ([w for w in WORD.findall(text.lower()) if w not in ("a", "an", "the")] for text in (given, wanted))
    same = sum(min(a.count(word), b.count(word)) for word in {*a})
    return 2 * same / (len(a) + len(b)) if same else 0.0


def score(item: Asked, readings: Sequence[Reading]) -> Score:
    """The sentence with the highest margin of all contexts is chosen."""
    choices = [
        (sentence.score - reading.null, c, s)
        for c, reading in enumerate(readings)
        for s, sentence in enumerate(reading.sentences)
    ]
    margin, c, s = max(choices)
    span = readings[c].sentences[s].span
    text = item.contexts[c].text[slice(*span)] if span else ""
    near = max((f1(text, answer) for answer in item.question.answers), default=0.0)
    best = max(sentence.span_score for reading in readings for sentence in reading.sentences)
    return Score(item.question.answerable, margin, best, s in item.gold[c], near == 1.0, near)


def scores(corpus: Corpus, read_all: ReadAll) -> list[Score]:
    """Every question of `corpus`, as `read_all` reads it."""
    items = list(asked(corpus))
    readings = read_all([(item.question.text, item.contexts) for item in items])
    return [score(item, found) for item, found in zip(items, readings, strict=True)]


def one_by_one(reader: Reader) -> ReadAll:
    """How the product reads."""
    return lambda pairs: (reader.read(question, contexts) for question, contexts in pairs)


def figures(found: Sequence[Score]) -> Figures:
    """All figures of some scores; nan where there is nothing to tell apart."""
    answerable = [s for s in found if s.answerable]
    truth = [s.answerable for s in found]
    one, two = np.array([s.sentence for s in found]), np.array([s.span for s in found])
    return Figures(
        len(found),
        float(np.mean([s.right for s in answerable])),
        float(np.mean([s.exact for s in answerable])),
        float(np.mean([s.overlap for s in answerable])),
        *(float(roc_auc_score(truth, x)) for x in (one, two, one + two / 2)),
    )


def intervals(found: Sequence[Score], draws: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
    """The 95 % percentile bootstrap interval of every figure, over questions."""
    rng = random.Random(seed)
    drawn = [asdict(figures(rng.choices(found, k=len(found)))) for _ in range(draws)]
    return {name: tuple(np.percentile([d[name] for d in drawn], (2.5, 97.5)).tolist()) for name in drawn[0]}


def line(name: str, found: Sequence[Score]) -> str:
    """The figures on one line."""
    values = asdict(figures(found))
    return f"{name}: " + " ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items())


def table(name: str, found: Sequence[Score]) -> str:
    """The figures with their intervals, a row of Markdown each."""
    bounds = intervals(found)
    rows = (
        f"| {name} | {k} | {v:.3f} | {bounds[k][0]:.3f} to {bounds[k][1]:.3f} |"
        for k, v in asdict(figures(found)).items()
    )
    return "\n".join(rows)


def by_article(corpus: Corpus, found: Sequence[Score]) -> str:
    """The main figures of each article: articles differ more than the questions within one do."""
    titles = [item.question.title for item in asked(corpus)]
    rows = []
    for title in sorted({*titles}):
        own = figures([s for s, of in zip(found, titles, strict=True) if of == title])
        rows.append(
            f"| {title} ({own.questions}) | sentence / auroc_sentence | {own.sentence:.3f} / {own.auroc_sentence:.3f} | |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description="Figures of an exported reader.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with squad2/, timeqa/ and wice/")
    parser.add_argument("--part", choices=["train", "calibrate", "test"], default="test")
    parser.add_argument("--hold", choices=["document", "article"], default="document", help="what was held back whole")
    parser.add_argument("--reader", type=Path, default=FOLDER)
    given = parser.parse_args()
    part: Part = given.part
    unit: Unit = given.hold
    reader = Reader.load(given.reader)
    print("| set | figure | value | 95 % interval |\n| --- | --- | --- | --- |")
    known = (load(given.data / name, sentence_spans).of(part, unit) for name in ("squad2", "timeqa"))
    for corpus in (*known, load_written(given.data, sentence_spans, part, unit)):
        found = scores(corpus, one_by_one(reader))
        print(table(f"{corpus.name}, {part}", found))
        if corpus.name == "squad2":
            print(by_article(corpus, found))


if __name__ == "__main__":
    main()
