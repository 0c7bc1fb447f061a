"""Footnote behind LlamaIndex's own interfaces. Imported only when asked for: LlamaIndex takes two seconds to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
from pydantic import ConfigDict, PrivateAttr

from index.documents import Passage
from rag.answer import Answer, Citation, ScoredPassage

if TYPE_CHECKING:
    from rag.engine import Footnote


class FootnoteRetriever(BaseRetriever):
    """`Footnote.retrieve` as a LlamaIndex retriever."""

    def __init__(self, footnote: Footnote, k: int = 10) -> None:
        """`k`: how many passages, best first."""
        super().__init__()
        self._footnote = footnote
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._footnote.retrieve(query_bundle.query_str, self._k)
        return [NodeWithScore(node=_passage_node(scored), score=scored.score) for scored in found]


class FootnoteQueryEngine(CustomQueryEngine):
    """`Footnote.ask` as a LlamaIndex query engine.

    The response's text carries [n]; `source_nodes[n - 1]` is quote n with its span, `metadata["answer"]` all of it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    _footnote: Any = PrivateAttr()

    def __init__(self, footnote: Footnote, **data: Any) -> None:
        """An engine over one open Footnote."""
        super().__init__(**data)
        self._footnote = footnote

    def custom_query(self, query_str: str) -> Response:
        """Answer one question. Raises what `Footnote.ask` raises."""
        answer: Answer = self._footnote.ask(query_str)
        nodes = [NodeWithScore(node=_quote_node(quote), score=answer.confidence) for quote in answer.citations]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})


def query_engine(footnote: Footnote) -> FootnoteQueryEngine:
    """A LlamaIndex query engine over `footnote.ask`."""
    return FootnoteQueryEngine(footnote)


def retriever(footnote: Footnote, k: int = 10) -> FootnoteRetriever:
    """A LlamaIndex retriever over `footnote.retrieve`."""
    return FootnoteRetriever(footnote, k)


def _passage_node(scored: ScoredPassage) -> TextNode:
    passage = scored.passage
    about = {**_about(passage), "dense": scored.dense, "lexical": scored.lexical}
    return _node(passage.id, passage.text, passage.start, passage.end, about)


def _quote_node(quote: Citation) -> TextNode:
    about = {**_about(quote), "number": quote.number}
    return _node(f"{quote.document_id}:{quote.start}-{quote.end}", quote.quote, quote.start, quote.end, about)


def _about(source: Passage | Citation) -> dict[str, Any]:
    """What a node says of its origin; dates as ISO strings, offsets in code points of the document."""
    return {
        "document_id": source.document_id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published.isoformat() if source.published else None,
        "page": source.page,
        "sha256": source.sha256,
        "start": source.start,
        "end": source.end,
    }


def _node(node_id: str, text: str, start: int, end: int, about: dict[str, Any]) -> TextNode:
    hidden = sorted(set(about) - {"title", "publisher", "published"})
    document = RelatedNodeInfo(node_id=about["document_id"])
    return TextNode(
        id_=node_id,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=about,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=hidden,
        relationships={NodeRelationship.SOURCE: document},
    )
