"""Answers: right, wrong or abstained, judged by containment of a gold answer and by nothing cleverer."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from evals.metrics.scores import Scores, check_lengths, where

_ARTICLES = frozenset({"a", "an", "the"})
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")


class Outcome(StrEnum):
    """How one question ended. `UNJUDGED`: answered, and the set has no gold answer to judge it by."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSTAINED = "abstained"
    UNJUDGED = "unjudged"


def normalise(text: str) -> tuple[str, ...]:
    """Lower-case words and figures of `text`, without articles and marks.

    As SQuAD's official script (Rajpurkar et al. 2016), but marks separate words instead of vanishing ("Angren-Pap"), a
    decimal point stays ("94.8" is not "948"), thousands are joined ("1,500" is "1500") and accents are folded.
    """
    decomposed = unicodedata.normalize("NFKD", _GROUPED.sub("", text)).lower()
    folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(word for word in _TOKEN.findall(folded) if word not in _ARTICLES)


def holds(text: str, answer: str) -> bool:
    """Whether the words of `answer` stand in `text`, in order and whole; an answer without words is held by nothing."""
    wanted = normalise(answer)
    if not wanted:
        return bool(answer.strip()) and answer.strip() in text
    return f" {' '.join(wanted)} " in f" {' '.join(normalise(text))} "


def holds_answer(text: str, answers: Sequence[str], answers_all: Sequence[Sequence[str]] = ()) -> bool:
    """Whether `text` holds one of `answers` and, for a list question, one alternative of each of `answers_all`."""
    if not answers and not answers_all:
        return False
    one = not answers or any(holds(text, answer) for answer in answers)
    return one and all(any(holds(text, answer) for answer in alternatives) for alternatives in answers_all)


def judge(
    text: str, abstained: bool, answerable: bool, answers: Sequence[str], answers_all: Sequence[Sequence[str]] = ()
) -> Outcome:
    """The outcome of one question. `text` is what it claims; any answer to an unanswerable question is wrong."""
    if abstained:
        return Outcome.ABSTAINED
    if answerable and not answers and not answers_all:
        return Outcome.UNJUDGED
    return Outcome.RIGHT if answerable and holds_answer(text, answers, answers_all) else Outcome.WRONG


def right_of_answerable(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> Scores:
    """Right answers / answerable questions."""
    return where(answerable, [outcome is Outcome.RIGHT for outcome in outcomes])


def wrong(outcomes: Sequence[Outcome]) -> Scores:
    """Wrong answers / all questions; an answer to an unanswerable question is wrong."""
    return Scores(tuple(float(outcome is Outcome.WRONG) for outcome in outcomes))


def truthfulness(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> Scores:
    """Mean of +1 right, 0 abstained, -1 wrong; abstaining on an unanswerable question is right.

    Yang et al. 2024, "CRAG: Comprehensive RAG Benchmark" (its truthfulness score, without the grade "acceptable").
    """
    check_lengths(outcomes, answerable)
    return Scores(tuple(_truth(outcome, can) for outcome, can in zip(outcomes, answerable, strict=True)))


def _truth(outcome: Outcome, answerable: bool) -> float:
    if outcome is Outcome.ABSTAINED:
        return 0.0 if answerable else 1.0
    return {Outcome.RIGHT: 1.0, Outcome.WRONG: -1.0}.get(outcome, 0.0)


def over_refusal(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> Scores:
    """Abstained / answerable questions (Roettger et al. 2024, "XSTest", for the name)."""
    return where(answerable, [outcome is Outcome.ABSTAINED for outcome in outcomes])


def abstention_precision(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> Scores:
    """Unanswerable / abstained questions."""
    return where([outcome is Outcome.ABSTAINED for outcome in outcomes], [not can for can in answerable])


def abstention_recall(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> Scores:
    """Abstained / unanswerable questions: the share of them that was refused."""
    return where([not can for can in answerable], [outcome is Outcome.ABSTAINED for outcome in outcomes])


def abstention_f1(outcomes: Sequence[Outcome], answerable: Sequence[bool]) -> float:
    """F1 = 2 tp / (2 tp + fp + fn), an abstention being a positive; no mean, so no score a question."""
    check_lengths(outcomes, answerable)
    abstained = [outcome is Outcome.ABSTAINED for outcome in outcomes]
    both = sum(not can and gone for can, gone in zip(answerable, abstained, strict=True))
    either = sum(abstained) + sum(not can for can in answerable)
    return 2 * both / either if either else float("nan")


def token_f1(texts: Sequence[str], answers: Sequence[Sequence[str]]) -> Scores:
    """Best F1 between the words of a text and of one of its gold answers (Rajpurkar et al. 2016); 0 for an empty text.

    A verbatim sentence is longer than a gold span, so this is low for extractive answers by construction.
    """
    check_lengths(texts, answers)
    return Scores(
        tuple(max((_f1(text, gold) for gold in golds), default=0.0) for text, golds in zip(texts, answers, strict=True))
    )


def _f1(text: str, gold: str) -> float:
    ours, theirs = Counter(normalise(text)), Counter(normalise(gold))
    same = (ours & theirs).total()
    return 2 * same / (ours.total() + theirs.total()) if same else 0.0


def first_sentence_right(
    sentences: Sequence[Sequence[str]], answers: Sequence[Sequence[str]], answers_all: Sequence[Sequence[Sequence[str]]]
) -> Scores:
    """Share of answers whose first sentence alone holds the gold answer; 0 for one without a sentence."""
    check_lengths(sentences, answers, answers_all)
    return Scores(
        tuple(
            float(bool(said) and holds_answer(said[0], gold, gold_all))
            for said, gold, gold_all in zip(sentences, answers, answers_all, strict=True)
        )
    )
