"""The data of an answer.

Invariant, everywhere and always: `citation.quote == document.text[citation.start:citation.end]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index.documents import Passage
from rag.errors import AnswerFileError


class Verdict(StrEnum):
    """What the quotes say about a sentence."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class Status(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote and its place: `quote == document.text[start:end]`, offsets in code points."""

    number: int
    document_id: str
    title: str
    publisher: str | None
    published: date | None
    start: int
    end: int
    quote: str
    page: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer; `highlights` are the spans of `text` (code points) that say what was asked."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage that was looked at: fused score in [0, 1], cosine (`dense`) and BM25 (`lexical`), 0 when not found."""

    passage: Passage
    score: float
    dense: float = 0.0
    lexical: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer.

    `text` carries [n] markers numbered 1..N in order of first use. `confidence`, as fitted: the share of answers
    with this confidence that are right. `question` is the question as rewritten, `asked` as typed. An abstention has
    one claim-free `text` that names what is missing, and in `citations` the nearest passages' sentences. `conflicts`
    groups the numbers of citations that give different values for the same thing.
    """

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    status: Status
    confidence: float
    question: str
    asked: str
    passages: tuple[ScoredPassage, ...] = ()
    drafter: str = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    conflicts: tuple[tuple[int, ...], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; dates are ISO strings. `Answer.from_dict` gives the answer back."""
        return _plain(asdict(self))  # type: ignore[no-any-return]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The inverse of `to_dict`. Raises AnswerFileError when `data` is not an answer."""
        try:
            return _SAVED.validate_python(data)
        except ValidationError as error:
            raise AnswerFileError("This is not a saved answer: save one with `python -m rag --json`.") from error


_SAVED = TypeAdapter(Answer)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Verification:
    """Any text checked against the documents, sentence by sentence."""

    claims: tuple[Claim, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; dates are ISO strings."""
        return _plain(asdict(self))  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Started:
    """The first event of a stream: the question as it will be answered, and as it was typed."""

    question: str
    asked: str


@dataclass(frozen=True, slots=True)
class ClaimReady:
    """A checked sentence; its citations keep these numbers in the finished answer."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a stream: the whole answer."""

    answer: Answer


Event = Started | ClaimReady | Finished
