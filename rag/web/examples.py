"""Questions the page offers, at the start and after an answer: drawn from the documents, and answered by them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from index.documents import Passage
from index.errors import FootnoteError
from index.passages import split
from rag.web.library import Nothing
from rag.web.site import Site
from rag.web.suggestions import Candidate, answerable, candidates

EXAMPLES, DOCUMENTS_READ = 4, 30
NEXT, NEXT_TRIES, PASSAGES_READ = 3, 8, 8


class Answered(BaseModel):
    """An answered question, what it cited, and what was asked before."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str = Field(min_length=1, max_length=100_000)
    cited: list[tuple[str, int, int]] = Field(max_length=100, strict=False)
    asked: list[str] = Field(max_length=200)


def examples(site: Site, owner: str, request: Nothing) -> dict[str, Any]:
    """A few questions that the documents answer; drawn once for each state of the library."""
    with site.drawing:
        generation = site.engine.library.generation
        if generation not in site.examples:
            drawn = answerable(site.engine, candidates(_first_passages(site)), EXAMPLES)
            site.examples.clear()
            site.examples[generation] = drawn
        return {"examples": site.examples[generation]}


def _first_passages(site: Site) -> Iterator[Passage]:
    library = site.engine.library
    for info in islice(library.documents(), DOCUMENTS_READ):
        try:
            yield from split(library.document(info.id), site.engine.settings.passage_tokens)
        except FootnoteError:
            continue


def suggest(site: Site, owner: str, request: Answered) -> dict[str, Any]:
    """Up to three questions near this answer's evidence. None while others wait for answers: this is not urgent."""
    if site.running.busy() or not site.suggesting.acquire(blocking=False):
        return {"questions": []}
    try:
        near = [scored.passage for scored in site.engine.retrieve(request.question, k=PASSAGES_READ)]
        fresh = (found for found in candidates(near) if not _cited(found, request.cited))
        asked = answerable(site.engine, fresh, NEXT, request.asked, NEXT_TRIES, lambda: not site.running.busy())
        return {"questions": asked}
    finally:
        site.suggesting.release()


def _cited(found: Candidate, cited: list[tuple[str, int, int]]) -> bool:
    return any(name == found.document_id and start < found.end and found.start < end for name, start, end in cited)
