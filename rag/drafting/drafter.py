"""The seam between evidence and words: a drafter proposes sentences, the engine checks them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.evidence import Evidence

History = Sequence[tuple[str, str]]
"""Earlier turns, oldest first, as (role, text); roles are "user" and "assistant"."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One proposed sentence and the evidence that it cites (may be empty)."""

    text: str
    evidence: tuple[Evidence, ...]


class Drafter(Protocol):
    """Turns evidence, best first, into sentences. Raises LLMError when it cannot."""

    @property
    def name(self) -> str:
        """What answers: "extractive" or the model's name."""

    def draft(self, question: str, evidence: Sequence[Evidence], history: History) -> Iterator[Draft]:
        """Yield sentences as they are ready."""


class Writer(Drafter, Protocol):
    """A drafter that writes sentences of its own, which must be checked."""

    def repair(self, question: str, evidence: Sequence[Evidence], rejected: Sequence[str]) -> Iterator[Draft]:
        """A second attempt, told which sentences the documents do not support. Raises LLMError."""

    def rewrite(self, question: str, history: History) -> str:
        """The follow-up as a question of its own; never raises LLMError."""
