from pathlib import Path

import pytest

from evals.compare import compare
from evals.errors import RunError
from tests.evals.samples import ABSTAINED, RIGHT, WRONG, example, row, run_with

EXAMPLES = [example("a"), example("b"), example("c", answerable=False)]


def test_changes_are_paired_question_by_question(tmp_path: Path):
    before = run_with(tmp_path / "one", EXAMPLES, [row("a", WRONG), row("b", RIGHT), row("c", WRONG)])
    after = run_with(tmp_path / "two", EXAMPLES, [row("c", ABSTAINED), row("a", RIGHT), row("b", RIGHT)])
    differences, changed = compare(before, after)
    by_name = {each[0]: each[1:] for each in differences.rows}
    assert by_name["right (answerable)"] == ("0.500", "1.000", "+0.500", "[+0.000, +1.000]", "2")
    assert by_name["refused (unanswerable)"] == ("0.000", "1.000", "+1.000", "[+1.000, +1.000]", "1")
    assert by_name["truthfulness"][:3] == ("-0.333", "1.000", "+1.333")
    assert [each[:3] for each in changed.rows] == [("a", "wrong", "right"), ("c", "wrong", "abstained")]


def test_what_became_wrong_comes_first(tmp_path: Path):
    before = run_with(tmp_path / "one", EXAMPLES, [row("a", WRONG), row("b", RIGHT)])
    after = run_with(tmp_path / "two", EXAMPLES, [row("a", RIGHT), row("b", WRONG)])
    assert [each[0] for each in compare(before, after)[1].rows] == ["b", "a"]


def test_only_questions_that_both_runs_have_count(tmp_path: Path):
    before = run_with(tmp_path / "one", EXAMPLES, [row("a", RIGHT)])
    after = run_with(tmp_path / "two", EXAMPLES, [row("a", RIGHT), row("b", WRONG)])
    assert dict((each[0], each[-1]) for each in compare(before, after)[0].rows)["right (answerable)"] == "1"


def test_another_answerer_can_be_compared(tmp_path: Path):
    rows = [row("a", RIGHT), row("a", WRONG, "dense only")]
    one, two = run_with(tmp_path / "one", EXAMPLES, rows), run_with(tmp_path / "two", EXAMPLES, rows)
    assert compare(one, two, "dense only")[0].title.startswith("dense only")


def test_runs_without_a_common_question_cannot_be_compared(tmp_path: Path):
    one = run_with(tmp_path / "one", EXAMPLES, [row("a", RIGHT)])
    two = run_with(tmp_path / "two", EXAMPLES, [row("b", RIGHT)])
    with pytest.raises(RunError, match="no question in common"):
        compare(one, two)
