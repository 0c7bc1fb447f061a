"""What the documentation says was measured, and stays what was measured."""

from pathlib import Path

import pytest

from evals.errors import RunError
from evals.figures import filled, keep, outdated, refresh, store, stored_table
from evals.tables import Table
from tests.evals.samples import RIGHT, example, row, run_with

TABLE = Table("Speed", ("what", "ms"), (("ask", "12"),))
MARKED = "# Title\n\n<!-- figures: bench/ask -->\nold\n<!-- /figures -->\n\nEnd.\n"


def test_every_figure_in_the_documentation_is_the_stored_one():
    assert outdated() == []


def test_a_marked_table_is_filled_from_the_stored_result_and_nothing_else_changes(tmp_path: Path):
    store("bench", "python -m evals.bench ask", {"ask": TABLE}, tmp_path)
    text = filled(MARKED, tmp_path)
    assert text.startswith("# Title\n\n<!-- figures: bench/ask -->\n| what | ms |")
    assert text.endswith("<!-- /figures -->\n\nEnd.\n")
    assert "python -m evals.bench ask" in text
    assert filled(text, tmp_path) == text


def test_a_figure_changed_by_hand_is_noticed_and_set_right(tmp_path: Path):
    root, results = tmp_path / "root", tmp_path / "results"
    store("bench", "x", {"ask": TABLE}, results)
    (root / "docs").mkdir(parents=True)
    (root / "README.md").write_text(MARKED)
    (root / "docs" / "speed.md").write_text("no mark")
    assert refresh(root, results) == [root / "README.md"]
    assert outdated(root, results) == []
    (root / "README.md").write_text((root / "README.md").read_text().replace("| 12 |", "| 9 |"))
    assert outdated(root, results) == [root / "README.md"]


def test_two_marks_do_not_run_into_each_other(tmp_path: Path):
    store("bench", "x", {"ask": TABLE, "cold": Table("C", ("process", "s"), (("import", "1"),))}, tmp_path)
    text = filled(MARKED + MARKED.replace("bench/ask", "bench/cold"), tmp_path)
    assert text.count("End.") == 2
    assert text.count("| import | 1 |") == 1


def test_a_mark_without_a_result_is_an_error_that_names_it(tmp_path: Path):
    with pytest.raises(RunError, match="'ask'"):
        stored_table("bench", "ask", tmp_path)


def test_a_run_is_kept_with_its_command_and_commit(tmp_path: Path):
    run = run_with(tmp_path / "run", [example("a")], [row("a", RIGHT)])
    keep(run, "kept", tmp_path / "results")
    text = stored_table("kept", "answers", tmp_path / "results")
    assert "`python -m evals small`, 2025-01-02, commit abc123" in text
    assert "| Footnote | 1.00 [1.00 1.00] 1 |" in text
