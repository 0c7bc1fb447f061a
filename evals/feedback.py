"""Rated answers from the page's history as candidates for the known questions; a person decides on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any


def candidates(feedback: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of questions.jsonl, each question once, from `rag.web.history.History.feedback()`.

    A liked answer gives its bold spans (else its quotes) as the answers; a disliked one gives none, and `note` says
    what the person wrote, so that the right answer can be filled in.
    """
    rows = {row["question"]: row for row in map(_candidate, feedback)}
    return list(rows.values())


def _candidate(rated: Mapping[str, Any]) -> dict[str, Any]:
    turn = rated["turn"]
    liked = rated["rating"] > 0
    answerable = turn["outcome"] != "abstained"
    return {
        "id": sha256(turn["question"].encode()).hexdigest()[:12],
        "question": turn["question"],
        "answers": _answers(turn) if liked and answerable else [],
        "answerable": answerable if liked else True,
        "doc_ids": sorted({quote["document_id"] for quote in turn["citations"]}) if liked and answerable else [],
        "category": "liked" if liked else "disliked",
        "note": rated["note"],
    }


def _answers(turn: Mapping[str, Any]) -> list[str]:
    spans = [claim["text"][start:end] for claim in turn["claims"] for start, end in claim["highlights"]]
    return spans[:1] or [quote["quote"] for quote in turn["citations"]][:1]
