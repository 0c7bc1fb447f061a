"""A conversation as Markdown, JSON or HTML, quotes and places included. Everything in it is escaped: it is data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rag.answer import Verdict
from rag.export import esc, lined, md, md_claim, md_quote

Turn = dict[str, Any]


def as_json(title: str, turns: list[Turn]) -> str:
    """The turns as they are kept."""
    return json.dumps({"title": title, "turns": turns}, ensure_ascii=False, indent=2) + "\n"


def as_markdown(title: str, turns: list[Turn]) -> str:
    """Questions as headings, answers with [n], the quotes below."""
    lines = [f"# {md(title)}", ""]
    for turn in turns:
        said = ((claim["text"], claim["cites"], Verdict(claim["verdict"])) for claim in turn["claims"])
        lines += [f"## {md(turn['asked'])}", "", " ".join(md_claim(*each) for each in said) or md(turn["text"]), ""]
        lines += [md_quote(item["number"], item["quote"], _place(item)) for item in turn["citations"]]
        lines.append("")
    return "\n".join(lines)


def as_html(title: str, turns: list[Turn]) -> str:
    """One page that needs no other file and runs no script."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{esc(title)}</title>",
        "<style>body{font:1.125rem/1.6 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem}"
        "h2{margin-top:3rem}.lined{white-space:pre-wrap}li{margin:.5rem 0}small{color:#555}</style></head><body>",
        f"<h1>{esc(title)}</h1>",
    ]
    for turn in turns:
        quotes = "".join(map(_html_quote, turn["citations"]))
        said = " ".join(_html_claim(claim) for claim in turn["claims"]) or esc(turn["text"])
        parts.append(f"<h2>{esc(turn['asked'])}</h2><p>{said}</p><ol>{quotes}</ol>")
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


def _html_claim(claim: dict[str, Any]) -> str:
    marks = "".join(f" [{number}]" for number in claim["cites"])
    return f"<span{lined(claim['text'])}>{esc(claim['text'])}</span>{marks}"


def _html_quote(item: dict[str, Any]) -> str:
    said = f"<q{lined(item['quote'])}>{esc(item['quote'])}</q>"
    return f"<li value={item['number']}>{said} <small>{esc(_place(item))}</small></li>"


def _place(item: dict[str, Any]) -> str:
    page = f"page {item['page']}" if item["page"] else ""
    facts = (item["title"], item["publisher"], item["published"], page)
    return " · ".join(str(fact) for fact in facts if fact) + f" ({item['document_id']}:{item['start']}-{item['end']})"
