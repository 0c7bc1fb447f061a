"""The known questions on the seeds: written from the documents, checked against them, never tuned to."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / "evals/seeds" / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS, STRANGERS = read("questions.jsonl"), read("strangers.jsonl")
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
FIELDS = {
    "id", "category", "part", "question", "answerable", "answers", "answers_all", "doc_ids", "history",
    "standalone", "note",
}  # fmt: skip
FEWEST = {
    "single": 25, "list": 12, "two_documents": 5, "years": 6, "paraphrase": 10, "typo": 5, "lowercase": 5,
    "followup": 10, "unanswerable_near": 25, "unanswerable_far": 8,
}  # fmt: skip


def text_of(document_id: str) -> str:
    return (ROOT / "seeds" / document_id).read_text(encoding="utf-8")


def test_every_question_has_the_same_fields_and_its_own_id() -> None:
    both = QUESTIONS + STRANGERS
    assert all(set(question) == FIELDS for question in both)
    assert len({question["id"] for question in both}) == len(both)
    assert len({(question["question"], str(question["history"])) for question in QUESTIONS}) == len(QUESTIONS)
    assert all(question["question"].strip() == question["question"] != "" for question in both)


@pytest.mark.parametrize(
    "question", [*ANSWERABLE, *(each for each in STRANGERS if each["answerable"])], ids=lambda question: question["id"]
)
def test_every_answer_stands_in_the_documents_it_names(question: dict[str, Any]) -> None:
    assert bool(question["answers"]) != bool(question["answers_all"])
    texts = [text_of(document_id) for document_id in question["doc_ids"]]
    wanted = [*question["answers"], *(answer for group in question["answers_all"] for answer in group)]
    assert all(group for group in question["answers_all"])
    assert all(any(answer in text for text in texts) for answer in wanted)
    assert all(any(answer in text for answer in wanted) for text in texts)


def test_an_unanswerable_question_says_what_is_missing() -> None:
    for question in QUESTIONS:
        if not question["answerable"]:
            assert not question["answers"] and not question["answers_all"] and not question["doc_ids"]
            assert question["note"].endswith(".")


def test_a_follow_up_has_a_history_that_ends_with_the_assistant_and_a_rewrite() -> None:
    for question in QUESTIONS:
        assert bool(question["history"]) == bool(question["standalone"]) == (question["category"] == "followup")
        roles = [role for role, _ in question["history"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2)


def test_there_are_enough_questions_of_every_category_and_document() -> None:
    counts = Counter(question["category"] for question in QUESTIONS)
    assert set(counts) == set(FEWEST)
    assert all(counts[category] >= fewest for category, fewest in FEWEST.items())
    assert len(ANSWERABLE) >= 75 and len(QUESTIONS) - len(ANSWERABLE) >= 40
    assert {document for question in QUESTIONS for document in question["doc_ids"]} == {
        path.name for path in (ROOT / "seeds").glob("*.txt")
    }


def test_a_third_of_every_category_is_held_out_by_the_hash_of_the_id() -> None:
    for category in FEWEST:
        members = [question for question in QUESTIONS if question["category"] == category]
        members.sort(key=lambda question: hashlib.sha256(question["id"].encode()).hexdigest())
        held_out = round(len(members) / 3)
        assert [question["part"] for question in members] == ["held_out"] * held_out + ["tuning"] * (
            len(members) - held_out
        )
