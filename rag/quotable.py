"""Which sentences of a passage may be quoted, and what each leans on: the one before it, its heading, its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Passage, Sentence
from index.markup import is_row

LABEL_WORDS = 4
"""A speaker's name before a colon has at most so many words."""

_MARKED = re.compile(r"#{1,6} .*")
_HEADING = re.compile(r"[‘“'\"]?[A-Z][^\d.!?:;,|•]+[’”'\"]?")
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_QUESTION = re.compile(r"\?[\"'”’)*\s]*$")


def quotable(passage: Passage) -> list[Sentence]:
    """The sentences that may be quoted: no boilerplate, nor titles and headings when the passage says more."""
    said = [sentence for sentence in passage.sentences if not sentence.boilerplate]
    following = dict(pairwise(said))
    return [
        sentence
        for sentence in said
        if sentence.text != passage.title
        and not (sentence in following and _is_heading(sentence, following[sentence], passage.page is not None))
    ] or said


@dataclass(frozen=True, slots=True)
class Placed:
    """A quotable sentence and where it stands. `lead` is what it may lean on: the heading that it is a line under, the
    first row of its table, or what stands before it. `heading` is the last heading, or question, of the passage before
    it. Both are "" when there is none.
    """

    sentence: Sentence
    lead: str
    heading: str


def placed(passage: Passage) -> Iterator[Placed]:
    """The quotable sentences of a passage, in order."""
    kept = set(quotable(passage))
    before = heading = columns = ""
    listed = False  # whether nothing but lines stands between the heading and here
    for sentence in passage.sentences:
        text = sentence.text
        if sentence not in kept:
            before, heading, listed = (before, heading, listed) if sentence.boilerplate else (text, text, True)
            continue
        line = is_line(text)
        columns = columns if is_row(text) else ""
        yield Placed(sentence, columns or (heading if line and listed else before), heading)
        columns = columns or (text if is_row(text) else "")
        before, heading, listed = text, text if asks(text) else heading, listed and line


def asks(text: str) -> bool:
    """Whether a sentence asks something and tells nothing before it; a speaker's name before a colon tells nothing."""
    lead, colon, _ = text.rpartition(":")
    return bool(_QUESTION.search(text)) and not (colon and len(lead.split()) > LABEL_WORDS)


def is_line(text: str) -> bool:
    """Whether it is a line of a list or a table, which says little without what it stands under."""
    return not _ENDED.search(text)


def _is_heading(sentence: Sentence, following: Sentence, paged: bool) -> bool:
    """Whether a line is marked as a heading, or is a short one of its own, without figures or marks inside, that opens
    what `following` goes on to say. A page, unlike a file of text, has no blank lines.
    """
    return bool(_MARKED.fullmatch(sentence.text)) or (
        following.start > sentence.end + (not paged)
        and bool(_HEADING.fullmatch(sentence.text))
        and not _HEADING.fullmatch(following.text)
        and len(following.text) > len(sentence.text)
    )
