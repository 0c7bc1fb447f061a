"""Every route of the served page without a login, where users have to log in: Gradio's, ours, the API's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

import httpx
import pytest

from rag.settings import ROOT
from rag.web.auth import add_user
from tests.web.serving import serving

SHELL = re.compile(  # the login page and what it is made of; none knows a document, a user or a question
    r"/|/login/?|/logout|/favicon\.ico|/(?:gradio_api/)?theme\.css|/robots\.txt|/manifest\.json|/pwa_icon(?:/x)?|/healthz"
    r"|/gradio_api/(?:user|token|app_id|startup-events)/?"
)
CLOSED = {401, 403, 404, 405}


LISTING = """
import gradio, gradio.routes, json, re

def paths(routes, prefix=""):
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", None) or getattr(route, "routes", None)
        if inner:
            for each in ("", "/gradio_api"):
                yield from paths(inner, prefix + getattr(route, "path", "") + each)
        for method in getattr(route, "methods", None) or ():
            yield method, prefix + re.sub(r"{[^}]*}", "x", route.path)

with gradio.Blocks() as page:
    gradio.HTML()
print(json.dumps(sorted(set(paths(gradio.routes.App.create_app(page).routes)))))
"""


def gradios_routes() -> list[tuple[str, str]]:
    """(method, path) of every route; from a process of its own, because Gradio leaves event loops behind."""
    run = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    return [(method, path) for method, path in json.loads(run.stdout)]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("locked")
    shutil.copytree(ROOT / "seeds", home / "docs")
    add_user(home / "users.txt", "ada", "correct horse")
    with serving(home / "docs", home / "index", "--auth-file", str(home / "users.txt")) as served:
        yield served.url.rstrip("/")


def test_no_route_answers_without_a_login(url: str) -> None:
    found = gradios_routes()
    assert len(found) > 40
    assert ("POST", "/gradio_api/queue/join") in found
    open_ones = []
    with httpx.Client(base_url=url, timeout=10) as nobody:
        for method, path in found:
            with nobody.stream(method, path, json={} if method == "POST" else None) as reply:
                if reply.status_code not in CLOSED and not SHELL.fullmatch(path):
                    open_ones.append((method, path, reply.status_code))
    assert open_ones == []


@pytest.mark.parametrize("path", ["gradio_api/queue/join", "gradio_api/run/ask", "gradio_api/call/ask", "v1/models"])
@pytest.mark.parametrize("name", ["access-token-x", "access-token-unsecure-x"])
def test_a_made_up_cookie_opens_nothing(url: str, path: str, name: str) -> None:
    method = "GET" if path == "v1/models" else "POST"
    body = {"data": ["Who?"]} if method == "POST" else None
    reply = httpx.request(method, f"{url}/{path}", json=body, headers={"Cookie": f"{name}=ada"})
    assert reply.status_code in CLOSED


@pytest.mark.parametrize("tail", ["config", "gradio_api/info", "gradio_api/queue/status", "footnote/file?id=x"])
@pytest.mark.parametrize(
    "head",
    ["//", "/./", "/static/../", "/static/%2e%2e/", "/static/..%2f", "/v1/../", "/v1/%2e%2e/", "/mcp/../", "/login/../",
     "/healthz/../", "/theme.css/../", "/x/../", "/%2f", "/;/", "/\\", "http://127.0.0.1/"],
)  # fmt: skip
def test_no_spelling_of_a_path_opens_it(url: str, head: str, tail: str) -> None:
    connection = HTTPConnection(url.partition("//")[2], timeout=10)
    with closing(connection):  # http.client sends the path as it is
        connection.request("GET", head + tail, headers={"X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/healthz"})
        reply = connection.getresponse()
        body = reply.read().decode("utf-8", "replace")
    assert reply.status in {400, *CLOSED}
    assert ".txt" not in body


def test_the_login_page_tells_nothing_of_the_library(url: str) -> None:
    shown = httpx.get(url).text
    for path in (ROOT / "seeds").glob("*.txt"):
        assert path.name not in shown
        assert path.read_text().splitlines()[0][:30] not in shown
