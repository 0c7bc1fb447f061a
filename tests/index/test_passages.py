from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from index.manifest import parsed_id
from index.passages import passage_id, split, token_counts
from tests.index.conftest import SEEDS, a_document


@given(
    st.text(max_size=1500)
    | st.lists(
        st.sampled_from(
            ["The end. ", "\n\n", "A heading\n", "word " * 60, "我" * 300, "\x00", "\r\n", "e\u0301", "😀"]
        ),
        max_size=30,
    ).map("".join),
    st.sampled_from([50, 200]),
)
@settings(deadline=None, max_examples=200)
def test_the_passages_of_any_text_put_together_are_the_text(text: str, tokens: int) -> None:
    passages = split(a_document(text), tokens)
    assert "".join(passage.text for passage in passages) == text
    at = 0
    for passage in passages:
        assert (passage.start, passage.text) == (at, text[passage.start : passage.end])
        at = passage.end
        for sentence in passage.sentences:
            assert passage.start <= sentence.start < sentence.end <= passage.end
            assert sentence.text == text[sentence.start : sentence.end]
    assert at == len(text)


def test_repeated_text_keeps_its_places() -> None:
    text = "The same sentence again and again. " * 300
    passages = split(a_document(text))
    assert len(passages) > 5
    assert "".join(passage.text for passage in passages) == text
    assert len({sentence.start for passage in passages for sentence in passage.sentences}) == 300


def test_a_passage_holds_about_as_many_tokens_as_asked_for() -> None:
    text = "\n\n".join("China is the largest trading partner of the region, said the minister. " * 3 for _ in range(60))
    counts = token_counts([passage.text for passage in split(a_document(text), 200)])
    assert max(counts) <= 210
    assert sum(counts[:-1]) / len(counts[:-1]) > 130


def test_a_paragraph_that_fits_is_not_cut() -> None:
    paragraphs = [" ".join([f"Paragraph {number} has a few sentences of its own."] * 8) for number in range(9)]
    starts = {passage.text.split(" has")[0] for passage in split(a_document("\n\n".join(paragraphs)), 200)}
    assert all(start.startswith("Paragraph ") for start in starts)


def test_a_heading_stays_with_its_text() -> None:
    text = "\n\n".join(f"Heading {number}\n\n" + "A sentence of some length about trade. " * 20 for number in range(6))
    for passage in split(a_document(text), 200):
        assert not passage.sentences[-1].text.startswith("Heading")


def test_special_tokens_in_a_document_are_plain_text() -> None:
    text = "Before <|endoftext|> after."
    assert "".join(passage.text for passage in split(a_document(text))) == text


def test_a_passage_knows_its_page() -> None:
    text = ("A sentence on this page of the document. " * 30 + "\n") * 3
    document = a_document(text, pages=(0, len(text) // 3, 2 * len(text) // 3))
    pages = [passage.page for passage in split(document, 200)]
    assert pages[0] == 1
    assert pages[-1] == 3
    assert pages == sorted(page for page in pages if page)


def test_the_id_of_a_passage_can_be_taken_apart_whatever_the_document_is_called() -> None:
    for name in ("a.txt", "a@b#3.txt", "ordner/ü @ 2.md"):
        assert parsed_id(passage_id(name, "0123456789ab", 7)) == (name, "0123456789ab", 7)


def test_boilerplate_is_marked_in_the_seeds_and_kept_in_the_text() -> None:
    text = next(SEEDS.glob("004*")).read_text("utf-8")
    last = split(a_document(text))[-1]
    assert [sentence.text for sentence in last.sentences if sentence.boilerplate] == [
        "Please enter your comment!", "Please enter your name here",
    ]  # fmt: skip
    assert last.text.endswith("Please enter your name here")


def test_an_empty_document_has_no_passage_and_a_blank_one_has_one_without_sentences() -> None:
    assert split(a_document("")) == ()
    (only,) = split(a_document(" \n\t "))
    assert (only.text, only.sentences) == (" \n\t ", ())
