from __future__ import annotations

import pytest

from index.passages import split
from tests.index.conftest import a_document


def said(text: str) -> list[str]:
    return [sentence.text for passage in split(a_document(text)) for sentence in passage.sentences]


def test_a_command_belongs_to_the_sentence_that_announces_it() -> None:
    text = "# Install\n\nIt is quick. Install it with pip:\n\n```shell\n$ pip install it\n```\n\nThen run it."
    assert said(text) == [
        "# Install",
        "It is quick.",
        "Install it with pip:\n\n```shell\n$ pip install it\n```",
        "Then run it.",
    ]


@pytest.mark.parametrize("mark", ["-", "*", "•", "1."])
def test_short_items_belong_to_the_sentence_that_announces_them(mark: str) -> None:
    text = f"The plan has two goals:\n{mark} more trade\n{mark} fewer borders\n\nIt was signed."
    assert said(text) == [f"The plan has two goals:\n{mark} more trade\n{mark} fewer borders", "It was signed."]


def test_bare_lines_right_under_a_colon_are_its_items() -> None:
    listed = "You can choose between:\na MacBook Pro 14\na ThinkPad X1"
    assert said(f"{listed}\nLaptops are replaced every four years.") == [
        listed,
        "Laptops are replaced every four years.",
    ]
    assert said("You can choose:\n\na MacBook Pro 14") == ["You can choose:", "a MacBook Pro 14"]


def test_items_that_are_sentences_of_their_own_stay_so() -> None:
    item = "- The first of the goals is that trade grows every year by a tenth or more.\n"
    assert len(said("The plan has two goals:\n" + 2 * item)) == 3


def test_a_long_list_is_cut_where_a_quote_would_grow_too_long() -> None:
    found = said("It supports:\n" + "".join(f"- kind {number} of a file\n" for number in range(30)))
    assert found[0].startswith("It supports:\n- kind 0 of a file\n- kind 1")
    assert all(len(sentence.split()) <= 60 for sentence in found)
    assert found[-1] == "- kind 29 of a file"


@pytest.mark.parametrize("heading", ["## Risks", "Risks of the pit"])
def test_a_heading_announces_the_list_under_it(heading: str) -> None:
    listed = f"{heading}\n\n• Flooding in winter\n\n• A shortage of welders"
    assert said(f"{listed}\n\nThe committee decides.") == [listed, "The committee decides."]


def test_steps_stay_together_and_bullets_that_are_sentences_apart() -> None:
    steps = "## Steps\n\n1. Chop the onion.\n2. Fry it. Add salt."
    assert said(steps) == [steps]
    assert said("## News\n\n- The dam opened.\n- It rained.") == ["## News", "- The dam opened.", "- It rained."]


def test_a_heading_over_a_long_list_stays_a_heading() -> None:
    found = said("# Members\n\n" + "".join(f"- member number {number}\n" for number in range(40)))
    assert found[:2] == ["# Members", "- member number 0"]


def test_a_speaker_announces_nothing() -> None:
    assert said("Anna:\nI was there.\n\nBen:\nSo was I.") == ["Anna:", "I was there.", "Ben:", "So was I."]


def test_the_lines_of_code_are_one_sentence_and_blank_lines_do_not_cut_it() -> None:
    code = "```python\nimport it\n\nit.run()  # Runs. Always.\n```"
    assert said(f"An example.\n\n{code}\n\nThe end.") == ["An example.", code, "The end."]


def test_a_fence_that_is_never_closed_hides_nothing() -> None:
    assert said("```\nimport it\n\nIt runs. It stops.")[-2:] == ["It runs.", "It stops."]
