from __future__ import annotations

from pathlib import Path

import pytest

from index.lexical import Lexical, tokens
from index.manifest import Entry, entry_of
from index.passages import split
from tests.index.conftest import a_document


def written(lexical: Lexical, *texts: str) -> list[Entry]:
    documents = [a_document(text, f"{number}.txt") for number, text in enumerate(texts)]
    pairs = [(entry_of(document, split(document), 1), split(document)) for document in documents]
    lexical.write(add=pairs)
    return [entry for entry, _ in pairs]


def names(lexical: Lexical, question: str, **options: object) -> list[str]:
    return [name.split("@")[0] for name, _ in lexical.search(question, 10, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trading partners", ["trade", "partner"]),
        ("the of and", []),
        ("$94.8 billion, 1,500 people", ["94.8", "billion", "1500", "peopl"]),
        ("China’s and Xi’an", ["china", "xian"]),
        ("co-operation", ["co", "oper", "cooper"]),
        ("Café NAÏVE", ["cafe", "naiv"]),
        ("贸易额", ["贸易", "易额"]),
        ("第5届", ["第", "5", "届"]),
        ("", []),
        ("\x00 \u202e ...", []),
    ],
)
def test_terms_are_folded_stemmed_and_paired(text: str, expected: list[str]) -> None:
    assert sorted(tokens(text)) == sorted(expected)


def test_the_passage_that_shares_more_rare_words_comes_first(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "The treaty was signed.", "The treaty on the gas pipeline was signed.", "A wind farm runs.")
    assert names(lexical, "Who signed the pipeline treaty?") == ["1.txt", "0.txt"]


def test_a_passage_that_shares_no_word_is_no_hit(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "The treaty was signed.")
    assert lexical.search("bananas", 5) == []
    assert lexical.search("the of", 5) == []
    assert lexical.search("treaty", 0) == []


def test_text_without_spaces_is_found(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "中国与中亚国家的贸易额去年创下新高。", "外交部长在成都举行了会议。")
    assert names(lexical, "贸易额是多少？") == ["0.txt"]


def test_british_and_joined_spellings_of_a_compound_meet(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "Regional co-operation grows.")
    assert names(lexical, "cooperation") == ["0.txt"]
    assert names(lexical, "co-operation") == ["0.txt"]


def test_boilerplate_is_not_searched(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "The treaty was signed.\n\nPlease enter your comment!", "Please enter your name here")
    assert names(lexical, "comment name enter") == []
    assert names(lexical, "treaty") == ["0.txt"]


@pytest.mark.parametrize(
    ("terms", "having"),
    [(["uzbek"], ["0"]), (["o'br"], ["1"]), (["são"], ["1"]), (["15"], []), (["1500"], ["0"]), (["gas", "uz"], ["0"]),
     ([], [])],
)  # fmt: skip
def test_a_word_is_found_by_its_beginning_and_a_number_whole(
    tmp_path: Path, terms: list[str], having: list[str]
) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "Uzbekistan has 1,500 wells.", "Ms O'Brien flew to São Paulo.", "Enter your comment!")
    assert [name.split(".")[0] for name in lexical.having(terms, 5)] == having
    assert lexical.having(terms, 5, documents=[]) == lexical.having(terms, 5, documents=["2.txt"]) == []


def test_a_filter_changes_no_score(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "The treaty was signed.", "The treaty on gas was signed.")
    everything = dict(lexical.search("treaty", 5))
    within = lexical.search("treaty", 5, documents=["1.txt"])
    assert [name.split("@")[0] for name, _ in within] == ["1.txt"]
    assert within[0][1] == pytest.approx(everything[within[0][0]])
    assert lexical.search("treaty", 5, documents=[]) == []


def test_a_dropped_version_is_gone_and_a_repeated_one_is_there_once(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    (entry,) = written(lexical, "The treaty was signed.")
    written(lexical, "The treaty was signed.")
    assert names(lexical, "treaty") == ["0.txt"]
    lexical.write(drop=[(entry.id, entry.version)])
    assert names(lexical, "treaty") == []
    assert lexical.versions() == set()


def test_the_cache_opens_again_as_it_was_left(tmp_path: Path) -> None:
    first = Lexical(tmp_path)
    (entry,) = written(first, "The treaty was signed.")
    first.mark("fp", 3)
    again = Lexical(tmp_path)
    assert again.up_to_date("fp", 3)
    assert not again.up_to_date("fp", 4)
    assert not again.up_to_date("other", 3)
    assert again.versions() == {(entry.id, entry.version)}


@pytest.mark.parametrize("damage", ["meta.json", "state.json", "*.term", "everything"])
def test_a_damaged_cache_is_never_taken_for_a_whole_one(tmp_path: Path, damage: str) -> None:
    first = Lexical(tmp_path)
    written(first, "The treaty was signed.")
    first.mark("fp", 3)
    for path in tmp_path.glob("*" if damage == "everything" else damage):
        path.write_bytes(b"garbage")
    again = Lexical(tmp_path)
    assert not again.up_to_date("fp", 3)
    written(again, "The treaty was signed.")
    assert names(again, "treaty") == ["0.txt"]


def test_a_question_of_ten_thousand_words_is_answered(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    written(lexical, "The treaty was signed.")
    assert names(lexical, "treaty " + " ".join(f"word{number}" for number in range(10_000))) == ["0.txt"]
