from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rag.rate import RateLimit
from rag.web.chat import Pace, converse
from rag.web.site import Site

TRADE = "How much was China-Central Asia trade in 2024?"


def final(site: Site, data: object, owner: str = "", session: str = "s") -> dict[str, Any]:
    *_, last = converse(site, owner, data, session)
    return last


def test_a_turn_grows_sentence_by_sentence_and_ends_done(site: Site) -> None:
    frames = list(converse(site, "", {"question": TRADE}, "s"))
    assert frames[0]["status"] == "streaming"
    assert frames[-1]["status"] == "done"
    counts = [len(frame["claims"]) for frame in frames]
    assert counts == sorted(counts)
    assert len({frame["id"] for frame in frames}) == 1


def test_every_quote_is_a_slice_of_its_document(site: Site) -> None:
    turn = final(site, {"question": TRADE})
    assert turn["citations"]
    for cited in turn["citations"]:
        text = site.engine.library.document(cited["document_id"]).text
        assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_a_finished_turn_is_in_the_history(site: Site) -> None:
    turn = final(site, {"question": TRADE}, owner="ada")
    [kept] = site.history.turns("ada", turn["conversation"])
    assert kept["text"] == turn["text"]
    assert kept["citations"] == turn["citations"]


def test_a_follow_up_is_read_with_the_turns_before_it(site: Site) -> None:
    first = final(site, {"question": TRADE})
    second = final(site, {"question": "and in 2022?", "conversation": first["conversation"]})
    assert second["asked"] == "and in 2022?"
    assert second["question"] == "How much was China-Central Asia trade in 2024 in 2022?"


def test_stop_ends_the_turn_and_keeps_what_was_written(site: Site) -> None:
    frames = converse(site, "", {"question": TRADE}, "mine")
    seen = [next(frames), next(frames), next(frames)]
    site.running.stop("somebody else")
    site.running.stop("mine")
    seen += list(frames)
    assert seen[-1]["status"] == "stopped"
    assert len(seen[-1]["claims"]) == len(seen[2]["claims"])
    assert not site.running.busy()


def test_a_closed_page_leaves_nothing_running(site: Site) -> None:
    frames = converse(site, "", {"question": TRADE}, "s")
    next(frames)
    assert site.running.busy()
    frames.close()  # type: ignore[attr-defined]
    assert not site.running.busy()


def test_a_failure_ends_the_turn_in_words(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    turn = final(site, {"question": "crash please"})
    assert turn["status"] == "error"
    assert "Try again" in turn["message"]
    assert "crash please" not in caplog.records[0].getMessage()
    assert site.history.conversations("") == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"question": ""},
        {"question": 7},
        {"question": "x" * 100_001},
        {"question": "x", "conversation": "../../etc"},
        {"question": "x", "conversation": {"$ne": 1}},
        {"question": "x", "documents": "all"},
        {"question": "x", "after": "soon"},
        {"question": "x", "extra": 1},
    ],
)
def test_nonsense_is_refused_with_a_sentence(site: Site, data: object) -> None:
    turn = final(site, data)
    assert turn["status"] == "error"
    assert turn["message"].endswith(".")


def test_another_users_conversation_cannot_be_continued(site: Site) -> None:
    first = final(site, {"question": TRADE}, owner="ada")
    turn = final(site, {"question": "and in 2022?", "conversation": first["conversation"]}, owner="eve")
    assert turn["status"] == "error"
    assert len(site.history.turns("ada", first["conversation"])) == 1


def test_a_chosen_document_that_was_just_removed_is_passed_over(site: Site) -> None:
    chosen = [info.id for info in site.engine.library.documents()]
    cited = final(site, {"question": TRADE, "documents": chosen})["citations"][0]["document_id"]
    site.engine.library.remove([cited])
    turn = final(site, {"question": TRADE, "documents": chosen})
    assert turn["status"] == "done"
    assert cited not in {quote["document_id"] for quote in turn["citations"]}


def test_at_most_five_updates_go_in_any_second() -> None:
    now = [10.0]
    pace = Pace(clock=lambda: now[0])
    for _ in range(5):
        assert pace.wait() == 0
        pace.sent()
    assert pace.wait() == pytest.approx(1.0)
    now[0] += 0.75
    assert pace.wait() == pytest.approx(0.25)
    now[0] += 0.25
    assert pace.wait() == 0


def test_a_user_who_asks_too_much_is_told_to_wait_in_the_turn(site: Site) -> None:
    limited = replace(site, rate=RateLimit(1))
    assert final(limited, {"question": TRADE}, owner="ada")["status"] == "done"
    turn = final(limited, {"question": TRADE}, owner="ada")
    assert turn["status"] == "error"
    assert turn["message"].startswith("You may ask 1 questions a minute: wait ")
    assert final(limited, {"question": TRADE}, owner="bob")["status"] == "done"


def test_a_follow_up_stopped_before_its_first_sentence_has_nothing_to_undo(site: Site) -> None:
    first = final(site, {"question": TRADE})
    frames = converse(site, "", {"question": "and in 2022?", "conversation": first["conversation"]}, "mine")
    next(frames)
    site.running.stop("mine")
    *_, last = frames
    assert (last["status"], last["conversation"]) == ("stopped", None)
    assert len(site.history.turns("", first["conversation"])) == 1
