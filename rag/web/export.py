"""A conversation as Markdown, JSON or HTML, quotes and places included. Everything in it is escaped: it is data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from rag.answer import Verdict
from rag.export import WORDS, esc, lined, md, md_claim, md_quote

Turn = dict[str, Any]


def as_json(title: str, turns: list[Turn]) -> str:
    """The turns as they are kept."""
    return json.dumps({"title": title, "turns": turns}, ensure_ascii=False, indent=2) + "\n"


def as_markdown(title: str, turns: list[Turn]) -> str:
    """Questions as headings, answers with [n] and what they lack, the quotes below."""
    lines = [f"# {md(title)}", ""]
    for turn in turns:
        said = ((claim["text"], claim["cites"], Verdict(claim["verdict"])) for claim in turn["claims"])
        lines += [f"## {md(turn['asked'])}", "", *(f"{md(line)}\n" for line in _head(turn))]
        lines += [" ".join(md_claim(*each) for each in said) or md(turn["text"]), ""]
        lines += [f"> {md(notice)}\n" for notice in turn.get("notices", ())]
        lines += [f"{label}\n" for label in _label(turn)]
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
        said = " ".join(map(_html_claim, turn["claims"])) or esc(turn["text"])
        quotes = "".join(map(_html_quote, turn["citations"]))
        parts += [f"<h2>{esc(turn['asked'])}</h2>", *map(_html_small, _head(turn)), f"<p>{said}</p>"]
        parts += [*map(_html_small, [*turn.get("notices", ()), *_label(turn)]), f"<ol>{quotes}</ol>"]
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


_OUTCOMES = {"partial": "Partly answered", "abstained": "No answer found"}


def _head(turn: Turn) -> Iterator[str]:
    """What stands over an answer that is not simply one: the question as read, how it ended."""
    if (question := turn.get("question", turn["asked"])) != turn["asked"]:
        yield f"Read as: {question}"
    if turn.get("status") == "stopped":
        yield "Stopped"
    elif rivals := turn.get("conflict"):
        yield f"Sources differ: {', '.join(f'[{number}]' for number in rivals)}"
    elif outcome := _OUTCOMES.get(turn.get("outcome", "")):
        yield outcome


def _label(turn: Turn) -> list[str]:
    """What stands over quotes that are no proof."""
    return ["Nearest passages:"] if turn.get("outcome") == "abstained" and turn["citations"] else []


def _html_small(text: str) -> str:
    return f"<p><small>{esc(text)}</small></p>"


def _html_claim(claim: dict[str, Any]) -> str:
    marks, verdict = "".join(f" [{number}]" for number in claim["cites"]), Verdict(claim["verdict"])
    tag = "s" if verdict in (Verdict.UNSUPPORTED, Verdict.CONTRADICTED) else "span"
    said = f"<{tag}{lined(claim['text'])}>{esc(claim['text'])}</{tag}>{marks}"
    return said if verdict is Verdict.SUPPORTED else f"{said} <small>({WORDS[verdict]})</small>"


def _html_quote(item: dict[str, Any]) -> str:
    said = f"<q{lined(item['quote'])}>{esc(item['quote'])}</q>"
    return f"<li value={item['number']}>{said} <small>{esc(_place(item))}</small></li>"


def _place(item: dict[str, Any]) -> str:
    page = f"page {item['page']}" if item["page"] else ""
    facts = (item["title"], item["publisher"], item["published"], page)
    return " · ".join(str(fact) for fact in facts if fact) + f" ({item['document_id']}:{item['start']}-{item['end']})"
