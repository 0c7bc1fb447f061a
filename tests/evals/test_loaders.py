import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evals.corpus import written
from evals.datasets import EvalSet, Example, SetDocument
from evals.errors import SetError
from evals.loaders import LOADERS, load, load_seeds

DATA = Path(os.environ.get("FOOTNOTE_DATA", Path(__file__).parents[3] / "shared" / "data"))


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def test_squad_2_json_becomes_paragraphs_and_questions(tmp_path: Path):
    asked = [
        {"id": "q1", "question": "Where?", "answers": [{"text": "France"}, {"text": "France"}], "is_impossible": False},
        {"id": "q2", "question": "When?", "answers": [], "is_impossible": True},
    ]
    data = {"data": [{"title": "Normans", "paragraphs": [{"context": "In France.", "qas": asked}]}]}
    (tmp_path / "dev.json").write_text(json.dumps(data))
    loaded = load("squad", tmp_path / "dev.json")
    assert loaded.documents == (SetDocument("Normans#0", "Normans", "In France."),)
    assert loaded.examples[0] == Example("q1", "Where?", ("France",), doc_ids=("Normans#0",), source_doc="Normans#0")
    assert loaded.examples[1].answerable is False
    assert loaded.examples[1].source_doc == "Normans#0"


def test_squad_1_has_no_unanswerable_questions(tmp_path: Path):
    asked = [{"id": "q", "question": "Where?", "answers": [{"text": "France"}]}]
    (tmp_path / "v1.json").write_text(
        json.dumps({"data": [{"title": "T", "paragraphs": [{"context": "c", "qas": asked}]}]})
    )
    assert load("squad", tmp_path / "v1.json").examples[0].answerable


def test_a_beir_folder_gives_documents_and_what_is_relevant(tmp_path: Path):
    lines(tmp_path / "corpus.jsonl", [{"_id": "d1", "title": "One", "text": "Text"}, {"_id": "d2", "text": "Other"}])
    lines(tmp_path / "queries.jsonl", [{"_id": "q1", "text": "What?"}, {"_id": "q2", "text": "Not judged"}])
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n")
    loaded = load("beir", tmp_path)
    assert [example.doc_ids for example in loaded.examples] == [("d1",)]
    assert loaded.documents[1].title == ""


def test_wice_claims_point_at_the_page_and_its_supporting_lines(tmp_path: Path):
    row = {
        "claim": "It opened.",
        "label": "supported",
        "evidence": ["Page", "It opened."],
        "supporting_sentences": [[1]],
    }
    lines(tmp_path / "claims.jsonl", [row, {**row, "supporting_sentences": []}])
    loaded = load("wice", tmp_path)
    assert loaded.claims[0].supporting == ("It opened.",)
    assert loaded.claims[1].supporting == ()
    assert loaded.documents[0].text == "Page\nIt opened."


def test_timeqa_without_a_target_is_unanswerable(tmp_path: Path):
    row = {"idx": "/wiki/A_B#P1#0", "question": "Who?", "context": "A B was.", "targets": [""]}
    lines(tmp_path / "dev.json", [row, {**row, "idx": "/wiki/A_B#P1#1", "targets": ["A"]}])
    loaded = load("timeqa", tmp_path / "dev.json")
    assert [example.answerable for example in loaded.examples] == [False, True]
    assert len(loaded.documents) == 1


def test_mtrag_gives_the_history_and_the_rewrite(tmp_path: Path):
    lines(
        tmp_path / "rewrites.jsonl",
        [{"id": "1", "user_turns": ["A?", "And B?"], "last_turn": "And B?", "rewrite": "B?"}],
    )
    example = load("mtrag", tmp_path).examples[0]
    assert example.history == (("user", "A?"),)
    assert example.standalone == "B?"


def test_a_line_separator_inside_a_text_does_not_break_the_line(tmp_path: Path):
    lines(tmp_path / "corpus.jsonl", [{"id": "d", "text": "one\u2028two"}])
    lines(tmp_path / "questions.jsonl", [])
    assert load("jsonl", tmp_path).documents[0].text == "one\u2028two"


@pytest.mark.parametrize("kind", sorted(LOADERS))
def test_a_missing_path_is_named(kind: str, tmp_path: Path):
    with pytest.raises(SetError, match="nothing-here"):
        load(kind, tmp_path / "nothing-here")


@pytest.mark.parametrize(
    ("content", "reason"),
    [("{not json", "line 1 is not JSON"), ("[1]", "line 1 is not a JSON object"), ('{"id": "x"}', "KeyError")],
)
def test_a_malformed_line_is_named(content: str, reason: str, tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text("")
    (tmp_path / "questions.jsonl").write_text(content)
    with pytest.raises(SetError, match=reason):
        load("jsonl", tmp_path)


def test_an_unknown_format_names_those_there_are(tmp_path: Path):
    with pytest.raises(SetError, match="squad, beir"):
        load("marco", tmp_path)


def test_a_sample_is_the_same_whatever_the_order_of_the_questions():
    examples = tuple(Example(str(i), "?") for i in range(50))
    one = EvalSet("s", examples).sample(10)
    other = EvalSet("s", examples[::-1]).sample(10)
    assert len(one.examples) == 10
    assert {each.id for each in one.examples} == {each.id for each in other.examples}
    assert [each.id for each in one.examples] != [str(i) for i in range(10)]


def test_a_larger_sample_holds_the_smaller_one():
    whole = EvalSet("s", tuple(Example(str(i), "?") for i in range(50)))
    assert {each.id for each in whole.sample(10).examples} <= {each.id for each in whole.sample(20).examples}


def test_the_given_paragraph_is_the_one_the_question_was_written_about():
    whole = EvalSet("s", (Example("a", "?", source_doc="d1"), Example("b", "?")))
    assert [each.within for each in whole.given_paragraph().examples] == [("d1",)]


def test_two_sets_have_one_fingerprint_only_when_they_ask_the_same():
    one = EvalSet("s", (Example("a", "?"),))
    assert one.fingerprint == EvalSet("s", (Example("a", "?"),)).fingerprint
    assert one.fingerprint != EvalSet("s", (Example("a", "??"),)).fingerprint


def test_the_known_questions_on_the_seeds_load_with_both_parts():
    parts = {example.part for example in load_seeds().examples}
    assert parts == {"tuning", "held_out"}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the development sets are not in {DATA} (FOOTNOTE_DATA)")
@pytest.mark.parametrize(
    ("kind", "name", "questions", "claims"),
    [
        ("squad", "squad2", 4042, 0),
        ("jsonl", "squad2", 4042, 0),
        ("timeqa", "timeqa", 1164, 0),
        ("wice", "wice", 0, 349),
        ("mtrag", "mtrag", 371, 0),
    ],
)
def test_the_development_sets_load_whole(kind: str, name: str, questions: int, claims: int):
    loaded = load(kind, DATA / name)
    assert (len(loaded.examples), len(loaded.claims)) == (questions, claims)


def test_a_document_given_twice_is_described_once(tmp_path: Path) -> None:
    twice = (SetDocument("bridge", "The bridge", "It is long."),) * 2
    written(EvalSet("twice", (), twice), tmp_path)
    described = tomllib.loads((tmp_path / "sources.toml").read_text("utf-8"))
    assert [table["title"] for table in described.values()] == ["The bridge"]
