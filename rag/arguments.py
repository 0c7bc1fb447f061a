"""What a caller gives, checked before it is used. Everything here raises QuestionError that says what to give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from index.documents import Filter
from rag.errors import QuestionError


def checked_question(question: Any, limit: int) -> str:
    """The question without the space around it; at most `limit` characters."""
    asked = checked_text(question, "question").strip()
    if not any(mark.isalnum() for mark in asked):
        raise QuestionError("The question is empty: type what you want to know from the documents.")
    if len(asked) > limit:
        raise QuestionError(
            f"The question has {len(asked):,} characters, {limit:,} are allowed: ask for one thing at a time."
        )
    return asked


def checked_text(text: Any, name: str) -> str:
    """A text that can be written as UTF-8."""
    if not isinstance(text, str):
        raise QuestionError(f"The {name} is of type {type(text).__name__}: give a text.")
    if any("\ud800" <= mark <= "\udfff" for mark in text):
        raise QuestionError(f"The {name} holds half a character: give a text that is whole.")
    return text


def checked_history(history: Any) -> tuple[tuple[str, str], ...]:
    """Earlier turns as pairs of role and text; None is none."""
    turns = () if history is None else history
    if not _is_list(turns) or not all(_is_list(turn) and len(turn) == 2 and _are_texts(turn) for turn in turns):
        raise QuestionError('The history is pairs, role and text: give [("user", "..."), ("assistant", "...")].')
    return tuple((role, text) for role, text in turns)


def checked_filter(documents: Any, after: Any, before: Any) -> Filter:
    """What may be used: `documents` are ids, or one id."""
    chosen = [documents] if isinstance(documents, str) else documents
    if chosen is not None and not (isinstance(chosen, Iterable) and _are_texts(chosen := list(chosen))):
        raise QuestionError("The documents are named by their ids: give a list of texts such as report.txt.")
    for day in (after, before):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise QuestionError("`after` and `before` are days: give a datetime.date.")
    return Filter(None if chosen is None else frozenset(chosen), after, before)


def _is_list(given: Any) -> bool:
    return isinstance(given, list | tuple)


def _are_texts(given: Iterable[Any]) -> bool:
    return all(isinstance(text, str) for text in given)
