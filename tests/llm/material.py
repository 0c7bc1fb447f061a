"""Evidence from a short text, for tests of drafters."""

from __future__ import annotations

from datetime import date

from index.documents import Document
from index.passages import split
from rag.evidence import Evidence
from rag.quotable import quotable

TEXT = (
    "The Northern Line opened in May 1931. It carried 40,000 passengers on its first day. "
    "The engineer was Ada Lund, who had built bridges in Norway. The work cost 12 million crowns.\n\n"
    "In 1998 the line was extended to the harbour. Today it has 31 stations."
)


def evidence(text: str = TEXT, title: str = "The Northern Line", order: tuple[int, ...] = ()) -> list[Evidence]:
    """Each sentence of `text` as evidence, in the order given (by place), else as it stands."""
    document = Document("line.txt", text, "0" * 64, title, published=date(2024, 5, 4))
    found: list[Evidence] = []
    for passage in split(document):
        before = ""
        for sentence in quotable(passage):
            found.append(Evidence(passage, sentence, 0.9, before))
            before = sentence.text
    return [found[place] for place in order] if order else found
