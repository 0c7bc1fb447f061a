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
    """Seconds to the first sentence and to the end, and the last frame's text."""

    first: float
    total: float
    frames: int
    said: str


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
        first, frames, said = 0.0, 0, ""
        for message in self._messages():
            if message["msg"] in ("process_generating", "process_completed"):
                frames += 1
                said = json.dumps(message["output"], ensure_ascii=False)
                if not first and '"quote"' in said:
                    first = time.perf_counter() - started
            if message["msg"] == "process_completed":
                assert message["success"], message
                break
        return Asked(first, time.perf_counter() - started, frames, said)

    def _messages(self) -> Iterator[dict[str, Any]]:
        with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])
