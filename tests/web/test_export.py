from __future__ import annotations

import html
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

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
HOSTILE_TURN = TURN | {
    "question": f"{HOSTILE}?",
    "claims": [TURN["claims"][0] | {"verdict": "unsupported"}],
    "notices": [HOSTILE],
}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)


def test_hostile_text_stays_text_in_html() -> None:
    tags = Tags()
    tags.feed(as_html(HOSTILE, [TURN, HOSTILE_TURN]))
    assert tags.seen <= set("html head meta title style body h1 h2 p ol li q small span s".split())


def test_hostile_text_stays_text_in_markdown() -> None:
    text = as_markdown(HOSTILE, [TURN, HOSTILE_TURN])
    assert "![" not in text.replace("\\!\\[", "")
    assert "<script>" not in text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith(("# \\<", "## \\<"))
    ]


CODE = "Define it:\n\n```python\ndef handle(event):\n    return 1\n```"
CODED = TURN | {"claims": [TURN["claims"][0] | {"text": CODE}], "citations": [CITED | {"quote": CODE}]}


def test_code_stands_as_it_is() -> None:
    assert as_markdown("t", [CODED]).count(f"\n\n````\n{CODE}\n````\n\n") == 2
    page = as_html("t", [CODED])
    assert page.count(f' class="lined">{html.escape(CODE)}</') == 2
    assert ".lined{white-space:pre-wrap}" in page


GAP = "Who painted the Mona Lisa? The documents have no passage on this."
PARTIAL = TURN | {
    "asked": "And its price?",
    "question": "What is the price of a widget?",
    "claims": [TURN["claims"][0] | {"text": "It is 20 euros.", "verdict": "contradicted"}],
    "status": "done",
    "outcome": "partial",
    "conflict": [],
    "notices": [GAP],
}
ABSTAINED = TURN | {"claims": [], "text": "Nothing.", "status": "done", "outcome": "abstained", "conflict": []}


@pytest.mark.parametrize("write", [as_markdown, as_html])
def test_what_an_answer_lacks_leaves_the_page_with_it(write: Callable[[str, list[dict[str, Any]]], str]) -> None:
    told = write("t", [PARTIAL])
    for part in (
        "Partly answered",
        "Read as: What is the price of a widget?",
        "[1\\] (contradicted)" if write is as_markdown else "[1] <small>(contradicted)</small>",
        GAP,
    ):
        assert part in told
    assert "Sources differ: " in write("t", [PARTIAL | {"outcome": "answered", "conflict": [1, 2]}])
    assert "Stopped" in write("t", [PARTIAL | {"status": "stopped"}])


@pytest.mark.parametrize("write", [as_markdown, as_html])
def test_the_nearest_passages_are_no_proof(write: Callable[[str, list[dict[str, Any]]], str]) -> None:
    told = write("t", [ABSTAINED])
    assert "No answer found" in told
    assert told.index("Nothing.") < told.index("Nearest passages:") < told.index("a.txt:3-9")
    assert "Nearest" not in write("t", [ABSTAINED | {"citations": []}])


def test_json_gives_the_turns_back() -> None:
    assert json.loads(as_json("t", [TURN]))["turns"] == [TURN]


def test_file_names_are_plain() -> None:
    assert file_name("What's up, Doc? ../x", "md") == "What-s-up-Doc-x.md"
    assert file_name("что", "html") == "conversation.html"
