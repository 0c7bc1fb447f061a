"""A language model's stream into sentences and the numbers that they cite.

Markers come in many shapes, "[1]", "[1, 2]", "[1-3]", "[[1]]", "[Source 1]", "【1】", "【4†source】", and in pieces, a
token at a time. What looks like a marker but is not one ("[sic]", "[2024]", brackets in code) stays as text; numbers
that were never offered are dropped; what a model thinks aloud between <think> and </think> is not read. The result
does not depend on how the stream was cut into pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.passages import sentence_spans

_WORD = r"(?:(?:sources?|sentences?|passages?|evidence|quotes?|refs?|docs?|no\.?)\s*[:.#]?\s*|#\s*)?"
_NUMBERS = rf"\s*\^?\s*{_WORD}\d{{1,3}}(?:\s*(?:,|;|&|and|-|–)\s*{_WORD}\d{{1,3}})*\s*(?:†[^\]】\n]{{0,40}})?"
_MARKER = re.compile(rf"\[\[{_NUMBERS}\]\]?|[\[【]{_NUMBERS}[\]】]", re.IGNORECASE)
_MAYBE_MARKER = re.compile(r"[\[【]{1,2}[\w\s.,;:&#^†–-]{0,60}\Z")
_NUMBER = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
_WORDS = re.compile(r"[^`\[【<\n]+")
_LINE_START = re.compile(
    r"(?:[-*•+–]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+|\**(?:final\s+)?answer\**:\**\s*)+", re.IGNORECASE
)
_THINKING = re.compile(r"<think(?:ing)?>(?:.*?</think(?:ing)?>|.*\Z)", re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]{1,200})`")
_FENCE = re.compile(r"```([\w+-]*)[^\S\n]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_PROSE_FENCE = re.compile(r"```(?:text|markdown|md|plaintext)?[^\S\n]*\n")
_DECORATION = re.compile(r"\*\*|__|^[\s:;,–-]+(?=\D)")
_ENDS = re.compile(r"[.!?…。！？؟۔।]")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """One sentence without its markers, and the numbers (from 1) that they held, in order, each once."""

    text: str
    numbers: tuple[int, ...]


class MarkerParser:
    """Feed it the pieces of a stream; it gives back each sentence as soon as the next one has begun."""

    def __init__(self, count: int) -> None:
        """`count`: how many numbers were offered; others are dropped."""
        self._count = count
        self._pending = ""
        self._line = ""
        self._marks: list[tuple[int, tuple[int, ...]]] = []
        self._begun = False
        self._fenced = False

    def feed(self, piece: str) -> list[MarkedSentence]:
        """The sentences that `piece` completed."""
        self._pending += piece
        return self._read(final=False)

    def close(self) -> list[MarkedSentence]:
        """The sentences that are left when the stream has ended."""
        return [*self._read(final=True), *self._flush()]

    def _read(self, final: bool) -> list[MarkedSentence]:
        done: list[MarkedSentence] = []
        while self._pending:
            size = self._token_size(final)
            if not size:
                break
            token, self._pending = self._pending[:size], self._pending[size:]
            done += self._take(token)
        return done

    def _token_size(self, final: bool) -> int:
        """How many characters the first token of what is pending has; 0 when that is not known yet."""
        pending = self._pending
        head = pending[0]
        if words := _WORDS.match(pending):
            return words.end()
        if head == "`":
            return 3 if self._fenced and pending.startswith("```") else _code_size(pending, final, not self._begun)
        if head == "<":
            return _thinking_size(pending, final)
        return 1 if head == "\n" else _marker_size(pending, final)

    def _take(self, token: str) -> list[MarkedSentence]:
        if token == "\n":
            return self._flush()
        if token.startswith("```"):
            return self._take_fence(token)
        if _THINKING.fullmatch(token):
            return []
        if marker := _MARKER.fullmatch(token):
            self._mark(marker.group())
            return []
        inline = _INLINE_CODE.fullmatch(token)
        return self._write(inline.group(1) if inline else token)

    def _take_fence(self, token: str) -> list[MarkedSentence]:
        """A fence round prose is left out; code is a sentence of its own."""
        prose = self._fenced or bool(_PROSE_FENCE.fullmatch(token) and not self._begun)
        self._fenced, self._begun = prose and not self._fenced, True
        code = _FENCE.fullmatch(token)
        if prose or code is None or not code.group(2).strip():
            return self._flush()
        return [*self._flush(), MarkedSentence(code.group(2).strip(), ())]

    def _mark(self, marker: str) -> None:
        self._begun = True
        self._line = self._line.rstrip()
        numbers = tuple(number for number in _numbers(marker) if number <= self._count)
        self._marks.append((len(self._line), numbers))

    def _write(self, text: str) -> list[MarkedSentence]:
        done: list[MarkedSentence] = []
        self._begun = self._begun or bool(text.strip())
        for part in re.findall(r"\s|\S+", text):
            if part.isspace():
                done += self._whole_sentences()
            after_marker = bool(self._marks) and self._marks[-1][0] == len(self._line) > 0
            if after_marker and self._line[-1] in ".!?…":
                part = part.lstrip(".")  # "It grew. [1]." has one full stop too many
            if after_marker and part[:1].isalnum():
                self._line += " "
            self._line += part if self._line else part.lstrip()
        return done

    def _whole_sentences(self) -> list[MarkedSentence]:
        """The sentences of the line that are followed by at least one whole word."""
        done: list[MarkedSentence] = []
        self._drop_line_start()
        while _ENDS.search(self._line):
            spans = sentence_spans(self._line)
            if len(spans) < 2:
                break
            done += self._cut(spans[0][1], spans[1][0])
        return done

    def _flush(self) -> list[MarkedSentence]:
        done = self._whole_sentences()
        done += self._cut(len(self._line), len(self._line))
        self._line, self._marks = "", []
        return done

    def _drop_line_start(self) -> None:
        if start := _LINE_START.match(self._line):
            self._line = self._line[start.end() :]
            self._marks = [(max(0, at - start.end()), numbers) for at, numbers in self._marks]

    def _cut(self, end: int, following: int) -> list[MarkedSentence]:
        """Take the sentence that ends at `end`; what follows it starts at `following`.

        A marker between the two belongs to the sentence before it, unless the line began with a marker: then markers
        stand before their sentences.
        """
        marks_lead = bool(self._marks) and self._marks[0][0] == 0 and following < len(self._line)
        last = end - 1 if marks_lead else end
        numbers = tuple(dict.fromkeys(number for at, group in self._marks if at <= last for number in group))
        text = _DECORATION.sub("", self._line[:end]).strip()
        self._marks = [(max(0, at - following), group) for at, group in self._marks if at > last]
        self._line = self._line[following:]
        return [MarkedSentence(text, numbers)] if any(character.isalnum() for character in text) else []


def _numbers(marker: str) -> list[int]:
    found: list[int] = []
    for number in _NUMBER.finditer(marker.split("†")[0]):
        first, last = int(number.group(1)), int(number.group(2) or number.group(1))
        found += range(first, min(last, first + 20) + 1)
    return [number for number in found if number > 0]


def _marker_size(pending: str, final: bool) -> int:
    marker = _MARKER.match(pending)
    if marker is None:
        return 0 if not final and _MAYBE_MARKER.match(pending) else 1
    half_closed = marker.group().startswith("[[") and not marker.group().endswith("]]")
    return 0 if half_closed and marker.end() == len(pending) and not final else marker.end()


def _code_size(pending: str, final: bool, prose_fence: bool) -> int:
    if len(pending) < 3 and not pending.strip("`") and not final:
        return 0
    if not pending.startswith("```"):
        inline = _INLINE_CODE.match(pending)
        growing = "\n" not in pending and len(pending) < 202 and "`" not in pending[1:]
        return inline.end() if inline else 0 if growing and not final else 1
    if prose_fence and (opening := _PROSE_FENCE.match(pending)):
        return opening.end()
    fence = _FENCE.match(pending)
    closed = fence is not None and pending.find("```", 3) >= 0
    return fence.end() if fence and (closed or final) else 0


def _thinking_size(pending: str, final: bool) -> int:
    if any(tag.startswith(pending) for tag in ("<think>", "<thinking>")) and not final:
        return 0
    thinking = _THINKING.match(pending)
    if thinking is None:
        return 1
    return thinking.end() if final or re.search(r"</think(?:ing)?>\Z", thinking.group()) else 0
