from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.library import upload_name
from rag.web import reports
from rag.web.chat import converse
from rag.web.library import safe_name
from rag.web.server import ACTIONS, routes
from rag.web.site import Site

HEADERS = {"X-Footnote": "1"}


def client(site: Site, user: str | None = None) -> TestClient:
    app: Any = Starlette(routes=routes(site))
    app.auth = object() if user is not None else None
    app.cookie_id, app.tokens = "c", {"token": user}
    made = TestClient(app, headers=HEADERS, raise_server_exceptions=False)
    if user:
        made.cookies.set("access-token-unsecure-c", "token")
    return made


def call(http: TestClient, action: str, **body: Any) -> Any:
    return http.post(f"/footnote/call/{action}", json=body)


def test_health_needs_no_login_and_tells_nothing(site: Site) -> None:
    assert client(site, "").get("/healthz").json() == {"status": "ok"}


def test_every_route_needs_a_login_where_there_are_users(site: Site) -> None:
    http = client(site, "")
    for action in ACTIONS:
        assert call(http, action).status_code == 401, action
    for path in ("/footnote/file?id=x", "/footnote/export?id=0123456789abcdef", "/footnote/report"):
        assert http.get(path).status_code == 401
    assert http.post("/footnote/upload?name=a.txt", content=b"x").status_code == 401
    assert call(client(site, "ada"), "listing").status_code == 200


def test_another_sites_form_cannot_post(site: Site) -> None:
    http = client(site)
    del http.headers["X-Footnote"]
    assert call(http, "sync").status_code == 403
    assert http.post("/footnote/upload?name=a.txt", content=b"x").status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b'{"id": 1}', b'{"ids": ["x", 2]}', b'{"more": 1}', b"\xff"]
)
def test_no_body_breaks_an_action(site: Site, body: bytes) -> None:
    http = client(site)
    for action in ACTIONS:
        reply = http.post(f"/footnote/call/{action}", content=body)
        assert reply.status_code in (200, 400, 422), action
        if reply.status_code != 200:
            assert reply.json()["error"].endswith(".")


def test_too_long_a_body_is_refused(site: Site) -> None:
    assert client(site).post("/footnote/call/verify", content=b" " * 2_000_001).status_code == 413


def test_an_unknown_action_is_not_found(site: Site) -> None:
    assert call(client(site), "eval").status_code == 404


def test_a_document_is_given_with_its_whole_text(site: Site) -> None:
    http = client(site)
    listed = call(http, "listing").json()["documents"]
    assert len(listed) == 5
    got = call(http, "document", id=listed[2]["id"]).json()
    assert got["text"] == site.engine.library.document(listed[2]["id"]).text
    assert got["file"] is True


def test_no_file_outside_the_library_can_be_read(site: Site) -> None:
    http = client(site)
    tries = ["../../../etc/passwd", "/etc/passwd", "uploads/../history.sqlite3", "..", "", "uploads/", "\x00", "a.txt"]
    for name in [*tries, "sources.toml"]:  # a file of the folder, but not a document
        for reply in (call(http, "document", id=name), http.get("/footnote/file", params={"id": name})):
            assert reply.status_code in (400, 404, 422), name


def test_a_link_out_of_the_folder_is_not_followed(site: Site, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The secret number of the vault is forty-two, they said.")
    (site.engine.library.source_dir / "link.txt").symlink_to(secret)
    site.engine.sync()
    assert client(site).get("/footnote/file", params={"id": "link.txt"}).status_code == 404


def test_a_file_of_the_library_opens_as_plain_text(site: Site) -> None:
    name = site.engine.library.documents()[0].id
    reply = client(site).get("/footnote/file", params={"id": name})
    assert reply.content == (site.engine.library.source_dir / name).read_bytes()
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_an_upload_is_indexed_and_never_overwrites(site: Site) -> None:
    http = client(site)
    first = http.post("/footnote/upload?name=note.txt", content=b"The ferry toll is nine crowns in the summer.")
    second = http.post("/footnote/upload?name=note.txt", content=b"The ferry toll is ten crowns in the winter.")
    assert first.json()["documents"][0]["id"] == "uploads/note.txt"
    assert second.json()["documents"][0]["id"] == "uploads/note (2).txt"
    kept = sorted(path.name for path in site.engine.library.uploads_dir.iterdir())
    assert kept == ["note (2).txt", "note.txt"]


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("tool.exe", b"MZ", "kind of file"),
        ("noending", b"x", "kind of file"),
        ("big.txt", b"x" * 60_000, "too large"),
        ("bad.txt", b"\xff\xfe\x00\xd8", "UTF-8"),
    ],
)
def test_a_refused_upload_says_why(site: Site, name: str, body: bytes, reason: str) -> None:
    reply = client(site).post("/footnote/upload", params={"name": name}, content=body)
    assert reply.status_code in (400, 413)
    assert reason in reply.json()["error"]
    assert not list(site.engine.library.uploads_dir.glob("*"))


def test_a_stream_longer_than_it_said_is_cut_off(site: Site) -> None:
    reply = client(site).post("/footnote/upload?name=a.txt", content=iter([b"x" * 30_000, b"x" * 30_000]))
    assert reply.status_code == 413


def test_the_number_of_uploads_is_limited(site: Site) -> None:
    http = client(site)
    codes = [
        http.post(f"/footnote/upload?name={n}.txt", content=b"Words enough for a file.").status_code for n in "abc"
    ]
    assert codes == [200, 200, 400]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.PDF", "report.pdf"),
        ("../../etc/cron.txt", "cron.txt"),
        ("C:\\temp\\a.txt", "a.txt"),
        ('<img src=x onerror="x">.txt', "_img src=x onerror=_x__.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        (".hidden.txt", "hidden.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("..", "document"),
    ],
)
def test_names_of_uploads_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text())
def test_the_library_keeps_a_safe_name_as_it_is(name: str) -> None:
    """Else the name that was free could become one that is taken."""
    safe = safe_name(name + ".txt")
    assert upload_name(safe) == safe
    assert "/" not in safe


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("ш" * 300 + ".txt")
    assert name.endswith("ш.txt")
    assert len(name.encode()) <= 100


def test_a_re_sync_finds_what_is_new_in_the_folder(site: Site) -> None:
    http = client(site)
    (site.engine.library.source_dir / "new.txt").write_text("The ferry toll is nine crowns in the summer.")
    assert call(http, "sync").json()["added"] == 1
    assert "new.txt" in [row["id"] for row in call(http, "listing").json()["documents"]]


def test_what_is_deleted_can_be_brought_back(site: Site) -> None:
    http = client(site)
    name = site.engine.library.documents()[0].id
    call(http, "remove", ids=[name])
    assert name not in [row["id"] for row in call(http, "listing").json()["documents"]]
    call(http, "restore", ids=[name])
    assert name in [row["id"] for row in call(http, "listing").json()["documents"]]


def test_conversations_belong_to_who_is_logged_in(site: Site) -> None:
    *_, turn = converse(site, "ada", {"question": "What did the six countries sign?"}, "s")
    ada, bob = client(site, "ada"), client(site, "bob")
    assert len(call(ada, "conversations").json()["conversations"]) == 1
    assert call(bob, "conversations").json()["conversations"] == []
    talk = turn["conversation"]
    assert call(ada, "conversation", id=talk).json()["turns"][0]["text"] == turn["text"]
    assert call(bob, "conversation", id=talk).status_code == 400
    assert bob.get(f"/footnote/export?id={talk}&format=md").status_code == 400
    assert call(bob, "rate", id=turn["id"], rating=1).status_code == 400
    assert call(bob, "delete", id=talk).status_code == 400


@pytest.mark.parametrize("ending", ["md", "json", "html"])
def test_an_export_holds_the_answer_and_its_quotes(site: Site, ending: str) -> None:
    *_, turn = converse(site, "", {"question": "What did the six countries sign?"}, "s")
    reply = client(site).get(f"/footnote/export?id={turn['conversation']}&format={ending}")
    assert "Treaty of Permanent Good" in reply.text
    assert "002_2d3a03b10f1d0344.txt" in reply.text.replace("\\_", "_")
    assert reply.headers["content-disposition"].endswith(f'.{ending}"')


def test_suggestions_are_new_and_answerable(site: Site) -> None:
    *_, turn = converse(site, "", {"question": "What did the six countries sign?"}, "s")
    cited = [[item["document_id"], item["start"], item["end"]] for item in turn["citations"]]
    offered = call(client(site), "suggest", question=turn["question"], cited=cited, asked=[turn["asked"]]).json()[
        "questions"
    ]
    assert offered
    for question in offered:
        assert question != turn["asked"]
        assert site.engine.ask(question).status == "answered"


def test_nothing_is_suggested_while_somebody_waits(site: Site) -> None:
    with site.running.answering("somebody"):
        assert call(client(site), "suggest", question="What?", cited=[], asked=[]).json() == {"questions": []}


def test_examples_are_drawn_again_when_the_library_changes(site: Site) -> None:
    http = client(site)
    first = call(http, "examples").json()["examples"]
    assert first
    for question in first:
        assert site.engine.ask(question).status == "answered"
    names = [info.id for info in site.engine.library.documents()]
    call(http, "remove", ids=names)
    assert call(http, "examples").json()["examples"] == []


def test_the_newest_report_is_shown_without_rights(site: Site, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports.newest, "__defaults__", (tmp_path,))
    http = client(site)
    assert call(http, "report").json()["made"] is None
    assert http.get("/footnote/report").status_code == 404
    (tmp_path / "run-1").mkdir()
    (tmp_path / "run-1" / "report.html").write_text("<p>figures</p>")
    assert call(http, "report").json()["name"] == "run-1"
    reply = http.get("/footnote/report")
    assert reply.text == "<p>figures</p>"
    assert reply.headers["content-security-policy"].startswith("sandbox")
