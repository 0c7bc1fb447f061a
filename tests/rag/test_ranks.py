import pytest

from rag.ranks import another_rank


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("Where was the second summit held?", "The inaugural summit was held in the capital.", True),
        ("Where was the second summit held?", "The 2nd summit was held in the capital.", False),
        ("Where was the second summit held?", "The first and the second summit were held in the capital.", False),
        ("Where was the second summit held?", "The first road led to the capital.", False),
        ("What was popular in the 21st century?", "In the 20th century it was popular.", True),
        ("Where was the summit held?", "The second summit was held in the capital.", False),
    ],
)
def test_another_rank_of_the_same_thing_is_no_answer(question: str, text: str, another: bool) -> None:
    assert another_rank(question, text) is another
