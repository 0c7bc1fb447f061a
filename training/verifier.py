"""Fit the verifier's logistic model on WiCE: python -m training.verifier --data PATH.

Writes rag/reader/verifier.json and prints cross-validated figures. A claim counts as supported when WiCE says so;
"partially supported" and "not supported" do not.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from index.documents import Document, Passage
from index.embedding import Embedder, MiniLM
from index.passages import split
from rag.evidence import Evidence
from rag.question import stems
from rag.quotable import placed
from rag.verification import MODEL, SIGNALS, select_support, signals, window

FOLDS = 10
PASSAGES = 5


def candidates(claim: str, text: str, embedder: Embedder) -> list[Evidence]:
    """The sentences of the passages nearest to `claim`, as retrieval would give them."""
    passages = split(Document("page", text, "", text.splitlines()[0][:100] if text else ""))
    wanted, query = stems(claim), embedder.embed_query(claim)
    overlap = sorted(passages, key=lambda p: -len(wanted & stems(p.text)))[: 2 * PASSAGES]
    near = sorted(overlap, key=lambda p: -(_share(wanted, p) + float(query @ embedder.embed_query(p.text))))[:PASSAGES]
    return [item for passage in near for item in _sentences(passage)]


def _share(wanted: frozenset[str], passage: Passage) -> float:
    return len(wanted & stems(passage.text)) / max(1, len(wanted))


def _sentences(passage: Passage) -> list[Evidence]:
    return [Evidence(passage, each.sentence, 0.0, each.lead) for each in placed(passage)]


def table(path: Path, embedder: Embedder) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Signals (n, len(SIGNALS)) and labels (n,): 1 where the page supports the claim whole."""
    rows, labels = [], []
    for line in (path / "wice" / "claims.jsonl").read_text("utf-8").splitlines():
        item = json.loads(line)
        found = candidates(item["claim"], item["document"], embedder)
        support = select_support(item["claim"], found)
        around = window(item["document"], support[0].sentence.start) if support else ""
        rows.append(signals(item["claim"], support, found, around) if support else (0.0,) * len(SIGNALS))
        labels.append({"supported": 2, "partially_supported": 1, "not_supported": 0}[item["label"]])
    return np.array(rows), np.array(labels)


def fit(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, object]:
    """Weights on raw signals, and the two thresholds: best balanced accuracy for "supported" and for "at all"."""
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", C=0.3))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    whole = (labels == 2).astype(int)
    held_out = cross_val_predict(model, rows, whole, cv=folds, method="predict_proba")[:, 1]
    supported = best_threshold(held_out, whole)
    partly = best_threshold(held_out, (labels > 0).astype(int))
    print(f"wice, n={len(labels)}, {FOLDS}-fold: AUROC {roc_auc_score(whole, held_out):.3f}, balanced accuracy at 0.5 "
          f"{balanced_accuracy_score(whole, held_out >= 0.5):.3f}, nested {nested(rows, whole):.3f}")  # fmt: skip
    model.fit(rows, whole)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return {
        "weights": dict(zip(SIGNALS, weights.round(5).tolist(), strict=True)),
        "bias": round(bias, 5),
        "supported": round(supported, 3),
        "partly": round(min(partly, supported), 3),
    }


def nested(rows: NDArray[np.float64], whole: NDArray[np.int64]) -> float:
    """Balanced accuracy when the threshold, too, is chosen on the training folds only."""
    predicted = np.zeros_like(whole)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(rows, whole):
        model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", C=0.3))
        inner = cross_val_predict(model, rows[train], whole[train], cv=5, method="predict_proba")[:, 1]
        cut = best_threshold(inner, whole[train])
        predicted[test] = model.fit(rows[train], whole[train]).predict_proba(rows[test])[:, 1] >= cut
    return float(balanced_accuracy_score(whole, predicted))


def best_threshold(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The threshold with the best balanced accuracy."""
    cuts = np.unique(scores.round(3))
    return float(max(cuts, key=lambda cut: balanced_accuracy_score(labels, scores >= cut)))


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with wice/claims.jsonl")
    parser.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args(argv)
    start = time.perf_counter()
    rows, labels = table(args.data, MiniLM())
    print(f"signals: {1000 * (time.perf_counter() - start) / len(labels):.1f} ms a claim, candidates' search included")
    for place, name in enumerate(SIGNALS):
        print(f"  {name:14} AUROC {roc_auc_score((labels == 2).astype(int), rows[:, place]):.3f}")
    args.out.write_text(json.dumps(fit(rows, labels), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
