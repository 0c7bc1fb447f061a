from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import MetadataMode
from llama_index.core.tools import QueryEngineTool

from rag import Footnote
from rag.answer import ClaimReady
from rag.errors import QuestionError

QUESTION = "How much was China-Central Asia trade in 2024?"


def test_the_query_engine_answers_with_quotes_as_source_nodes(seeds: Footnote) -> None:
    engine = seeds.as_query_engine()
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(QUESTION)
    answer = seeds.ask(QUESTION)
    assert str(response) == answer.text
    assert [node.node.get_content() for node in response.source_nodes] == [quote.quote for quote in answer.citations]
    for node in response.source_nodes:
        text = seeds.library.document(node.metadata["document_id"]).text
        assert node.text == text[node.metadata["start"] : node.metadata["end"]]
    assert response.metadata["answer"]["status"] == "answered"


@contextmanager
def attached() -> Iterator[SimpleSpanHandler]:
    """A handler of LlamaIndex's spans, until the block ends."""
    spans = SimpleSpanHandler()
    get_dispatcher().add_span_handler(spans)
    try:
        yield spans
    finally:
        get_dispatcher().span_handlers.remove(spans)


def tree(spans: SimpleSpanHandler) -> dict[str, str | None]:
    """The parent of each span, by name."""
    every = [*spans.completed_spans, *spans.dropped_spans]
    names = {span.id_: span.id_.partition("-")[0].removeprefix("Footnote.") for span in every}
    return {name: names.get(span.parent_id or "") for span, name in zip(every, names.values(), strict=True)}


def test_llamaindexs_instrumentation_sees_questions_and_retrievals(seeds: Footnote) -> None:
    with attached() as spans:
        seeds.as_query_engine().query(QUESTION)
        seeds.as_retriever().retrieve(QUESTION)
    seen = {span.id_.partition("-")[0] for span in spans.completed_spans}
    assert {"FootnoteQueryEngine.query", "FootnoteRetriever.retrieve"} <= seen


def test_the_steps_of_an_answer_are_spans_under_one_that_is_the_question(seeds: Footnote) -> None:
    with attached() as spans:
        assert seeds.ask(QUESTION).status == "answered"
    assert tree(spans) == {"ask": None, "rewrite": "ask", "retrieve": "ask", "read": "ask", "draft": "ask"}
    assert all(span.duration > 0 for span in spans.completed_spans)
    assert not {word for span in spans.completed_spans for word in QUESTION.split() if word in span.model_dump_json()}


def test_the_spans_of_an_answer_are_under_the_query_engines(seeds: Footnote) -> None:
    with attached() as spans:
        seeds.as_query_engine().query(QUESTION)
    assert tree(spans)["ask"] == "FootnoteQueryEngine.custom_query"


def test_what_is_done_between_the_sentences_of_a_stream_is_not_under_the_answer(seeds: Footnote) -> None:
    with attached() as spans:
        for event in seeds.stream(QUESTION):
            if isinstance(event, ClaimReady):
                seeds.verify("Trade reached $95.9 billion in 2024.")
    assert tree(spans)["verify"] is None
    assert tree(spans)["draft"] == "ask"


def test_a_reader_who_leaves_ends_the_spans(seeds: Footnote) -> None:
    with attached() as spans:
        events = seeds.stream(QUESTION)
        next(event for event in events if isinstance(event, ClaimReady))
        events.close()  # type: ignore[attr-defined]
        assert not spans.open_spans
    assert {"ask", "draft"} <= tree(spans).keys()


def test_an_error_ends_its_spans_without_its_text(seeds: Footnote) -> None:
    with attached() as spans, pytest.raises(QuestionError):
        seeds.ask("x" * 5000)
    (dropped,) = spans.dropped_spans
    assert "QuestionError" in str(dropped.metadata)
    assert "characters" not in str(dropped.metadata)


@pytest.mark.anyio
async def test_the_query_engine_answers_asynchronously(seeds: Footnote) -> None:
    assert str(await seeds.as_query_engine().aquery(QUESTION)) == seeds.ask(QUESTION).text


def test_the_query_engine_serves_as_an_agents_tool(seeds: Footnote) -> None:
    tool = QueryEngineTool.from_defaults(seeds.as_query_engine(), name="documents", description="Asks the documents.")
    assert tool.call(QUESTION).content == seeds.ask(QUESTION).text


def test_the_retriever_gives_passages_with_spans_and_scores(seeds: Footnote) -> None:
    retriever = seeds.as_retriever(k=3)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve(QUESTION)
    found = seeds.retrieve(QUESTION, 3)
    assert [(node.node_id, node.score) for node in nodes] == [(item.passage.id, item.score) for item in found]
    for node in nodes:
        text = seeds.library.document(node.metadata["document_id"]).text
        assert node.text == text[node.node.start_char_idx : node.node.end_char_idx]
        assert node.node.ref_doc_id == node.metadata["document_id"]


def test_a_model_reads_title_and_date_but_no_bookkeeping(seeds: Footnote) -> None:
    (node,) = seeds.as_retriever(k=1).retrieve(QUESTION)
    read = node.node.get_content(MetadataMode.LLM)
    assert node.metadata["title"] in read
    assert node.metadata["sha256"] not in read


def test_the_retriever_feeds_llamaindexs_own_engine(seeds: Footnote) -> None:
    synthesizer = get_response_synthesizer(llm=MockLLM(max_tokens=5))
    engine = RetrieverQueryEngine(seeds.as_retriever(k=2), synthesizer)
    assert len(engine.query(QUESTION).source_nodes) == 2


def test_asking_without_a_model_never_imports_llamaindex() -> None:
    code = "import rag, rag.drafting.generative, sys; sys.exit('llama_index.core' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
