"""The LlamaIndex starter pipeline over Chroma, as its guide gives it, with Footnote's embedder: the peer to beat.

Reads the same texts, splits them with the default `SentenceSplitter`, stores them with `ChromaVectorStore`, asks with
`similarity_top_k=2`. With an LLM it answers through the default query engine; without one, with the first node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from evals.answerers import abstention
from evals.datasets import Example
from index.embedding import Embedder
from rag import Footnote
from rag.answer import Answer, Citation, Claim, Status, Verdict

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM
    from llama_index.core.schema import NodeWithScore
    from llama_index.core.vector_stores import MetadataFilters

NODES = 2
"""`similarity_top_k` of the starter guide."""


class LlamaIndexStarter:
    """`VectorStoreIndex` over an in-memory Chroma. Needs llama-index-vector-stores-chroma (requirements-dev.txt)."""

    def __init__(self, footnote: Footnote, llm: LLM | None = None) -> None:
        self._documents = {info.id: info for info in footnote.library.documents()}
        texts = {id_: footnote.library.document(id_).text for id_ in self._documents}
        self._index = starter_index(texts, footnote.library.embedder)
        self._llm = llm
        self.name = "LlamaIndex starter" + (" + LLM" if llm else "")

    def answer(self, example: Example) -> Answer:
        """With an LLM its reply, citing the nodes; else the first node as it is. It never abstains by itself."""
        nodes = self.retrieve(example)
        if not nodes:
            return abstention(example, self.name)
        if self._llm is None:
            return self._told(example, nodes[0].get_content(), nodes[:1])
        engine = self._index.as_query_engine(llm=self._llm, similarity_top_k=NODES, filters=_filters(example))
        reply = engine.query(example.question)
        return self._told(example, str(reply), reply.source_nodes)

    def retrieve(self, example: Example) -> list[NodeWithScore]:
        """The nodes for a question, best first."""
        retriever = self._index.as_retriever(similarity_top_k=NODES, filters=_filters(example))
        return list(retriever.retrieve(example.question))

    def _told(self, example: Example, text: str, nodes: Sequence[NodeWithScore]) -> Answer:
        citations = tuple(self._cited(number, node) for number, node in enumerate(nodes, 1))
        claim = Claim(text, citations, Verdict.SUPPORTED)
        sure = min(1.0, max(0.0, float(nodes[0].score or 0.0)))
        question = example.question
        return Answer(text, (claim,), citations, Status.ANSWERED, sure, question, question, drafter=self.name)

    def _cited(self, number: int, found: NodeWithScore) -> Citation:
        node: Any = found.node
        info = self._documents[node.metadata["file_name"]]
        start, end = node.start_char_idx or 0, node.end_char_idx or 0
        return Citation(
            number,
            info.id,
            info.title,
            info.publisher,
            info.published,
            start,
            end,
            node.get_content(),
            None,
            info.sha256,
        )


def starter_index(texts: dict[str, str], embedder: Embedder) -> Any:
    """A `VectorStoreIndex` of `texts` (id to text) over a Chroma collection in memory, default splitter."""
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    collection = client.create_collection(f"starter-{uuid4().hex}", embedding_function=None)
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    documents = [
        Document(
            text=text,
            metadata={"file_name": id_},
            excluded_embed_metadata_keys=["file_name"],
            excluded_llm_metadata_keys=["file_name"],
        )
        for id_, text in texts.items()
    ]
    return VectorStoreIndex.from_documents(documents, storage_context=storage, embed_model=adapted(embedder))


def adapted(embedder: Embedder) -> BaseEmbedding:
    """Footnote's embedder behind LlamaIndex's interface."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Adapted(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in embedder.embed_query(query)]

        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(value) for value in embedder.embed_passages([text])[0]]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Adapted(model_name=embedder.name)


def _filters(example: Example) -> MetadataFilters | None:
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    if not example.within:
        return None
    wanted = MetadataFilter(key="file_name", value=list(example.within), operator=FilterOperator.IN)
    return MetadataFilters(filters=[wanted])
