from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.answerers import AlwaysAbstains
from evals.datasets import Example
from evals.errors import RunError
from evals.ranking import RankRow
from evals.rows import ClaimRow, Row
from evals.run import Run, execute, latest, steps
from rag import Footnote
from rag.answer import Answer
from tests.evals.samples import RIGHT, example, quote, row, run_with


class Stopping(AlwaysAbstains):
    """Counts what it is asked, and is stopped at one question as a person stops it."""

    def __init__(self, at: str = "") -> None:
        self.at = at
        self.asked: list[str] = []

    def answer(self, example: Example) -> Answer:
        if example.id == self.at:
            raise KeyboardInterrupt
        self.asked.append(example.id)
        return super().answer(example)


def drained(rows: Iterator[Row | RankRow]) -> list[Row | RankRow]:
    return list(rows)


def test_rows_come_back_from_disk_as_they_were(tmp_path: Path):
    rows = [row("a", RIGHT), row("b", RIGHT, claims=(ClaimRow("x\u2028y", "partly", (quote("é\n"),)),))]
    run = run_with(
        tmp_path / "run", [example("a"), example("b", history=(("user", "x"),), answers_all=(("p", "q"),))], rows
    )
    assert Run.load(run.folder).rows() == rows
    assert Run.load(run.folder).examples()[1] == example("b", history=(("user", "x"),), answers_all=(("p", "q"),))


def test_a_stopped_run_goes_on_where_it_ended(tmp_path: Path, footnote: Footnote):
    run = run_with(tmp_path / "run", [example(id_) for id_ in "abcd"], [])
    first = Stopping(at="c")
    with pytest.raises(KeyboardInterrupt):
        drained(execute(run, [first], footnote))
    assert [each.id for each in run.rows()] == ["a", "b"]
    second = Stopping()
    assert steps(run, [second], []) == 2
    drained(execute(run, [second], footnote))
    assert [each.id for each in run.rows()] == ["a", "b", "c", "d"]
    assert set(second.asked) == {"c", "d"}


def test_a_line_cut_off_by_a_crash_is_asked_again(tmp_path: Path, footnote: Footnote):
    run = run_with(tmp_path / "run", [example("a"), example("b")], [row("a", RIGHT, "always abstain")])
    with (run.folder / "rows.jsonl").open("a") as file:
        file.write('{"id": "b", "answ')
    assert len(run.rows()) == 1
    drained(execute(run, [AlwaysAbstains()], footnote))
    assert [each.id for each in run.rows()] == ["a", "b"]


def test_a_damaged_row_is_named(tmp_path: Path):
    run = run_with(tmp_path / "run", [example("a")], [])
    (run.folder / "rows.jsonl").write_text('{"id": "a"}\n')
    with pytest.raises(RunError, match=r"rows\.jsonl is damaged"):
        run.rows()


def test_the_newest_run_is_found_by_its_name(tmp_path: Path):
    run_with(tmp_path / "20250101-000000-small", [], [])
    run_with(tmp_path / "20250102-000000-small", [], [])
    assert latest(tmp_path).folder.name == "20250102-000000-small"


def test_no_run_is_a_sentence(tmp_path: Path):
    with pytest.raises(RunError, match="python -m evals"):
        latest(tmp_path)
    with pytest.raises(RunError, match="holds no run"):
        Run.load(tmp_path)
