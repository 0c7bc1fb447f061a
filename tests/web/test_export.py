from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from rag.web.export import as_html, as_json, as_markdown, file_name

HOSTILE = '<script>x</script> ![p](http://evil.example/p.png) [c](javascript:x) "q" & `t` **b**\n# h'
CITED = {
    "number": 1,
    "document_id": "a.txt",
    "title": HOSTILE,
    "publisher": HOSTILE,
    "published": None,
    "start": 3,
    "end": 9,
    "quote": HOSTILE,
    "page": 2,
    "sha256": "0" * 64,
}
TURN: dict[str, Any] = {
    "asked": HOSTILE,
    "text": HOSTILE,
    "claims": [{"text": HOSTILE, "cites": [1], "verdict": "supported"}],
    "citations": [CITED],
}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)


def test_hostile_text_stays_text_in_html() -> None:
    tags = Tags()
    tags.feed(as_html(HOSTILE, [TURN]))
    assert tags.seen <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ol", "li", "q", "small"}


def test_hostile_text_stays_text_in_markdown() -> None:
    text = as_markdown(HOSTILE, [TURN])
    assert "![" not in text.replace("\\!\\[", "")
    assert "<script>" not in text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith(("# \\<", "## \\<"))
    ]


def test_json_gives_the_turns_back() -> None:
    assert json.loads(as_json("t", [TURN]))["turns"] == [TURN]


def test_file_names_are_plain() -> None:
    assert file_name("What's up, Doc? ../x", "md") == "What-s-up-Doc-x.md"
    assert file_name("что", "html") == "conversation.html"
