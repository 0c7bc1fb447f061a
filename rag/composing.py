"""Evidence into claims, claims into an answer: citations are numbered in order of first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from index.passages import sentence_spans
from rag.answer import Answer, Citation, Claim, ScoredPassage, Status, Verdict
from rag.drafting.extractive import highlight
from rag.evidence import Evidence
from rag.figures import figures


def citation(item: Evidence, number: int) -> Citation:
    """The exact quote of an evidence sentence."""
    passage, sentence = item.passage, item.sentence
    return Citation(
        number=number,
        document_id=passage.document_id,
        title=passage.title,
        publisher=passage.publisher,
        published=passage.published,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        page=passage.page,
        sha256=passage.sha256,
    )


def claim(text: str, evidence: Sequence[Evidence], verdict: Verdict, number: int = 1) -> Claim:
    """One sentence with its citations; provisional numbers from `number` on."""
    marks = highlight(text, evidence[0].sentence, evidence[0].span) if evidence else ()
    return Claim(text, tuple(citation(item, number + place) for place, item in enumerate(evidence)), verdict, marks)


def sentences(text: str) -> list[str]:
    """The sentences of any text, in order."""
    return [text[start:end] for start, end in sentence_spans(text)]


def renumber(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The same claims with citations numbered 1..N in order of first use; one quote has one number."""
    composer = Composer()
    return tuple(composer.add(item) for item in claims)


class Composer:
    """Collects claims as they are checked, so that a number once shown never changes."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.citations: list[Citation] = []
        self._numbers: dict[tuple[str, int, int], int] = {}

    def add(self, item: Claim) -> Claim:
        """Number the citations of a claim and keep it."""
        numbered = replace(item, citations=tuple(self._number(quote) for quote in item.citations))
        self.claims.append(numbered)
        return numbered

    def answer(
        self,
        *,
        question: str,
        asked: str,
        gaps: Sequence[str],
        confidence: float,
        passages: tuple[ScoredPassage, ...],
        drafter: str,
        timings_ms: Mapping[str, float],
        notices: Sequence[str],
        parts: int = 1,
    ) -> Answer:
        """The finished answer; `gaps` says what the documents do not give. Figures of several `parts` are no rivals."""
        conflicts = conflicting_citations(self.claims) if parts == 1 else ()
        notes = [
            *notices,
            *(["The documents give different figures; both are shown, newest first."] if conflicts else []),
        ]
        return Answer(
            text=" ".join([*(marked(item) for item in self.claims), *gaps]),
            claims=tuple(self.claims),
            citations=tuple(self.citations),
            status=Status.PARTIAL if gaps else Status.ANSWERED,
            confidence=round(confidence, 4),
            question=question,
            asked=asked,
            passages=passages,
            drafter=drafter,
            timings_ms=timings_ms,
            notices=tuple([*notes, *gaps]),
            conflicts=conflicts,
        )

    def _number(self, quote: Citation) -> Citation:
        key = (quote.document_id, quote.start, quote.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(replace(quote, number=self._numbers[key]))
        return replace(quote, number=self._numbers[key])


_MARKS = {
    Verdict.SUPPORTED: "{}",
    Verdict.PARTLY: "{} (partly supported)",
    Verdict.UNSUPPORTED: "~~{}~~ (not supported)",
    Verdict.CONTRADICTED: "~~{}~~ (contradicted)",
}


def marked(item: Claim) -> str:
    """The claim's text with its [n] markers; one that is not supported says so wherever the text goes."""
    return (
        f"{_MARKS[item.verdict].format(item.text)} {''.join(f'[{quote.number}]' for quote in item.citations)}".strip()
    )


def abstention(
    *,
    text: str,
    nearest: Sequence[Evidence],
    confidence: float,
    question: str,
    asked: str,
    passages: tuple[ScoredPassage, ...],
    drafter: str,
    timings_ms: Mapping[str, float],
) -> Answer:
    """An answer that says what is missing and cites the nearest sentences."""
    return Answer(
        text=text,
        claims=(),
        citations=tuple(citation(item, number) for number, item in enumerate(nearest, 1)),
        status=Status.ABSTAINED,
        confidence=round(confidence, 4),
        question=question,
        asked=asked,
        passages=passages,
        drafter=drafter,
        timings_ms=timings_ms,
    )


def conflicting_citations(claims: Sequence[Claim]) -> tuple[tuple[int, ...], ...]:
    """Numbers of citations of different documents whose highlighted figures have one kind and unit but differ."""
    values = []
    for item in claims:
        inside = [f for f in figures(item.text) for start, end in item.highlights if f.start < end and start < f.end]
        if inside and item.citations:
            values.append((inside[0], item.citations[0]))
    if len(values) < 2:
        return ()
    (first, quote), *others = values
    rivals = [
        other.number
        for figure, other in others
        if other.document_id != quote.document_id
        and (figure.kind, figure.unit) == (first.kind, first.unit)
        and figure.value != first.value
    ]
    return ((quote.number, *rivals),) if rivals else ()
