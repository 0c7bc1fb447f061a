"""Fit the probability that a sentence answers: python -m training.calibrate --data PATH.

Reads the questions of the "calibrate" articles of squad2 and timeqa (never those the reader was trained on) over the
whole corpus, and those with an answer once more without their own document. Writes rag/reader/calibration.json and
prints figures of questions left out of each fold, and then of the "test" articles, which nothing was fitted on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evals.corpus import opened
from evals.datasets import EvalSet, Example
from evals.loaders import load
from evals.metrics.answers import holds
from evals.metrics.calibration import auroc, expected_calibration_error
from index.documents import Filter
from rag import Footnote, Settings
from rag.engine import context
from rag.evidence import CALIBRATION, FEATURES, Calibration, Evidence, rank
from rag.question import read
from rag.retrieval import retrieve
from training.split import part

CANDIDATES = 3
"""Sentences a question, by the reader, that the model is fitted on."""
FOLDS = 5
FLAT = Calibration(tuple(1.0 if name == "reader" else 0.0 for name in FEATURES), 0.0, ())
SETS = ("squad2", "timeqa")
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Candidates: features (n, len(FEATURES)), labels (n,), the question (n,) and the part ("calibrate" or "test") of each."""

    features: Rows
    labels: NDArray[np.int64]
    questions: NDArray[np.int64]
    parts: NDArray[np.str_]
    sets: NDArray[np.str_]
    answerable: NDArray[np.int64]

    def where(self, keep: NDArray[np.bool_]) -> Table:
        """The rows that `keep` marks."""
        return Table(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def collect(data: Path, limit: int | None) -> Table:
    """Ask every question of the parts that were not trained on."""
    rows: list[tuple[tuple[float, ...], int, int, str, str, int]] = []
    number = 0
    for name in SETS:
        eval_set, footnote = opened(_relevant(load("jsonl", data / name), limit), Settings.load())
        titles = {info.id: info.title for info in footnote.library.documents()}
        for example in eval_set.examples:
            where = part(titles.get(example.source_doc or "", ""))
            for evidence, answerable in _readings(footnote, example):
                number += 1
                best = sorted(evidence, key=lambda item: -item.features[0])[:CANDIDATES]
                rows += [(i.features, _holds(i, example), number, where, name, answerable) for i in best]
        footnote.close()
    columns = list(zip(*rows, strict=True))
    return Table(*(np.array(column) for column in columns))


def _relevant(eval_set: EvalSet, limit: int | None) -> EvalSet:
    """The questions of articles that were not trained on; of long articles, only those stay in the corpus."""
    titles = {document.id: document.title for document in eval_set.documents}
    asked = eval_set.sample(limit, lambda example: part(titles.get(example.source_doc or "", "")) != "train")
    if eval_set.name != "timeqa":
        return asked
    return replace(asked, documents=tuple(each for each in asked.documents if part(each.title) != "train"))


def _readings(footnote: Footnote, example: Example) -> Iterator[tuple[list[Evidence], int]]:
    found = retrieve(footnote.library, example.question, 10, Filter())
    for kept, answerable in (
        (found, example.answerable),
        ([s for s in found if s.passage.document_id not in example.doc_ids], False),
    ):
        if kept is found or example.answerable:
            few = kept[: footnote.settings.passages_read]
            readings = footnote.reader.read(example.question, [context(scored) for scored in few])
            yield rank(read(example.question), few, readings, FLAT), int(answerable)


def _holds(item: Evidence, example: Example) -> int:
    gold = item.passage.document_id in example.doc_ids
    return int(gold and any(holds(item.sentence.text, answer) for answer in example.answers))


def fit(table: Table) -> tuple[dict[str, float], float]:
    """Weights on raw features and the bias."""
    model = _model().fit(table.features, table.labels)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return dict(zip(FEATURES, weights.round(5).tolist(), strict=True)), round(bias, 5)


def _model() -> object:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=1000))


def held_out(table: Table) -> Rows:
    """Probabilities of each row by a model that has seen none of its fold's questions, shape (n,)."""
    scores = np.zeros(len(table.labels))
    for train, test in GroupKFold(FOLDS).split(table.features, table.labels, table.questions):
        scores[test] = (
            _model().fit(table.features[train], table.labels[train]).predict_proba(table.features[test])[:, 1]
        )
    return scores


def tops(table: Table, scores: Rows) -> tuple[Rows, NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]]:
    """Of each question the best candidate's (probability, right or not, answerable or not, set)."""
    best: dict[int, int] = {}
    for row, question in enumerate(table.questions):
        if question not in best or scores[row] > scores[best[question]]:
            best[question] = row
    chosen = list(best.values())
    return scores[chosen], table.labels[chosen], table.answerable[chosen], table.sets[chosen]


def risk_curve(scores: Rows, right: NDArray[np.int64]) -> list[tuple[float, float]]:
    """(threshold, share of wrong answers at or above it), made monotone, ascending thresholds."""
    curve, worst = [], 0.0
    for threshold in np.arange(0.98, 0.0, -0.02):
        answered = scores >= threshold
        risk = float(1 - right[answered].mean()) if answered.any() else 0.0
        worst = max(worst, risk)
        curve.append((round(float(threshold), 2), round(worst, 4)))
    return curve[::-1]


def describe(
    name: str, scores: Rows, right: NDArray[np.int64], answerable: NDArray[np.int64], threshold: float
) -> None:
    """Print one line of figures."""
    answered = scores >= threshold
    asked = answerable == 1
    refused = 1 - answered[asked].mean()
    truth = (answered & (right == 1)).mean() - (answered & (right == 0)).mean() + (~answered & ~asked).mean()
    risk = 1 - right[answered].mean() if answered.any() else 0.0
    print(f"{name:22} n={len(scores):5} first sentence right {right[asked].mean():.3f}  AUROC answerable {auroc(scores.tolist(), (answerable == 1).tolist()):.3f}  "
          f"ECE {expected_calibration_error(scores.tolist(), (right == 1).tolist()):.3f}  at {threshold:.2f}: risk {risk:.3f}  over-refusal {refused:.3f}  truthfulness {truth:.3f}")  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Collect, fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with squad2/ and timeqa/")
    parser.add_argument("--limit", type=int, help="at most this many questions a set")
    parser.add_argument("--risk", type=float, default=0.05)
    parser.add_argument("--out", type=Path, default=CALIBRATION)
    args = parser.parse_args(argv)
    table = collect(args.data, args.limit)
    fitted = table.where(table.parts == "calibrate")
    scores, right, answerable, sets = tops(fitted, held_out(fitted))
    curve = risk_curve(scores, right)
    threshold = Calibration((), 0.0, tuple(curve)).threshold(args.risk)
    weights, bias = fit(fitted)
    args.out.write_text(json.dumps({"weights": weights, "bias": bias, "risk_curve": curve}, indent=1) + "\n", "utf-8")
    for cut in (threshold, 0.5):
        for name in SETS:
            describe(f"{name}, cross-fitted", *(column[sets == name] for column in (scores, right, answerable)), cut)
    _report_test(table.where(table.parts == "test"), weights, bias, threshold)


def _report_test(table: Table, weights: dict[str, float], bias: float, threshold: float) -> None:
    scores = 1 / (1 + np.exp(-(table.features @ np.array(list(weights.values())) + bias)))
    top, right, answerable, sets = tops(table, scores)
    for cut in (threshold, 0.5):
        for name in SETS:
            describe(f"{name}, test articles", *(column[sets == name] for column in (top, right, answerable)), cut)


if __name__ == "__main__":
    main()
