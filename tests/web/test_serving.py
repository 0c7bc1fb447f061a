"""The served page from outside: the API, many readers, logins, a restart, and what it refuses."""

from __future__ import annotations

import json
import shutil
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.settings import ROOT
from rag.web.auth import add_user
from tests.web.conftest import Visit
from tests.web.reading import Reader
from tests.web.serving import serving

TRADE = "How much was China-Central Asia trade in 2024?"


@pytest.fixture(scope="module")
def api(address: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the client's own imports
        from gradio_client import Client

        return Client(address, verbose=False)


def test_only_ask_is_public_and_it_is_typed(api: Any) -> None:
    described = api.view_api(print_info=False, return_format="dict")
    assert list(described["named_endpoints"]) == ["/ask"]
    assert described["unnamed_endpoints"] == {}
    returns = str(described["named_endpoints"]["/ask"]["returns"])
    assert "citations" in returns
    assert "integer" in returns


def test_ask_gives_exact_quotes_with_offsets(api: Any) -> None:
    answer = api.predict(TRADE, api_name="/ask")
    assert answer["status"] == "answered"
    assert "94.8 billion" in answer["text"]
    for cited in answer["citations"]:
        text = (ROOT / "seeds" / cited["document_id"]).read_bytes().decode()
        assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_ask_takes_history_and_filters(api: Any) -> None:
    said = [{"role": "user", "content": TRADE}, {"role": "assistant", "content": "$94.8 billion."}]
    answer = api.predict(question="And in 2022?", history=said, api_name="/ask")
    assert answer["asked"] == "And in 2022?"
    assert "trade" in answer["question"]
    nothing = api.predict(question=TRADE, after="2999-01-01", api_name="/ask")
    assert nothing["status"] == "abstained"


@pytest.mark.parametrize(
    "arguments",
    [
        {"question": ""},
        {"question": "x" * 5000},
        {"question": TRADE, "after": "soon"},
        {"question": TRADE, "history": [{}]},
        {"question": TRADE, "history": ["Who?"]},
        {"question": TRADE, "history": [{"role": "user", "content": 5}]},
        {"question": TRADE, "documents": ["nothing.txt"]},
    ],
)
def test_bad_input_to_ask_is_an_error_and_not_a_crash(api: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"^(The (question|history)|Dates|There is no document) .*\.$"):
        api.predict(**arguments, api_name="/ask")
    assert api.predict(TRADE, api_name="/ask")["status"] == "answered"


def test_twenty_readers_at_once_all_get_their_answer(address: str) -> None:
    readers = [Reader(address) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        asked = list(pool.map(lambda reader: reader.ask(TRADE), readers))
    assert all("94.8 billion" in one.said for one in asked)
    assert all(one.frames <= 12 for one in asked)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("healthz", 200),
        ("docs", 404),
        ("openapi.json", 404),
        ("monitoring/summary", 403),
        ("gradio_api/runs", 404),
        ("gradio_api/file=/etc/passwd", 403),
        ("gradio_api/file=app.py", 403),
        ("gradio_api/file=rag/web/chat.py", 403),
        ("footnote/file?id=../history.sqlite3", 400),
        ("footnote/call/listing", 405),
    ],
)
def test_what_is_served_and_what_is_not(address: str, path: str, status: int) -> None:
    assert httpx.get(address + path).status_code == status


def test_gradios_own_upload_takes_nothing(address: str) -> None:
    reply = httpx.post(address + "gradio_api/upload", files={"files": ("a.txt", b"x" * 2000)})
    assert reply.status_code == 413


def test_another_site_gets_nothing(address: str) -> None:
    assert httpx.get(address, headers={"Origin": "http://evil.example"}).status_code == 403
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 403


def test_the_page_can_be_installed(address: str) -> None:
    manifest = httpx.get(address + "manifest.json").json()
    assert manifest["name"] == "Footnote"
    assert manifest["icons"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "docs").mkdir()
    shutil.copy(ROOT / "seeds" / "002_2d3a03b10f1d0344.txt", home / "docs")
    add_user(home / "users.txt", "ada", "correct horse")
    add_user(home / "users.txt", "bob", "other mule 9")
    return home


def log_in(browser: Any, url: str, name: str, password: str) -> Any:
    page = browser.new_context().new_page()
    page.goto(url)
    page.fill("input >> nth=0", name)
    page.fill("input[type=password]", password)
    page.click("button:has-text('Login')")
    return page


def test_conversations_outlive_a_restart_and_belong_to_their_user(browser: Any, home: Path) -> None:
    started = ("--auth-file", str(home / "users.txt"))
    with serving(home / "docs", home / "index", *started) as served:
        url = served.url
        assert httpx.post(f"{url}footnote/call/listing", headers={"X-Footnote": "1"}).status_code == 401
        assert httpx.post(f"{url}gradio_api/queue/join", json={}).status_code == 401
        page = log_in(browser, url, "ada", "correct horse")
        page.fill("#fn-box", TRADE)
        page.press("#fn-box", "Enter")
        page.wait_for_selector(".fn-turn[data-status=done]")
        said = page.inner_text(".fn-text")
    with serving(home / "docs", home / "index", *started) as served:
        url = served.url
        bob = log_in(browser, url, "bob", "other mule 9")
        bob.click("text=History")
        bob.wait_for_selector("text=Nothing here yet.")
        bob.click("text=Log out")
        bob.wait_for_selector("input[type=password]")
        ada = log_in(browser, url, "ada", "correct horse")
        ada.click("text=History")
        ada.click(f".fn-talks >> text={TRADE}")
        ada.wait_for_selector(".fn-turn")
        assert ada.inner_text(".fn-text") == said
        ada.click(".fn-text .fn-chip >> nth=0")
        ada.wait_for_selector(".fn-doc mark[aria-current]")
        wrong = log_in(browser, url, "eve", "correct horse")
        wrong.wait_for_selector("text=Incorrect")
        assert wrong.locator("#fn-box").count() == 0


def test_each_user_has_so_many_questions_a_minute(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_QUESTIONS_A_MINUTE", "2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from gradio_client import Client
    with serving(home / "docs", home / "limited", "--auth-file", str(home / "users.txt")) as served:
        ada = Client(served.url, verbose=False, auth=("ada", "correct horse"))
        bob = Client(served.url, verbose=False, auth=("bob", "other mule 9"))
        ada.predict(TRADE, api_name="/ask")
        cookies, key = {**ada.cookies}, {"Authorization": "Bearer ada:correct horse"}
        body = {"messages": [{"role": "user", "content": TRADE}]}
        assert httpx.post(f"{served.url}v1/chat/completions", json=body, headers=key).status_code == 200
        with pytest.raises(Exception, match="You may ask 2 questions a minute"):
            ada.predict(TRADE, api_name="/ask")
        refused = httpx.post(f"{served.url}v1/chat/completions", json=body, headers=key)
        assert refused.status_code == 429
        headers = {"X-Footnote": "1"}
        with httpx.Client(base_url=served.url, cookies=cookies, headers=headers) as web:
            assert web.post("footnote/call/listing").status_code == 200
            refused = web.post("footnote/call/verify", json={"text": "Trade grew."})
        assert refused.status_code == 429
        assert "wait" in refused.json()["error"]
        assert bob.predict(TRADE, api_name="/ask")["status"] in ("answered", "abstained")


def test_json_logs_tell_each_request_and_answer_and_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LOG", "json")
    shutil.copytree(ROOT / "seeds", tmp_path / "docs")
    with serving(tmp_path / "docs", tmp_path / "index") as served:
        said = Reader(served.url).ask(TRADE).said
        body = {"messages": [{"role": "user", "content": TRADE}]}
        headers = {"X-Request-ID": "proxy-7"}
        httpx.post(f"{served.url}v1/chat/completions", json=body, headers=headers)
        log, patience = tmp_path / "index.log", time.monotonic() + 10
        while '"/v1/chat/completions"' not in log.read_text() and time.monotonic() < patience:
            time.sleep(0.05)  # a request is logged when its answer has gone
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    answers = [line for line in lines if line["message"] == "answered"]
    assert [line["status"] for line in answers if line["request"] == "proxy-7"] == ["answered"]
    assert any(line["request"] in said for line in answers), "the id of the turn"
    assert "/v1/chat/completions" in [line["path"] for line in lines if line["message"] == "served"]
    assert "Central" not in str(lines)


def test_stop_keeps_what_was_written_and_the_next_question_works(visit: Visit) -> None:
    visit.page.route("**/queue/data**", lambda route: route.continue_())
    visit.page.fill("#fn-box", TRADE)
    visit.page.press("#fn-box", "Enter")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_function("['done', 'stopped'].includes(document.querySelector('.fn-turn')?.dataset.status)")
    assert visit.page.is_visible(".fn-ask >> visible=true")
    assert "94.8 billion" in visit.ask(TRADE).inner_text()
