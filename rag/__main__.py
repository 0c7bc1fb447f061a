"""python -m rag "question": one answer in the terminal. Also: python -m rag verify FILE, python -m rag check FILE."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from index.errors import FootnoteError
from index.files import folder
from index.markup import has_lines
from rag.answer import Answer, Citation, Claim, Status, Verification
from rag.engine import Footnote
from rag.errors import AnswerFileError
from rag.export import to_html, to_json, to_markdown

WIDTH = 88
MARKS = {"supported": "✓", "partly": "~", "unsupported": "✗", "contradicted": "!"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for an answer, 1 for an abstention or a failed check, 2 for an error."""
    args = _parser().parse_args(argv)
    try:
        footnote = Footnote.open(args.source, args.index)
        try:
            return _run(args, footnote)
        finally:
            footnote.close()
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # who read the output, as head does, has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description=__doc__)
    parser.add_argument("words", nargs="+", metavar="QUESTION", help="the question; or: verify FILE, check ANSWER.json")
    parser.add_argument("--source", type=folder, help="the folder of documents (default: seeds, or RAG_SOURCE_DIR)")
    parser.add_argument("--index", type=folder, help="where the index is kept (default: .rag, or RAG_INDEX_DIR)")
    parser.add_argument("--after", type=_day, help="use only documents published on this day (YYYY-MM-DD) or later")
    parser.add_argument("--before", type=_day, help="use only documents published on this day or earlier")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    shape.add_argument("--markdown", action="store_true", help="print the answer as Markdown")
    shape.add_argument("--html", action="store_true", help="print the answer as a self-contained HTML page")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day: write it as 2024-12-31") from None


def _run(args: argparse.Namespace, footnote: Footnote) -> int:
    command, rest = args.words[0], args.words[1:]
    if command in ("verify", "check") and not rest:
        raise AnswerFileError(f"There is no file to {command}: name one after the word.")
    if command == "verify" and len(rest) == 1:
        return _verify(footnote, Path(rest[0]), args.json)
    if command == "check" and len(rest) == 1:
        return _check(footnote, Path(rest[0]))
    answer = footnote.ask(" ".join(args.words), after=args.after, before=args.before)
    if args.json:
        print(to_json(answer))
    elif args.markdown:
        print(to_markdown(answer))
    elif args.html:
        print(to_html(answer))
    else:
        print(render(answer))
    return 1 if answer.status is Status.ABSTAINED else 0


def _verify(footnote: Footnote, path: Path, as_json: bool) -> int:
    verification = footnote.verify(_text(path))
    if as_json:
        print(json.dumps(verification.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(render_verification(verification))
    return 0 if all(claim.verdict == "supported" for claim in verification.claims) else 1


def _check(footnote: Footnote, path: Path) -> int:
    from rag.check import check

    try:
        answer = Answer.from_dict(json.loads(_text(path)))
    except ValueError as error:
        raise AnswerFileError(f"{path} is not JSON: save an answer with `python -m rag --json`.") from error
    report = check(answer, footnote)
    print("\n".join(report.changes) or "Every quote still stands at its place, and every verdict is the same.")
    return 0 if report.ok else 1


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AnswerFileError(f"{path} cannot be read: give the path of a text file in UTF-8.") from error


def render(answer: Answer) -> str:
    """The answer for a terminal: text, what supports it, and how sure."""
    blocks = [_fill(answer.text)]
    if answer.question != answer.asked:
        blocks.insert(0, f"Read as: {answer.question}")
    blocks += [_fill(notice) for notice in answer.notices if notice not in answer.text]
    label = "Nearest passages:" if answer.status is Status.ABSTAINED and answer.citations else ""
    blocks.append("\n".join(filter(None, [label, *(_source(citation) for citation in answer.citations)])))
    blocks.append(f"{answer.status.capitalize()}, confidence {answer.confidence:.0%} ({answer.drafter})")
    return "\n\n".join(filter(None, blocks))


def render_verification(verification: Verification) -> str:
    """One block a sentence: its verdict, then the quotes."""
    return "\n\n".join(_checked(claim) for claim in verification.claims) or "There is no sentence to check."


def _checked(claim: Claim) -> str:
    head = _fill(f"{MARKS[claim.verdict]} {claim.verdict}: {claim.text}", "  ")
    return "\n".join([head, *(_source(citation) for citation in claim.citations)])


def _fill(text: str, indent: str = "") -> str:
    """`text` wrapped, all lines but the first indented; those of a list or of code stay lines."""
    first, *rest = [line for line in text.splitlines() if line.strip()] if has_lines(text) else [text]
    wrapped = [textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent) for line in rest]
    return "\n".join([textwrap.fill(first, WIDTH, subsequent_indent=indent), *wrapped])


def _source(citation: Citation) -> str:
    published = citation.published.isoformat() if citation.published else None
    about = ", ".join(filter(None, [citation.publisher, published]))
    place = f"{citation.document_id}:{citation.start}-{citation.end}" + (
        f", page {citation.page}" if citation.page else ""
    )
    quote = _fill(f"[{citation.number}] “{citation.quote}”", "    ")
    return f"{quote}\n    {citation.title}{f' ({about})' if about else ''}\n    {place}"


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
