from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rag.web.guard import Guard


async def hello(request: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


def client(open_to_all: bool) -> TestClient:
    app = Starlette(
        routes=[Route("/", hello, methods=["GET", "POST"])], middleware=[Middleware(Guard, open_to_all=open_to_all)]
    )
    app.auth, app.tokens, app.cookie_id = None, {}, "c"  # type: ignore[attr-defined]
    return TestClient(app, base_url="http://127.0.0.1:7860")


def test_our_own_page_may_call() -> None:
    assert client(True).post("/", headers={"Origin": "http://127.0.0.1:7860"}).text == "hello"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://[", "https://127.0.0.1"]
)
def test_another_site_may_not(origin: str) -> None:
    for method in ("GET", "POST"):
        assert client(False).request(method, "/", headers={"Origin": origin}).status_code == 403


def test_a_forwarded_host_does_not_let_another_site_in() -> None:
    headers = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
    assert client(False).post("/", headers=headers).status_code == 403


def test_a_foreign_name_for_this_machine_gets_nothing_while_nobody_logs_in() -> None:
    assert client(True).get("/", headers={"Host": "evil.example"}).status_code == 403
    assert client(True).get("/", headers={"Host": "localhost:7860"}).status_code == 200
    assert client(False).get("/", headers={"Host": "docs.example"}).status_code == 200


def test_every_reply_forbids_the_browser_to_fetch_from_elsewhere() -> None:
    reply = client(True).get("/")
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    assert "http" not in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
