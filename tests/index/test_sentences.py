from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import MAX_CHARACTERS, sentence_spans
from tests.index.conftest import SEEDS


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["He met Dr. Li in Chengdu.", "They spoke for an hour."],
        ["Dr. Li, thanks for being here."],
        ["He lives in the U.S. and likes it.", "She does not."],
        ["He moved to the U.S.", "In 2020 he left."],
        ["The U.S. President spoke."],
        ["J. K. Rowling wrote No. 5 on Jan. 5.", "It sold well."],
        ["Ask Maria Lindgren, ext. 204.", "She knows."],
        ["It cost $3.5 million, i.e. too much.", "Nobody paid."],
        ["Approx. five men came, e.g. Bob.", "See Fig. 3 and pp. 5-6."],
        ["“I go.”", "She left.", "‘No!’ he said."],
        ['"Really?" he asked.', "Yes."],
        ["This ‘builds trust,’ he said.", "“It works.”"],
        ["He left…", "The next day came."],
        ["Wait… what?", "He said... and then left."],
        ["**Bold.**", "Next.", "_It ends._", "So."],
        ["(It rained.)", "Then it stopped."],
        ["It rose in 2024.[1]", "It fell in 2023."],
        ["The temperature is 5 C.", "It is cold."],
        ["Version 2.0 is out.", "Go to 10.0.0.1."],
    ],
)
def test_sentences_on_one_line_are_told_apart(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们走了。他说：“好的！”真的吗？是。", ["我们走了。", "他说：“好的！”", "真的吗？", "是。"]),
        ("هل هذا صحيح؟ نعم. هذا كل شيء۔ نعم", ["هل هذا صحيح؟", "نعم.", "هذا كل شيء۔", "نعم"]),
        ("यह एक वाक्य है। यह दूसरा है।", ["यह एक वाक्य है।", "यह दूसरा है।"]),
    ],
)
def test_full_stops_of_other_scripts_end_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_missing_space_after_a_full_stop_is_seen_only_where_it_is_safe() -> None:
    assert sentences("He moved.Then he left. It was in 2024.The end was near.") == [
        "He moved.", "Then he left.", "It was in 2024.", "The end was near.",
    ]  # fmt: skip
    kept = ["Open config.Yaml at www.Example.Com now.", "Write to a.b@Example.The for it."]
    assert sentences(" ".join(kept)) == kept


def test_headings_list_items_and_speakers_stand_alone() -> None:
    lines = ["A heading", "## Another", "- an item", "* one more", "1. First", "**(Host):** Welcome back.", "Name: Bob"]
    assert sentences("\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Type II absorbs best at 680 nm,\ntype I at 700.", ["Type II absorbs best at 680 nm,\ntype I at 700."]),
        ("The electrons pass through\nplastoquinone.", ["The electrons pass through\nplastoquinone."]),
        ("It is Blackman's law, from\n1905. Above it.", ["It is Blackman's law, from\n1905.", "Above it."]),
        ("Hi Tom,\nwe ordered them.", ["Hi Tom,", "we ordered them."]),
        ("Sign in\nSettings", ["Sign in", "Settings"]),
    ],
)
def test_a_short_line_goes_on_when_it_cannot_end_there(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_hard_wrap_does_not_end_a_sentence() -> None:
    text = (
        "The treaty is to enshrine the principle of everlasting friendship between\n"
        "the countries in the form of law, said the President of the United Nations\n"
        "Assembly. It was signed.\n\nNext paragraph"
    )
    assert sentences(text) == [
        "The treaty is to enshrine the principle of everlasting friendship between\n"
        "the countries in the form of law, said the President of the United Nations\nAssembly.",
        "It was signed.",
        "Next paragraph",
    ]


def test_a_line_that_ends_in_a_comma_goes_on() -> None:
    text = "“We will commence drafting a comprehensive declaration for the summit,”\nWang Yi outlined."
    assert sentences(text) == [text]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_every_kind_of_blank_line_ends_a_paragraph(newline: str) -> None:
    assert sentences(f"one without an end{newline}{newline}two") == ["one without an end", "two"]


def test_a_sentence_too_long_to_quote_is_cut_where_it_hurts_least() -> None:
    long = "; ".join(f"the country number {number} signed the treaty in that year" for number in range(40)) + "."
    parts = sentences(long)
    assert len(parts) > 2
    assert all(part.endswith((";", ".")) and len(part.split()) <= 120 for part in parts)
    assert all(len(part) <= MAX_CHARACTERS for part in sentences("x" * 5000 + " " + "我" * 2000))


def test_a_long_line_is_cut_as_its_sentences_are_on_their_own() -> None:
    parts = [f"Sentence number {number} names Dr. Li of the U.S. office." for number in range(2000)]
    assert sentences(" ".join(parts)) == parts


def test_a_long_line_without_an_end_loses_nothing() -> None:
    check_cover("word " * 50_000 + "." * 20_000)


def test_punkt_that_gives_up_does_not_stop_a_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            raise TimeoutError

    monkeypatch.setattr("index.sentences._punkt", Slow)
    assert sentences("One. Two. Three") == ["One.", "Two.", "Three"]


def test_the_seeds_hold_no_cut_after_a_title_and_no_sentence_over_two_paragraphs() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        found = sentences(path.read_text(encoding="utf-8"))
        assert len(found) > 10
        assert not [part for part in found if part.endswith((" Dr.", " Mr.")) or "\n\n" in part]


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=150)
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    check_cover(text)


@given(
    st.lists(
        st.sampled_from(
            ["Dr. ", "He ", "U.S. ", "\n", "\n\n", ".”", "“A ", "! ", "? ", "… ", "。", "1. ", "- ", "x.The "]
        ),
        max_size=60,
    )
)
@settings(deadline=None, max_examples=150)
def test_marks_in_any_order_lose_nothing(parts: list[str]) -> None:
    check_cover("".join(parts))


def check_cover(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
