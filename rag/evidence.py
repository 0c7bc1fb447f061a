"""Passages into ranked sentences, and how likely the best one is right.

Every sentence of the passages that were read gets a vector of features (the reader's logits, and explicit checks of
words, figures, years and the kind of answer). A logistic model over them, fitted by
`python -m training.calibrate`, gives the calibrated probability that the sentence holds the answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.documents import Passage, Sentence
from index.errors import ModelError
from index.markup import is_row, plain, with_columns
from rag.alignment import word_matches
from rag.answer import ScoredPassage
from rag.figures import Figure, figures, years
from rag.forms import DEFINED, EXPLAINED, TOPIC_SHARE, defines, explains, instructs, stands_over, term
from rag.offices import another_holder, another_speaker
from rag.question import (
    ANAPHOR,
    ASKING,
    STOPWORDS,
    Kind,
    Question,
    absent_names,
    has_kind,
    may_count,
    may_date,
    may_measure,
    may_name,
    may_number,
    stems,
)
from rag.quotable import Placed, asks, is_line, placed, quotable
from rag.ranks import another_rank
from rag.reader.reader import Context

if TYPE_CHECKING:
    from rag.reader.reader import Reading, SentenceReading

FEATURES = (
    "behind",  # the reader's margin (rag/reader/reader.py) minus its best one of all passages, <= 0
    "alone",  # the margin of the sentence read alone, or with the one before when it leans on that
    "least_met",  # how well title, heading, sentence and its lead match the word of the question that they match least,
    # up to FULLY_MET; 0 when the question has a name that nothing of what was read mentions
    "year",  # 1 when the question names no single year or the sentence, or the one before, has it
    "year_passage",  # the same for the passage, its title and its date
    "period",  # 1 when the question names no two years or a year near the sentence lies between them, 0.5 without any
    "kind",  # 1 when the sentence holds the kind of answer asked for
    "kind_asked",  # 1 when the question asks for a definite kind
)
CLOSELY = 5
"""So many sentences, the best by the reader's margin, are read alone and matched with the question word by word."""
FULLY_MET = 0.35
"""A word that is matched so well (rag/alignment.py) is met: more says how alike two words are, not that one answers."""
UNMET = 0.1
"""Ceiling of the probability of a sentence that lacks the year, the rank ("third") or the kind of answer asked for."""
_FOLLOWING = re.compile(r"(?: [^\W\d][\w’'-]*){1,4}")
"""What follows a figure, up to a mark or the next one."""
_WITH_UNIT = re.compile(r"[^\s|;]*(?:\s[^\s|;]+)?")
"""A figure and the word after it, in one cell of a table."""
CALIBRATION = Path(__file__).parent / "reader" / "calibration.json"


class Reads(Protocol):
    """What ranking needs of the reader."""

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        """One Reading a context, in order."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer. `score` is the calibrated probability that it does; `span` the answer inside it,
    in document offsets; `context` what it may lean on; `features` are ordered as `FEATURES`.
    """

    passage: Passage
    sentence: Sentence
    score: float
    context: str = ""
    span: tuple[int, int] | None = None
    features: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over features, and the measured risk at each threshold (ascending thresholds)."""

    weights: tuple[float, ...]
    bias: float
    risk_curve: tuple[tuple[float, float], ...]

    def probability(self, features: Sequence[float]) -> float:
        """sigmoid(weights . features + bias)."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def threshold(self, risk: float) -> float:
        """The smallest threshold above which at most `risk` of the answers were wrong where it was fitted."""
        return next((threshold for threshold, measured in self.risk_curve if measured <= risk), 1.0)


@lru_cache(maxsize=1)
def load_calibration(path: Path = CALIBRATION) -> Calibration:
    """Read the fitted model. Raises ModelError when the file is missing, damaged or of other features."""
    return read_calibration(path, FEATURES)


def read_calibration(path: Path, features: Sequence[str]) -> Calibration:
    """The model over `features` in `path`. Raises ModelError when the file is missing, damaged or of others."""
    try:
        data = json.loads(path.read_text("utf-8"))
        weights = tuple(float(data["weights"][name]) for name in features)
        curve = tuple((float(threshold), float(risk)) for threshold, risk in data["risk_curve"])
        return Calibration(weights, float(data["bias"]), curve)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name} is missing or damaged: install Footnote again, or run the training.") from error


def rank(question: Question, found: Sequence[ScoredPassage], reader: Reads, model: Calibration) -> list[Evidence]:
    """All quotable sentences of `found`, best first, near-duplicates dropped."""
    readings = reader.read(question.text, [context(each.passage) for each in found])
    sentences = sorted(_sentences(found, readings), key=lambda each: -each.margin)
    alone = reader.read(question.text, [each.alone for each in sentences[:CLOSELY]])
    known = not absent_names(question, " ".join(f"{each.passage.title} {each.passage.text}" for each in found))
    evidence = []
    for place, each in enumerate(sentences):
        closely = (each.margin, 0.0)
        if place < CLOSELY:
            met = min(FULLY_MET, least_met(question, f"{each.passage.title} {each.near}")) if known else 0.0
            closely = alone[place].margins[-1], met
        values = (each.margin - sentences[0].margin, *closely, *_checks(question, each))
        evidence.append(_evidence(question, each, values, model))
    return without_duplicates(sorted(evidence, key=lambda item: -item.score))


def context(passage: Passage) -> Context:
    """What the reader reads of a passage: its title, its text without marks and its quotable sentences."""
    spans = tuple((s.start - passage.start, s.end - passage.start) for s in quotable(passage))
    return Context(passage.title, plain(passage.text), spans)


def least_met(question: Question, near: str) -> float:
    """How well `near` matches the content word of the question that it matches least (rag/alignment.py), else 0."""
    content = [(w, match) for w, match in word_matches(question.text, near) if w.isalnum() and w not in STOPWORDS]
    free = ASKING | {question.measured}
    return min((match for _, match in [each for each in content if each[0] not in free] or content), default=0.0)


def without_duplicates(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Drop a sentence that says nearly the same words as a better one (Jaccard of stems >= 0.85)."""
    kept: list[tuple[frozenset[str], Evidence]] = []
    for item in evidence:
        words = stems(item.sentence.text)
        if all(len(words & seen) < 0.85 * len(words | seen) for seen, _ in kept if seen):
            kept.append((words, item))
    return [item for _, item in kept]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as the reader read it."""

    passage: Passage
    place: Placed
    read: SentenceReading
    margin: float

    @property
    def sentence(self) -> Sentence:
        return self.place.sentence

    @property
    def text(self) -> str:
        return plain(self.sentence.text)

    @property
    def led(self) -> str:
        """The sentence after what it may lean on."""
        return f"{plain(self.place.lead)} {self.text}".strip()

    @property
    def near(self) -> str:
        """The same under its heading."""
        place = self.place
        return self.led if place.heading == place.lead else f"{plain(place.heading)} {self.led}".strip()

    @property
    def alone(self) -> Context:
        """The sentence as a text of its own, after what it leans on when it does ("It", "The two", a line of a list); a
        table's row with the names of its columns.
        """
        if is_row(self.text):
            text = with_columns(self.text, plain(self.place.lead))
            return Context(self.passage.title, text, ((0, len(text)),))
        text = self.led if ANAPHOR.match(self.text) or is_line(self.text) else self.text
        return Context(self.passage.title, text, ((len(text) - len(self.text), len(text)),))


def _sentences(found: Sequence[ScoredPassage], readings: Sequence[Reading]) -> Iterator[_Sentence]:
    for scored, reading in zip(found, readings, strict=True):
        for place, read in zip(placed(scored.passage), reading.sentences, strict=True):
            yield _Sentence(scored.passage, place, read, read.score - reading.null)


def _evidence(question: Question, each: _Sentence, values: tuple[float, ...], model: Calibration) -> Evidence:
    start, found = each.passage.start, each.read.span
    span = whole_figures(each.sentence, start + found[0], start + found[1]) if found else None
    span = count_of(question.counted, each.sentence) or measure_of(question.measured, each.sentence, span)
    score = model.probability(values)
    score += _form(question, each) * (1 - score)
    if _unmet(question, each, values):
        score = min(score, UNMET)
    return Evidence(each.passage, each.sentence, score, each.place.lead, span, values)


def _form(question: Question, each: _Sentence) -> float:
    """How far the sentence has the form of the answer: the definition of what is to be explained, the steps of how."""
    wanted, text = term(question.text), each.sentence.text
    if question.kind is Kind.MANNER and instructs(text):
        shared = question.stems & stems(f"{each.passage.title} {each.near}")
        return DEFINED if len(shared) >= TOPIC_SHARE * len(question.stems) else 0.0
    if defines(text, wanted) or stands_over(each.place.lead, wanted):
        return DEFINED
    return EXPLAINED if explains(text, wanted) else 0.0


def count_of(counted: str, sentence: Sentence) -> tuple[int, int] | None:
    """Where the figure stands, in document offsets, that `sentence` gives for `counted`: of "1,500 places and 600
    scholarships" the 600 when scholarships are counted. None without one.
    """
    wanted = stems(counted)
    nearest, span = len(sentence.text), None
    for figure in figures(sentence.text) if wanted else ():
        following = _FOLLOWING.match(sentence.text, figure.end)
        words = following[0].split() if following and figure.kind == "quantity" else []
        away = next((place for place, word in enumerate(words) if wanted & stems(word)), nearest)
        if away < nearest:
            nearest, span = away, (sentence.start + figure.start, sentence.start + figure.end)
    return span


def measure_of(measured: str, sentence: Sentence, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """The span, of a table's row its first cell; without a unit that answers "how heavy", the figure that has one."""
    if span is None:
        return None
    text, start = sentence.text, sentence.start
    said = text[span[0] - start : span[1] - start].split("|")[0].rstrip()
    if not said:
        return None
    if may_measure(said, measured):
        return span[0], span[0] + len(said)
    found = (_WITH_UNIT.match(text, figure.start) for figure in figures(text))
    measures = [match.span() for match in found if match and may_measure(match[0], measured)]
    return (measures[0][0] + start, measures[0][1] + start) if measures else None


def whole_figures(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The span, in document offsets, widened so that it cuts no figure: "$94.8 billion", not "94.8"."""
    cut = [f for f in figures(sentence.text) if f.start + sentence.start < end and start < f.end + sentence.start]
    starts = [start, *(figure.start + sentence.start for figure in cut)]
    return min(starts), max([end, *(figure.end + sentence.start for figure in cut)])


def _unmet(question: Question, each: _Sentence, values: tuple[float, ...]) -> bool:
    """Whether the passage lacks the year or a rank, or the sentence the kind of answer, that the question asks for;
    or the sentence a version asked for, a name that a yes-or-no question asks about, or the thing to explain, or asks
    something itself.
    """
    named = dict(zip(FEATURES, values, strict=True))
    asked = [figure for figure in question.figures if figure.kind == "ordinal"]
    ranked = agreeing(asked, f"{each.passage.title} {each.passage.text}") == 1.0
    return (
        asks(each.text)
        or bool((explained := stems(term(question.text))) and not explained & stems(each.near))
        or not (named["year"] or named["year_passage"])
        or not ranked
        or another_rank(question.text, each.text)
        or another_holder(question, each.text)
        or another_speaker(question, f"{each.passage.title} {each.passage.text}")
        or not named["kind"]
        or not may_count(each.text, question.counted)
        or not may_date(each.text, question.text)
        or not may_measure(each.text, question.measured)
        or not may_name(each.text, question)
        or not may_number(each.text, f"{each.passage.title} {each.near}", question)
        or (question.kind is Kind.YES_NO and bool(absent_names(question, f"{each.passage.title} {each.alone.text}")))
    )


def _checks(question: Question, each: _Sentence) -> tuple[float, ...]:
    passage, text = each.passage, each.text
    return (
        has_year(question, each.near),
        has_year(question, f"{passage.title} {passage.text} {passage.published or ''}"),
        _in_period(question, each.near),
        float(has_kind(text, question.kind)),
        float(question.kind not in (Kind.OTHER, Kind.YES_NO, Kind.REASON, Kind.MANNER)),
    )


def agreeing(wanted: Sequence[Figure], text: str) -> float:
    """The share of `wanted` that `text` states; 1.0 when nothing is wanted."""
    stated = figures(text) if wanted else []
    return sum(any(figure.agrees(other) for other in stated) for figure in wanted) / len(wanted) if wanted else 1.0


def has_year(question: Question, text: str) -> float:
    """1.0 when `text` names the one year of `question`, or it names none or several; else 0.0."""
    return float(len(question.years) != 1 or question.years[0] in years(text))


def _in_period(question: Question, text: str) -> float:
    if len(question.years) != 2:
        return 1.0
    found = years(text)
    inside = any(min(question.years) <= year <= max(question.years) for year in found)
    return 1.0 if inside else 0.0 if found else 0.5
