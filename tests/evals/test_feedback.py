from typing import Any

from evals.feedback import candidates


def rated(rating: int, outcome: str = "answered", note: str = "", highlights: list[list[int]] | None = None) -> Any:
    claim = {"text": "It opened in 1931.", "highlights": highlights or []}
    quotes = [{"document_id": "a.txt", "quote": "It opened in 1931."}]
    turn = {"question": "When did it open?", "outcome": outcome, "claims": [claim], "citations": quotes}
    return {"rating": rating, "note": note, "turn": turn}


def test_a_liked_answer_is_a_candidate_with_its_bold_span() -> None:
    (row,) = candidates([rated(1, highlights=[[13, 17]])])
    assert (row["answers"], row["answerable"], row["doc_ids"]) == (["1931"], True, ["a.txt"])


def test_a_liked_abstention_is_a_candidate_without_an_answer() -> None:
    (row,) = candidates([rated(1, "abstained")])
    assert (row["answers"], row["answerable"]) == ([], False)


def test_a_disliked_answer_leaves_the_answer_to_a_person_and_keeps_the_note() -> None:
    (row,) = candidates([rated(-1, note="It was 1932")])
    assert (row["answers"], row["note"], row["category"]) == ([], "It was 1932", "disliked")


def test_a_question_rated_twice_is_proposed_once() -> None:
    assert len(candidates([rated(1), rated(-1)])) == 1
