"""What a language model wrote, what of it was shown, and how long each took: measures for `python -m evals.llm`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from evals.datasets import Example
from evals.errors import SetError
from evals.metrics import Outcome, Scores, judge
from rag import Answer, Claim, ClaimReady, Finished, Footnote, Status, Verdict
from rag.drafting.drafter import Draft, History, Writer
from rag.evidence import Evidence


@dataclass
class Recorder:
    """A writer that passes everything on, and keeps what was said first and how long the model took."""

    inner: Writer
    said: list[str] = field(default_factory=list)
    asked: bool = False
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The model's name."""
        return self.inner.name

    def draft(self, question: str, evidence: Sequence[Evidence], history: History) -> Iterator[Draft]:
        """The model's sentences; kept as its raw answer."""
        self.asked = True
        for draft in self._timed(self.inner.draft(question, evidence, history)):
            self.said.append(draft.text)
            yield draft

    def repair(self, question: str, evidence: Sequence[Evidence], rejected: Sequence[str]) -> Iterator[Draft]:
        """The second attempt; no part of the raw answer."""
        return self._timed(self.inner.repair(question, evidence, rejected))

    def rewrite(self, question: str, history: History) -> str:
        """The follow-up as the model puts it."""
        started = time.perf_counter()
        try:
            return self.inner.rewrite(question, history)
        finally:
            self.seconds += time.perf_counter() - started

    def _timed(self, drafts: Iterator[Draft]) -> Iterator[Draft]:
        while True:
            started = time.perf_counter()
            try:
                draft = next(drafts)
            except StopIteration:
                return
            finally:
                self.seconds += time.perf_counter() - started
            yield draft


@dataclass(frozen=True, slots=True)
class Written:
    """One question: the extractive answer, the model's raw one (None when it was not asked), the checked one.

    `first`, `total` and `model` are seconds: to the first checked sentence (None without one), in all, in the model.
    """

    example: Example
    extractive: Answer
    raw: tuple[str, ...] | None
    checked: Answer
    first: float | None
    total: float
    model: float

    @property
    def own(self) -> tuple[Claim, ...]:
        """The claims shown as supported that are the model's words, not a quotation."""
        quoted = {quote.quote for quote in self.checked.citations}
        shown = [claim for claim in self.checked.claims if claim.verdict is Verdict.SUPPORTED]
        return tuple(claim for claim in shown if claim.text not in quoted)


def write(footnote: Footnote, writer: Writer, example: Example) -> Written:
    """Ask one question twice: of the documents alone, and with the model."""
    within = example.within or None
    extractive = footnote.ask(example.question, example.history, within)
    recorder = Recorder(writer)
    with_model = Footnote(footnote.library, footnote.settings, footnote.reader, footnote.calibration, recorder)
    started = time.perf_counter()
    first: float | None = None
    checked = extractive
    for event in with_model.stream(example.question, example.history, within):
        if isinstance(event, ClaimReady) and first is None:
            first = time.perf_counter() - started
        elif isinstance(event, Finished):
            checked = event.answer
    total = time.perf_counter() - started
    raw = tuple(recorder.said) if recorder.asked else None
    return Written(example, extractive, raw, checked, first, total, recorder.seconds)


def outcomes(written: Iterable[Written], told: Callable[[Written], str]) -> list[Outcome]:
    """How each question ended by the text that `told` gives; an empty text is an abstention."""
    return [_outcome(each.example, told(each)) for each in written]


def extractive_text(each: Written) -> str:
    """What the extractive answer claims."""
    return _claimed(each.extractive)


def raw_text(each: Written) -> str:
    """What the model said before anything was checked."""
    return " ".join(each.raw or ())


def checked_text(each: Written) -> str:
    """What the checked answer claims."""
    return _claimed(each.checked)


def without_gold(written: Iterable[Written]) -> Scores:
    """Of the answers with sentences of the model shown as supported, the share in which nothing shown holds the gold.

    An answer to an unanswerable question never holds it. An upper bound of what is wrong: a true sentence that answers
    another way counts too.
    """
    answers = [each for each in written if each.own]
    return Scores(tuple(float(_outcome(each.example, _claimed(each.checked)) is Outcome.WRONG) for each in answers))


def footnotes_share(written: Iterable[Written]) -> Scores:
    """The share of the time that is not the model's, of the questions that it was asked."""
    return Scores(tuple(1 - each.model / each.total for each in written if each.raw is not None and each.total))


def first_sentence(written: Iterable[Written]) -> Scores:
    """Seconds to the first checked sentence, of the questions that the model was asked."""
    return Scores(tuple(each.first for each in written if each.raw is not None and each.first is not None))


def write_sample(written: Iterable[Written], path: Path) -> int:
    """The model's sentences that were shown as supported, with their quotes, for a person to label: JSON lines."""
    lines = [json.dumps(row, ensure_ascii=False) for row in _sample(written)]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return len(lines)


def labelled(written: Iterable[Written], path: Path) -> Scores:
    """Of these sentences, the share that a person labelled as not supported by their quotes.

    `path` holds a line a sentence, its id and "yes" or "no": does the quote say it? Raises SetError.
    """
    try:
        rows = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        labels = {id_: {"yes": 0.0, "no": 1.0}[answer] for id_, answer in rows}
    except (OSError, ValueError, KeyError) as error:
        raise SetError(f"{path} does not hold a line `ID yes` or `ID no` a sentence: mend it.") from error
    return Scores(tuple(labels[row["id"]] for row in _sample(written) if row["id"] in labels))


def _sample(written: Iterable[Written]) -> Iterator[dict[str, str]]:
    for each in written:
        for claim in each.own:
            quotes = " | ".join(quote.quote for quote in claim.citations)
            id_ = sha256(f"{claim.text}\n{quotes}".encode()).hexdigest()[:12]
            yield {"id": id_, "question": each.example.question, "sentence": claim.text, "quotes": quotes}


def _outcome(example: Example, text: str) -> Outcome:
    return judge(text, not text, example.answerable, example.answers, example.answers_all)


def _claimed(answer: Answer) -> str:
    return "" if answer.status is Status.ABSTAINED else " ".join(claim.text for claim in answer.claims)
