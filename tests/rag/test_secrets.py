"""What a key or the text of a user must not be found in: exports, logs, spans, errors."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler

from rag import Footnote
from rag.export import to_html, to_json, to_markdown
from rag.observe import JsonLines
from rag.settings import ROOT, Settings
from tests.llm.scripted import Reply, Scripted, says, scripted_server

pytest.importorskip("llama_index.llms.openai_like", reason="needs requirements-llm.txt")
KEY = "sk-not-for-anyone-0123456789"
PASSWORD = "hunter2-not-for-anyone"
QUESTION = "How much was China-Central Asia trade in 2024?"


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


@pytest.fixture(scope="module")
def footnote(server: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footnote]:
    """An engine with a key and a password in its settings."""
    url = server.url.replace("//", f"//ada:{PASSWORD}@") + "/v1"
    settings = Settings(llm="openai:m", llm_url=url, llm_key=KEY, embedding_key=KEY, llm_timeout=20)
    opened = Footnote.open(ROOT / "seeds", tmp_path_factory.mktemp("secrets"), settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "reply",
    [says("Trade reached $94.8 billion in 2024 [1]."), Reply(status=401), Reply(status=500), Reply(raw=b"nonsense")],
    ids=["answered", "refused", "failed", "nonsense"],
)
def test_no_secret_is_in_an_answer_its_exports_the_logs_or_the_spans(
    footnote: Footnote, server: Scripted, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies, spans = [reply], SimpleSpanHandler()
    get_dispatcher().add_span_handler(spans)
    try:
        with caplog.at_level(logging.DEBUG):
            answer = footnote.ask(QUESTION)
    finally:
        get_dispatcher().span_handlers.remove(spans)
    assert server.requests
    traces = [span.model_dump_json() for span in (*spans.completed_spans, *spans.dropped_spans)]
    logged = [JsonLines().format(record) for record in caplog.records if record.name.startswith(("rag", "index"))]
    shown = [write(answer) for write in (to_json, to_markdown, to_html)]
    everything = "\n".join([*shown, *traces, *logged, json.dumps(answer.to_dict())])
    assert "94.8" in everything
    everything += repr(footnote.settings)
    assert KEY not in everything
    assert PASSWORD not in everything


def test_no_secret_is_written_into_the_index(footnote: Footnote) -> None:
    """But for the .bin files of HNSW: its library writes memory that it did not clear (SECURITY.md)."""
    footnote.ask(QUESTION)
    for folder, _, names in os.walk(footnote.library.index_dir):
        for name in names:
            if name.endswith(".bin"):
                continue
            data = (Path(folder) / name).read_bytes()
            assert KEY.encode() not in data
            assert PASSWORD.encode() not in data
    database = footnote.library.index_dir / "chroma" / "chroma.sqlite3"
    assert sqlite3.connect(database).execute("SELECT count(*) FROM embeddings").fetchone()[0] > 20
