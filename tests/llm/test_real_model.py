"""SmolLM2-135M, served by llama.cpp in this process. It forgets markers and invents names: little is asked of it."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from rag import Footnote, Settings, Verdict
from rag.drafting.generative import GenerativeDrafter, NotInDocuments
from rag.errors import LLMUnavailable, LLMUnusable, SettingsError
from rag.llms import open_backend
from tests.llm.fetch import SHA256, model_path, sha256
from tests.llm.material import evidence

pytest.importorskip("xllamacpp", reason="needs requirements-llm.txt")
pytest.importorskip("llama_index.llms.openai_like", reason="needs requirements-llm.txt")
MODEL = model_path()
needs_model = pytest.mark.skipif(not MODEL.exists(), reason="no model: run `python -m tests.llm.fetch`")
QUESTION = "How much was China-Central Asia trade in 2024?"


@pytest.fixture(scope="module")
def drafter() -> GenerativeDrafter:
    return GenerativeDrafter.from_settings(Settings(llm=f"gguf:{MODEL}", llm_timeout=120))


@pytest.fixture(scope="module")
def written(seeds: Footnote, drafter: GenerativeDrafter) -> Footnote:
    """Footnote over the seeds, with the model as its writer."""
    return Footnote(seeds.library, seeds.settings, seeds.reader, seeds.calibration, drafter)


@needs_model
def test_the_model_is_the_one_that_the_figures_are_about() -> None:
    assert sha256(MODEL) == SHA256


@needs_model
def test_a_real_model_drafts_whole_sentences_that_cite_what_was_offered(drafter: GenerativeDrafter) -> None:
    offered = evidence()
    drafts = list(drafter.draft("When did the Northern Line open?", offered))
    assert drafts
    assert drafter.name == f"gguf:{MODEL.stem}"
    for draft in drafts:
        assert "[" not in draft.text
        assert set(draft.evidence) <= set(offered)


@needs_model
def test_whatever_it_writes_every_sentence_shown_has_its_exact_quote(written: Footnote) -> None:
    answer = written.ask(QUESTION)
    assert answer.claims
    for claim in answer.claims:
        assert claim.verdict in (Verdict.SUPPORTED, Verdict.PARTLY)
        assert claim.citations
        for quote in claim.citations:
            assert quote.quote == written.library.document(quote.document_id).text[quote.start : quote.end]
    assert answer.drafter == f"gguf:{MODEL.stem}"


@needs_model
def test_the_time_limit_holds_for_a_real_model() -> None:
    hurried = GenerativeDrafter.from_settings(Settings(llm=f"gguf:{MODEL}", llm_timeout=0.01))
    with pytest.raises(LLMUnavailable, match="RAG_LLM_TIMEOUT"):
        list(hurried.draft("When did the Northern Line open?", evidence()))


@needs_model
def test_a_real_server_behind_a_url_answers_and_keeps_its_key(caplog: pytest.LogCaptureFixture) -> None:
    backend = open_backend(Settings(llm=f"gguf:{MODEL}"))
    address, key = backend.llm.api_base, backend.llm.api_key
    by_url = Settings(llm=f"openai:{MODEL.stem}", llm_url=address, llm_key=key, llm_timeout=120)
    with caplog.at_level(logging.DEBUG):
        with suppress(NotInDocuments, LLMUnusable):  # a weak model may say so; what counts is the key
            assert list(GenerativeDrafter.from_settings(by_url).draft("Who was the engineer?", evidence()))
        with pytest.raises(LLMUnavailable, match="RAG_LLM_KEY"):
            wrong = by_url.with_(llm_key="sk-wrong-0123456789")
            list(GenerativeDrafter.from_settings(wrong).draft("Who was the engineer?", evidence()))
    assert key not in caplog.text
    assert "sk-wrong" not in caplog.text


@pytest.mark.parametrize(
    ("llm", "said"),
    [
        ("gguf:/nowhere/model.gguf", "no file"),
        ("gguf:", "gguf:/path/model.gguf"),
        ("mystery:model", "ollama:NAME"),
        ("model", "ollama:NAME"),
        ("openai:model", "RAG_LLM_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_a_sentence(llm: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        open_backend(Settings(llm=llm))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SettingsError, match=r"model\.gguf is no GGUF model"):
        open_backend(Settings(llm=f"gguf:{path}"))


@pytest.mark.parametrize("kind", ["gguf", "ollama", "openai"])
def test_a_package_that_is_not_installed_is_named(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("xllamacpp", "llama_index.llms.ollama", "llama_index.llms.openai_like"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "m").touch()
    settings = Settings(llm=f"{kind}:{tmp_path / 'm'}", llm_url="http://127.0.0.1:9/v1")
    with pytest.raises(SettingsError, match=r"requirements-llm\.txt"):
        open_backend(settings)
