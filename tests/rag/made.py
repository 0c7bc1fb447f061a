"""Evidence made from plain text, for tests of the pure parts."""

from __future__ import annotations

from datetime import date

from index.documents import Document, Passage, Sentence
from index.passages import split
from rag.evidence import Evidence


def passage(text: str, document_id: str = "a.txt", title: str = "A report", published: date | None = None) -> Passage:
    """The only passage of a short document."""
    (only,) = split(Document(document_id, text, "0" * 64, title, published=published))
    return only


def evidence(
    text: str, score: float = 0.9, document_id: str = "a.txt", answer: str | None = None, published: date | None = None
) -> list[Evidence]:
    """Each sentence of `text` as evidence; `answer` is marked as the span where it occurs."""
    whole = passage(text, document_id, published=published)
    found: list[Evidence] = []
    before = ""
    for sentence in whole.sentences:
        found.append(Evidence(whole, sentence, score, before, span_of(sentence, answer)))
        before = sentence.text
    return found


def span_of(sentence: Sentence, answer: str | None) -> tuple[int, int] | None:
    """Where `answer` stands in the document."""
    if answer is None or answer not in sentence.text:
        return None
    start = sentence.start + sentence.text.index(answer)
    return start, start + len(answer)
