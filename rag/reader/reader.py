"""The reader: reads a question and a context jointly; scores every sentence, "none of these", and the answer's span.

A 6-layer MiniLM as int8 ONNX (MODEL_CARD.md), run by onnxruntime; how it is trained is in training/.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import ModelError
from rag.reader.encoding import Span, Tokens, Window, tokenize, windows

FOLDER = Path(__file__).resolve().parent
OUTPUTS = ["sentence", "null", "start", "end"]
THREADS = 1
"""Of one context; several contexts are read at once instead, one a core."""
LONGEST_SPAN = 30  # tokens
UNREADABLE = -30.0  # the margin of a sentence without a single token

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Context:
    """A text to read. `sentences` are (start, end) in code points of `text`, in order, without overlap."""

    title: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """One sentence: its logit, and the best answer span inside it (code points of the context's text).

    `span_score` is start + end logit above those of "no span"; `span` is None for a sentence without tokens.
    """

    score: float
    span: Span | None
    span_score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One context. `score - null` is a sentence's margin, comparable across a question's contexts (0: a toss-up)."""

    sentences: tuple[SentenceReading, ...]
    null: float

    @property
    def margins(self) -> tuple[float, ...]:
        """Of each sentence, how far its score is above "none of these"."""
        return tuple(sentence.score - self.null for sentence in self.sentences)


class Reader:
    """Scores sentences; thread-safe. Deliberately knows nothing of calibration, thresholds or ranking."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._tokens = lru_cache(maxsize=1024)(lambda text: tokenize(tokenizer, text))
        self._dot = int(tokenizer.token_to_id(".") or 0)
        self._cores = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="reader")

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Reader:
        """The reader in `folder`. Raises ModelError when a file is missing or not the one that manifest.json names."""
        model, tokenizer = checked_files(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            return cls(session, Tokenizer.from_str(tokenizer.decode()))
        except Exception as error:
            kind = type(error).__name__
            raise ModelError(f"The reader cannot run here ({kind}); reinstall onnxruntime and tokenizers.") from error

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is one piece of the model's vocabulary."""
        return self._tokenizer.token_to_id(word) is not None

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One Reading a context, in order. A context is read alone: its reading does not depend on the others."""
        return list(self._cores.map(self._read, repeat(self._tokens(question)), contexts))

    def _read(self, question: Tokens, context: Context) -> Reading:
        title, text = self._tokens(context.title), self._tokens(context.text)
        parts = [self._window(window) for window in windows(question, title, text, context.sentences, self._dot)]
        return merged(parts, len(context.sentences))

    def _window(self, window: Window) -> tuple[int, Reading]:
        inputs = {
            "ids": window.ids[None],
            "types": window.types[None],
            "mask": np.ones((1, len(window.ids)), np.float32),
            "pool": window.pool()[None],
        }
        score, null, start, end = (output[0] for output in self._session.run(OUTPUTS, inputs))
        found = (sentence_reading(window, i, float(score[i]), float(null), start, end) for i in range(window.count))
        return window.first, Reading(tuple(found), float(null))


class Once:
    """A reader for one question, that reads no context twice."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._readings: dict[Context, Reading] = {}

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """As `Reader.read`, the `question` being always the same."""
        new = [each for each in dict.fromkeys(contexts) if each not in self._readings]
        self._readings.update(zip(new, self._reader.read(question, new), strict=True))
        return [self._readings[each] for each in contexts]


def sentence_reading(
    window: Window, index: int, score: float, null: float, start: Logits, end: Logits
) -> SentenceReading:
    """The window's sentence `index` with its best span."""
    tokens = np.flatnonzero(window.sentence == index)
    if not len(tokens):
        return SentenceReading(null + UNREADABLE, None, UNREADABLE)
    first, last, best = best_span(start[tokens], end[tokens])
    span = int(window.offsets[tokens[first]][0]), int(window.offsets[tokens[last]][1])
    return SentenceReading(score, span, best - float(start[0] + end[0]))


def best_span(start: Logits, end: Logits, longest: int = LONGEST_SPAN) -> tuple[int, int, float]:
    """The first and last token, first <= last, at most `longest` tokens, with the highest start + end; and that sum."""
    total = start[:, None] + end[None, :] + _forbidden(len(start), longest)
    first, last = divmod(int(total.argmax()), len(end))
    return first, last, float(total[first, last])


@lru_cache(maxsize=64)
def _forbidden(tokens: int, longest: int) -> Logits:
    """-inf where last - first is negative or too long, else 0, (tokens, tokens)."""
    length = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    return np.where((length >= 0) & (length < longest), np.float32(0), np.float32(-np.inf))


def merged(parts: Sequence[tuple[int, Reading]], count: int) -> Reading:
    """The windows of one context as one reading of `count` sentences.

    Each window has a null of its own; the scores are moved to the first one's, so that every margin stays what it was.
    Of a sentence that was read twice, the reading with the higher margin, and the better span, count.
    """
    null = parts[0][1].null if parts else 0.0
    best: list[SentenceReading | None] = [None] * count
    for first, reading in parts:
        for i, found in enumerate(reading.sentences, start=first):
            moved = SentenceReading(found.score - reading.null + null, found.span, found.span_score)
            best[i] = moved if (known := best[i]) is None else _better(known, moved)
    return Reading(tuple(found for found in best if found is not None), null)


def _better(one: SentenceReading, other: SentenceReading) -> SentenceReading:
    by_span = max((one, other), key=lambda reading: reading.span_score)
    return SentenceReading(max(one.score, other.score), by_span.span, by_span.span_score)


def checked_files(folder: Path) -> tuple[bytes, bytes]:
    """The bytes of model.onnx and tokenizer.json, once their sha256 is that of manifest.json. Raises ModelError."""
    mend = "get it again from the repository (git checkout -- rag/reader)."
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        expected = [(name, str(manifest["files"][name])) for name in ("model.onnx", "tokenizer.json")]
        found = [(folder / name).read_bytes() for name, _ in expected]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The reader's model in {folder} is missing or incomplete; {mend}") from error
    for (name, digest), content in zip(expected, found, strict=True):
        if hashlib.sha256(content).hexdigest() != digest:
            raise ModelError(f"The reader's file {folder / name} is damaged or of another version; {mend}")
    return found[0], found[1]
