"""The page in a real browser: files come, change and go, and limit what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.web.conftest import Visit
from tests.web.test_page import TRADE, open_first_source


def test_an_upload_can_be_asked_about_and_a_deleted_one_can_not(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text(
        "Harbour notes\n\nThe ferry from Lisvane to Marrow Point costs nine crowns in the summer season of the year.\n"
    )
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 this is not a pdf")
    visit.tab("Library")
    visit.page.set_input_files("#fn-files", [str(tmp_path / "ferry.txt"), str(tmp_path / "broken.pdf")])
    visit.page.wait_for_selector(".fn-uploads .done")
    visit.page.wait_for_selector(".fn-uploads .failed")
    assert visit.page.inner_text(".fn-uploads .failed .fn-src-by").endswith(".")
    question = "How much does the ferry from Lisvane to Marrow Point cost?"
    assert "nine crowns" in visit.ask(question).locator(".fn-text").inner_text()
    visit.tab("Library")
    visit.page.click('role=button[name="Delete “Harbour notes”"]')
    visit.page.wait_for_selector(".fn-toast >> text=Undo")
    gone = visit.ask(question)
    assert "nine crowns" not in gone.inner_text()
    visit.tab("Library")
    visit.page.click(".fn-removed summary")
    visit.page.click('role=button[name="Restore “Harbour notes”"]')
    visit.page.wait_for_selector("text=It is back.")
    assert "nine crowns" in visit.ask(question).locator(".fn-text").inner_text()
    visit.tab("Library")
    visit.page.click('role=button[name="Delete “Harbour notes”"]')
    visit.page.wait_for_selector(".fn-toast >> text=Undo")


def two_pages(first: str, second: str) -> bytes:
    """A PDF of two pages, one line each."""
    texts = [f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode() for text in (first, second)]
    fonts = b"/Resources << /Font << /F1 7 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R " + fonts + b" >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page % 5,
        page % 6,
        *(b"<< /Length %d >> stream\n%s\nendstream" % (len(text), text) for text in texts),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 8\n0000000000 65535 f \n%strailer << /Size 8 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def test_a_dropped_pdf_is_cited_by_its_page_and_opens(visit: Visit) -> None:
    pdf = two_pages(
        "Minutes of the Lisvane lighthouse board, first part, about the paint of the tower.",
        "The lighthouse of Lisvane was built in 1874 by the engineer Maud Perrin.",
    )
    visit.tab("Library")
    visit.page.wait_for_selector(".fn-table tbody tr")
    visit.page.evaluate(
        """bytes => { const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(bytes)], 'lighthouse.pdf', {type: 'application/pdf'}));
        const drop = new DragEvent('drop', {dataTransfer: files, bubbles: true});
        document.querySelector('.fn-drop').dispatchEvent(drop); }""",
        list(pdf),
    )
    visit.page.wait_for_selector(".fn-uploads .done")
    turn = visit.ask("When was the lighthouse of Lisvane built?")
    turn.locator(".fn-chip").first.click()
    visit.page.wait_for_selector(".fn-doc mark[aria-current]")
    assert "page 2" in visit.page.inner_text(".fn-src-meta")
    assert visit.page.locator(".fn-page").count() == 2
    link = visit.page.get_attribute("text=Open the file", "href")
    assert link.endswith("#page=2")
    opened = visit.page.request.get(visit.url + link)
    assert opened.body() == pdf
    assert opened.headers["content-type"] == "application/pdf"


def test_documents_that_are_unticked_are_not_cited(visit: Visit) -> None:
    turn = visit.ask(TRADE)
    cited = turn.locator(".fn-src-name").first.inner_text()
    visit.tab("Library")
    visit.page.click(f'role=checkbox[name="Use “{cited}” in answers"]')
    visit.tab("Chat")
    held = visit.page.evaluate("document.querySelectorAll('.fn-table tbody tr').length")
    assert f"Asking {held - 1} of {held}" in visit.page.inner_text(".fn-scope")
    again = visit.ask(TRADE)
    assert cited not in again.inner_text()
    visit.page.click(".fn-scope >> text=Ask all")
    assert not visit.page.is_visible(".fn-scope")


def test_dates_limit_what_is_asked(visit: Visit) -> None:
    visit.tab("Library")
    visit.page.wait_for_selector(".fn-table tbody tr")
    visit.page.fill(".fn-date input >> nth=0", "2999-01-01")
    visit.tab("Chat")
    assert "Dated from 1 January 2999" in visit.page.inner_text(".fn-scope")
    assert "No answer found" in visit.ask(TRADE).inner_text()


def edited(route: Any) -> None:
    """Answers for the server with the text of another version."""
    reply = {"id": "x", "title": "x", "publisher": None, "published": None, "sha256": "0", "text": "Edited."}
    route.fulfill(json=reply | {"pages": [], "file": False})


def test_a_document_that_changed_is_not_highlighted(visit: Visit) -> None:
    visit.page.route("**/footnote/call/document", edited)
    turn = visit.ask(TRADE)
    turn.locator(".fn-text .fn-chip").first.click()
    visit.page.wait_for_selector(".fn-doc [role=alert]")
    assert "changed" in visit.page.inner_text(".fn-doc")
    assert visit.page.locator(".fn-doc mark").count() == 0


def test_a_text_read_before_another_page_synced_is_read_again(visit: Visit) -> None:
    visit.page.route("**/footnote/call/document", edited, times=1)
    turn = visit.ask(TRADE)
    turn.locator(".fn-text .fn-chip").first.click()
    visit.page.wait_for_selector(".fn-doc [role=alert]")
    visit.page.keyboard.press("Escape")
    open_first_source(visit, turn)
    assert not visit.page.is_visible(".fn-doc [role=alert]")
