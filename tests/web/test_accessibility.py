"""axe-core finds nothing in any state of the page, light and dark, wide and narrow; the keyboard reaches it all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Visit

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUESTION = "How much was China-Central Asia trade in 2024?"
SIZES = {
    "light": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1000, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 400, "height": 860}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(scope="session")
def axe() -> str:
    near = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
    path = Path(os.environ.get("FOOTNOTE_AXE", near))
    if not path.is_file():
        pytest.skip("no axe-core: npm install axe-core, or set FOOTNOTE_AXE to axe.min.js")
    return path.read_text("utf-8")


@pytest.fixture(params=SIZES)
def reader(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    context = browser.new_context(**SIZES[request.param])
    yield Visit(context, address)
    context.close()


def findings(visit: Visit, axe: str) -> list[tuple[str, str, str]]:
    if not visit.page.evaluate("!!window.axe"):
        visit.page.evaluate(axe)
    visit.page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # nothing half under the box
    found = visit.page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    return [(rule["id"], rule["impact"], rule["nodes"][0]["html"][:120]) for rule in found["violations"]]


def ask(visit: Visit, question: str) -> None:
    """Until what to ask next is there too: it moves what is above it."""
    with visit.page.expect_response("**/call/suggest"):
        visit.ask(question)


def test_axe_finds_nothing_in_any_state(reader: Visit, axe: str) -> None:
    page = reader.page
    page.wait_for_selector(".fn-examples button", timeout=30_000)
    assert findings(reader, axe) == []
    ask(reader, QUESTION)
    assert findings(reader, axe) == []
    page.click(".fn-text .fn-chip >> nth=0")
    page.wait_for_selector(".fn-doc mark[aria-current]")
    assert findings(reader, axe) == []
    page.keyboard.press("Escape")
    ask(reader, "How much was China-Central Asia trade in 2010?")
    assert findings(reader, axe) == []
    for name in ("Library", "Verify", "Evals"):
        reader.tab(name)
        assert findings(reader, axe) == [], name
    page.click("text=History")
    page.wait_for_selector(".fn-talks > li")
    assert findings(reader, axe) == []


def test_the_narrow_source_is_a_modal_sheet(browser: Any, address: str) -> None:
    context = browser.new_context(**SIZES["phone"])
    phone = Visit(context, address)
    phone.ask(QUESTION)
    phone.page.tap(".fn-text .fn-chip >> nth=0")
    phone.page.wait_for_selector(".fn-panel:modal")
    phone.page.tap(".fn-close >> visible=true")
    assert not phone.page.is_visible(".fn-panel")
    context.close()


def test_tabs_and_chips_are_reached_with_arrows(visit: Visit) -> None:
    page = visit.page
    page.focus("role=tab[name=Chat]")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("role=tab[name=Library]", "aria-selected") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Library"
    page.keyboard.press("ArrowLeft")
    visit.ask(QUESTION)
    page.focus(".fn-turn .fn-chip >> nth=0")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.className").startswith("fn-chip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fn-panel[open]")


def test_the_theme_follows_the_system_and_can_be_changed(browser: Any, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    dark = Visit(context, address)
    assert dark.page.evaluate("document.body.classList.contains('dark')")
    dark.page.click("role=button[name='Light page']")
    assert not dark.page.evaluate("document.body.classList.contains('dark')")
    dark.page.reload()
    dark.page.wait_for_selector("#fn-box")
    assert not dark.page.evaluate("document.body.classList.contains('dark')")
    context.close()
