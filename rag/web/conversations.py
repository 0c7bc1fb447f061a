"""The history and feedback actions of the page, thin over `History`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.web.site import Site

HEX = r"^[0-9a-f]{16}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Search(_Strict):
    """Words that a conversation must hold; none lists them all."""

    search: str = Field("", max_length=200)


class Conversation(_Strict):
    """One conversation."""

    id: str = Field(pattern=HEX)


class Title(Conversation):
    """Its new title."""

    title: str = Field(min_length=1, max_length=400)


class Turn(_Strict):
    """One turn."""

    id: str = Field(pattern=HEX)


class Rating(Turn):
    """A thumb and a note; 0 takes it back."""

    rating: Literal[-1, 0, 1]
    note: str = Field("", max_length=2000)


def conversations(site: Site, owner: str, request: Search) -> dict[str, Any]:
    """The reader's conversations, newest first."""
    return {"conversations": site.history.conversations(owner, request.search.strip())}


def conversation(site: Site, owner: str, request: Conversation) -> dict[str, Any]:
    """One conversation with its turns."""
    title = site.history.title(owner, request.id)
    return {"id": request.id, "title": title, "turns": site.history.turns(owner, request.id)}


def rename(site: Site, owner: str, request: Title) -> dict[str, Any]:
    """Give it another title."""
    site.history.rename(owner, request.id, " ".join(request.title.split()) or "Untitled")
    return {}


def delete(site: Site, owner: str, request: Conversation) -> dict[str, Any]:
    """Delete it for good."""
    site.history.delete(owner, request.id)
    return {}


def drop(site: Site, owner: str, request: Turn) -> dict[str, Any]:
    """Undo one turn; its conversation goes with the last."""
    site.history.drop_turn(owner, request.id)
    return {}


def rate(site: Site, owner: str, request: Rating) -> dict[str, Any]:
    """Keep a thumb and its note."""
    site.history.rate(owner, request.id, request.rating, request.note.strip())
    return {}
