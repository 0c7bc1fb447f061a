"""The figures: is the chosen sentence right, and does the reader know when there is none?"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from training.batches import Reading, batches
from training.data import WORD, Corpus, Group, Labelled, Lexical, Question, label
from training.model import ReaderModel


@dataclass(frozen=True)
class Score:
    """What was read for one question: the best margins, and whether what was chosen is right."""

    answerable: bool
    sentence: float  # best sentence's score - null
    span: float  # best start + end - [CLS]'s
    right: bool
    exact: bool  # the span that was chosen is an answer
    overlap: float  # token F1 of that span with the nearest answer


@dataclass(frozen=True)
class Figures:
    """Rates over questions; `sentence` and `exact` over answerable ones only."""

    questions: int
    sentence: float
    span_exact: float
    span_f1: float
    auroc_sentence: float
    auroc_span: float
    auroc_both: float


def asked_groups(corpus: Corpus, passages: int = 4) -> list[tuple[Question, Group]]:
    """Each question with the passages to read: its paragraph, or of a long article the best few by BM25."""
    out, lexical = [], {key: Lexical(value) for key, value in corpus.passages.items() if len(value) > 1}
    for question in corpus.questions:
        found = corpus.passages[question.source]
        if question.source in lexical:
            found = lexical[question.source].search(question.text, passages) or found[:passages]
        labelled = tuple(label(p, question.answers) if question.answerable else Labelled(p) for p in found)
        if question.answerable and not any(p.gold for p in labelled):
            continue
        out.append((question, Group(question.text, labelled)))
    return out


def read_all(
    model: ReaderModel, reading: Reading, groups: Sequence[Group]
) -> list[list[tuple[np.ndarray, float, np.ndarray, np.ndarray]]]:
    """Per group and window: sentence scores (s,), null, start (t,), end (t,)."""
    model.eval()
    reads = [reading.read(group) for group in groups]
    order = sorted(range(len(reads)), key=lambda i: max(len(r.window.ids) for r in reads[i]))
    out: list[list[tuple[np.ndarray, float, np.ndarray, np.ndarray]]] = [[] for _ in reads]
    flat = [(i, read) for i in order for read in reads[i]]
    at = 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches([[read] for _, read in flat], 8192, None):
            score, null, start, end = (x.float().numpy() for x in model(batch.ids, batch.types, batch.mask, batch.pool))
            for row in range(len(null)):
                i, read = flat[at]
                n, t = read.window.count, len(read.window.ids)
                out[i].append((score[row, :n], float(null[row]), start[row, :t], end[row, :t]))
                at += 1
    return out


def best_span(
    start: np.ndarray, end: np.ndarray, sentence: np.ndarray, only: int | None = None, longest: int = 30
) -> tuple[float, int, int]:
    """The best start <= end inside one sentence, as (score above [CLS], start, end)."""
    best = (-1e9, 0, 0)
    for i in {*sentence.tolist()} - {-1} if only is None else {only}:
        at = np.flatnonzero(sentence == i)
        if not len(at):
            continue
        grid = start[at][:, None] + end[at][None, :]
        gap = np.arange(len(at))[None, :] - np.arange(len(at))[:, None]
        grid = np.where((gap >= 0) & (gap < longest), grid, -1e9)
        a, b = divmod(int(grid.argmax()), len(at))
        best = max(best, (float(grid[a, b]) - float(start[0] + end[0]), int(at[a]), int(at[b])))
    return best


def f1(given: str, wanted: str) -> float:
    a, b = [[w for w in WORD.findall(text.lower()) if w not in ("a", "an", "the")] for text in (given, wanted)]
    same = sum(min(a.count(word), b.count(word)) for word in {*a})
    return 2 * same / (len(a) + len(b)) if same else 0.0


def scores(model: ReaderModel, reading: Reading, corpus: Corpus) -> list[Score]:
    asked = asked_groups(corpus)
    out = []
    for (question, group), found in zip(asked, read_all(model, reading, [g for _, g in asked]), strict=True):
        reads = reading.read(group)
        owners = [labelled for labelled in group.passages for _ in reading.read(Group(group.question, (labelled,)))]
        chosen, margin = max(
            (((w, int(s.argmax())), float(s.max() - null)) for w, (s, null, _, _) in enumerate(found)),
            key=lambda pair: pair[1],
        )
        w, i = chosen
        spans = [
            best_span(start, end, read.window.sentence) for read, (_, _, start, end) in zip(reads, found, strict=True)
        ]
        _, a, b = best_span(found[w][2], found[w][3], reads[w].window.sentence, i)
        text = owners[w].passage.text[reads[w].window.offsets[a][0] : reads[w].window.offsets[b][1]]
        near = max((f1(text, answer) for answer in question.answers), default=0.0)
        out.append(Score(question.answerable, margin, max(spans)[0], i in reads[w].gold, near == 1.0, near))
    return out


def figures(found: Sequence[Score]) -> Figures:
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


def interval(
    found: Sequence[Score], of: Callable[[Sequence[Score]], float], draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a figure over questions."""
    rng = random.Random(seed)
    values = sorted(of(rng.choices(found, k=len(found))) for _ in range(draws))
    return values[int(draws * 0.025)], values[int(draws * 0.975)]


def table(name: str, found: Sequence[Score]) -> str:
    return f"{name}: " + " ".join(
        f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in asdict(figures(found)).items()
    )
