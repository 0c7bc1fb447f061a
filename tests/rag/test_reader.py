"""The shipped reader, on made-up texts. The pinned figures are of this very model: training a new one renews them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.passages import sentence_spans
from rag.reader import Context, Reader, Reading
from rag.reader.encoding import MAX_TOKENS, tokenize, windows
from rag.reader.reader import FOLDER, LONGEST_SPAN, Once, SentenceReading, best_span, merged

TEXT = (
    "The harbour of Velmora was dredged in 1911. Its lighthouse was built by Ada Renwick, an engineer from Tarn. "
    "Fishing boats still land herring there every morning."
)
TITLE = "Velmora"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def context(text: str = TEXT, title: str = TITLE) -> Context:
    return Context(title, text, tuple(sentence_spans(text)))


def margins(reading: Reading) -> list[float]:
    return [sentence.score - reading.null for sentence in reading.sentences]


def test_the_sentence_that_answers_is_chosen_and_its_span_is_the_answer(reader: Reader) -> None:
    [reading] = reader.read("Who built the lighthouse of Velmora?", [context()])
    chosen = int(np.argmax(margins(reading)))
    assert chosen == 1
    span = reading.sentences[chosen].span
    assert span is not None
    assert "Ada Renwick" in TEXT[slice(*span)]


def test_a_question_that_the_text_answers_stands_above_one_that_it_does_not(reader: Reader) -> None:
    [answered] = reader.read("When was the harbour of Velmora dredged?", [context()])
    [missing] = reader.read("How many people live in the port of Sulmere?", [context()])
    assert max(margins(answered)) > max(margins(missing)) + 1


def test_margins_are_those_of_the_model_that_was_shipped(reader: Reader) -> None:
    [reading] = reader.read("Who built the lighthouse of Velmora?", [context()])
    assert margins(reading) == pytest.approx(PINNED, abs=0.35)


def test_every_span_is_a_slice_inside_its_sentence(reader: Reader) -> None:
    text = (
        "Ünïcode “quotes” — Zoë paid 5 € 🎣 for it. 東京は首都です。 In 1999 Łukasz Żak’s café moved to São Paulo! No."
    )
    here = context(text, "Ærø 🎣")
    [reading] = reader.read("Where did Łukasz Żak's café move in 1999?", [here])
    assert len(reading.sentences) == len(here.sentences)
    for (start, end), sentence in zip(here.sentences, reading.sentences, strict=True):
        assert sentence.span is not None
        assert start <= sentence.span[0] < sentence.span[1] <= end
        assert text[slice(*sentence.span)] == text[slice(*sentence.span)].strip()


def test_offsets_count_code_points_after_letters_outside_the_basic_plane(reader: Reader) -> None:
    plain, fishy = context(TEXT), context("🎣🎣🎣 " + TEXT)
    question = "Who built the lighthouse of Velmora?"
    [[one], [other]] = reader.read(question, [plain]), reader.read(question, [fishy])
    last_one, last_other = one.sentences[-2].span, other.sentences[-2].span
    assert last_one is not None and last_other is not None
    assert fishy.text[slice(*last_other)] == plain.text[slice(*last_one)]


def test_a_context_reads_the_same_in_any_company(reader: Reader) -> None:
    contexts = [context(), context("Rain fell on Tarn. It fell for days."), context(TEXT, "")]
    together = reader.read("Who built the lighthouse?", contexts)
    assert together == [reader.read("Who built the lighthouse?", [one])[0] for one in contexts]


def test_for_one_question_no_context_is_read_twice(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    once = Once(reader)
    first = once.read("Who keeps the lighthouse of Velmora?", [context()])
    monkeypatch.delattr(Reader, "_window")
    assert once.read("Who keeps the lighthouse of Velmora?", [context(), context()]) == first * 2


def test_many_threads_read_what_one_reads(reader: Reader) -> None:
    questions = [f"Who built the lighthouse in {year}?" for year in range(1900, 1908)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda question: reader.read(question, [context()]), questions))
    assert found == [reader.read(question, [context()]) for question in questions]


def test_nothing_to_read_is_a_reading_without_sentences(reader: Reader) -> None:
    assert reader.read("Who?", []) == []
    assert reader.read("Who?", [Context("", "", ()), Context("Title", "Text.", ())]) == [Reading((), 0.0)] * 2


def test_an_empty_question_is_read_all_the_same(reader: Reader) -> None:
    [reading] = reader.read("", [context()])
    assert len(reading.sentences) == 3


def test_a_sentence_without_a_single_token_cannot_be_chosen(reader: Reader) -> None:
    text = "\u200b Herring is landed every morning."
    [reading] = reader.read("What is landed?", [Context("", text, ((0, 1), (2, len(text))))])
    assert reading.sentences[0].span is None
    assert margins(reading)[0] < margins(reading)[1] - 5


def test_a_long_context_is_read_to_its_end(reader: Reader) -> None:
    text = " ".join(["Gulls circled over the grey water near the pier all day long."] * 80) + " " + TEXT
    here = context(text)
    [reading] = reader.read("Who built the lighthouse of Velmora?", [here])
    assert len(reading.sentences) == len(here.sentences)
    assert int(np.argmax(margins(reading))) == len(here.sentences) - 2


def test_a_sentence_longer_than_a_window_is_read_to_its_end(reader: Reader) -> None:
    text = "The gulls circled " + "and circled and cried " * 200 + "until Ada Renwick built the lighthouse."
    [reading] = reader.read("Who built the lighthouse?", [Context("", text, ((0, len(text)),))])
    span = reading.sentences[0].span
    assert span is not None
    assert "Ada Renwick" in text[slice(*span)]


@pytest.mark.parametrize("words", [1, 40, 300, 900])
def test_windows_hold_every_token_of_every_sentence_and_stay_within_the_model(reader: Reader, words: int) -> None:
    text = " ".join("x" * (1 + i % 9) + ("." if i % 17 == 16 else "") for i in range(words))
    spans = sentence_spans(text)
    tokens = tokenize(reader._tokenizer, text)
    ask, title = (tokenize(reader._tokenizer, part) for part in ("why " * 300, "a long title " * 20))
    found = list(windows(ask, title, tokens, spans, 1012))
    seen = {tuple(pair) for window in found for pair in window.offsets[window.sentence >= 0].tolist()}
    assert seen == {tuple(pair) for pair in tokens.offsets.tolist()}
    assert max(len(window.ids) for window in found) <= MAX_TOKENS
    assert {i for window in found for i in range(window.first, window.first + window.count)} == set(range(len(spans)))


def test_the_best_span_never_ends_before_it_starts_and_is_never_too_long() -> None:
    start, end = np.zeros(60, np.float32), np.zeros(60, np.float32)
    start[50], end[3], start[0], end[58] = 9, 9, 5, 6
    first, last, total = best_span(start, end)
    assert (first, last, total) == (50, 58, 15.0)
    end[58], start[50] = 0, 0
    first, last, _ = best_span(start, end)
    assert first <= last < first + LONGEST_SPAN


def test_windows_are_merged_by_margin() -> None:
    one = Reading((SentenceReading(2.0, (0, 1), 1.0), SentenceReading(1.0, (2, 3), 0.0)), 1.0)
    other = Reading((SentenceReading(9.0, (2, 4), 3.0), SentenceReading(5.0, (5, 6), 2.0)), 6.0)
    reading = merged([(0, one), (1, other)], 3)
    assert reading.null == 1.0
    assert margins(reading) == pytest.approx([1.0, 3.0, -1.0])
    assert [sentence.span for sentence in reading.sentences] == [(0, 1), (2, 4), (5, 6)]


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "manifest.json"])
@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_damaged_file_is_a_model_error_that_says_what_to_do(
    tmp_path: Path, name: str, missing: bool
) -> None:
    for file in ("model.onnx", "tokenizer.json", "manifest.json"):
        shutil.copy(FOLDER / file, tmp_path / file)
    if missing:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelError, match="git checkout"):
        Reader.load(tmp_path)


PINNED = [-7.66, 4.61, -8.76]
