"""Text that wants to be code, in a question, a file name and a document: it stays text."""

from __future__ import annotations

from pathlib import Path

from tests.web.conftest import Visit

CODE = (
    "<script>window.pwned=1</script> <img src=x onerror=window.pwned=2> ![p](http://evil.example/p.png) "
    "[x](javascript:window.pwned=3) ${window.pwned=4} {{this}} `t` <svg onload=window.pwned=5> &lt;i&gt;"
)
FACT = "The harbour toll of Lisvane \U0001f600 is twelve crowns for each ship that enters the bay\U0001f600."
DOCUMENT = f"{CODE}\r\n\r\n\U0001f600\U0001f600 {CODE}\r\n\r\n{FACT}\r\n\r\n{CODE}\r\n"
FILE = '<img src=x onerror="window.pwned=6"> ${window.pwned=7}.txt'
QUESTION = f"What is the harbour toll of Lisvane? {CODE}"


def assert_inert(visit: Visit) -> None:
    assert visit.page.evaluate("window.pwned === undefined")
    found = "document.querySelectorAll('.fn-root :is(img, script, iframe:not(.fn-report), b, i, [onerror], [onload])')"
    assert visit.page.evaluate(f"{found}.length") == 0
    links = visit.page.evaluate("[...document.querySelectorAll('.fn-root a')].map(a => a.getAttribute('href') || '')")
    assert all(link == "" or link.startswith("footnote/") for link in links)


def test_hostile_text_is_shown_literally_and_nothing_runs(visit: Visit, tmp_path: Path) -> None:
    visit.tab("Library")
    visit.page.set_input_files("#fn-files", {"name": FILE, "mimeType": "text/plain", "buffer": DOCUMENT.encode()})
    visit.page.wait_for_selector(".fn-uploads .done")
    visit.page.wait_for_selector(".fn-table >> text=onerror")
    assert_inert(visit)
    turn = visit.ask(QUESTION)
    assert turn.locator("h2").text_content() == QUESTION
    assert_inert(visit)
    turn = visit.ask("How many crowns is the harbour toll of Lisvane for each ship?")
    turn.locator(".fn-chip").first.hover()
    visit.page.wait_for_selector(".fn-card:popover-open")
    turn.locator(".fn-chip").first.click()
    mark = visit.page.locator(".fn-doc mark[aria-current]").first
    mark.wait_for()
    shown = visit.page.evaluate("document.querySelector('.fn-doc').textContent")
    assert shown == DOCUMENT
    assert FACT in mark.text_content(), "offsets hold after emoji and carriage returns"
    assert_inert(visit)
    visit.page.keyboard.press("Escape")
    visit.page.click("text=History")
    visit.page.wait_for_selector(".fn-talks > li")
    assert_inert(visit)
    visit.page.keyboard.press("Escape")
    visit.tab("Verify")
    visit.page.fill("#fn-claim", CODE)
    visit.page.click("role=button[name=Check]")
    visit.page.wait_for_selector(".fn-findings > li")
    assert_inert(visit)
    visit.tab("Library")
    visit.page.locator(".fn-table tr", has_text="onerror").locator("text=Delete").click()
    visit.page.wait_for_selector(".fn-toast >> text=Undo")
    assert_inert(visit)


def test_a_conversation_of_that_name_exports_inert(visit: Visit) -> None:
    visit.ask(QUESTION)
    talk = visit.page.evaluate("sessionStorage.getItem('fn-conversation')")
    page = visit.page.context.new_page()
    with page.expect_download() as download:
        page.evaluate(f"location.href = '{visit.url}footnote/export?id={talk}&format=html'")
    page.set_content(Path(download.value.path()).read_text())
    assert page.evaluate("window.pwned === undefined && !document.querySelector('script, img, svg, a')")
    page.close()
