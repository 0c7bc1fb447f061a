"""Citations: do the quotes carry the sentences, and are they quotes at all?

`SentenceCheck`s come from a judge (evals/judging.py), whose own balanced accuracy stands beside these figures. The
functions that take no check need no judge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from evals.metrics.answers import holds_answer
from evals.metrics.scores import Scores, check_lengths


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """What a judge says of one sentence: is it supported by all its quotes, by each alone, by all but each?"""

    supported: bool
    alone: tuple[bool, ...] = ()
    without: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        check_lengths(self.alone, self.without)


def citation_recall(answers: Sequence[Sequence[SentenceCheck]]) -> Scores:
    """Per answer, sentences supported by their own quotes / sentences; one without a quote is not supported.

    Gao et al. 2023, "Enabling large language models to generate text with citations" (ALCE). Answers without a
    sentence are left out.
    """
    return Scores(tuple(_share([check.supported for check in checks]) for checks in answers if checks))


def citation_precision(answers: Sequence[Sequence[SentenceCheck]]) -> Scores:
    """Per answer, precise citations / citations (ALCE, as above).

    A citation is precise when its sentence is supported and it is not irrelevant: it supports the sentence alone, or
    the others do not support it without it. Answers without a citation are left out.
    """
    flags = [[precise for check in checks for precise in _precise(check)] for checks in answers]
    return Scores(tuple(_share(each) for each in flags if each))


def _precise(check: SentenceCheck) -> list[bool]:
    pairs = zip(check.alone, check.without, strict=True)
    return [check.supported and (alone or not without) for alone, without in pairs]


def gold_document_share(cited: Sequence[Sequence[str]], gold: Sequence[Collection[str]]) -> Scores:
    """Per answer, citations of a gold document / citations; no judge. Answers without either are left out."""
    check_lengths(cited, gold)
    pairs = zip(cited, gold, strict=True)
    return Scores(tuple(_share([id_ in right for id_ in ids]) for ids, right in pairs if ids and right))


def quotes_hold_answer(
    quotes: Sequence[Sequence[str]], answers: Sequence[Sequence[str]], answers_all: Sequence[Sequence[Sequence[str]]]
) -> Scores:
    """Share of (right) answers whose quotes together hold the gold answer: right by its sources; no judge."""
    check_lengths(quotes, answers, answers_all)
    return Scores(
        tuple(
            float(holds_answer(" \n ".join(shown), gold, gold_all))
            for shown, gold, gold_all in zip(quotes, answers, answers_all, strict=True)
        )
    )


def true_slices(answers: Sequence[Sequence[bool]]) -> Scores:
    """Quotes with `quote == document.text[start:end]` / quotes, over all answers; an entry an answer that quotes."""
    return _pooled(answers)


def faithfulness(answers: Sequence[Sequence[bool]]) -> Scores:
    """Supported sentences / sentences over all answers (Es et al. 2023, "RAGAS", with a verifier for the LLM judge)."""
    return _pooled(answers)


def liar_detection(caught: Sequence[bool]) -> Scores:
    """Falsified sentences called contradicted or unsupported / falsified sentences."""
    return Scores(tuple(float(each) for each in caught))


def _pooled(answers: Sequence[Sequence[bool]]) -> Scores:
    kept = [flags for flags in answers if flags]
    return Scores(tuple(_share(flags) for flags in kept), tuple(float(len(flags)) for flags in kept))


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)
