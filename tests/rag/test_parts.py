import pytest

from rag.parts import split


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who designed the dam?", ["Who designed the dam?"]),
        ("Who designed the dam and when did the dam open?", ["Who designed the dam?", "When did the dam open?"]),
        ("How many dams and how many turbines?", ["How many dams?", "How many turbines?"]),
        ("Who designed the dam and when?", ["Who designed the dam?", "When (Who designed the dam)?"]),
        ("Who is Ada Byron and where is she buried?", ["Who is Ada Byron?", "Where is Ada Byron buried?"]),
        (
            "How did exports change between 1999 and 2004?",
            ["How much was exports in 1999?", "How much was exports in 2004?"],
        ),
        ("What were exports in 1999 and 2004?", ["What were exports in 1999?", "What were exports in 2004?"]),
        ("Compare exports in 1999 and 2004", ["What was exports in 1999", "What was exports in 2004"]),
        (
            "Were exports higher in 1999 than in 2004?",
            ["How much was exports in 1999?", "How much was exports in 2004?"],
        ),
        (
            "Which was larger, exports in 1999 or in 2004?",
            ["How much was exports in 1999?", "How much was exports in 2004?"],
        ),
        (
            "How did exports develop from 1999 to 2004?",
            ["How much was exports in 1999?", "How much was exports in 2004?"],
        ),
        ("What was developed from 1811 to 1827?", ["What was developed from 1811 to 1827?"]),
        ("Who owned it from 1811 to 1827?", ["Who owned it from 1811 to 1827?"]),
        ("Which road and which rail line cross it?", ["Which road and which rail line cross it?"]),
        ("Is bread and butter food?", ["Is bread and butter food?"]),
    ],
)
def test_a_question_is_split_only_where_it_asks_twice(question: str, expected: list[str]) -> None:
    assert split(question) == expected
