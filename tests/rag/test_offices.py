"""Whose words and whose office a question asks for."""

import pytest

from rag.offices import another_holder, another_speaker
from rag.question import read


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("Who was Chad's foreign minister?", "Kenyan Foreign Minister Anna Berg met her counterpart from Chad.", True),
        ("Who is the president of Chad?", "The President of Kenya, Anna Berg, spoke.", True),
        ("Who is the president of Kenya?", "Kenyan President Anna Berg spoke.", False),
        ("Who is the president of France?", "French President Anna Berg spoke.", False),
        ("Who is the president of Kenya?", "President Anna Berg spoke.", False),
        ("Who is the president of the United States?", "American President Anna Berg spoke.", False),
        ("Who is the director of the dam?", "Anna Berg, director of the Nile Dam, spoke.", False),
        ("What did the president of Chad build?", "Kenyan President Anna Berg built it.", False),
    ],
)
def test_an_office_of_something_else_is_told(question: str, text: str, another: bool) -> None:
    assert another_holder(read(question), text) is another


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("What did President Berg say about the dam?", "The dam is safe, said President Ode.", True),
        ("What did Anna Berg say about the dam?", "The dam is safe, Berg said.", False),
        ("How does Kenya describe the plan?", "The Kenyan side called it fair.", False),
        ("What is at risk, according to Anna Berg?", "Water is at risk, Ode said.", True),
        ("According to the report, what is at risk?", "Water is at risk.", False),
        ("What did the WHO say about the dam?", "Water is at risk, the World Health Organization said.", False),
        ("What did the engineer say?", "Water is at risk.", False),
    ],
)
def test_words_of_somebody_else_are_told(question: str, text: str, another: bool) -> None:
    assert another_speaker(read(question), text) is another
