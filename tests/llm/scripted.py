"""A language model's server on loopback that says what a test scripted, in OpenAI's and in Ollama's protocol."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One reply: pieces of text, or an error. `hang`: never answer; `cut`: drop the connection after the pieces;
    `endless`: say the pieces over and over; `raw`: a body that is no protocol at all."""

    pieces: tuple[str, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    hang: bool = False
    cut: bool = False
    endless: bool = False
    raw: bytes | None = None


def says(text: str, size: int = 3) -> Reply:
    """A reply in pieces of `size` characters."""
    return Reply(tuple(text[start : start + size] for start in range(0, len(text), size)))


@dataclass
class Scripted:
    """`replies` are given in order, the last one again and again; `requests` holds the bodies that came."""

    replies: list[Reply] = field(default_factory=lambda: [says("Hello there.")])
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Reply:
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    script = Scripted()

    class Handler(_Handler):
        said = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    said: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.said.requests.append(json.loads(body or b"{}"))
        self.said.authorizations.append(self.headers.get("authorization"))
        reply = self.said.next()
        try:
            self._reply(reply)
        except OSError:
            self.said.left.set()

    def _reply(self, reply: Reply) -> None:
        if reply.hang:
            self.said.closing.wait()
            return
        if reply.status != 200 or reply.raw is not None:
            self._whole(reply)
            return
        ollama = self.path == "/api/chat"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
        self.end_headers()
        for piece in itertools.cycle(reply.pieces) if reply.endless else reply.pieces:
            self._send(_ollama(piece) if ollama else _openai(piece))
        if not reply.cut:
            self._send(_ollama("", done=True) if ollama else _openai("", "stop") + b"data: [DONE]\n\n")

    def _whole(self, reply: Reply) -> None:
        asked = json.dumps(self.said.authorizations[-1])
        body = reply.raw if reply.raw is not None else b'{"error": {"message": "refused with key %s"}}' % asked.encode()
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self._send(body)

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _openai(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _ollama(text: str, done: bool = False) -> bytes:
    message = {"role": "assistant", "content": text}
    return (json.dumps({"model": "m", "created_at": "", "message": message, "done": done}) + "\n").encode()
