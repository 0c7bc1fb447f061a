"""A reader without a browser: asks as the page does, over Gradio's queue, and times what comes back."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Asked:
    """Seconds to the first sentence and to the end, and the last frame as it came over the wire."""

    first: float
    total: float
    frames: int
    last: bytes

    @property
    def said(self) -> str:
        """The last frame's text."""
        return json.dumps(json.loads(self.last)["output"], ensure_ascii=False)


class Reader:
    """One reader of the page at `url`."""

    def __init__(self, url: str):
        self.http = httpx.Client(base_url=url, timeout=120)
        self.http.get("").raise_for_status()  # as a browser does; a load balancer gives a cookie with it
        self.session = secrets.token_hex(6)
        config = self.http.get("config").json()
        view = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "fn-view")
        self.event = next(d["id"] for d in config["dependencies"] if [view, "submit"] in d["targets"])
        self.view = view

    def ask(self, question: str, **more: Any) -> Asked:
        """Send one question and read until it is answered."""
        started = time.perf_counter()
        body = {
            "data": [],
            "event_data": {"question": question, **more},
            "fn_index": self.event,
            "trigger_id": self.view,
            "session_hash": self.session,
        }
        self.http.post("gradio_api/queue/join", json=body).raise_for_status()
        first, frames = 0.0, 0
        for line in self._lines():  # decoded later: a reader's processor time is not the page's
            if b'"process_generating"' in line or b'"process_completed"' in line:
                frames += 1
                first = first or (time.perf_counter() - started if b'"quote"' in line else 0.0)
            if b'"process_completed"' in line:
                break
        asked = Asked(first, time.perf_counter() - started, frames, line[5:])
        assert json.loads(asked.last)["success"], asked.last
        return asked

    def _lines(self) -> Iterator[bytes]:
        with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            buffer = b""
            for piece in stream.iter_raw():
                *lines, buffer = (buffer + piece).split(b"\n")
                yield from (line for line in lines if line.startswith(b"data:"))
