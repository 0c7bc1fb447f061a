"""Small examples, rows and runs for the tests of what reads them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.datasets import EvalSet, Example
from evals.metrics import Outcome, SentenceCheck
from evals.rows import ClaimRow, QuoteRow, Row
from evals.run import Run, append_lines

RIGHT, WRONG, ABSTAINED = Outcome.RIGHT, Outcome.WRONG, Outcome.ABSTAINED


def quote(text: str = "It cost $5.", document: str = "a.txt", true: bool = True) -> QuoteRow:
    return QuoteRow(document, 0, len(text), text, true)


def row(id_: str, outcome: Outcome, answerer: str = "Footnote", confidence: float = 0.9, **changes: Any) -> Row:
    said = ClaimRow("It cost $5.", "supported", (quote(),), SentenceCheck(True, (True,), (False,)))
    claims = () if outcome is ABSTAINED else (said,)
    fields = {"milliseconds": 10.0, "question": f"{id_}?", "text": "It cost $5. [1]", "claims": claims} | changes
    return Row(id_, answerer, outcome, confidence, **fields)


def example(id_: str, answerable: bool = True, **changes: Any) -> Example:
    fields = {"answers": ("$5",), "doc_ids": ("a.txt",)} if answerable else {}
    return Example(id_, f"{id_}?", answerable=answerable, **{**fields, **changes})


def run_with(folder: Path, examples: list[Example], rows: list[Row], name: str = "small") -> Run:
    """A run on disk, as `Run.create` and `Run.add` leave it."""
    meta = {
        "command": "python -m evals small",
        "set": name,
        "set_fingerprint": EvalSet(name, tuple(examples)).fingerprint,
        "questions": len(examples),
        "started": "2025-01-02T03:04:05+00:00",
        "commit": "abc123",
        "settings": {"risk": 0.05, "llm": None},
        "models": {"embedder": "minilm"},
    }
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(meta))
    append_lines(folder / "examples.jsonl", [asdict(each) for each in examples])
    run = Run.load(folder)
    for each in rows:
        run.add(each)
    return run
