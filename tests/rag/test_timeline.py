from datetime import date

import pytest

from rag.timeline import resolve, wants_newest


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much was exported last year?", "How much was exported in 2024?"),
        ("What happened in the last year?", "What happened in the last year?"),
        ("What was decided two years ago?", "What was decided in 2023?"),
        ("What was built in 2020?", "What was built in 2020?"),
    ],
)
def test_relative_years_count_from_the_newest_document(question: str, expected: str) -> None:
    assert resolve(question, date(2025, 6, 18)) == expected


def test_without_a_dated_document_nothing_is_assumed() -> None:
    assert resolve("How much last year?", None) == "How much last year?"


def test_the_latest_state_is_asked_for_in_several_ways() -> None:
    assert wants_newest("What is the latest figure?")
    assert not wants_newest("What is the figure for 2020?")
