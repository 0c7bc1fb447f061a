"""One graded answer: all that the metrics and the report need of it, as one line of JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evals.datasets import Example
from evals.judging import Judge, check
from evals.metrics import Outcome, SentenceCheck, judge
from index.documents import Document
from rag.answer import Answer, Citation, Claim, Status


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A citation, and whether it is what it says: `document.text[start:end]`."""

    document_id: str
    start: int
    end: int
    quote: str
    true_slice: bool


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A sentence of an answer, its quotes, the verdict it was shown with, and what the judge says of it, if asked."""

    text: str
    verdict: str
    quotes: tuple[QuoteRow, ...]
    check: SentenceCheck | None = None

    @property
    def verbatim(self) -> bool:
        """Whether the sentence is word for word in one of its quotes."""
        return any(self.text in quote.quote for quote in self.quotes)


@dataclass(frozen=True, slots=True)
class Row:
    """One question put to one answerer. `question` is as rewritten; `milliseconds` of the answerer alone."""

    id: str
    answerer: str
    outcome: Outcome
    confidence: float
    milliseconds: float
    question: str
    text: str
    claims: tuple[ClaimRow, ...]

    @property
    def claimed(self) -> str:
        """All that the answer says, without markers; nothing when it abstained."""
        return " \n ".join(claim.text for claim in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `Row.from_dict` gives the row back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Row:
        """The inverse of `to_dict`. Raises KeyError, TypeError or ValueError when `data` is not a row."""
        claims = tuple(_claim(each) for each in data["claims"])
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "claims": claims})


def grade(
    example: Example,
    answerer: str,
    answer: Answer,
    milliseconds: float,
    document: Callable[[str], Document | None],
    judge_sentence: Judge | None = None,
) -> Row:
    """The row of `answer` to `example`. `document` gives the text a citation points into, None when there is none."""
    abstained = answer.status is Status.ABSTAINED
    claims = () if abstained else tuple(_graded(claim, document, judge_sentence) for claim in answer.claims)
    claimed = " \n ".join(claim.text for claim in claims)
    outcome = judge(claimed, abstained, example.answerable, example.answers, example.answers_all)
    return Row(example.id, answerer, outcome, answer.confidence, milliseconds, answer.question, answer.text, claims)


def _graded(claim: Claim, document: Callable[[str], Document | None], judge_sentence: Judge | None) -> ClaimRow:
    quotes = tuple(_quote(citation, document(citation.document_id)) for citation in claim.citations)
    checked = check(judge_sentence, claim.text, [quote.quote for quote in quotes]) if judge_sentence else None
    return ClaimRow(claim.text, str(claim.verdict), quotes, checked)


def _quote(citation: Citation, document: Document | None) -> QuoteRow:
    true = document is not None and document.text[citation.start : citation.end] == citation.quote != ""
    return QuoteRow(citation.document_id, citation.start, citation.end, citation.quote, true)


def _claim(data: Mapping[str, Any]) -> ClaimRow:
    checked = data["check"]
    return ClaimRow(
        data["text"],
        data["verdict"],
        tuple(QuoteRow(**quote) for quote in data["quotes"]),
        SentenceCheck(checked["supported"], tuple(checked["alone"]), tuple(checked["without"])) if checked else None,
    )
