"""What travels to the page and to `/ask` callers: plain JSON with a type for each shape."""

# No "from __future__ import annotations": Gradio reads these types to describe /ask, and strings would become "Any".
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from typing_extensions import TypedDict

from rag.answer import Answer, Citation, Claim, Status


class Message(TypedDict):
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


class CitationJson(TypedDict):
    """An exact quote: `quote == document.text[start:end]`, offsets in code points."""

    number: int
    document_id: str
    title: str
    publisher: str | None
    published: str | None
    start: int
    end: int
    quote: str
    page: int | None
    sha256: str


class ClaimJson(TypedDict):
    """One sentence of an answer; `highlights` are spans of `text` that say what was asked."""

    text: str
    citations: list[CitationJson]
    verdict: Literal["supported", "partly", "unsupported", "contradicted"]
    highlights: list[list[int]]


class AnswerJson(TypedDict):
    """A checked answer, as `Answer.to_dict` gives it without the passages that were looked at.

    `conflicts` groups the numbers of citations that give different figures for the same thing.
    """

    text: str
    claims: list[ClaimJson]
    citations: list[CitationJson]
    status: Literal["answered", "partial", "abstained"]
    confidence: float
    question: str
    asked: str
    drafter: str
    timings_ms: dict[str, float]
    notices: list[str]
    conflicts: list[list[int]]


def answer_json(answer: Answer) -> AnswerJson:
    """The answer as `/ask` returns it."""
    data = answer.to_dict()
    data.pop("passages")
    return data  # type: ignore[return-value]


def citation_json(citation: Citation) -> CitationJson:
    """A citation with its date as an ISO string."""
    return CitationJson(
        number=citation.number,
        document_id=citation.document_id,
        title=citation.title,
        publisher=citation.publisher,
        published=citation.published.isoformat() if citation.published else None,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        page=citation.page,
        sha256=citation.sha256,
    )


def claim_view(claim: Claim) -> dict[str, Any]:
    """A claim as the page shows it: its citations by number."""
    return {
        "text": claim.text,
        "verdict": str(claim.verdict),
        "highlights": [list(span) for span in claim.highlights],
        "cites": [citation.number for citation in claim.citations],
    }


def claims_view(claims: Sequence[Claim], citations: Iterable[Citation] = ()) -> dict[str, Any]:
    """Claims and, once each, the citations they and the answer name."""
    seen = {citation.number: citation for claim in claims for citation in claim.citations}
    seen |= {citation.number: citation for citation in citations}
    return {
        "claims": [claim_view(claim) for claim in claims],
        "citations": [citation_json(seen[number]) for number in sorted(seen)],
    }


def answer_view(answer: Answer) -> dict[str, Any]:
    """The finished answer as the page shows it and as the history keeps it."""
    return claims_view(answer.claims, answer.citations) | {
        "status": "done",
        "text": answer.text,
        "outcome": str(answer.status),
        "question": answer.question,
        "confidence": answer.confidence,
        "words": confidence_words(answer),
        "conflict": sorted({number for rivals in answer.conflicts for number in rivals}),
        "notices": list(answer.notices),
        "drafter": answer.drafter,
    }


def confidence_words(answer: Answer) -> str:
    """The calibrated confidence, said plainly; an abstention says how near the documents come."""
    if answer.status is Status.ABSTAINED:
        near = len(answer.citations)
        return {0: "Nothing comes close", 1: "One passage comes close"}.get(near, f"{near} passages come close")
    if answer.conflicts:
        return "Each is quoted below"
    odds = answer.confidence
    if odds >= 0.9:
        return "Very likely right"
    return "Likely right" if odds >= 0.75 else "Check the quotes" if odds >= 0.5 else "Uncertain: check the quotes"
