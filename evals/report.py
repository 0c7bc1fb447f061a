"""A run as one HTML file that opens from disk: tables, plots, wrong answers with their evidence; all text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from evals.datasets import Example
from evals.metrics import Outcome, reliability_table, risk_coverage
from evals.plots import bars, reliability_plot, risk_coverage_plot
from evals.rows import ClaimRow, Row
from evals.run import Run
from evals.summary import Graded, answered, grouped, was_right
from evals.tables import Table
from evals.tabulate import tables

STYLE = (Path(__file__).parent / "report.css").read_text("utf-8")


def render(run: Run, made: Mapping[str, Table]) -> str:
    """The whole page with the tables `made` of the run, self-contained: no script, font or image, nothing fetched."""
    examples = {example.id: example for example in run.examples()}
    rows = run.rows()
    first = rows[0].answerer if rows else ""
    graded = [(row, examples[row.id]) for row in rows if row.answerer == first]
    name = escape(f"Eval of {run.meta['set']}, {run.meta['started'][:16].replace('T', ' ')} UTC")
    body = [
        f"<h1>{name}</h1>",
        _meta(run),
        *(table_html(table) for table in made.values()),
        _plots(rows, examples, graded),
        _misses(first, graded),
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    head = f"<head>{head}{policy}<style>{STYLE}</style></head>"
    return f'<!doctype html><html lang="en">{head}<body>{"".join(body)}</body></html>'


def write(run: Run, made: Mapping[str, Table] | None = None) -> Path:
    """`render` into report.html of the run's folder; `made` saves computing the tables again."""
    path = run.folder / "report.html"
    path.write_text(render(run, made or tables(run)), encoding="utf-8")
    return path


def _meta(run: Run) -> str:
    models = ", ".join(f"{name} {value}" for name, value in run.meta["models"].items())
    facts = {
        "questions": str(run.meta["questions"]),
        "commit": str(run.meta["commit"]),
        "set": str(run.meta["set_fingerprint"]),
        "risk": str(run.meta["settings"].get("risk")),
        "LLM": str(run.meta["settings"].get("llm") or "none"),
        "models": models,
    }
    return f"<p class=meta>{' · '.join(f'{escape(key)} {escape(value)}' for key, value in facts.items())}</p>"


def table_html(table: Table) -> str:
    """A table under its title, escaped."""
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(each)}</td>" for each in row[1:])}</tr>'
        for row in table.rows
    )
    note = f"<p class=note>{escape(table.note)}</p>" if table.note else ""
    caption = f"<h2>{escape(table.title)}</h2>"
    return f"{caption}<div class=scroll><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}"


def _plots(rows: Sequence[Row], examples: dict[str, Example], first: Graded) -> str:
    told = answered(first)
    bins = reliability_table([row.confidence for row, _ in told], [row.outcome is Outcome.RIGHT for row, _ in told])
    kinds = {
        name: (sum(was_right(*each) for each in of) / len(of), len(of))
        for name, of in grouped(first, lambda example: example.category).items()
    }
    figures = [
        ("Risk over coverage", risk_coverage_plot(_curves(rows, examples))),
        ("Reliability: is 0.8 right four times in five?", reliability_plot(bins)),
    ]
    shown = "".join(f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>" for title, svg in figures)
    by_kind = bars(kinds, "right, or abstained where the documents do not say") if kinds else ""
    return f"<h2>Plots</h2><div class=plots>{shown}</div>{by_kind}"


def _curves(rows: Sequence[Row], examples: dict[str, Example]) -> dict[str, tuple[tuple[float, float], ...]]:
    names = [name for name in dict.fromkeys(row.answerer for row in rows) if name not in ("oracle", "liar")]
    curves = {}
    for name in names:
        asked = [(row, examples[row.id]) for row in rows if row.answerer == name]
        told = answered(asked)
        right = [row.outcome is Outcome.RIGHT for row, _ in told]
        curves[name] = risk_coverage([row.confidence for row, _ in told], right, len(asked))
    return {name: points for name, points in curves.items() if points}


def _misses(who: str, graded: Graded) -> str:
    missed = [(row, example) for row, example in graded if row.outcome is not Outcome.UNJUDGED]
    wrong = [pair for pair in missed if pair[0].outcome is Outcome.WRONG]
    refused = [pair for pair in missed if pair[0].outcome is Outcome.ABSTAINED and pair[1].answerable]
    parts = [f"<h2>{escape(who)}: every wrong answer ({len(wrong)})</h2>", *(_miss(*pair) for pair in wrong)]
    parts += [
        f"<h2>{escape(who)}: answerable, but abstained ({len(refused)})</h2>",
        *(_miss(*pair) for pair in refused),
    ]
    return "".join(parts)


def _miss(row: Row, example: Example) -> str:
    wanted = "; ".join(" / ".join(each) for each in (example.answers, *example.answers_all) if each)
    facts = [
        f"<p><b>{escape(example.question)}</b></p>",
        f"<p class=note>asked as: {escape(row.question)}</p>" if row.question != example.question else "",
        f"<p>wanted: {escape(wanted or 'an abstention: the documents do not say')}</p>",
        f"<p>confidence {row.confidence:.2f} · {escape(' · '.join((example.category, example.part, row.id)))}</p>",
    ]
    said = "".join(_claim(claim) for claim in row.claims) or f"<p>{escape(row.text)}</p>"
    return f"<details><summary>{escape(example.question)}</summary>{''.join(facts)}{said}</details>"


def _claim(claim: ClaimRow) -> str:
    quotes = "".join(
        f"<blockquote>{escape(quote.quote)}<footer>{escape(quote.document_id)} {quote.start}–{quote.end}"
        f"{'' if quote.true_slice else ' · not a true slice'}</footer></blockquote>"
        for quote in claim.quotes
    )
    said = "" if claim.verbatim else f"<p>{escape(claim.text)} ({escape(claim.verdict)})</p>"
    return said + quotes
