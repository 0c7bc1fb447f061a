from collections.abc import Iterator, Sequence

import pytest

from rag.answer import Verdict
from rag.checking import BESIDE, CUT, SILENT, completed, written
from rag.composing import claim
from rag.drafting.drafter import Draft, History
from rag.drafting.extractive import ExtractiveDrafter
from rag.drafting.generative import NotInDocuments
from rag.errors import LLMUnavailable
from rag.evidence import Evidence
from tests.rag.made import evidence

OFFERED = evidence("The harbour of Veltmark opened in 1931. The harbour employs 310 people.")


class Scripted:
    """A writer that says what it is told, attempt by attempt; an exception in the script is raised."""

    name = "scripted"

    def __init__(self, *attempts: Sequence[str | Exception]) -> None:
        self._attempts = list(attempts)
        self.rejected: Sequence[str] = ()

    def draft(self, question: str, evidence: Sequence[Evidence], history: History) -> Iterator[Draft]:
        for said in self._attempts.pop(0):
            if isinstance(said, Exception):
                raise said
            yield Draft(said, ())

    def repair(self, question: str, evidence: Sequence[Evidence], rejected: Sequence[str]) -> Iterator[Draft]:
        self.rejected = list(rejected)
        return self.draft(question, evidence, ())

    def rewrite(self, question: str, history: History) -> str:
        return question


def run(writer: Scripted, show: bool = False) -> tuple[list[tuple[str, Verdict]], list[str]]:
    notices: list[str] = []
    claims = written(writer, "When did it open?", OFFERED, (), lambda item: item.passage.text, show, notices)
    return [(claim.text, claim.verdict) for claim in claims], notices


def test_a_true_sentence_stands_and_a_false_one_is_cut() -> None:
    shown, notices = run(Scripted(["The harbour of Veltmark opened in 1931.", "The harbour employs 900 people."]))
    assert shown == [("The harbour of Veltmark opened in 1931.", Verdict.SUPPORTED)]
    assert notices == []


def test_a_sentence_that_was_broken_off_is_not_fully_supported() -> None:
    shown, _ = run(Scripted(["The harbour of Veltmark opened in"]))
    assert [verdict for _, verdict in shown if verdict is Verdict.SUPPORTED] == []


def test_what_is_cut_can_be_shown_with_its_verdict() -> None:
    writer = Scripted(["The harbour employs 900 people.", "The harbour of Veltmark opened in 1931."])
    shown, _ = run(writer, show=True)
    assert shown[0] == ("The harbour employs 900 people.", Verdict.CONTRADICTED)


def test_a_model_with_nothing_left_may_try_once_more_and_is_told_what_was_wrong() -> None:
    writer = Scripted(["The harbour employs 900 people."], ["The harbour employs 310 people."])
    shown, notices = run(writer)
    assert writer.rejected == ["The harbour employs 900 people."]
    assert shown == [("The harbour employs 310 people.", Verdict.SUPPORTED)]
    assert notices == []


def test_a_model_that_stays_wrong_is_replaced_with_a_notice() -> None:
    shown, notices = run(Scripted(["The harbour employs 900 people."], ["The harbour opened in 1800."]))
    assert (shown, notices) == ([], [CUT])


def test_a_model_that_finds_nothing_is_replaced_with_a_notice() -> None:
    assert run(Scripted([NotInDocuments("no")])) == ([], [SILENT])


def test_a_model_that_fails_is_replaced_and_the_reason_is_shown() -> None:
    shown, notices = run(Scripted([LLMUnavailable("The model does not answer; start it.")]))
    assert shown == []
    assert notices[0].startswith("The model does not answer; start it.")


BESIDE_IT, ANSWER = "The harbour of Veltmark opened.", "The harbour of Veltmark opened in 1931."


@pytest.mark.parametrize(
    ("said", "show", "shown", "noticed"),
    [
        ([BESIDE_IT], False, [], [BESIDE]),
        ([BESIDE_IT], True, [BESIDE_IT], [BESIDE]),
        ([BESIDE_IT, ANSWER], False, [BESIDE_IT, ANSWER], []),
    ],
)
def test_a_true_sentence_that_leaves_the_answer_out_waits_for_one_that_answers(
    said: list[str], show: bool, shown: list[str], noticed: list[str]
) -> None:
    offered = evidence("The old harbour of Veltmark opened in 1931.", answer="1931")
    notices: list[str] = []
    claims = written(Scripted(said), "When did it open?", offered, (), lambda item: item.passage.text, show, notices)
    assert [claim.text for claim in claims] == shown
    assert notices == noticed


@pytest.mark.parametrize(
    ("question", "told", "added"),
    [
        ("When did it open?", [], ["It opened in 1931."]),
        ("When did it open?", [0], []),
        ("Which things are said of it?", [0], ["It employs 310 people."]),
    ],
)
def test_what_the_model_left_out_is_added_and_nothing_is_said_twice(
    question: str, told: list[int], added: list[str]
) -> None:
    found = evidence("It opened in 1931. It employs 310 people.")
    said = [claim(found[place].sentence.text, [found[place]], Verdict.SUPPORTED) for place in told]
    left = completed(ExtractiveDrafter(), [(question, found)], said)
    assert [each.text for each in left] == added


def test_each_part_of_a_question_is_answered_by_the_model_or_by_the_documents() -> None:
    opened, employs = evidence("The harbour opened in 1931."), evidence("It employs 310 people.", document_id="b.txt")
    parts = [("When did it open?", opened), ("How many does it employ?", employs)]
    said = [claim("The harbour opened in 1931.", opened, Verdict.SUPPORTED)]
    assert [each.text for each in completed(ExtractiveDrafter(), parts, said)] == ["It employs 310 people."]


def test_a_sentence_that_answers_two_parts_is_quoted_once() -> None:
    found = evidence("The harbour opened in 1931 with 310 workers.")
    parts = [("When did it open?", found), ("How many workers did it have?", found)]
    assert [each.text for each in completed(ExtractiveDrafter(), parts, [])] == [found[0].sentence.text]


def test_a_sentence_of_which_the_model_left_the_answer_out_is_quoted() -> None:
    found = evidence("The old harbour opened in 1931.", answer="1931")
    said = [claim("The old harbour opened.", found, Verdict.SUPPORTED)]
    left = completed(ExtractiveDrafter(), [("When did it open?", found)], said)
    assert [each.text for each in left] == [found[0].sentence.text]
