from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator

import pytest

from rag.drafting.drafter import Draft
from rag.drafting.generative import GenerativeDrafter, NotInDocuments, is_faithful_rewrite, is_language
from rag.errors import LLMError, LLMUnavailable, LLMUnusable
from rag.settings import Settings
from tests.llm.material import evidence
from tests.llm.scripted import Reply, Scripted, says, scripted_server

pytest.importorskip("llama_index.llms.openai_like", reason="needs requirements-llm.txt")
pytest.importorskip("llama_index.llms.ollama", reason="needs requirements-llm.txt")
KEY = "sk-not-for-anyone-0123456789"
QUESTION = "When did the Northern Line open?"
HISTORY = [("user", "Who built the Northern Line?"), ("assistant", "The engineer was Ada Lund [1].")]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


def drafter(script: Scripted, kind: str = "openai", timeout: float = 20) -> GenerativeDrafter:
    url = f"{script.url}/v1" if kind == "openai" else script.url
    return GenerativeDrafter.from_settings(Settings(llm=f"{kind}:m", llm_url=url, llm_key=KEY, llm_timeout=timeout))


def drafts(script: Scripted, kind: str = "openai", timeout: float = 20) -> list[Draft]:
    return list(drafter(script, kind, timeout).draft(QUESTION, evidence()))


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_each_sentence_comes_with_the_evidence_that_it_cites(server: Scripted, kind: str) -> None:
    server.replies = [says("The line opened in May 1931 [1]. It had 40,000 passengers that day [2, 3]. It was long.")]
    offered = evidence()
    assert drafts(server, kind) == [
        Draft("The line opened in May 1931.", (offered[0],)),
        Draft("It had 40,000 passengers that day.", (offered[1], offered[2])),
        Draft("It was long.", ()),
    ]


def test_users_see_which_model_answers(server: Scripted) -> None:
    assert drafter(server).name == "openai:m"
    assert drafter(server, "ollama").name == "ollama:m"


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_the_key_reaches_the_server_and_output_is_bounded_there_too(server: Scripted, kind: str) -> None:
    drafts(server, kind)
    assert server.authorizations == [f"Bearer {KEY}"]
    asked = server.requests[0]
    assert (asked["max_tokens"] if kind == "openai" else asked["options"]["num_predict"]) <= 400
    assert asked["temperature" if kind == "openai" else "model"] in (0, "m")


def test_the_first_sentence_does_not_wait_for_the_last(server: Scripted) -> None:
    server.replies = [Reply(("The line opened in 1931 [1]. ", "It had ", "31 stations [6]. ") * 2, endless=True)]
    stream = drafter(server).draft(QUESTION, evidence())
    assert next(stream).text == "The line opened in 1931."


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_reader_who_walks_away_ends_the_generation(server: Scripted, kind: str) -> None:
    server.replies = [Reply(("The line opened in 1931 [1]. ", "It has ", "31 stations. ") * 2, endless=True)]
    stream = drafter(server, kind).draft(QUESTION, evidence())
    next(stream)
    stream.close()
    assert server.left.wait(10)


def test_endless_output_ends(server: Scripted) -> None:
    words = (f"Station {number} opened in {1900 + number}. " for number in range(200))
    server.replies = [Reply(tuple(words), endless=True)]
    assert 0 < len(drafts(server)) <= 8


def test_a_sentence_said_over_and_over_is_given_once(server: Scripted) -> None:
    server.replies = [Reply(("The line opened in 1931 [1]. ",), endless=True)]
    assert [draft.text for draft in drafts(server)] == ["The line opened in 1931."]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(()),
        says(" \n\n "),
        says("[1] [2]"),
        says("%%% ### @@@ !!! ((( )))"),
        says("ÿ�� �� �"),
        says("the " * 60),
        Reply(("word" * 9,), endless=True),
        says("<think>I wonder."),
        says(f"{QUESTION} Which year?"),
        Reply(raw=b"<html>Sign in</html>"),
        Reply(status=400),
        Reply(status=422),
    ],
    ids=[
        "empty",
        "blank",
        "markers",
        "signs",
        "broken",
        "one word",
        "endless",
        "thoughts",
        "questions",
        "page",
        "400",
        "422",
    ],
)
def test_unusable_output_is_said_to_be_unusable(server: Scripted, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises(LLMUnusable, match=r"The language model openai:m .*\.$"):
        drafts(server)


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "RAG_LLM_KEY"), (403, "RAG_LLM"), (404, "RAG_LLM_URL"), (500, "log"), (502, "log"), (503, "log")],
)
def test_a_refusal_becomes_a_sentence_that_says_what_to_do(
    server: Scripted, kind: str, status: int, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies = [Reply(status=status)]
    with caplog.at_level(logging.DEBUG, "rag"), pytest.raises(LLMUnavailable) as caught:
        drafts(server, kind)
    assert advice in str(caught.value)
    assert len(server.requests) == 1
    shown = caplog.text + repr(caught.value) + repr(caught.getrepr(style="long", chain=True))
    assert KEY not in shown


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_rate_limit_is_tried_once_more(server: Scripted, kind: str) -> None:
    limited = Reply(status=429, headers=(("Retry-After", "0"),))
    wait = {"openai": [limited], "ollama": []}[kind]  # Ollama's client does not hand the header on: 1 second
    server.replies = [*(wait or [Reply(status=429)]), says("The line opened in May 1931 [1].")]
    assert len(drafts(server, kind)) == 1
    assert len(server.requests) == 2


def test_a_rate_limit_that_lasts_is_reported(server: Scripted) -> None:
    server.replies = [Reply(status=429, headers=(("Retry-After", "0"),))]
    with pytest.raises(LLMUnavailable, match="rate limit"):
        drafts(server)
    assert len(server.requests) == 2


def test_a_rate_limit_longer_than_the_time_limit_is_not_waited_for(server: Scripted) -> None:
    server.replies = [Reply(status=429, headers=(("Retry-After", "3600"),))]
    with pytest.raises(LLMUnavailable, match="rate limit"):
        drafts(server, timeout=5)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_closed_port_is_reported(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = Scripted(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(LLMUnavailable, match="cannot be reached"):
            drafts(closed, kind)


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_server_that_never_answers_is_left_at_the_time_limit(server: Scripted, kind: str) -> None:
    server.replies = [Reply(hang=True)]
    started = time.monotonic()
    with pytest.raises(LLMUnavailable, match="RAG_LLM_TIMEOUT"):
        drafts(server, kind, timeout=0.3)
    assert time.monotonic() - started < 5


def test_a_connection_that_breaks_leaves_the_sentences_before_it(server: Scripted) -> None:
    server.replies = [Reply(("The line opened in May 1931 [1]. It had ", "a "), cut=True)]
    with scripted_server() as broken:
        broken.replies = server.replies
        texts = [draft.text for draft in drafter(broken).draft(QUESTION, evidence())]
    assert texts[0] == "The line opened in May 1931."


@pytest.mark.parametrize(
    "said",
    [
        "Not in the documents.",
        "Not in the documents. Perhaps the question is about another line.",
        "[1] Not in the documents.",
        "**Not in the documents**",
        "The answer is not in the sources.",
        "The sources do not mention the year.",
        "The information is not provided in the documents.",
    ],
)
def test_the_fixed_phrase_is_a_signal(server: Scripted, said: str) -> None:
    server.replies = [says(said)]
    with pytest.raises(NotInDocuments):
        drafts(server)


def test_the_fixed_phrase_after_an_answer_is_left_out(server: Scripted) -> None:
    server.replies = [says("The line opened in May 1931 [1]. The cost is not in the documents.")]
    assert [draft.text for draft in drafts(server)] == ["The line opened in May 1931."]


def test_a_sentence_about_papers_is_not_the_fixed_phrase(server: Scripted) -> None:
    server.replies = [
        says("The treaty is not in the documents that the ministry published in May 1931, it said on Monday [1].")
    ]
    assert len(drafts(server)) == 1


def test_the_line_that_names_a_document_is_not_part_of_the_answer(server: Scripted) -> None:
    server.replies = [says('From “The Northern Line”, 2024-05-04:\nFrom "The Northern Line": It opened in 1931 [1].')]
    assert [draft.text for draft in drafts(server)] == ["It opened in 1931."]


def test_a_preamble_is_not_part_of_the_answer(server: Scripted) -> None:
    server.replies = [says("The answer is: It opened in 1931 [1]. Source: The line is long.")]
    assert [draft.text for draft in drafts(server)] == ["It opened in 1931.", "The line is long."]


def test_a_repair_names_the_sentences_that_failed(server: Scripted) -> None:
    server.replies = [says("The line opened in May 1931 [1].")]
    list(drafter(server).repair(QUESTION, evidence(), ["The line opened in 1850."]))
    assert "The line opened in 1850." in str(server.requests[0]["messages"])


def test_a_follow_up_is_rewritten_by_the_model(server: Scripted) -> None:
    server.replies = [says("Rewritten question: Where had Ada Lund built bridges?")]
    assert drafter(server).rewrite("Where had she built bridges?", HISTORY) == "Where had Ada Lund built bridges?"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        says("Where had Olga Berg built bridges in 1920?"),
        says("Here it is:\nWhere had Ada Lund built bridges?"),
        says("Where had she " + "and she " * 60),
        says("Where had she built bridges?"),
        says("Who is Ada Lund?"),
        Reply(()),
    ],
    ids=["error", "invented", "chatty", "long", "repeated", "other", "empty"],
)
def test_a_bad_rewrite_gives_way_to_the_rules(server: Scripted, reply: Reply) -> None:
    from rag.conversation import standalone

    server.replies = [reply]
    asked = "Where had she built bridges?"
    assert drafter(server).rewrite(asked, HISTORY) == standalone(asked, HISTORY)


def test_a_first_question_is_not_rewritten(server: Scripted) -> None:
    assert drafter(server).rewrite(QUESTION, []) == QUESTION
    assert server.requests == []


def test_a_rewrite_may_only_use_names_and_figures_of_the_conversation() -> None:
    history = [("user", "How much was trade with France in 2022?")]
    assert is_faithful_rewrite("How much was trade with France in 2021?", "And in 2021?", history)
    assert not is_faithful_rewrite("How much was trade with Spain in 2021?", "And in 2021?", history)
    assert not is_faithful_rewrite("How much was trade with France in 2020?", "And in 2021?", history)


def test_language_is_told_from_garbage() -> None:
    assert is_language("The line opened in May 1931.")
    assert is_language("贸易额为948亿美元。")
    assert is_language("42")
    assert not is_language("}{][)(*&^%$#@! a")
    assert not is_language("no " * 30)


def test_errors_of_the_model_are_one_family(server: Scripted) -> None:
    server.replies = [Reply(status=418)]
    with pytest.raises(LLMError):
        drafts(server)
