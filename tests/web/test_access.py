from __future__ import annotations

import logging
from typing import Any
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rag import observe
from rag.errors import SettingsError
from rag.observe import request_id
from rag.web import metrics
from rag.web.access import HEADER, Access
from rag.web.chat import converse
from rag.web.site import Site


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request_id.get())


http = TestClient(Starlette(routes=[Route("/{rest:path}", hello)], middleware=[Middleware(Access)]))


def test_a_request_keeps_the_id_that_it_brings_and_gets_one_otherwise() -> None:
    given = http.get("/", headers={HEADER: "proxy-7"})
    assert given.text == given.headers[HEADER] == "proxy-7"
    made = [http.get("/", headers=headers) for headers in ({}, {HEADER: "two words"}, {HEADER: "x" * 65})]
    assert len({reply.headers[HEADER] for reply in made}) == 3
    assert all(len(reply.text) == 16 for reply in made)


def test_what_a_caller_put_into_the_path_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for path in ("/footnote/file?id=secret.txt", "/gradio_api/file=/etc/secret", "/a/b/c/secret", "/my%20secret"):
        http.get(path)
    logged = [vars(record)["path"] for record in caplog.records if record.message == "served"]
    assert logged == ["/footnote/file", "/gradio_api/file", "/a/b/c", "/"]


@pytest.fixture
def quiet() -> Any:
    yield
    observe.log.handlers.clear()
    observe.log.setLevel(logging.NOTSET)


def test_metrics_count_the_answers_by_status(site: Site, quiet: Any) -> None:
    pytest.importorskip("prometheus_client")
    port = metrics.serve(site, 0)
    for status in ("answered", "abstained", "answered"):
        observe.log.info(observe.ANSWERED, extra={"status": status, "seconds": 0.3})
    next(converse(site, "", {"question": "Who?"}, "s"))
    with urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
        said = reply.read().decode()
    assert 'footnote_answer_seconds_count{status="answered"} 2.0' in said
    assert 'footnote_answer_seconds_bucket{le="0.2",status="abstained"} 0.0' in said
    assert f"footnote_documents {float(len(site.engine.library.documents()))}" in said
    assert "process_resident_memory_bytes" in said


def test_a_port_that_is_taken_is_said(site: Site, quiet: Any) -> None:
    pytest.importorskip("prometheus_client")
    port = metrics.serve(site, 0)
    with pytest.raises(SettingsError, match=f"RAG_METRICS_PORT {port} cannot be used"):
        metrics.serve(site, port)
