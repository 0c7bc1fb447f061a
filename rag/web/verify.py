"""The Verify tab: any text checked against the documents, sentence by sentence."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rag.web.site import Site
from rag.web.wire import claims_view

MAX_TEXT = 20_000


class Text(BaseModel):
    """What to check, and the question it answers where there is one."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    question: str | None = Field(None, max_length=2000)


def verify(site: Site, owner: str, request: Text) -> dict[str, Any]:
    """Each sentence with its verdict and quotes; citations are numbered through."""
    site.rate.count(owner)
    found = site.engine.verify(request.text, question=request.question or None)
    return claims_view(found.claims)
