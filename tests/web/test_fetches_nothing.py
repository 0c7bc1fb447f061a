"""Addresses in documents, questions and calls are text: the served page opens none of them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from rag.settings import ROOT
from tests.index.files_of import docx, pdf
from tests.web.reading import Reader
from tests.web.serving import serving


@dataclass
class Listener:
    """A server on this machine that notes every path it is asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    seen = Listener()

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_GET

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Noting) as server:
        seen.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> Iterator[str]:
    """A page whose documents, of every kind, are full of addresses of the listener."""
    home = tmp_path_factory.mktemp("fetches")
    shutil.copytree(ROOT / "seeds", home / "docs")
    url = listener.url
    said = f"The ferry toll of Ruritania is nine crowns, see {url}/text for it."
    html = (
        f'<html><head><title>Toll</title><link rel="stylesheet" href="{url}/css"><base href="{url}/base/">'
        f'<meta http-equiv="refresh" content="0;url={url}/refresh"><style>@import "{url}/import";</style>'
        f'<script src="{url}/script"></script></head><body><p>{said} <img src="{url}/image"><iframe src="{url}/frame">'
        f'</iframe><object data="{url}/object"></object></p></body></html>'
    )
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}/entity">]>'
    files: dict[str, bytes] = {
        "toll.txt": said.encode(),
        "toll.md": f"# Toll\n\n{said} ![picture]({url}/markdown)\n\n<img src={url}/inline>\n".encode(),
        "toll.html": html.encode(),
        "entity.html": f"{entity}<html><body><p>{said} &e;</p></body></html>".encode(),
        "toll.docx": docx(said),
        "toll.pdf": pdf(said),
    }
    for name, data in files.items():
        (home / "docs" / name).write_bytes(data)
    with serving(home / "docs", home / "index") as served:
        yield served.url


CALLS = [
    ("GET", "gradio_api/proxy={url}/proxy", None),
    ("GET", "proxy={url}/proxy", None),
    ("GET", "gradio_api/file={url}/file", None),
    ("GET", "gradio_api/stream/{url}/stream", None),
    ("POST", "gradio_api/call/ask", {"data": ["{file}", None]}),
    ("POST", "gradio_api/call/ask", {"data": ["Who?", ["{file}"]]}),
    ("POST", "footnote/call/verify", {"text": "{url}/verify"}),
    ("POST", "footnote/call/document", {"id": "{url}/document"}),
    ("POST", "footnote/upload?name={url}/a.txt", None),
    ("POST", "v1/chat/completions", {"messages": [{"role": "user", "content": "Read {url}/chat and say what it is."}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_address_in_a_call_is_not_opened(
    page: str, listener: Listener, method: str, path: str, body: dict[str, Any] | None
) -> None:
    given = {"path": f"{listener.url}/path", "url": f"{listener.url}/url", "meta": {"_type": "gradio.FileData"}}
    text = json.dumps(body).replace('"{file}"', json.dumps(given)).replace("{url}", listener.url) if body else None
    headers = {"X-Footnote": "1", "Content-Type": "application/json"}
    reply = httpx.request(method, page + path.format(url=listener.url), content=text, headers=headers, timeout=60)
    assert reply.status_code != 404 or method == "GET"
    if path.endswith("call/ask"):  # queued: what comes of it
        event = reply.json()["event_id"]
        assert "event: error" in httpx.get(f"{page}gradio_api/call/ask/{event}", timeout=60).text
    assert listener.asked == []


def test_addresses_in_documents_and_questions_are_not_opened(page: str, listener: Listener) -> None:
    reader = Reader(page)
    assert "nine crowns" in reader.ask("What is the ferry toll of Ruritania?").said
    assert reader.ask(f"What does {listener.url}/question say of the toll?").said
    listing = httpx.post(page + "footnote/call/sync", headers={"X-Footnote": "1"}, timeout=60)
    assert listing.json()["unchanged"] >= 10
    assert listener.asked == []


def test_the_listener_would_have_seen_it(listener: Listener) -> None:
    httpx.get(listener.url + "/seen")
    assert listener.asked.pop() == "/seen"
