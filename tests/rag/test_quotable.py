from __future__ import annotations

import pytest

from index.documents import Document
from index.passages import split
from rag.quotable import asks, placed, quotable
from tests.rag.made import passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who opened it?", True),
        ("“Who opened it?”", True),
        ("Anna Berg (host): Who opened it?", True),
        ("The panel of Anna Berg explored one question: who opened it?", False),
        ("Anna Berg opened it.", False),
    ],
)
def test_a_sentence_asks_unless_it_tells_something_first(text: str, expected: bool) -> None:
    assert asks(text) is expected


def test_a_heading_is_no_evidence_when_text_follows_it() -> None:
    text = (
        "A safer dam for all\n\nThe dam of Veltmark holds 4 million tonnes.\n\nOwner: Anna Berg\n\n- The north gate\n"
    )
    assert [sentence.text for sentence in quotable(passage(text))] == [
        "The dam of Veltmark holds 4 million tonnes.",
        "Owner: Anna Berg",
        "- The north gate",
    ]
    assert [sentence.text for sentence in quotable(passage("A safer dam for all"))] == ["A safer dam for all"]
    assert quotable(passage("Please enter your comment!")) == []


def test_a_line_leans_on_its_heading_a_row_on_its_columns_and_prose_on_the_sentence_before() -> None:
    text = (
        "The shop is old. It is small.\n\nOpening hours\n\nMonday: 9:00 to 17:00\n\nSunday: closed all day\n\n"
        "Staff | Phone\n\nAnna | 4411\n\nBen | 4420\n\nIt closes early. Come soon.\n"
    )
    assert [(each.sentence.text, each.lead) for each in placed(passage(text))] == [
        ("The shop is old.", ""),
        ("It is small.", "The shop is old."),
        ("Monday: 9:00 to 17:00", "Opening hours"),
        ("Sunday: closed all day", "Opening hours"),
        ("Staff | Phone", "Opening hours"),
        ("Anna | 4411", "Staff | Phone"),
        ("Ben | 4420", "Staff | Phone"),
        ("It closes early.", "Ben | 4420"),
        ("Come soon.", "It closes early."),
    ]


def test_a_page_has_headings_without_blank_lines() -> None:
    text = "Opening hours\nMonday: 9:00 to 17:00\nSunday: 9:00 to 19:00\n"
    (page,) = split(Document("a.pdf", text, "0" * 64, "A report", pages=(0,)))
    assert [(each.sentence.text, each.lead) for each in placed(page)] == [
        ("Monday: 9:00 to 17:00", "Opening hours"),
        ("Sunday: 9:00 to 19:00", "Opening hours"),
    ]


def test_prose_stands_under_the_last_heading_or_question() -> None:
    text = "## Returns\n\nThey are free. They take a week.\n\nQ: May I keep it?\nA: You may.\n"
    assert [(each.sentence.text, each.heading) for each in placed(passage(text))] == [
        ("They are free.", "## Returns"),
        ("They take a week.", "## Returns"),
        ("Q: May I keep it?", "## Returns"),
        ("A: You may.", "Q: May I keep it?"),
    ]
