from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.web.history import History, HistoryError


def turn(number: int, asked: str = "What was signed?") -> dict[str, object]:
    return {
        "id": f"{number:016x}",
        "asked": asked,
        "text": "A treaty.",
        "claims": [],
        "citations": [],
        "status": "done",
    }


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.sqlite3")


def test_a_conversation_survives_a_restart(history: History) -> None:
    talk = history.save("", None, turn(1))
    again = History(history.path)
    assert [kept["asked"] for kept in again.turns("", talk)] == ["What was signed?"]
    assert again.conversations("")[0]["title"] == "What was signed?"


def test_another_user_sees_and_changes_nothing(history: History) -> None:
    talk = history.save("ada", None, turn(1))
    assert history.conversations("bob") == []
    for forbidden in (
        lambda: history.turns("bob", talk),
        lambda: history.delete("bob", talk),
        lambda: history.rename("bob", talk, "mine"),
        lambda: history.drop_turn("bob", "0000000000000001"),
        lambda: history.rate("bob", "0000000000000001", 1),
        lambda: history.save("bob", talk, turn(2)),
    ):
        with pytest.raises(HistoryError):
            forbidden()
    assert history.title("ada", talk) == "What was signed?"


def test_a_retried_turn_takes_the_place_of_the_old_one(history: History) -> None:
    talk = history.save("", None, turn(1, "first"))
    history.save("", talk, turn(2, "second"))
    history.save("", talk, turn(3, "first, again"), replace=f"{1:016x}")
    assert [kept["asked"] for kept in history.turns("", talk)] == ["first, again", "second"]
    assert [kept["asked"] for kept in history.turns("", talk, before=f"{2:016x}")] == ["first, again"]


def test_search_takes_words_literally(history: History) -> None:
    history.save("", None, turn(1, "How sure is 100%?"))
    history.save("", None, turn(2, "How sure is 100 of them?"))
    assert [talk["title"] for talk in history.conversations("", "100%")] == ["How sure is 100%?"]
    assert history.conversations("", "_") == []
    assert len(history.conversations("", "treaty")) == 2


def test_search_reads_what_was_asked_and_answered_and_not_how_it_is_kept(history: History) -> None:
    claim = {"text": 'The minister called it\n"a new page" in Астана.', "verdict": "supported", "cites": [1]}
    kept = {"claims": [claim], "text": claim["text"] + " [1]", "drafter": "extractive"}
    history.save("", None, turn(1) | kept)
    for held in ('"a new page"', 'called it "a', "астана", "АСТАНА", "WHAT  was"):
        assert len(history.conversations("", held)) == 1, held
    for absent in ("verdict", "extractive", "signed? The", "{", "\\"):
        assert history.conversations("", absent) == [], absent


def test_a_thumb_is_kept_with_its_note_until_it_is_taken_back(history: History) -> None:
    talk = history.save("", None, turn(1))
    history.rate("", f"{1:016x}", -1, "wrong year")
    assert history.turns("", talk)[0] | {"rating": -1, "note": "wrong year"} == history.turns("", talk)[0]
    [kept] = history.feedback()
    assert (kept["rating"], kept["note"], kept["turn"]["asked"]) == (-1, "wrong year", "What was signed?")
    history.rate("", f"{1:016x}", 0)
    assert history.feedback() == []


def test_deleting_a_conversation_deletes_its_feedback(history: History) -> None:
    talk = history.save("", None, turn(1))
    history.rate("", f"{1:016x}", 1)
    history.delete("", talk)
    assert history.feedback() == []
    assert history.conversations("") == []


def test_a_conversation_goes_with_its_last_turn(history: History) -> None:
    talk = history.save("", None, turn(1))
    history.save("", talk, turn(2))
    history.drop_turn("", f"{1:016x}")
    assert history.conversations("")[0]["turns"] == 1
    history.drop_turn("", f"{2:016x}")
    assert history.conversations("") == []


def test_a_damaged_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(HistoryError, match=r"move the file away"):
        History(path)


def test_turns_are_kept_as_json_with_any_text(history: History) -> None:
    asked = "\U0001f600 \u202e <script> ' \" \\ \x00 end"
    talk = history.save("", None, turn(1, asked))
    assert history.turns("", talk)[0]["asked"] == asked
    assert json.loads(json.dumps(history.turns("", talk)))[0]["asked"] == asked
