from __future__ import annotations

import json
import logging

import pytest

from rag import Footnote
from rag.errors import QuestionError
from rag.observe import ANSWERED, JsonLines, request_id

QUESTION = "How much was China-Central Asia trade in 2024?"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_an_answer_is_logged_with_its_request_and_without_a_word_of_it(
    seeds: Footnote, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = request_id.set("r-1")
    answer = seeds.ask(QUESTION)
    request_id.reset(token)
    [line] = [line for line in lines(caplog) if line["message"] == ANSWERED]
    assert (line["request"], line["status"], line["level"]) == ("r-1", "answered", "INFO")
    assert line["citations"] == len(answer.citations)
    assert set(line["timings_ms"]) == set(answer.timings_ms)
    words = {word for text in (QUESTION, answer.text) for word in text.split() if len(word) > 5}
    assert not any(word in json.dumps(found) for found in lines(caplog) for word in words)


def test_a_refused_and_a_stopped_question_are_logged_too(seeds: Footnote, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(QuestionError):
        seeds.ask(" ")
    events = seeds.stream(QUESTION)
    next(events)
    events.close()  # type: ignore[attr-defined]
    found = [line for line in lines(caplog) if line["message"] == ANSWERED]
    assert [line["status"] for line in found] == ["QuestionError", "stopped"]
    assert len({line["request"] for line in found}) == 2


def test_a_traceback_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("some").exception("it failed")
    text = JsonLines().format(caplog.records[-1])
    assert "\n" not in text
    assert "ValueError: two\nlines" in json.loads(text)["traceback"]
