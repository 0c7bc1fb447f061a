from pathlib import Path

import pytest

from rag import Settings
from rag.errors import SettingsError


def test_a_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PASSAGES_READ", "7")
    assert Settings.load().passages_read == 7
    assert Settings.load(passages_read=3).passages_read == 3


def test_an_unusable_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_RISK", "much")
    with pytest.raises(SettingsError, match="RAG_RISK"):
        Settings.load()


@pytest.mark.parametrize("value", ["inf", "nan", "1e999", "-1", "0", ""])
def test_a_number_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_MAX_FILE_MB", value)
    with pytest.raises(SettingsError, match="RAG_MAX_FILE_MB"):
        Settings.load()


def test_an_empty_folder_is_not_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_SOURCE_DIR", "")
    with pytest.raises(SettingsError, match=r"RAG_SOURCE_DIR cannot be used: .* empty"):
        Settings.load()


def test_a_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LLM_KEY", "sk-secret")
    assert "sk-secret" not in repr(Settings.load())


def test_every_setting_is_described_and_in_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"`RAG_{name.upper()}`" in readme
