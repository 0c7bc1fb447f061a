"""Passages into ranked sentences, and how likely the best one is right.

Every sentence of the passages that were read gets a vector of features (the reader's logits, the retrieval scores, and
explicit checks of names, years, words and the kind of answer). A logistic model over them, fitted by
`python -m training.calibrate`, gives the calibrated probability that the sentence holds the answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.documents import Passage, Sentence
from index.errors import ModelError
from rag.answer import ScoredPassage
from rag.figures import figures, years
from rag.question import Kind, Question, coverage, has_kind, stems

if TYPE_CHECKING:
    from rag.reader.reader import Reading, SentenceReading

FEATURES = (
    "reader",  # sentence logit minus its passage's "none of these" logit
    "behind",  # sentence logit minus the best sentence logit of all passages, <= 0
    "null",  # the passage's "none of these" logit
    "span",  # logit of the best answer span inside the sentence
    "retrieval",  # fused score
    "dense",  # cosine of question and passage
    "words",  # share of the question's content words in the sentence and the one before
    "words_passage",  # the same in the passage and its title
    "names",  # share of the question's names in the passage and its title
    "names_near",  # the same in the sentence, the one before and the title
    "year",  # 1 when the question names no single year or the sentence, or the one before, has it
    "year_passage",  # the same for the passage, its title and its date
    "period",  # 1 when the question names no two years or a year near the sentence lies between them, 0.5 without any
    "counted",  # share of what is counted ("how many X") in the sentence; 1 when nothing is
    "kind",  # 1 when the sentence holds the kind of answer asked for
    "kind_asked",  # 1 when the question asks for a definite kind
    "entropy",  # of the softmax over all sentences and the "none" logits, in nats
)
UNMET = 0.1
"""Ceiling of the probability of a sentence that lacks the year, or the kind of answer, that the question asks for."""
CALIBRATION = Path(__file__).parent / "reader" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer. `score` is the calibrated probability that it does; `span` the answer inside it,
    in document offsets; `context` the sentence before it; `features` are ordered as `FEATURES`.
    """

    passage: Passage
    sentence: Sentence
    score: float
    context: str = ""
    span: tuple[int, int] | None = None
    features: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic model over `FEATURES`, and the measured risk at each threshold (ascending thresholds)."""

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
    try:
        data = json.loads(path.read_text("utf-8"))
        weights = tuple(float(data["weights"][name]) for name in FEATURES)
        curve = tuple((float(threshold), float(risk)) for threshold, risk in data["risk_curve"])
        return Calibration(weights, float(data["bias"]), curve)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name} is missing or damaged: install Footnote again, or run the training.") from error


def rank(
    question: Question, found: Sequence[ScoredPassage], readings: Sequence[Reading], model: Calibration
) -> list[Evidence]:
    """All quotable sentences of `found`, best first, near-duplicates dropped; `readings` in the order of `found`."""
    logits = [s.score for reading in readings for s in reading.sentences]
    best, spread = max(logits, default=0.0), _entropy([*logits, *(reading.null for reading in readings)])
    evidence = []
    for scored, reading in zip(found, readings, strict=True):
        context_stems = stems(f"{scored.passage.title} {scored.passage.text}")
        before = ""
        for sentence, read in zip(quotable(scored.passage), reading.sentences, strict=True):
            values = _features(question, scored, sentence, before, read, reading.null, best, spread, context_stems)
            evidence.append(_evidence(scored.passage, sentence, before, read, values, model))
            before = sentence.text
    return without_duplicates(sorted(evidence, key=lambda item: -item.score))


def quotable(passage: Passage) -> list[Sentence]:
    """The sentences of a passage that may be quoted: no boilerplate, and not the document's title over again."""
    return [s for s in passage.sentences if not s.boilerplate and s.text != passage.title]


def without_duplicates(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Drop a sentence that says nearly the same words as a better one (Jaccard of stems >= 0.85)."""
    kept: list[tuple[frozenset[str], Evidence]] = []
    for item in evidence:
        words = stems(item.sentence.text)
        if all(len(words & seen) < 0.85 * len(words | seen) for seen, _ in kept if seen):
            kept.append((words, item))
    return [item for _, item in kept]


def _evidence(
    passage: Passage,
    sentence: Sentence,
    before: str,
    read: SentenceReading,
    values: tuple[float, ...],
    model: Calibration,
) -> Evidence:
    span = whole_figures(sentence, passage.start + read.span[0], passage.start + read.span[1]) if read.span else None
    probability = model.probability(values)
    return Evidence(passage, sentence, min(probability, UNMET) if _unmet(values) else probability, before, span, values)


def whole_figures(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The span, in document offsets, widened so that it cuts no figure: "$94.8 billion", not "94.8"."""
    cut = [f for f in figures(sentence.text) if f.start + sentence.start < end and start < f.end + sentence.start]
    starts = [start, *(figure.start + sentence.start for figure in cut)]
    return min(starts), max([end, *(figure.end + sentence.start for figure in cut)])


def _unmet(values: tuple[float, ...]) -> bool:
    """Whether the passage lacks the year, or the sentence the kind of answer, that the question asks for."""
    named = dict(zip(FEATURES, values, strict=True))
    return not (named["year"] or named["year_passage"]) or (named["kind_asked"] > 0 and not named["kind"])


def _features(
    question: Question,
    scored: ScoredPassage,
    sentence: Sentence,
    before: str,
    read: SentenceReading,
    null: float,
    best: float,
    spread: float,
    context_stems: frozenset[str],
) -> tuple[float, ...]:
    passage, wanted = scored.passage, question.stems or frozenset({""})
    near = f"{before} {sentence.text}"
    dated = f"{passage.title} {passage.text} {passage.published or ''}"
    return (
        read.score - null,
        read.score - best,
        null,
        read.span_score,
        scored.score,
        scored.dense,
        len(wanted & stems(near)) / len(wanted),
        len(wanted & context_stems) / len(wanted),
        coverage(question.names, f"{passage.title} {passage.text}"),
        coverage(question.names, f"{passage.title} {near}"),
        _has_year(question, near),
        _has_year(question, dated),
        _in_period(question, near),
        coverage([question.counted], sentence.text) if question.counted else 1.0,
        float(has_kind(sentence.text, question.kind)),
        float(question.kind not in (Kind.OTHER, Kind.YES_NO, Kind.REASON)),
        spread,
    )


def _has_year(question: Question, text: str) -> float:
    return float(len(question.years) != 1 or question.years[0] in years(text))


def _in_period(question: Question, text: str) -> float:
    if len(question.years) != 2:
        return 1.0
    found = years(text)
    inside = any(min(question.years) <= year <= max(question.years) for year in found)
    return 1.0 if inside else 0.0 if found else 0.5


def _entropy(logits: Sequence[float]) -> float:
    top = max(logits, default=0.0)
    weights = [math.exp(value - top) for value in logits]
    total = sum(weights) or 1.0
    return -sum(weight / total * math.log(weight / total) for weight in weights if weight > 0)
