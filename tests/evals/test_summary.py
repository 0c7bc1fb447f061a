from math import isnan
from pathlib import Path

import pytest

from evals.metrics import Interval
from evals.ranking import RankRow
from evals.rows import ClaimRow
from evals.summary import figures, percentile, ranking_figures, verifier_accuracy
from evals.tables import Table, cell
from evals.tabulate import run_figures, tables
from tests.evals.samples import ABSTAINED, RIGHT, WRONG, example, quote, row, run_with

GRADED = [
    (row("a", RIGHT), example("a")),
    (row("b", WRONG, confidence=0.6), example("b")),
    (row("c", ABSTAINED, confidence=0.1), example("c", answerable=False)),
    (row("d", ABSTAINED, confidence=0.2), example("d")),
]


def test_figures_are_the_metrics_of_the_rows():
    found = figures(GRADED)
    assert found["right"].value == pytest.approx(1 / 3)
    assert found["wrong"].value == 0.25
    assert found["refused"].value == 1.0
    assert found["over_refusal"].value == pytest.approx(1 / 3)
    assert found["truthfulness"].value == pytest.approx((1 - 1 + 1 + 0) / 4)
    assert found["coverage"].value == 0.5
    assert found["risk"].value == 0.5
    assert found["auroc"].value == 1.0
    assert found["true_slices"].value == found["verbatim"].value == 1.0
    assert found["right"].n == 3
    assert found["refused"].n == 1


def test_what_was_never_asked_has_no_figure():
    found = figures([(row("a", RIGHT), example("a"))])
    assert found["refused"].n == 0
    assert isnan(found["refused"].value)
    assert cell(found["refused"]) == "–"


def test_a_search_is_measured_by_document_and_by_answer():
    rank = RankRow("a", "fused", ("b.txt", "a.txt"), (False, True))
    found = ranking_figures([(rank, example("a")), (RankRow("c", "fused", (), ()), example("c", answerable=False))])
    assert found["recall@1"].value == 0.0
    assert found["recall@5"].value == found["answer@5"].value == 1.0
    assert found["MRR@10"].value == 0.5
    assert found["MRR@10"].n == 1


def test_lies_are_the_claims_that_are_not_in_their_quotes():
    lie = ClaimRow("It cost $8.", "contradicted", (quote(),))
    missed = ClaimRow("It cost $9.", "supported", (quote(),))
    liar = [
        (row("a", WRONG, "liar", claims=(lie,)), example("a")),
        (row("b", WRONG, "liar", claims=(missed,)), example("b")),
        (row("c", RIGHT, "liar"), example("c")),
    ]
    assert figures(liar)["caught"].value == 0.5
    assert figures(liar)["caught"].n == 2
    truth = [(row("a", RIGHT, "oracle"), example("a"))]
    assert verifier_accuracy(truth, liar).value == pytest.approx((1.0 + 0.5) / 2)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.95, 4.0), (0.0, 1.0), (1.0, 4.0)])
def test_a_percentile_is_a_value_that_was_seen(share: float, expected: float):
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected


def test_a_cell_tells_figure_interval_and_n():
    assert cell(Interval(0.95, 0.9, 1.0, 89)) == "0.95 [.90 1.00] 89"
    assert cell(Interval(-0.05, -0.2, 0.1, 9)) == "-0.05 [-.20 .10] 9"
    assert cell(Interval(float("nan"), 0, 0, 9)) == "–"
    assert cell(Interval(123.4, 99.6, 150.0, 9), digits=0) == "123 [100 150] 9"


def test_the_tables_of_a_run_name_every_answerer_and_every_part(tmp_path: Path):
    examples = [example("a", part="tuning", category="single"), example("b", part="held_out", category="years")]
    rows = [
        row("a", RIGHT),
        row("b", WRONG),
        row("a", ABSTAINED, "always abstain"),
        row("b", ABSTAINED, "always abstain"),
    ]
    run = run_with(tmp_path / "run", examples, rows)
    run.add(RankRow("a", "dense", ("a.txt",), (True,)))
    made = tables(run)
    assert [first[0] for first in made["answers"].rows] == ["Footnote", "always abstain"]
    assert [first[0] for first in made["parts"].rows] == ["tuning", "held_out"]
    assert [first[0] for first in made["categories"].rows] == ["single", "years"]
    assert [first[0] for first in made["retrieval"].rows] == ["dense"]
    assert run_figures(run)["Footnote/held_out"]["right"].value == 0.0
    assert run_figures(run)["search:dense"]["recall@1"].value == 1.0


def test_a_table_is_written_for_a_terminal_and_for_markdown_and_comes_back_from_json():
    table = Table("Speed", ("what", "ms"), (("ask", "12"), ("a|b", "3")), "A note.")
    assert table.text().splitlines() == ["Speed", "what  ms", "----  --", "ask   12", "a|b    3", "A note."]
    assert table.markdown().splitlines()[:4] == ["| what | ms |", "| --- | ---: |", "| ask | 12 |", "| a\\|b | 3 |"]
    assert Table.from_dict(table.to_dict()) == table
