from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.drafting.markers import MarkedSentence, MarkerParser


def parse(text: str, count: int = 5, size: int | None = None) -> list[tuple[str, tuple[int, ...]]]:
    parser = MarkerParser(count)
    sentences: list[MarkedSentence] = []
    for start in range(0, len(text), size or max(1, len(text))):
        sentences += parser.feed(text[start : start + (size or len(text))])
    return [(sentence.text, sentence.numbers) for sentence in [*sentences, *parser.close()]]


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[1,2]", (1, 2)),
        ("[1; 3]", (1, 3)),
        ("[1-3]", (1, 2, 3)),
        ("[2–4]", (2, 3, 4)),
        ("[1][2]", (1, 2)),
        ("[1] [2]", (1, 2)),
        ("[[1]]", (1,)),
        ("[[1], [2]]", None),
        ("【1】", (1,)),
        ("【4†source】", (4,)),
        ("[^3]", (3,)),
        ("[Source 2]", (2,)),
        ("[sources 1 and 2]", (1, 2)),
        ("[#1, #3]", (1, 3)),
        ("[2][2]", (2,)),
    ],
)
def test_a_marker_of_any_shape_is_read(marker: str, numbers: tuple[int, ...] | None) -> None:
    for text in (f"Trade grew fast {marker}.", f"Trade grew fast. {marker}", f"Trade grew fast{marker}."):
        if numbers is None:
            assert {number for _, found in parse(text) for number in found} == {1, 2}
        else:
            assert parse(text) == [("Trade grew fast.", numbers)]


def test_made_up_numbers_are_dropped_and_their_sentence_stays() -> None:
    assert parse("Trade grew [7]. It fell [0] [2].", count=3) == [("Trade grew.", ()), ("It fell.", (2,))]


@pytest.mark.parametrize(
    "text", ["He wrote [sic] then.", "The law of [2024] holds.", "A [bracket, open.", "x [1.", "]1["]
)
def test_brackets_that_are_no_markers_stay(text: str) -> None:
    assert parse(text) == [(text, ())]


def test_markers_after_the_full_stop_belong_to_the_sentence_before() -> None:
    assert parse("Trade grew. [1] It fell.[2] Then it rose.") == [
        ("Trade grew.", (1,)),
        ("It fell.", (2,)),
        ("Then it rose.", ()),
    ]


def test_a_full_stop_on_both_sides_of_a_marker_is_one() -> None:
    assert parse("Trade grew. [1]. It fell! [2]. ") == [("Trade grew.", (1,)), ("It fell!", (2,))]


def test_markers_at_the_start_of_a_line_belong_to_the_sentence_after() -> None:
    expected = [("Trade grew.", (1,)), ("It fell fast.", (2,))]
    assert parse("[1] Trade grew. [2] It fell fast.") == expected
    assert parse("[1]: Trade grew.\n[2] - It fell fast.") == expected


def test_lists_headings_and_bold_lose_their_marks() -> None:
    assert parse("# Answer: **Trade** grew [1].\n\n- It fell [2].\n2. It rose __fast__ [3].") == [
        ("Trade grew.", (1,)),
        ("It fell.", (2,)),
        ("It rose fast.", (3,)),
    ]


def test_brackets_in_code_are_not_markers() -> None:
    assert parse("Write `a[1]` first [2].") == [("Write a[1] first.", (2,))]
    assert parse("Use this:\n```python\nx[1] = 3\n```\nDone [2].") == [
        ("Use this:", ()),
        ("x[1] = 3", ()),
        ("Done.", (2,)),
    ]


def test_a_fence_round_the_whole_answer_is_left_out() -> None:
    assert parse("```\nTrade grew [1].\n```\nIt fell [2].") == [("Trade grew.", (1,)), ("It fell.", (2,))]


def test_what_a_model_thinks_aloud_is_not_read() -> None:
    assert parse("<think>Perhaps [1].\nNo.</think>\n\nTrade grew [2].") == [("Trade grew.", (2,))]
    assert parse("<think>It never ends [1].") == []


def test_abbreviations_and_decimals_do_not_cut_sentences() -> None:
    assert parse("The U.S. economy grew 3.5 percent [1]. Dr. Li said so [2].") == [
        ("The U.S. economy grew 3.5 percent.", (1,)),
        ("Dr. Li said so.", (2,)),
    ]


def test_a_sentence_comes_out_as_soon_as_the_next_one_has_begun() -> None:
    parser = MarkerParser(2)
    assert parser.feed("Trade grew [1].") == []
    assert parser.feed(" It") == []
    assert parser.feed(" fell") == [MarkedSentence("Trade grew.", (1,))]
    assert parser.feed(" [2].\n") == [MarkedSentence("It fell.", (2,))]


PIECES = st.sampled_from(
    "Trade grew| it| fell|.| |\n|[1]|[1, 2]|[[3]]|【2】|[|]|[sic]|`|```|py|<think>|</think>|<|1|2.|- |**|U.S."
    "|Answer:|!|[9]|#|†|é|的。|[2|(x)".split("|")
)


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(1, 7))
def test_the_result_does_not_depend_on_how_the_stream_was_cut(text: str, size: int) -> None:
    assert parse(text, size=size) == parse(text)


@given(st.text(alphabet="ab 1[]【】`<>.\n-*#†", max_size=60))
def test_any_text_gives_sentences_with_offered_numbers_only(text: str) -> None:
    for sentence, numbers in parse(text, count=1):
        assert set(numbers) <= {1}
        assert any(character.isalnum() for character in sentence)
