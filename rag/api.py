"""The one-line way in: `ask()` over the default folder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

from rag.answer import Answer
from rag.engine import Footnote


def ask(
    question: str,
    history: Sequence[tuple[str, str]] = (),
    documents: Collection[str] | str | None = None,
    after: date | None = None,
    before: date | None = None,
) -> Answer:
    """Answer from the default folder (seeds/, or RAG_SOURCE_DIR); the index is made or brought up to date on first use.

    See `Footnote.ask` for the arguments and errors.
    """
    return _default().ask(question, history, documents, after, before)


@lru_cache(maxsize=1)
def _default() -> Footnote:
    return Footnote.open()
