"""Searches as rows of the retrieval table: dense, lexical, fused, and what the reader makes of the fused ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.datasets import Example
from evals.metrics import holds_answer
from index.documents import Filter, Passage
from rag import Footnote
from rag.engine import MORE
from rag.evidence import context

DEPTH = 10


@dataclass(frozen=True, slots=True)
class RankRow:
    """What one search found for one question: documents, best first, and whether each passage holds the gold answer."""

    id: str
    system: str
    documents: tuple[str, ...]
    holds: tuple[bool, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `RankRow.from_dict` gives the row back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RankRow:
        """The inverse of `to_dict`. Raises KeyError or TypeError when `data` is not a row."""
        return cls(data["id"], data["system"], tuple(data["documents"]), tuple(data["holds"]))


@dataclass(frozen=True)
class Ranker:
    """A search with a name: (question, documents it may use) -> passages, best first."""

    name: str
    search: Callable[[str, Filter], Sequence[Passage]]

    def rank(self, example: Example) -> RankRow:
        """The row of one question, asked as a person would rewrite it, so that only retrieval is measured."""
        found = self.search(example.standalone or example.question, Filter(documents=example.within or None))
        golden = [not example.doc_ids or passage.document_id in example.doc_ids for passage in found]
        holds = [gold and holds_one(passage.text, example) for passage, gold in zip(found, golden, strict=True)]
        return RankRow(example.id, self.name, tuple(passage.document_id for passage in found), tuple(holds))


def holds_one(text: str, example: Example) -> bool:
    """Whether `text` holds the answer or, for a list question, any of its parts."""
    return any(holds_answer(text, each) for each in (example.answers, *example.answers_all))


def rankers(footnote: Footnote) -> list[Ranker]:
    """Dense only, BM25 only, both fused, and the fused ones that are read, in the reader's order."""
    library = footnote.library

    def dense(question: str, where: Filter) -> Sequence[Passage]:
        hits = library.dense(library.embedder.embed_query(question), DEPTH, where)
        return library.passages([hit.passage_id for hit in hits])

    def lexical(question: str, where: Filter) -> Sequence[Passage]:
        return library.passages([hit.passage_id for hit in library.lexical(question, DEPTH, where)])

    def fused(question: str, where: Filter) -> Sequence[Passage]:
        return [scored.passage for scored in footnote.retrieve(question, DEPTH, where.documents)]

    def read(question: str, where: Filter) -> Sequence[Passage]:
        found = footnote.retrieve(question, DEPTH, where.documents)
        count = footnote.settings.passages_read + MORE
        top, rest = found[:count], found[count:]
        readings = footnote.reader.read(question, [context(scored.passage) for scored in top])
        best = [max(each.margins, default=float("-inf")) for each in readings]
        order = sorted(range(len(top)), key=lambda i: -best[i])
        return [scored.passage for scored in (*(top[i] for i in order), *rest)]

    return [Ranker("dense", dense), Ranker("lexical", lexical), Ranker("fused", fused), Ranker("reader", read)]
