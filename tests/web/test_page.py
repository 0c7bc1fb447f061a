"""The page in a real browser, over the real engine and the seeds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from rag.settings import ROOT
from tests.web.conftest import Visit

TRADE = "How much was China-Central Asia trade in 2024?"
UNKNOWN = "How much was China-Central Asia trade in 2010?"
SEEDS = ROOT / "seeds"


def open_first_source(visit: Visit, turn: Any) -> Any:
    turn.locator(".fn-text .fn-chip").first.click()
    mark = visit.page.locator(".fn-doc mark[aria-current]").first
    mark.wait_for()
    return mark


def test_the_box_has_the_focus_and_enter_sends(visit: Visit) -> None:
    assert visit.page.evaluate("document.activeElement.id") == "fn-box"
    turn = visit.ask(TRADE)
    assert "94.8 billion" in turn.inner_text()
    assert turn.get_attribute("data-status") == "done"
    assert visit.page.input_value("#fn-box") == ""


def test_shift_enter_makes_a_line_and_blanks_are_not_sent(visit: Visit) -> None:
    visit.page.type("#fn-box", "one")
    visit.page.keyboard.press("Shift+Enter")
    visit.page.keyboard.type("two")
    assert visit.page.input_value("#fn-box") == "one\ntwo"
    visit.page.fill("#fn-box", "   ")
    visit.page.press("#fn-box", "Enter")
    assert visit.page.locator(".fn-turn").count() == 0


def test_a_chip_opens_the_document_at_exactly_the_quoted_characters(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    mark = open_first_source(visit, turn)
    name = visit.page.inner_text(".fn-src-meta").split(" · ")[-1]
    text = (SEEDS / name).read_bytes().decode()
    before = visit.page.evaluate(
        "() => { const r = document.createRange(), d = document.querySelector('.fn-doc');"
        "r.setStart(d, 0); r.setEndBefore(d.querySelector('mark[aria-current]')); return r.toString(); }"
    )
    quote = mark.text_content()
    assert text[: len(before)] == before
    assert text[len(before) : len(before) + len(quote)] == quote
    assert quote in turn.locator(".fn-text").text_content()
    assert visit.page.evaluate("document.querySelector('.fn-doc').textContent") == text
    assert visit.page.evaluate(
        "() => { const m = document.querySelector('mark[aria-current]').getBoundingClientRect(),"
        "d = document.querySelector('.fn-doc').getBoundingClientRect(); return m.top >= d.top && m.bottom <= d.bottom }"
    )


def test_the_highlight_has_the_colour_of_its_chip(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    chip = turn.locator(".fn-text .fn-chip").first
    colour = chip.evaluate("e => getComputedStyle(e).getPropertyValue('--t')")
    mark = open_first_source(visit, turn)
    assert mark.evaluate("e => getComputedStyle(e).getPropertyValue('--t')") == colour != ""


def test_the_card_tells_quote_document_publisher_and_date(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    turn.locator(".fn-text .fn-chip").first.hover()
    visit.page.wait_for_selector(".fn-card:popover-open")
    said = visit.page.inner_text(".fn-card")
    assert "94.8 billion" in said
    assert len(said.splitlines()) >= 3
    visit.page.keyboard.press("Escape")
    assert not visit.page.is_visible(".fn-card")


def test_escape_closes_the_source_and_gives_the_focus_back(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    open_first_source(visit, turn)
    visit.page.keyboard.press("Escape")
    assert not visit.page.is_visible(".fn-panel")
    assert visit.page.evaluate("document.activeElement.dataset.n") == "1"


def test_every_sentence_says_its_verdict_in_words(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    sentences = turn.locator(".fn-sentence").count()
    assert sentences >= 1
    assert turn.locator(".fn-sign .fn-sr").count() == sentences
    assert "upported" in turn.locator(".fn-sign .fn-sr").first.text_content()


def test_an_abstention_says_what_is_missing_and_shows_the_nearest_passages(visit: Visit) -> None:
    turn = visit.ask(UNKNOWN)
    assert "No answer found" in turn.inner_text()
    assert "2010" in turn.locator(".fn-text").inner_text()
    assert turn.locator(".fn-near q").count() >= 1
    turn.locator(".fn-near .fn-chip").first.click()
    visit.page.wait_for_selector(".fn-doc mark[aria-current]")


def test_a_follow_up_shows_how_it_was_read_and_that_can_be_changed(visit: Visit) -> None:
    visit.ask(TRADE)
    turn = visit.ask("And in 2022?")
    read = turn.locator(".fn-read em").inner_text()
    assert "2022" in read
    assert "trade" in read.lower()
    assert "70.2 billion" in turn.locator(".fn-text").inner_text()
    turn.locator(".fn-read button").click()
    assert visit.page.input_value("#fn-box") == read
    visit.page.fill("#fn-box", TRADE)
    visit.page.press("#fn-box", "Enter")
    visit.page.wait_for_function("document.querySelectorAll('.fn-turn')[1]?.innerText.includes('94.8 billion')")
    assert visit.page.locator(".fn-turn").count() == 2


def test_retry_edit_and_undo(visit: Visit) -> None:
    visit.ask(TRADE)
    first = visit.page.get_attribute(".fn-turn", "data-id")
    visit.page.click(".fn-turn >> text=Retry")
    visit.page.wait_for_selector(f".fn-turn[data-status=done]:not([data-id='{first}'])")
    assert visit.page.locator(".fn-turn").count() == 1
    visit.page.click(".fn-turn >> text=Edit")
    assert visit.page.input_value("#fn-box") == TRADE
    assert visit.page.is_visible(".fn-editing")
    visit.page.click(".fn-editing >> text=Cancel")
    assert visit.page.input_value("#fn-box") == ""
    visit.page.click(".fn-turn >> text=Undo")
    visit.page.wait_for_function("!document.querySelector('.fn-turn')")
    assert visit.page.input_value("#fn-box") == TRADE
    assert visit.page.is_visible(".fn-examples")


def held_back(visit: Visit) -> list[Any]:
    """Will hold the next question on its way to the server, until its `continue_()`."""
    waiting: list[Any] = []
    visit.page.route("**/queue/join*", lambda route: waiting.append(route), times=1)
    return waiting


def test_an_answer_of_a_conversation_that_was_left_stays_out_of_the_new_one(visit: Visit) -> None:
    visit.ask(TRADE)
    old = visit.page.evaluate("sessionStorage.getItem('fn-conversation')")
    waiting = held_back(visit)
    visit.page.fill("#fn-box", "And in 2022?")
    with visit.page.expect_request("**/queue/join*"):
        visit.page.press("#fn-box", "Enter")
    visit.page.click("role=button[name='New conversation']")
    waiting[0].continue_()
    visit.page.wait_for_selector(".fn-ask")
    assert visit.page.locator(".fn-turn").count() == 0
    assert visit.page.is_visible(".fn-examples")
    visit.ask(TRADE)
    assert visit.page.locator(".fn-turn").count() == 1
    assert visit.page.evaluate("sessionStorage.getItem('fn-conversation')") != old


def test_what_is_typed_while_an_answer_runs_stays_in_the_box(visit: Visit) -> None:
    waiting = held_back(visit)
    visit.page.fill("#fn-box", TRADE)
    with visit.page.expect_request("**/queue/join*"):
        visit.page.press("#fn-box", "Enter")
    visit.page.type("#fn-box", "typed next")
    waiting[0].continue_()
    visit.page.wait_for_selector(".fn-turn[data-status=done]")
    assert visit.page.input_value("#fn-box") == "typed next"
    visit.page.click(".fn-turn >> text=Retry")
    visit.page.wait_for_selector(".fn-stop")
    visit.page.wait_for_selector(".fn-turn[data-status=done] >> text=Retry")
    visit.page.wait_for_selector(".fn-ask")
    assert visit.page.input_value("#fn-box") == "typed next"


def test_copy_gives_the_answer_with_its_quotes(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = visit.ask(TRADE)
    turn.locator("text=Copy").click()
    turn.locator("text=Copied").wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(TRADE)
    assert re.search(r"\[1\] “.*94\.8 billion.*” .*\.txt:\d+-\d+\)", copied, re.S)


def test_copy_says_what_the_answer_lacks(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask("How much was China-Central Asia trade in 2024, and who painted the Mona Lisa?")
    visit.ask("How many moons has the planet Zork?")
    copied = []
    for turn in visit.page.locator(".fn-turn").all():
        turn.locator("text=Copy").click()
        turn.locator("text=Copied").wait_for()
        copied.append(visit.page.evaluate("navigator.clipboard.readText()"))
    partial, abstained = copied
    assert "\nPartly answered\n" in partial
    assert "\nWho painted the Mona Lisa? The" in partial
    assert "\nNo answer found\n" in abstained
    assert "\n\nNearest passages:\n[1] “" in abstained


def test_examples_are_answered(visit: Visit) -> None:
    visit.page.wait_for_selector(".fn-examples button", timeout=20_000)
    assert visit.page.locator(".fn-examples button").count() >= 2
    visit.page.locator(".fn-examples button").first.click()
    visit.page.wait_for_selector(".fn-turn[data-status=done]")
    assert visit.page.locator(".fn-text .fn-chip").count() >= 1


def test_what_to_ask_next_is_answered_too(visit: Visit) -> None:
    visit.ask(TRADE)
    visit.page.wait_for_selector(".fn-next button", timeout=20_000)
    offered = visit.page.locator(".fn-next button").first.inner_text()
    visit.page.locator(".fn-next button").first.click()
    visit.page.wait_for_selector(".fn-turn:nth-child(2)[data-status=done]")
    turn = visit.page.locator(".fn-turn").nth(1)
    assert turn.locator("h2").inner_text() == offered
    assert turn.locator(".fn-text .fn-chip").count() >= 1


def test_a_selection_in_the_source_becomes_a_question(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    open_first_source(visit, turn)
    visit.page.evaluate(
        "() => { const m = document.querySelector('mark[aria-current]'); getSelection().selectAllChildren(m); }"
    )
    visit.page.click("text=Ask about this")
    assert visit.page.input_value("#fn-box").startswith("What do the documents say about “")


def test_verify_tells_a_true_sentence_from_an_invented_one(visit: Visit) -> None:
    visit.tab("Verify")
    visit.page.fill(
        "#fn-claim",
        "In 2022, China-Central Asia trade reached a record high of $70.2 billion. The ferry to Lisvane sank in 1931.",
    )
    visit.page.click("role=button[name=Check]")
    visit.page.wait_for_selector(".fn-findings > li:nth-child(2)")
    verdicts = visit.page.locator(".fn-findings > li > .fn-verdict").all_inner_texts()
    assert verdicts[0] == "Supported"
    assert verdicts[1] != "Supported"
    visit.page.click(".fn-findings .fn-chip >> nth=0")
    visit.page.wait_for_selector(".fn-doc mark[aria-current]")


def test_conversations_are_found_renamed_exported_and_deleted(visit: Visit) -> None:
    visit.ask(TRADE)
    visit.page.click("role=button[name='Good answer']")
    visit.page.fill(".fn-note input", "exactly")
    visit.page.click("text=Save note")
    visit.page.wait_for_selector("text=Noted.")
    visit.page.click("role=button[name='New conversation']")
    assert visit.page.locator(".fn-turn").count() == 0
    visit.page.click("text=History")
    with visit.page.expect_response(lambda reply: "asia trade" in (reply.request.post_data or "")):
        visit.page.fill(".fn-drawer input", "asia trade in 2024")
    row = visit.page.locator(".fn-talks > li", has_text=TRADE).first
    row.locator("summary").click()
    with visit.page.expect_download() as download:
        row.locator("text=Markdown").click()
    assert "94.8 billion" in Path(download.value.path()).read_text()
    row.locator("text=Rename").click()
    visit.page.fill(".fn-talks input", "Trade talk")
    visit.page.press(".fn-talks input", "Enter")
    visit.page.wait_for_selector(".fn-talks >> text=Trade talk")
    visit.page.click(".fn-talks >> text=Trade talk")
    visit.page.wait_for_selector(".fn-turn")
    assert visit.page.get_attribute("role=button[name='Good answer']", "aria-pressed") == "true"
    visit.page.click("text=History")
    visit.page.click(".fn-talks li:has-text('Trade talk') summary")
    visit.page.click(".fn-talks li:has-text('Trade talk') >> text=Delete")
    visit.page.click("text=Delete for good?")
    visit.page.wait_for_function("!document.querySelector('.fn-talks').innerText.includes('Trade talk')")


def test_a_reload_keeps_the_conversation(visit: Visit) -> None:
    visit.ask(TRADE)
    visit.reload()
    visit.page.wait_for_selector(".fn-turn[data-status=done]")
    assert "94.8 billion" in visit.page.inner_text(".fn-text")


def test_a_reload_during_the_first_answer_shows_it_once_it_is_kept(visit: Visit) -> None:
    visit.page.evaluate(
        "() => { window.kept = []; const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (...pair) { kept.push(pair); set.apply(this, pair); }; }"
    )
    talk = visit.ask(TRADE).get_attribute("data-id")
    assert ["fn-running", talk] in visit.page.evaluate("kept")
    assert visit.page.evaluate("sessionStorage.getItem('fn-running')") is None
    visit.page.evaluate("talk => sessionStorage.setItem('fn-running', talk)", talk)  # as a reload would have left it
    visit.page.route(
        "**/footnote/call/conversation", lambda route: route.fulfill(status=400, json={"error": "Not yet."}), times=1
    )
    visit.reload()
    visit.page.wait_for_selector(".fn-turn[data-status=done]")
    assert not visit.page.is_visible(".fn-toast")
    assert "94.8 billion" in visit.page.inner_text(".fn-text")


def test_a_reload_during_a_later_answer_shows_it_below_the_earlier_ones(visit: Visit) -> None:
    visit.ask(TRADE)
    later = visit.ask("And in 2022?").get_attribute("data-id")
    visit.page.evaluate("later => sessionStorage.setItem('fn-running', later)", later)  # as a reload would have left it
    asked = []

    def without_the_later(route: Any) -> None:
        asked.append(route.request)
        held = route.fetch().json()
        route.fulfill(json=held | {"turns": held["turns"][:1]})

    visit.page.route("**/footnote/call/conversation", without_the_later, times=2)
    visit.reload()
    visit.page.wait_for_selector(f".fn-turn[data-id='{later}'][data-status=done]")
    assert len(asked) == 2
    assert visit.page.locator(".fn-turn").count() == 2
    assert not visit.page.is_visible(".fn-toast")
    assert visit.page.evaluate("sessionStorage.getItem('fn-running')") is None


def test_arrows_go_from_citation_to_citation(visit: Visit) -> None:
    turn = visit.ask(UNKNOWN)
    chips = turn.locator(".fn-near .fn-chip")
    if chips.count() < 2:
        pytest.skip("one nearest passage only")
    chips.first.click()
    visit.page.wait_for_selector(".fn-doc mark[aria-current]")
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("document.querySelector('.fn-count').textContent === '2 of 2'")
    assert visit.page.is_disabled("[aria-label='Next citation']")


def test_no_width_scrolls_sideways(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    open_first_source(visit, turn)
    for width in (400, 768, 999, 1000, 1280, 1920):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    visit.page.keyboard.press("Escape")
    for name in ("Library", "Verify", "Evals"):
        visit.page.set_viewport_size({"width": 400, "height": 900})
        visit.tab(name)
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
