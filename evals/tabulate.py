"""The tables of a run: every answerer beside the others, Footnote by part and by category, the searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from evals.datasets import Example
from evals.metrics import Interval
from evals.ranking import RankRow
from evals.rows import Row
from evals.run import Run
from evals.summary import Figures, Graded, figures, grouped, ranking_figures, verifier_accuracy
from evals.tables import Table, cell

Columns = Mapping[str, str]
R = TypeVar("R", Row, RankRow)

ANSWERS: Columns = {
    "right": "right",
    "wrong": "wrong",
    "refused": "refused rightly",
    "over_refusal": "over-refusal",
    "truthfulness": "truthfulness",
    "first_sentence_right": "right at once",
    "token_f1": "token F1",
}
CONFIDENCE: Columns = {
    "coverage": "coverage",
    "risk": "risk",
    "aurc": "AURC",
    "ece": "ECE",
    "auroc": "AUROC",
    "abstention_precision": "abst. precision",
    "abstention_f1": "abst. F1",
}
CITATIONS: Columns = {
    "citation_recall": "cit. recall",
    "citation_precision": "cit. precision",
    "faithfulness": "faithfulness",
    "verbatim": "verbatim",
    "gold_document": "of gold document",
    "quotes_hold_answer": "hold the answer",
    "true_slices": "true slices",
}
EFFORT: Columns = {"words": "words p50", "ms_p50": "ms p50", "ms_p95": "ms p95"}
SHORT: Columns = {name: ANSWERS[name] for name in ("right", "wrong", "refused", "over_refusal", "truthfulness")}

NOTES = {
    "answers": "figure [95 % interval, bootstrap] n. right: of the answerable, what was said holds the gold answer.",
    "confidence": "risk: wrong of those answered. AURC: mean risk at the coverages reached.",
    "citations": "The first three by Footnote's verifier as judge{accuracy}; the others need no judge.",
    "retrieval": "answer@k: a gold document's passage in the first k holds the answer; follow-ups are asked rewritten.",
}


def tables(run: Run) -> dict[str, Table]:
    """All tables of a run by name; those without a row are left out."""
    examples = {example.id: example for example in run.examples()}
    by_answerer = _by(run.rows(), examples, lambda row: row.answerer)
    computed = {name: figures(rows) for name, rows in by_answerer.items()}
    name = str(run.meta["set"])
    made = {
        "answers": _table(f"{name}: answers", "answerer", ANSWERS, computed, NOTES["answers"]),
        "confidence": _table(f"{name}: confidence", "answerer", CONFIDENCE, computed, NOTES["confidence"]),
        "citations": _table(f"{name}: citations", "answerer", CITATIONS, computed, _judge_note(by_answerer)),
        "effort": _table(f"{name}: length and time", "answerer", EFFORT, computed, digits=0),
        "retrieval": _retrieval(name, run, examples),
        **_of_first(name, by_answerer),
        "lies": _lies(name, by_answerer, computed),
    }
    return {key: table for key, table in made.items() if table.rows}


def run_figures(run: Run) -> dict[str, dict[str, Interval]]:
    """Every figure of a run: answerer or search -> metric -> interval; parts as "answerer/part"."""
    examples = {example.id: example for example in run.examples()}
    found: dict[str, dict[str, Interval]] = {}
    for name, rows in _by(run.rows(), examples, lambda row: row.answerer).items():
        found[name] = figures(rows)
        found |= {f"{name}/{part}": figures(of) for part, of in grouped(rows, lambda each: each.part).items()}
    for name, ranks in _by(run.ranks(), examples, lambda row: row.system).items():
        found[f"search:{name}"] = ranking_figures(ranks)
    return found


def _of_first(name: str, by_answerer: Mapping[str, Graded]) -> dict[str, Table]:
    if not by_answerer:
        return {}
    who, rows = next(iter(by_answerer.items()))
    parts = {part: figures(of) for part, of in grouped(rows, lambda example: example.part).items()}
    kinds = {kind: figures(of) for kind, of in grouped(rows, lambda example: example.category).items()}
    return {
        "parts": _table(f"{name}: {who} by part", "part", ANSWERS, parts),
        "categories": _table(f"{name}: {who} by category", "category", SHORT, kinds),
    }


def _retrieval(name: str, run: Run, examples: Mapping[str, Example]) -> Table:
    computed = {who: ranking_figures(rows) for who, rows in _by(run.ranks(), examples, lambda row: row.system).items()}
    columns = {metric: metric for metric in next(iter(computed.values()), {})}
    return _table(f"{name}: retrieval", "search", columns, computed, NOTES["retrieval"])


def _lies(name: str, by_answerer: Mapping[str, Graded], computed: Mapping[str, Figures]) -> Table:
    if not {"liar", "oracle"} <= by_answerer.keys():
        return Table("", (), ())
    accuracy = verifier_accuracy(by_answerer["oracle"], by_answerer["liar"])
    row = ("Footnote.verify", cell(computed["liar"]["caught"]), cell(accuracy))
    return Table(
        f"{name}: the liar",
        ("checked by", "lies caught", "balanced accuracy"),
        (row,),
        "A lie: a true sentence with one figure changed. Caught: called contradicted or unsupported.",
    )


def _judge_note(by_answerer: Mapping[str, Graded]) -> str:
    accuracy = verifier_accuracy(by_answerer.get("oracle", ()), by_answerer.get("liar", ()))
    known = f" (balanced accuracy on true and falsified sentences {cell(accuracy)})" if accuracy.n else ""
    return NOTES["citations"].format(accuracy=known)


def _table(
    title: str, first: str, columns: Columns, computed: Mapping[str, Figures], note: str = "", digits: int = 2
) -> Table:
    heads = (first, *columns.values())
    rows = tuple((name, *(cell(each[metric], digits) for metric in columns)) for name, each in computed.items())
    return Table(title, heads, rows, note)


def _by(
    rows: Sequence[R], examples: Mapping[str, Example], key: Callable[[R], str]
) -> dict[str, list[tuple[R, Example]]]:
    groups: dict[str, list[tuple[R, Example]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append((row, examples[row.id]))
    return groups
