"""The pages the tests open: a fake site for handlers, and the real `python app.py` in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from rag.settings import ROOT
from rag.web.history import History
from rag.web.site import Site
from tests.web.browsing import CHROMIUM, FLAGS
from tests.web.fakes import FakeFootnote
from tests.web.serving import serving


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site over a copy of the seeds, with the fake engine."""
    source = tmp_path / "docs"
    shutil.copytree(ROOT / "seeds", source)
    engine = FakeFootnote(source, tmp_path / "index", upload_mb=0.05, upload_files=2)
    engine.sync()
    return Site(cast(Any, engine), History(tmp_path / "index" / "history.sqlite3"))


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over a copy of the seeds; one for the whole session."""
    home = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "seeds", home / "docs")
    with serving(home / "docs", home / "index") as served:
        yield served.url


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for this folder, as its event loop would stand in other tests' way; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no chromium at /usr/bin/chromium")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """One browser page, and what went wrong on it: scripts that ran, errors, requests that left the machine."""

    def __init__(self, context: Any, url: str):
        self.url = url
        self.page = context.new_page()
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        self.page.on("console", self._console)
        self.page.goto(url)
        self.page.wait_for_selector("#fn-box")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.outside.append(request.url)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)

    def ask(self, question: str, wait: bool = True) -> Any:
        """Type a question, press Enter, and give its article once it is finished."""
        self.tab("Chat")
        before = self.page.locator(".fn-turn").count()
        self.page.fill("#fn-box", question)
        self.page.press("#fn-box", "Enter")
        turn = self.page.locator(".fn-turn").nth(before)
        turn.wait_for()
        if wait:
            self.page.wait_for_function(
                "n => document.querySelectorAll('.fn-turn')[n]?.dataset.status !== 'streaming'", arg=before
            )
        return turn

    def reload(self) -> None:
        """Load the page again. What the page that was left says of its cut connections is no error."""
        before = len(self.errors)
        self.page.reload()
        self.page.wait_for_selector("#fn-box")
        cut = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
        self.errors[before:] = [error for error in self.errors[before:] if not error.startswith(cut)]

    def tab(self, name: str) -> None:
        self.page.click(f"role=tab[name={name}]")


@pytest.fixture(scope="package")
def desk(browser: Any) -> Any:
    """One cache for the pages of these tests, 1440 x 900, light."""
    return browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)


@pytest.fixture
def visit(desk: Any, address: str) -> Iterator[Visit]:
    """A fresh reader. Nothing may leave the machine and no script may fail."""
    opened = Visit(desk, address)
    yield opened
    opened.page.close()
    assert opened.outside == []
    assert opened.errors == []
