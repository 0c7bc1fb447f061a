"""Question in, checked answer out: every sentence is backed by an exact quote."""

from index.errors import FootnoteError
from rag.answer import (
    Answer,
    Citation,
    Claim,
    ClaimReady,
    Event,
    Finished,
    ScoredPassage,
    Started,
    Status,
    Verdict,
    Verification,
)
from rag.api import ask
from rag.engine import Footnote
from rag.settings import Settings

__all__ = [
    "Answer",
    "Citation",
    "Claim",
    "ClaimReady",
    "Event",
    "Finished",
    "Footnote",
    "FootnoteError",
    "ScoredPassage",
    "Settings",
    "Started",
    "Status",
    "Verdict",
    "Verification",
    "ask",
]
