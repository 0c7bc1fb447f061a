"""The default drafter: the sentence that answers, verbatim, then at most two that add to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile

from index.documents import Sentence
from index.markup import is_row
from rag.drafting.drafter import Draft, History
from rag.evidence import Evidence
from rag.figures import Figure, figures, years
from rag.question import ANAPHOR, Kind, Question, read, stems
from rag.quotable import quotable

MAX_WORDS = 90
MAX_SENTENCES = 3
LIST_SHARE = 0.5
"""A further sentence of a list has at least this share of the best one's probability."""
CONFLICT_SHARE = 0.15
"""So does a sentence of another document that says otherwise."""


class ExtractiveDrafter:
    """Answers with sentences of the documents and nothing else; needs no language model."""

    name = "extractive"

    def draft(self, question: str, evidence: Sequence[Evidence], history: History = ()) -> Iterator[Draft]:
        """Yield the chosen sentences; every text is a slice of its document."""
        for item in choose(read(question), evidence):
            yield Draft(item.sentence.text, (item,))


def choose(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentence that answers first; then other values for the same thing, further items of a list, what a colon at
    its end announces, or what an opening "It" refers to. At most three sentences and 90 words, unless the first alone
    is longer.
    """
    if not evidence:
        return []
    best, rest = evidence[0], evidence[1:]
    chosen = sorted([best, *conflicting(question, best, rest)[:1]], key=_age, reverse=True)
    if len(chosen) == 1 and question.wants_list:
        chosen += [item for item in rest if item.score >= LIST_SHARE * best.score]
    if len(chosen) == 1 and best.sentence.text.endswith(":"):
        chosen += announced(best)
    elif len(chosen) == 1 and (ANAPHOR.match(best.sentence.text) or in_table(best)):
        chosen += antecedent(best)
    return _within(chosen)


def conflicting(question: Question, best: Evidence, rest: Sequence[Evidence]) -> list[Evidence]:
    """Sentences of other documents that may answer too, with another figure of the same kind and unit."""
    if question.kind not in (Kind.QUANTITY, Kind.TIME, Kind.OTHER) or best.span is None:
        return []
    value = _value(best)
    return [
        item
        for item in rest
        if value and item.passage.document_id != best.passage.document_id and item.score >= CONFLICT_SHARE * best.score
        and _about_the_same(best, item) and (other := _value(item)) and _differs(value, other)
    ]  # fmt: skip


def _age(item: Evidence) -> tuple[date, int]:
    """When it was written, then of when it speaks; undated is oldest."""
    return item.passage.published or date.min, max(years(item.sentence.text), default=0)


def in_table(item: Evidence) -> bool:
    """Whether it is a row of a table under another one."""
    return is_row(item.sentence.text) and is_row(item.context)


def antecedent(item: Evidence) -> list[Evidence]:
    """What it leans on: the sentence before, or the first row of its table, when it may be quoted."""
    said = [s for s in quotable(item.passage) if s.end <= item.sentence.start]
    earlier = said if is_row(item.sentence.text) else said[-1:]
    return [Evidence(item.passage, s, item.score) for s in earlier if s.text == item.context][-1:]


def announced(item: Evidence) -> list[Evidence]:
    """The sentences after it, in the same passage, up to one that may not be quoted."""
    kept = quotable(item.passage)
    after = (s for s in item.passage.sentences if s.start >= item.sentence.end)
    return [Evidence(item.passage, sentence, item.score) for sentence in takewhile(kept.__contains__, after)]


def _within(chosen: Sequence[Evidence]) -> list[Evidence]:
    kept: list[Evidence] = []
    for item in chosen[:MAX_SENTENCES]:
        if kept and _words([*kept, item]) > MAX_WORDS:
            break
        kept.append(item)
    return kept


def _words(items: Sequence[Evidence]) -> int:
    return sum(len(item.sentence.text.split()) for item in items)


def _value(item: Evidence) -> Figure | None:
    if item.span is None:
        return None
    start, end = item.span[0] - item.sentence.start, item.span[1] - item.sentence.start
    inside = [f for f in figures(item.sentence.text) if f.start < end and start < f.end]
    return inside[0] if inside else None


def _differs(one: Figure, other: Figure) -> bool:
    return one.kind == other.kind and one.unit == other.unit and one.value != other.value


def _about_the_same(one: Evidence, other: Evidence) -> bool:
    a, b = stems(one.sentence.text), stems(other.sentence.text)
    return len(a & b) >= 0.25 * min(len(a), len(b))


def highlight(text: str, sentence: Sentence, span: tuple[int, int] | None) -> tuple[tuple[int, int], ...]:
    """The answer span as offsets into `text`, when the claim is that sentence verbatim."""
    if span is None or text != sentence.text or not sentence.start <= span[0] < span[1] <= sentence.end:
        return ()
    return ((span[0] - sentence.start, span[1] - sentence.start),)
