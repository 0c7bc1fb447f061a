"""What is fuzzed. A target takes bytes and raises nothing: errors that a user may see are FootnoteErrors, and handled.

Each also checks what must hold of every input: passages partition a text, quotes are slices, no reply is a 500.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

import index.__main__
import rag.__main__
from index.documents import Document
from index.errors import FootnoteError
from index.files import Source
from index.passages import sentence_spans, split
from index.readers import read
from rag import Footnote
from rag.answer import Answer
from rag.rate import RateLimit
from rag.server import routes
from rag.settings import ROOT, Settings
from rag.web import auth
from rag.web.history import History
from rag.web.server import ACTIONS
from rag.web.server import routes as page_routes
from rag.web.site import Site
from tests.index.files_of import docx, pdf, with_part

Target = Callable[[bytes], None]


@cache
def _home() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="footnote-fuzz-")
    _KEPT.append(folder)
    return Path(folder.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []  # deleted when the process ends


def document(suffix: str, data: bytes) -> None:
    """A file is read and cut: its passages partition its text, its sentences cover it."""
    if suffix == ".docx" and not data.startswith(b"PK"):
        data = with_part(docx("One."), "word/document.xml", data)
    try:
        content = read(f"a{suffix}", data)
    except FootnoteError:
        return
    made = Document("a", content.text, "0" * 64, content.title or "a", pages=content.pages)
    assert "".join(passage.text for passage in split(made)) == made.text
    at = 0
    for start, end in sentence_spans(made.text):
        assert start < end and not made.text[at:start].strip()
        at = end
    assert not made.text[at:].strip()
    made.text.encode("utf-8")


def sources(data: bytes) -> None:
    """A sources.toml is understood or refused in a sentence."""
    folder = _home() / "described"
    folder.mkdir(exist_ok=True)
    (folder / "sources.toml").write_bytes(data)
    with contextlib.suppress(FootnoteError):
        Source(folder).described()


def users(data: bytes) -> None:
    """A file of users is understood or refused in a sentence."""
    path = _home() / "users.txt"
    path.write_bytes(data)
    with contextlib.suppress(FootnoteError):
        auth.read_users(path)


def settings(data: bytes) -> None:
    """Lines NAME=VALUE as the environment."""
    lines = data.decode("utf-8", "replace").replace("\0", "").splitlines()
    given = {f"RAG_{name.strip().upper()}": value for name, eq, value in (line.partition("=") for line in lines) if eq}
    before = dict(os.environ)
    os.environ.update({name: value for name, value in given.items() if name.isascii()})
    try:
        with contextlib.suppress(FootnoteError):
            Settings.load()
    finally:
        os.environ.clear()
        os.environ.update(before)


@cache
def _footnote() -> Footnote:
    shutil.copytree(ROOT / "seeds", _home() / "documents")
    footnote = Footnote.open(_home() / "documents", _home() / "index")
    footnote.sync()
    return footnote


def question(data: bytes) -> None:
    """Lines as a conversation, the last one asked: an answer whose quotes are slices, or a sentence."""
    *earlier, asked = data.decode("utf-8", "replace").split("\n") or [""]
    roles = ("user", "assistant")
    history = [(roles[number % 2], text) for number, text in enumerate(earlier[-6:])]
    with contextlib.suppress(FootnoteError):
        _check(_footnote().ask(asked[:2000], history))


def _check(answer: Answer) -> None:
    for quote in answer.citations:
        assert _footnote().library.document(quote.document_id).text[quote.start : quote.end] == quote.quote
    json.dumps(answer.to_dict(), default=str).encode()


def verify(data: bytes) -> None:
    """Any text is checked."""
    with contextlib.suppress(FootnoteError):
        _footnote().verify(data.decode("utf-8", "replace")[:20_000])


def terminal(data: bytes) -> None:
    """Lines as the arguments of a command: an exit code, no traceback."""
    words = data.decode("utf-8", "replace").replace("\0", "").split("\n")
    shutil.copytree(ROOT / "seeds", _home() / "cli", dirs_exist_ok=True)
    place = ["--source", str(_home() / "cli"), "--index", str(_home() / "cli-index")]
    command: Callable[[Sequence[str]], int] = index.__main__.main if words[0] == "index" else rag.__main__.main
    before = Path.cwd()
    os.chdir(_home())
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            assert command([*words[1:], *place]) in (0, 1, 2)
    except SystemExit as stop:
        assert stop.code in (0, 2)
    finally:
        os.chdir(before)


@cache
def _web() -> TestClient:
    footnote = _footnote()
    site = Site(footnote, History(_home() / "history.sqlite3"))
    app = Starlette(routes=[*page_routes(site), *routes(footnote, None, RateLimit())])
    app.auth = None  # type: ignore[attr-defined]
    return TestClient(app, headers={"X-Footnote": "1"}, raise_server_exceptions=False)


def api(data: bytes) -> None:
    """A first line that names a route, then a body: no reply is a 500."""
    first, _, body = data.partition(b"\n")
    name = first.decode("utf-8", "replace")
    paths = [f"/footnote/call/{action}" for action in ACTIONS if action not in ("examples", "suggest")]
    path = name if name in ("/v1/chat/completions", "/mcp", *paths) else paths[len(name) % len(paths)]
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    reply = _web().post(path, content=body[:100_000], headers=headers)
    assert reply.status_code < 500, f"{reply.status_code} {reply.text[:500]}"


_TEXT = (ROOT / "seeds" / "002_2d3a03b10f1d0344.txt").read_bytes()
_HTML = (
    b"<!doctype html><html><head><meta charset=utf-8><title>T</title><meta name=date content=2024-05-06></head><body>"
    b"<nav>Menu</nav><main><h1>Trade</h1><p>Trade rose. It was <b>94.8</b> billion.</p><table><tr><td>a<td>b</table>"
    b"<pre> x\n y</pre><ul><li>one<li>two</ul></main></body></html>"
)
_WORD = (
    b'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/'
    b'main"><w:body><w:p><w:r><w:t>Trade rose.</w:t><w:tab/><w:br/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a'
    b"</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:sdt><w:sdtContent><w:p/></w:sdtContent></w:sdt></w:body></w:document>"
)
_ASKED = (
    b"How much was China-Central Asia trade in 2024?",
    b"How much was trade in 2024?\nTrade reached $94.8 billion in 2024. [1]\nAnd two years earlier?",
    b"Who is Dr. Li Wei, and what did he say about the Belt and Road? When was the latest summit?",
    b"Is it not true that trade fell by 10% between 2022 and 2023?",
)
_CALLS = tuple(
    f"/footnote/call/{name}\n{body}".encode()
    for name, body in (
        ("document", '{"id": "002_2d3a03b10f1d0344.txt"}'),
        ("remove", '{"ids": ["no.txt"]}'),
        ("restore", '{"ids": ["x"]}'),
        ("verify", '{"text": "Trade rose to $94.8 billion in 2024.", "question": null}'),
        ("conversations", '{"search": "a"}'),
        ("conversation", '{"id": "0123456789abcdef"}'),
        ("rename", '{"id": "0123456789abcdef", "title": "x"}'),
        ("rate", '{"id": "0123456789abcdef", "rating": 1, "note": "x"}'),
        ("listing", "{}"),
        ("sync", "{}"),
    )
)
_CHAT = (
    b'/v1/chat/completions\n{"model": "footnote", "stream": false, "messages": ['
    b'{"role": "user", "content": "How much was trade in 2024?"}, {"role": "assistant", "content": "Much."}, '
    b'{"role": "user", "content": [{"type": "text", "text": "And in 2022?"}]}]}'
)
_TOOL = (
    b'/mcp\n{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": '
    b'{"name": "ask", "arguments": {"question": "Who?", "after": "2024-01-01"}}}'
)
_WORDS = (
    b"rag\nHow much was trade?", b"rag\n--after\n2024-01-01\nWho?", b"rag\nverify\n/etc/hostname",
    b"rag\ncheck\na.json", b"rag\n--json\n-\nx", b"index\nstatus", b"index\nsync", b"index\nremove\nno.txt",
    b"index\nadd\n/etc/hostname", b"index\nsync\n--passage-tokens\n10", b"index\nsync\n--max-file-mb\nnan",
    b"index\ndoctor", b"index\nstatus\n--embedding\nx",
)  # fmt: skip
_VALUES = tuple(f"{name}={field.default}\nrisk=0.3".encode() for name, field in Settings.model_fields.items())

TARGETS: Mapping[str, tuple[Target, Sequence[bytes]]] = {
    "txt": (partial(document, ".txt"), (_TEXT, "Ünï “x” 中文。العربية\r\n".encode(), b"A. B. Smith said. 1. One")),
    "md": (partial(document, ".md"), (b"# Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n\n**bold** text.", _TEXT)),
    "html": (partial(document, ".html"), (_HTML,)),
    "pdf": (partial(document, ".pdf"), (pdf("One line.", "Two\nlines here.", title="T"),)),
    "docx": (partial(document, ".docx"), (_WORD, docx("One.", "Two.", title="T", table=[["a", "b"]]))),
    "sources": (sources, ((ROOT / "seeds" / "sources.toml").read_bytes(),)),
    "users": (users, (b"ada:scrypt$2$8$1$00ff$" + b"0" * 64 + b"\n",)),
    "settings": (settings, _VALUES),
    "question": (question, _ASKED),
    "verify": (verify, (*_ASKED, _TEXT)),
    "terminal": (terminal, _WORDS),
    "api": (api, (*_CALLS, _CHAT, _TOOL)),
}
