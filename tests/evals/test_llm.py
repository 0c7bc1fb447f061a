"""The measures of a language model, on answers of a scripted one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.datasets import Example
from evals.errors import SetError
from evals.llm import answers_table, follow_ups, main, shown_table
from evals.metrics import Outcome
from evals.writing import (
    Written,
    checked_text,
    extractive_text,
    footnotes_share,
    labelled,
    outcomes,
    raw_text,
    without_gold,
    write,
    write_sample,
)
from rag import Footnote
from rag.drafting.drafter import Draft, History
from rag.evidence import Evidence

OPENED = Example("opened", "In which year was the Mirow Bridge opened?", ("1931",))
LENGTH = Example("length", "How many metres long is the Mirow Bridge?", ("412",))


class Parrot:
    """A writer that says the same sentence whatever it is asked."""

    name = "parrot"

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def draft(self, question: str, evidence: Sequence[Evidence], history: History) -> Iterator[Draft]:
        return iter([Draft(text, ()) for text in self._texts])

    def repair(self, question: str, evidence: Sequence[Evidence], rejected: Sequence[str]) -> Iterator[Draft]:
        return iter([])

    def rewrite(self, question: str, history: History) -> str:
        return question


@pytest.fixture
def willing(footnote: Footnote) -> Footnote:
    """Never abstains, so that the model is always asked."""
    never = replace(footnote.calibration, risk_curve=((0.0, 0.0),))
    return Footnote(footnote.library, footnote.settings, footnote.reader, never)


def written(footnote: Footnote, example: Example, *texts: str) -> Written:
    return write(footnote, Parrot(*texts), example)


def test_a_true_sentence_of_the_model_is_shown_as_its_own(willing: Footnote) -> None:
    each = written(willing, OPENED, "The Mirow Bridge was opened in 1931.")
    assert raw_text(each) == "The Mirow Bridge was opened in 1931."
    assert [claim.text for claim in each.own] == ["The Mirow Bridge was opened in 1931."]
    assert without_gold([each]).individual == (0.0,)


def test_an_invented_figure_is_raw_only(willing: Footnote) -> None:
    each = written(willing, OPENED, "The Mirow Bridge was opened in 1952.")
    assert outcomes([each], raw_text) == [Outcome.WRONG]
    assert outcomes([each], checked_text) == outcomes([each], extractive_text) == [Outcome.RIGHT]
    assert each.own == ()
    assert without_gold([each]).individual == ()


def test_a_quotation_is_not_counted_as_the_models_own(willing: Footnote) -> None:
    quote = willing.ask(LENGTH.question).claims[0].text
    assert written(willing, LENGTH, quote).own == ()


def test_times_are_shared_between_model_and_footnote(willing: Footnote) -> None:
    each = written(willing, OPENED, "The Mirow Bridge was opened in 1931.")
    (share,) = footnotes_share([each]).individual
    assert 0.5 < share < 1  # a parrot takes no time
    assert each.first is not None
    assert each.first <= each.total


def test_labels_of_a_person_are_read_back(willing: Footnote, tmp_path: Path) -> None:
    both = [
        written(willing, OPENED, "The Mirow Bridge was opened in 1931."),
        written(willing, LENGTH, "The Mirow Bridge is 412 metres long."),
    ]
    sample, labels = tmp_path / "sample.jsonl", tmp_path / "labels.tsv"
    assert write_sample(both, sample) == 2
    ids = [line.split('"')[3] for line in sample.read_text("utf-8").splitlines()]
    labels.write_text(f"{ids[0]}\tyes\n{ids[1]}\tno\n", "utf-8")
    assert labelled(both, labels).individual == (0.0, 1.0)
    assert "0.500" in shown_table(both, labels).text()


@pytest.mark.parametrize("text", ["abc\n", "abc perhaps\n", "a b c\n"])
def test_labels_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.tsv").write_text(text, "utf-8")
    with pytest.raises(SetError, match="ID yes"):
        labelled([], tmp_path / "labels.tsv")


def test_the_table_sets_raw_and_checked_beside_the_extractive_answer(willing: Footnote) -> None:
    table = answers_table([written(willing, OPENED, "It was 1952.")], "parrot", "bridges")
    assert [row[0] for row in table.rows] == ["extractive", "parrot, unchecked", "parrot, checked"]
    assert [row[1][:4] for row in table.rows] == ["1.00", "0.00", "1.00"]


def test_rewriting_stands_beside_the_rules() -> None:
    rows = follow_ups(Parrot(), None, 5).rows
    assert {row[0].split(": ")[1] for row in rows} == {"bare turn", "by rules", "by parrot"}


def test_a_model_that_cannot_be_used_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mystery:model"]) == 2
    assert "RAG_LLM" in capsys.readouterr().err


def test_a_part_without_questions_is_reported_before_the_model_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_URL", "http://127.0.0.1:9")
    assert main(["openai:none", "--part", "unheard_of"]) == 2
    assert "has no question of the part unheard_of" in capsys.readouterr().err
