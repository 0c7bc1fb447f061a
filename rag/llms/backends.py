"""The language model that RAG_LLM names, as a LlamaIndex `LLM`.

`openai:NAME` is any server that speaks OpenAI's API (vLLM, LM Studio, llama.cpp, OpenAI), `ollama:NAME` an Ollama
server, `gguf:/path/model.gguf` a file that llama.cpp serves inside this process, on loopback and behind a random key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

CONTEXT_TOKENS = 4096
OUTPUT_TOKENS = 320


@dataclass(frozen=True, slots=True)
class Backend:
    """A language model. `name` is what users see; `server` is the one inside this process, kept alive with it."""

    name: str
    llm: LLM
    server: object | None = None


def open_backend(settings: Settings) -> Backend:
    """The model of `settings`. Nothing is sent yet.

    Raises SettingsError when RAG_LLM cannot be used: an unknown kind, a missing file, key or package.
    """
    kind, _, name = (settings.llm or "").partition(":")
    kinds: dict[str, Callable[[str, Settings], Backend]] = {"gguf": _gguf, "ollama": _ollama, "openai": _openai}
    if kind not in kinds or not name.strip():
        raise SettingsError(
            f"RAG_LLM cannot be used: {settings.llm!r}. Give gguf:/path/model.gguf, ollama:NAME or openai:NAME."
        )
    try:
        return kinds[kind](name.strip(), settings)
    except ImportError as error:
        raise SettingsError(
            f"RAG_LLM={kind}:... needs a package that is not installed: run `pip install -r requirements-llm.txt`."
        ) from error


def _openai(name: str, settings: Settings) -> Backend:
    if settings.llm_url is None and settings.llm_key is None:
        raise SettingsError(
            "RAG_LLM=openai:... needs RAG_LLM_URL, the base URL of a server (http://localhost:8000/v1), or RAG_LLM_KEY."
        )
    url = settings.llm_url or "https://api.openai.com/v1"
    return Backend(f"openai:{name}", _openai_like(name, url, _key(settings), settings.llm_timeout))


def _ollama(name: str, settings: Settings) -> Backend:
    key = _key(settings)
    llm: LLM = import_module("llama_index.llms.ollama").Ollama(
        model=name,
        base_url=settings.llm_url or "http://localhost:11434",
        request_timeout=settings.llm_timeout,
        temperature=0.0,
        context_window=CONTEXT_TOKENS,
        thinking=False,
        additional_kwargs={"num_predict": OUTPUT_TOKENS},
        headers={"Authorization": f"Bearer {key}"} if key else None,
    )
    return Backend(f"ollama:{name}", llm)


def _gguf(name: str, settings: Settings) -> Backend:
    path = Path(name).expanduser()
    if not path.is_file():
        raise SettingsError(f"RAG_LLM cannot be used: there is no file {path}. Give the path of a GGUF file.")
    xllamacpp = import_module("xllamacpp")
    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.api_keys = [key]
    try:
        server = xllamacpp.Server(params)
    except Exception as error:
        raise SettingsError(f"RAG_LLM cannot be used: {path.name} is no GGUF model that llama.cpp can load.") from error
    llm = _openai_like(path.stem, f"{server.listening_address}/v1", key, settings.llm_timeout)
    return Backend(f"gguf:{path.stem}", llm, server)


def _openai_like(name: str, url: str, key: str | None, timeout: float) -> LLM:
    llm: LLM = import_module("llama_index.llms.openai_like").OpenAILike(
        model=name,
        api_base=url,
        api_key=key or "none",
        timeout=timeout,
        is_chat_model=True,
        context_window=CONTEXT_TOKENS,
        max_tokens=OUTPUT_TOKENS,
        temperature=0.0,
        max_retries=0,
    )
    return llm


def _key(settings: Settings) -> str | None:
    return settings.llm_key.get_secret_value() if settings.llm_key else None
