"""The HTTP side with real clients over loopback: openai's, MCP's and plain httpx."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Never

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from index.errors import IndexUnavailable
from rag import Footnote
from rag.answer import Event, Finished, Started
from rag.rate import RateLimit
from rag.server import AT_ONCE, MAX_BODY, Identify, mount

QUESTION = "How much was China-Central Asia trade in 2024?"
KEY = "one-for-the-test"


async def holder(credential: str) -> str | None:
    return "ada" if credential == KEY else None


@contextmanager
def served(footnote: Footnote, identify: Identify | None = None, most: int = 0) -> Iterator[str]:
    app = FastAPI()
    app.add_api_route("/{rest:path}", lambda rest: PlainTextResponse("the page"))
    mount(app, footnote, identify, RateLimit(most))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def url(seeds: Footnote) -> Iterator[str]:
    with served(seeds) as address:
        yield address


def chat(*messages: tuple[str, str]) -> dict[str, object]:
    return {"model": "footnote", "messages": [{"role": role, "content": text} for role, text in messages]}


def test_openais_client_gets_the_answer_and_its_citations(seeds: Footnote, url: str) -> None:
    openai = pytest.importorskip("openai", reason="needs requirements-llm.txt")
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        completion = client.chat.completions.create(**chat(("user", QUESTION)))
        names = [model.id for model in client.models.list()]
    answer = seeds.ask(QUESTION)
    assert names == ["footnote"]
    assert completion.choices[0].message.content == answer.text
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.completion_tokens > 0
    assert [quote["quote"] for quote in completion.citations] == [quote.quote for quote in answer.citations]
    assert completion.footnote["claims"][0]["verdict"] == "supported"


@pytest.mark.parametrize("question", [QUESTION, "How many moons has the planet Zork?"], ids=["answered", "abstained"])
def test_openais_client_streams_the_same_answer(seeds: Footnote, url: str, question: str) -> None:
    openai = pytest.importorskip("openai", reason="needs requirements-llm.txt")
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        chunks = list(client.chat.completions.create(**chat(("user", question)), stream=True))
    answer = seeds.ask(question)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == answer.text
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert [quote["start"] for quote in chunks[-1].citations] == [quote.start for quote in answer.citations]
    assert chunks[-1].footnote["status"] == answer.status


def test_a_stream_tells_its_tokens_to_who_asks_for_them(url: str) -> None:
    openai = pytest.importorskip("openai", reason="needs requirements-llm.txt")
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        whole = client.chat.completions.create(**chat(("user", QUESTION)))
        *chunks, last = client.chat.completions.create(
            **chat(("user", QUESTION)), stream=True, stream_options={"include_usage": True}
        )
    assert (last.choices, last.usage) == ([], whole.usage)
    assert {chunk.usage for chunk in chunks} == {None}
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_earlier_messages_are_the_conversation(seeds: Footnote, url: str) -> None:
    earlier = [("user", QUESTION), ("assistant", seeds.ask(QUESTION).text)]
    reply = httpx.post(
        f"{url}/v1/chat/completions", json=chat(("system", "Be rude."), *earlier, ("user", "And in 2022?"))
    )
    assert reply.json()["footnote"]["question"] == seeds.ask("And in 2022?", earlier).question


def test_a_message_in_parts_is_read(seeds: Footnote, url: str) -> None:
    parts = [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": "x"}}]
    body = {"messages": [{"role": "user", "content": parts}]}
    reply = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == seeds.ask(QUESTION).text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": "hello"},
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hello"}]},
        chat(("user", "  ")),
        chat(("user", "x" * 5000)),
        {"messages": [{"role": "user", "content": None}]},
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_request_is_answered_with_a_sentence(url: str, body: dict[str, object], stream: bool) -> None:
    reply = httpx.post(f"{url}/v1/chat/completions", json={**body, "stream": stream})
    assert reply.status_code == 400
    assert reply.json()["error"]["message"].endswith(".")


def test_what_openais_format_lets_be_null_may_be(url: str) -> None:
    body = {**chat(("user", QUESTION)), "stream": None, "stream_options": None, "model": None, "n": None}
    assert httpx.post(f"{url}/v1/chat/completions", json=body).status_code == 200


def test_a_bad_request_is_told_which_part_is_wrong(url: str) -> None:
    body = {**chat(("user", QUESTION)), "stream": "certainly"}
    said = httpx.post(f"{url}/v1/chat/completions", json=body).json()["error"]["message"]
    assert said.startswith("stream cannot be used (Input should be a valid boolean")
    assert "certainly" not in said


def test_an_index_that_is_away_is_said_with_503(seeds: Footnote, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Never:
        raise IndexUnavailable("The Chroma server does not answer: start it.")

    monkeypatch.setattr(seeds.library, "dense", away)
    reply = httpx.post(f"{url}/v1/chat/completions", json=chat(("user", QUESTION)))
    assert reply.status_code == 503
    assert reply.json()["error"]["message"] == "The Chroma server does not answer: start it."


def test_other_types_and_long_bodies_are_refused(url: str) -> None:
    address = f"{url}/v1/chat/completions"
    plain = httpx.post(address, content=json.dumps(chat(("user", QUESTION))), headers={"content-type": "text/plain"})
    long = httpx.post(address, json=chat(("user", "x" * MAX_BODY)))
    broken = httpx.post(address, content=b"{", headers={"content-type": "application/json"})
    assert [plain.status_code, long.status_code, broken.status_code] == [400, 400, 400]


@pytest.mark.parametrize("stream", [False, True])
def test_no_more_answers_are_worked_on_at_once_than_the_limit(
    seeds: Footnote, url: str, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    answer, crowd = seeds.ask(QUESTION), threading.Barrier(AT_ONCE + 1)

    def crowded(question: str, history: object) -> Iterator[Event]:
        yield Started(question, question)
        with suppress(threading.BrokenBarrierError):
            crowd.wait(1)
            too_many.append(question)
        yield Finished(answer)

    too_many: list[str] = []
    monkeypatch.setattr(seeds, "stream", crowded)
    body = {**chat(("user", QUESTION)), "stream": stream}
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        asked = [pool.submit(httpx.post, f"{url}/v1/chat/completions", json=body) for _ in range(AT_ONCE + 1)]
    assert all("94.8 billion" in reply.result().text for reply in asked)
    assert too_many == []


def test_readers_who_leave_free_their_places(seeds: Footnote, url: str) -> None:
    body = {**chat(("user", QUESTION)), "stream": True}
    for _ in range(2 * AT_ONCE):
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body) as left:
            assert left.status_code == 200
    reply = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)
    assert reply.text.endswith("data: [DONE]\n\n")


def test_the_page_keeps_its_other_paths(url: str) -> None:
    assert httpx.get(f"{url}/anything").text == "the page"


def test_without_the_key_nothing_is_answered(seeds: Footnote) -> None:
    with served(seeds, holder) as address:
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}):
            asked = httpx.post(f"{address}/v1/chat/completions", json=chat(("user", QUESTION)), headers=header)
            listed = httpx.get(f"{address}/v1/models", headers=header)
            tool = httpx.post(f"{address}/mcp", json={}, headers=header)
            assert {asked.status_code, listed.status_code, tool.status_code} <= {401, 405}
            assert asked.status_code == 401
        right = {"Authorization": f"Bearer {KEY}"}
        reply = httpx.post(f"{address}/v1/chat/completions", json=chat(("user", QUESTION)), headers=right)
        assert reply.status_code == 200


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_an_mcp_client_finds_the_tool_and_asks(seeds: Footnote, url: str) -> None:
    mcp = pytest.importorskip("mcp", reason="needs requirements-llm.txt")
    async with mcp.Client(f"{url}/mcp") as client:
        (tool,) = (await client.list_tools()).tools
        result = await client.call_tool("ask", {"question": QUESTION})
    answer = seeds.ask(QUESTION)
    assert tool.name == "ask"
    assert set(tool.input_schema["properties"]) == {"question", "documents", "after", "before"}
    assert result.structured_content["answer"] == answer.text
    assert json.loads(result.content[0].text) == result.structured_content
    assert [quote["quote"] for quote in result.structured_content["quotes"]] == [q.quote for q in answer.citations]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {"question": ""}),
        ("ask", {}),
        ("ask", {"question": QUESTION, "after": "soon"}),
        ("ask", {"question": QUESTION, "documents": ["nothing.txt"]}),
        ("tell", {}),
    ],
)
async def test_an_mcp_client_is_told_what_is_wrong(url: str, tool: str, arguments: dict[str, object]) -> None:
    mcp = pytest.importorskip("mcp", reason="needs requirements-llm.txt")
    async with mcp.Client(f"{url}/mcp") as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.content[0].text.endswith(".")


@pytest.mark.anyio
async def test_an_mcp_client_may_limit_the_documents(seeds: Footnote, url: str) -> None:
    mcp = pytest.importorskip("mcp", reason="needs requirements-llm.txt")
    only = seeds.library.documents()[0].id
    async with mcp.Client(f"{url}/mcp") as client:
        result = await client.call_tool("ask", {"question": QUESTION, "documents": [only]})
    assert {quote["document_id"] for quote in result.structured_content["quotes"]} <= {only}


@pytest.mark.anyio
async def test_a_user_who_asks_too_much_is_told_to_wait_by_both_protocols(seeds: Footnote) -> None:
    mcp = pytest.importorskip("mcp", reason="needs requirements-llm.txt")
    from mcp.client.streamable_http import streamable_http_client

    key = {"Authorization": f"Bearer {KEY}"}
    with served(seeds, holder, most=2) as address:
        async with (
            httpx.AsyncClient(headers=key) as web,
            mcp.Client(streamable_http_client(f"{address}/mcp", http_client=web)) as client,
        ):
            first = await client.call_tool("ask", {"question": QUESTION})
            post = await web.post(f"{address}/v1/chat/completions", json=chat(("user", QUESTION)))
            again = await client.call_tool("ask", {"question": QUESTION})
            refused = await web.post(f"{address}/v1/chat/completions", json=chat(("user", QUESTION)))
    assert not first.is_error
    assert post.status_code == 200
    assert again.is_error
    assert again.content[0].text.startswith("You may ask 2 questions a minute: wait ")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
