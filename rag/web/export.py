"""A conversation as Markdown, JSON or HTML, quotes and places included. Everything in it is escaped: it is data."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

Turn = dict[str, Any]


def as_json(title: str, turns: list[Turn]) -> str:
    """The turns as they are kept."""
    return json.dumps({"title": title, "turns": turns}, ensure_ascii=False, indent=2) + "\n"


def as_markdown(title: str, turns: list[Turn]) -> str:
    """Questions as headings, answers with [n], the quotes below."""
    lines = [f"# {_md(title)}", ""]
    for turn in turns:
        lines += [f"## {_md(turn['asked'])}", "", _md(_answer(turn)), ""]
        lines += [f"- \\[{item['number']}\\] “{_md(item['quote'])}” {_md(_place(item))}" for item in turn["citations"]]
        lines.append("")
    return "\n".join(lines)


def as_html(title: str, turns: list[Turn]) -> str:
    """One page that needs no other file and runs no script."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{_esc(title)}</title>",
        "<style>body{font:1.125rem/1.6 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem}"
        "h2{margin-top:3rem}li{margin:.5rem 0}small{color:#555}</style></head><body>",
        f"<h1>{_esc(title)}</h1>",
    ]
    for turn in turns:
        quotes = "".join(
            f"<li value={item['number']}><q>{_esc(item['quote'])}</q> <small>{_esc(_place(item))}</small></li>"
            for item in turn["citations"]
        )
        parts.append(f"<h2>{_esc(turn['asked'])}</h2><p>{_esc(_answer(turn))}</p><ol>{quotes}</ol>")
    return "\n".join([*parts, "</body></html>", ""])


FORMATS: dict[str, tuple[str, Callable[[str, list[Turn]], str]]] = {
    "md": ("text/markdown; charset=utf-8", as_markdown),
    "json": ("application/json; charset=utf-8", as_json),
    "html": ("text/html; charset=utf-8", as_html),
}


def file_name(title: str, ending: str) -> str:
    """A plain ASCII file name from a title."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:60]
    return f"{words or 'conversation'}.{ending}"


def _answer(turn: Turn) -> str:
    """The answer's sentences with [n]; an abstention's words as they are."""
    told = " ".join(
        claim["text"] + "".join(f" [{number}]" for number in claim["cites"]) for claim in turn.get("claims", ())
    )
    return told or str(turn.get("text", ""))


def _place(item: dict[str, Any]) -> str:
    page = f"page {item['page']}" if item["page"] else ""
    facts = (item["title"], item["publisher"], item["published"], page)
    return " · ".join(str(fact) for fact in facts if fact) + f" ({item['document_id']}:{item['start']}-{item['end']})"


def _esc(text: str) -> str:
    return html.escape(text)


def _md(text: str) -> str:
    """Markdown and HTML marks escaped, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~$&])", r"\\\1", " ".join(text.split()))
