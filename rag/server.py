"""Footnote for other programs, on the app's own server: OpenAI's chat API at /v1 and an MCP server at /mcp.

`POST /v1/chat/completions` answers the last user message; the messages before it are the conversation. The text carries
[n]; `citations` holds quote n with its place, `footnote` the verdict of each sentence, the status and the confidence.
Streams send each sentence once it has been checked. Any model name is taken: the one that answers is RAG_LLM's.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel, ValidationError
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from index.errors import FootnoteError, IndexError_
from index.passages import token_counts
from rag.answer import Answer, ClaimReady, Event, Finished
from rag.composing import marked
from rag.errors import TooManyQuestions
from rag.rate import RateLimit

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.engine import Footnote

log = logging.getLogger(__name__)
MODEL = "footnote"
MAX_BODY = 1_000_000  # bytes
AT_ONCE = 4  # answers that are worked on at the same time; others wait
Identify = Callable[[str], Awaitable[str | None]]
"""The user whose bearer credential ("" when there is none) a request carries; None when it is not accepted."""


class Part(BaseModel):
    """A piece of a message; only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        parts = [self.content] if isinstance(self.content, str) else [part.text for part in self.content or ()]
        return "\n".join(parts)


class StreamOptions(BaseModel):
    """What a stream tells beside the answer."""

    include_usage: bool = False


class Asked(BaseModel):
    """The body of a chat request; fields that only matter to a language model are ignored."""

    messages: list[Message]
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    def question(self) -> tuple[str, list[tuple[str, str]]]:
        """The last user message, and the turns before it. System messages are not followed: documents answer here."""
        turns = [(message.role, message.text) for message in self.messages if message.role in ("user", "assistant")]
        last = max((place for place, (role, _) in enumerate(turns) if role == "user"), default=-1)
        return (turns[last][1], turns[:last]) if last >= 0 else ("", [])


def mount(app: FastAPI, footnote: Footnote, identify: Identify | None = None, rate: RateLimit | None = None) -> None:
    """Add the routes to a server, before those it has: a page at "/" would hide them."""
    app.router.routes[:0] = routes(footnote, identify, rate)


def routes(footnote: Footnote, identify: Identify | None = None, rate: RateLimit | None = None) -> list[BaseRoute]:
    """The routes for `FastAPI(routes=...)`.

    Without `identify` anyone who reaches the server may ask; `rate` counts the questions of each user.
    /mcp is there when the package `mcp` is installed.
    """
    limiter = CapacityLimiter(AT_ONCE)
    rate = rate or RateLimit()

    async def models(request: Request) -> Response:
        if await _user(request, identify) is None:
            return _refused()
        entry = {"id": MODEL, "object": "model", "created": 0, "owned_by": footnote.drafter}
        return JSONResponse({"object": "list", "data": [entry]})

    async def completions(request: Request) -> Response:
        user = await _user(request, identify)
        if user is None:
            return _refused()
        try:
            rate.count(user)
            asked = Asked.model_validate_json(await _body(request))
            question, history = asked.question()
            events = footnote.stream(question, history)
            first = await to_thread.run_sync(next, events, limiter=limiter)
            if asked.stream:
                counted = asked.stream_options is not None and asked.stream_options.include_usage
                chunks = _limited(_chunks(question, events, counted), limiter)
                return StreamingResponse(chunks, media_type="text/event-stream", headers=_NO_CACHE)
            answer = await to_thread.run_sync(_answer, first, events, limiter=limiter)
            return JSONResponse(_completion(question, answer))
        except ValidationError as error:
            return _error(400, f"{_first(error)}: send `messages`, each with a role and a content, as OpenAI has it.")
        except TooManyQuestions as error:
            return JSONResponse(_problem(str(error)), 429, {"Retry-After": str(error.wait)})
        except IndexError_ as error:
            return _error(503, str(error))
        except FootnoteError as error:
            return _error(400, str(error))

    found: list[BaseRoute] = [
        Route("/v1/models", models, methods=["GET"]),
        Route("/v1/chat/completions", completions, methods=["POST"]),
    ]
    return [*found, *_mcp(footnote, identify, rate, limiter)]


_NO_CACHE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def _mcp(footnote: Footnote, identify: Identify | None, rate: RateLimit, limiter: CapacityLimiter) -> list[BaseRoute]:
    try:
        from rag.mcp_server import McpServer
    except ImportError:
        log.info("no /mcp: the package mcp is not installed")
        return []
    return [Route("/mcp", McpServer(footnote, identify, rate, limiter), methods=["GET", "POST", "DELETE"])]


async def _user(request: Request, identify: Identify | None) -> str | None:
    return "" if identify is None else await identify(bearer(request.headers.get("authorization", "")))


def bearer(header: str) -> str:
    """The credential of an Authorization header; "" when it holds none."""
    scheme, _, credential = header.partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


async def _body(request: Request) -> bytes:
    """The body of a JSON request. Raises FootnoteError when it is another type or too long."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise FootnoteError("Send the request as application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise FootnoteError(f"The request is too long: at most {MAX_BODY:,} bytes.")
    return body


def _answer(first: Event, rest: Iterator[Event]) -> Answer:
    last = first
    for event in rest:
        last = event
    assert isinstance(last, Finished)
    return last.answer


def _completion(question: str, answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text}
    return {
        **_head("chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(question, answer),
        **_proof(answer),
    }


def _usage(question: str, answer: Answer) -> dict[str, int]:
    asked, said = token_counts([question, answer.text])
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _chunks(question: str, events: Iterator[Event], counted: bool) -> Iterator[str]:
    """Server-sent events: a sentence each, one with the citations, when `counted` one with the tokens, then [DONE]."""
    head = _head("chat.completion.chunk") | ({"usage": None} if counted else {})
    sent = ""
    try:
        yield _event(head, {"role": "assistant", "content": ""})
        for event in events:
            if isinstance(event, ClaimReady):
                said = f"{' ' if sent else ''}{marked(event.claim)}"
                sent += said
                yield _event(head, {"content": said})
            elif isinstance(event, Finished):
                rest = event.answer.text.removeprefix(sent)
                if rest and event.answer.text.startswith(sent):
                    yield _event(head, {"content": rest})
                yield _event(head, {}, "stop", _proof(event.answer))
                if counted:
                    yield _data({**head, "choices": [], "usage": _usage(question, event.answer)})
    except FootnoteError as error:
        yield _data(_problem(str(error)))
    yield "data: [DONE]\n\n"


async def _limited(chunks: Iterator[str], limiter: CapacityLimiter) -> AsyncIterator[str]:
    """The chunks; they hold a place in the limit from first to last. No task does: a reader who leaves ends another."""
    await limiter.acquire_on_behalf_of(chunks)
    try:
        async for chunk in iterate_in_threadpool(chunks):
            yield chunk
    finally:
        limiter.release_on_behalf_of(chunks)


def _event(
    head: dict[str, Any],
    delta: dict[str, str],
    finish: Literal["stop"] | None = None,
    more: dict[str, Any] | None = None,
) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return _data({**head, "choices": [choice], **(more or {})})


def _data(sent: dict[str, Any]) -> str:
    return f"data: {json.dumps(sent, ensure_ascii=False)}\n\n"


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _proof(answer: Answer) -> dict[str, Any]:
    """What OpenAI's format has no place for: the quotes, and the verdict of each sentence."""
    plain = answer.to_dict()
    claims = [
        {"text": claim["text"], "verdict": claim["verdict"], "citations": _numbers(claim["citations"])}
        for claim in plain["claims"]
    ]
    kept = {name: plain[name] for name in ("status", "confidence", "question", "drafter", "notices")}
    return {"citations": plain["citations"], "footnote": {**kept, "claims": claims}}


def _numbers(citations: Sequence[dict[str, Any]]) -> list[int]:
    return [citation["number"] for citation in citations]


def _refused() -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"}
    return JSONResponse(_problem("The key was not accepted: send it as `Authorization: Bearer KEY`."), 401, headers)


def _error(status: int, sentence: str) -> JSONResponse:
    return JSONResponse(_problem(sentence), status)


def _first(error: ValidationError) -> str:
    """What is wrong first with a body, without its text."""
    wrong = error.errors(include_input=False)[0]
    return f"{'.'.join(map(str, wrong['loc'])) or 'The body'} cannot be used ({wrong['msg']})"


def _problem(sentence: str) -> dict[str, Any]:
    return {"error": {"message": sentence, "type": "invalid_request_error", "param": None, "code": None}}
