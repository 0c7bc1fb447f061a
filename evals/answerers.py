"""Who is asked: Footnote, and answerers so simple that one knows beforehand how they must score."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

from evals.datasets import Example
from evals.falsify import falsify
from evals.metrics import holds_answer, normalise
from index.documents import Filter, Passage
from index.passages import split
from rag import Footnote
from rag.answer import Answer, Citation, Claim, Status, Verdict

Span = tuple[Passage, int, int]
"""A quote: the passage that holds it, and where it starts and ends in the document."""


class Answerer(Protocol):
    """Answers a question about a set's documents, using those of `example.within` only when there are any."""

    @property
    def name(self) -> str:
        """How the tables call it."""

    def answer(self, example: Example) -> Answer:
        """The answer to `example.question`; only a baseline that says so looks at the gold answers."""


class FootnoteAnswerer:
    """Footnote as its users have it."""

    name = "Footnote"

    def __init__(self, footnote: Footnote) -> None:
        self._footnote = footnote

    def answer(self, example: Example) -> Answer:
        """`Footnote.ask` with the example's history and documents."""
        return self._footnote.ask(example.question, history=example.history, documents=example.within or None)


class AlwaysAbstains:
    """Says of every question that the documents do not answer it: its truthfulness is the share of the unanswerable."""

    name = "always abstain"

    def answer(self, example: Example) -> Answer:
        """An abstention."""
        return abstention(example, self.name)


class TopPassage:
    """The passage that retrieval puts first, whole, whatever was asked."""

    name = "top passage"

    def __init__(self, footnote: Footnote) -> None:
        self._footnote = footnote

    def answer(self, example: Example) -> Answer:
        """One claim: the passage."""
        found = self._footnote.retrieve(example.question, k=1, documents=example.within or None)
        if not found:
            return abstention(example, self.name)
        passage = found[0].passage
        return quoting(example, [(passage, passage.start, passage.end)], found[0].score, self.name)


class RandomSentence:
    """Any sentence of any document, drawn by the question's id."""

    name = "random sentence"

    def __init__(self, footnote: Footnote) -> None:
        self._ids = sorted(info.id for info in footnote.library.documents())
        self._passages = passages_of(footnote)

    def answer(self, example: Example) -> Answer:
        """One claim, the same in every run."""
        draw = random.Random(example.id)
        spans = _sentences(self._passages(draw.choice(example.within or self._ids)))
        return quoting(example, [draw.choice(spans)], 0.5, self.name) if spans else abstention(example, self.name)


class LexicalOnly:
    """BM25 alone: of its first passage the sentence that shares most words with the question."""

    name = "BM25 only"

    def __init__(self, footnote: Footnote) -> None:
        self._library = footnote.library

    def answer(self, example: Example) -> Answer:
        """One claim; an abstention when no word of the question is in the documents."""
        hits = self._library.lexical(example.question, 1, _filter(example))
        spans = _sentences(self._library.passages([hit.passage_id for hit in hits]))
        if not spans:
            return abstention(example, self.name)
        best = max(spans, key=lambda span: _shared_words(example.question, _quote(span)))
        return quoting(example, [best], hits[0].score / (1 + hits[0].score), self.name)


class DenseOnly:
    """The embedder alone: of its first passage the sentence nearest to the question."""

    name = "dense only"

    def __init__(self, footnote: Footnote) -> None:
        self._library = footnote.library
        self._embed = cache(footnote.library.embedder.embed_query)

    def answer(self, example: Example) -> Answer:
        """One claim, always."""
        vector = self._library.embedder.embed_query(example.question)
        hits = self._library.dense(vector, 1, _filter(example))
        spans = _sentences(self._library.passages([hit.passage_id for hit in hits]))
        if not spans:
            return abstention(example, self.name)
        near = [float(self._embed(_quote(span)) @ vector) for span in spans]
        best = near.index(max(near))
        return quoting(example, [spans[best]], min(1.0, max(0.0, near[best])), self.name)


class Oracle:
    """Knows the gold answer and quotes the sentence of a gold document that holds it: what verbatim quoting can reach.

    Its sentences are true, so each carries the verdict of `Footnote.verify`, which should be "supported".
    """

    name = "oracle"

    def __init__(self, footnote: Footnote) -> None:
        self._passages = passages_of(footnote)
        self._verdict = verdict_of(footnote)

    def answer(self, example: Example) -> Answer:
        """A sentence for each thing asked; an abstention when the documents do not say, or not in these words."""
        wanted = [example.answers] if example.answers else list(example.answers_all)
        spans = [self._best(example, alternatives) for alternatives in wanted]
        if not example.answerable or not spans:
            return abstention(example, self.name)
        found = [span for span in spans if span is not None]
        if len(found) < len(spans):
            return abstention(example, self.name)
        told = quoting(example, list({span[1:]: span for span in found}.values()), 1.0, self.name)
        return replace(told, claims=tuple(replace(each, verdict=self._verdict(each.text)) for each in told.claims))

    def _best(self, example: Example, alternatives: Sequence[str]) -> Span | None:
        gold = [id_ for id_ in example.doc_ids if not example.within or id_ in example.within]
        passages = [passage for id_ in gold for passage in self._passages(id_)]
        whole = [(passage, passage.start, passage.end) for passage in passages]
        for spans in (_sentences(passages), whole):
            holding = [span for span in spans if holds_answer(_quote(span), alternatives)]
            if holding:
                return max(holding, key=lambda span: _shared_words(example.question, _quote(span)))
        return None


class Liar:
    """The oracle with one figure of its answer changed, still citing the true sentence: to be caught by its verdicts.

    Claims without a figure stay true and are not counted as lies (`ClaimRow.verbatim`).
    """

    name = "liar"

    def __init__(self, footnote: Footnote) -> None:
        self._oracle = Oracle(footnote)
        self._verdict = verdict_of(footnote)

    def answer(self, example: Example) -> Answer:
        """The oracle's answer, falsified in its first sentence that holds a figure."""
        told = self._oracle.answer(example)
        for number, claim in enumerate(told.claims):
            lie = falsify(claim.text)
            if lie is not None:
                changed = replace(claim, text=lie, verdict=self._verdict(lie))
                claims = (*told.claims[:number], changed, *told.claims[number + 1 :])
                return replace(told, claims=claims, text=_marked(claims), drafter=self.name)
        return replace(told, drafter=self.name)


def baselines(footnote: Footnote) -> list[Answerer]:
    """Every baseline that needs nothing but the library."""
    return [
        AlwaysAbstains(),
        RandomSentence(footnote),
        TopPassage(footnote),
        LexicalOnly(footnote),
        DenseOnly(footnote),
        Oracle(footnote),
        Liar(footnote),
    ]


def abstention(example: Example, name: str) -> Answer:
    """An answer that says nothing, with confidence 0."""
    text = "The documents do not say."
    return Answer(text, (), (), Status.ABSTAINED, 0.0, example.question, example.question, drafter=name)


def quoting(example: Example, spans: Sequence[Span], confidence: float, name: str) -> Answer:
    """An answer of one claim a span, each the quote itself; `confidence` in [0, 1]."""
    citations = tuple(cited(number, span) for number, span in enumerate(spans, 1))
    claims = tuple(Claim(citation.quote, (citation,), Verdict.SUPPORTED) for citation in citations)
    question = example.question
    return Answer(_marked(claims), claims, citations, Status.ANSWERED, confidence, question, question, drafter=name)


def cited(number: int, span: Span) -> Citation:
    """The citation of a span."""
    passage, start, end = span
    return Citation(
        number,
        passage.document_id,
        passage.title,
        passage.publisher,
        passage.published,
        start,
        end,
        _quote(span),
        passage.page,
        passage.sha256,
    )


def passages_of(footnote: Footnote) -> Callable[[str], tuple[Passage, ...]]:
    """A function that splits a document of the library, once each."""

    @cache
    def passages(document_id: str) -> tuple[Passage, ...]:
        return split(footnote.library.document(document_id), footnote.settings.passage_tokens)

    return passages


def verdict_of(footnote: Footnote) -> Callable[[str], Verdict]:
    """A function that gives what `Footnote.verify` says of a sentence: the worst verdict when it is seen as several."""

    @cache
    def verdict(sentence: str) -> Verdict:
        order = list(Verdict)
        return max((claim.verdict for claim in footnote.verify(sentence).claims), key=order.index, default=order[-1])

    return verdict


def _marked(claims: Sequence[Claim]) -> str:
    return " ".join(f"{claim.text} [{claim.citations[0].number}]" for claim in claims)


def _sentences(passages: Sequence[Passage]) -> list[Span]:
    return [(each, s.start, s.end) for each in passages for s in each.sentences if not s.boilerplate]


def _quote(span: Span) -> str:
    passage, start, end = span
    return passage.text[start - passage.start : end - passage.start]


def _shared_words(question: str, text: str) -> int:
    return len(set(normalise(question)) & set(normalise(text)))


def _filter(example: Example) -> Filter:
    return Filter(documents=example.within or None)
