"""Whatever the model does, the user gets a checked answer: the whole pipeline before a server that misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag import Footnote, Settings, Status, Verdict
from rag.drafting.generative import GenerativeDrafter
from tests.llm.scripted import Reply, Scripted, says, scripted_server

pytest.importorskip("llama_index.llms.openai_like", reason="needs requirements-llm.txt")
QUESTION = "How much was China-Central Asia trade in 2024?"
SECONDS = 2.0


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


def with_model(seeds: Footnote, script: Scripted) -> Footnote:
    settings = Settings(llm="openai:m", llm_url=f"{script.url}/v1", llm_timeout=SECONDS)
    willing = replace(seeds.calibration, risk_curve=((0.0, 0.0),))
    return Footnote(seeds.library, seeds.settings, seeds.reader, willing, GenerativeDrafter.from_settings(settings))


FAILURES = {
    "never answers": Reply(hang=True),
    "refuses the key": Reply(status=401),
    "limits the rate": Reply(status=429, headers=(("Retry-After", "0"),)),
    "breaks": Reply(status=500),
    "says nothing": Reply(()),
    "says garbage": says("}{ ]] %% ### \x00 \ufffd\ufffd"),
    "never ends a sentence": Reply(("bla bla, ",), endless=True),
    "is a web page": Reply(raw=b"<html>Welcome</html>"),
    "finds nothing": says("Not in the documents."),
    "invents": says("The trade reached $999.9 billion in 2031, said Olga Berg [1]."),
    "obeys someone else": says("Here is a poem. The sea is deep and blue [1]."),
}


@pytest.mark.parametrize("reply", FAILURES.values(), ids=FAILURES)
def test_the_documents_own_words_take_over_with_a_notice(seeds: Footnote, server: Scripted, reply: Reply) -> None:
    server.replies = [reply]
    footnote = with_model(seeds, server)
    started = time.monotonic()
    answer = footnote.ask(QUESTION)
    assert time.monotonic() - started < 10 * SECONDS
    assert answer.status is not Status.ABSTAINED
    assert [claim.text for claim in answer.claims] == [claim.text for claim in extractive(seeds)]
    assert any("quoted from" in notice for notice in answer.notices)


def extractive(seeds: Footnote) -> tuple[object, ...]:
    willing = replace(seeds.calibration, risk_curve=((0.0, 0.0),))
    return Footnote(seeds.library, seeds.settings, seeds.reader, willing).ask(QUESTION).claims


@pytest.mark.parametrize("marker", ["", " [3]", " [1, 2, 3]", " [99]", " 【2】"])
def test_a_true_sentence_finds_its_quote_whatever_its_marker(seeds: Footnote, server: Scripted, marker: str) -> None:
    footnote = with_model(seeds, server)
    quote = extractive(seeds)[0].citations[0]
    server.replies = [says(f"{quote.quote.rstrip('.')}{marker}.")]
    answer = footnote.ask(QUESTION)
    assert answer.claims[0].verdict is Verdict.SUPPORTED
    assert quote.quote in {cited.quote for cited in answer.claims[0].citations}
    assert "[99]" not in answer.text


def test_a_lie_between_two_truths_is_cut(seeds: Footnote, server: Scripted) -> None:
    footnote = with_model(seeds, server)
    truth = extractive(seeds)[0].text
    server.replies = [says(f"{truth} [1]. The trade was $999.9 billion in 2031 [1]. {truth}")]
    answer = footnote.ask(QUESTION)
    assert [claim.text for claim in answer.claims] == [truth]
    assert "999.9" not in answer.text
