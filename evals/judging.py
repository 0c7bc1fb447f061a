"""Who says that quotes support a sentence: a judge, asked once for all quotes, once for each, once for all but each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evals.datasets import LabelledClaim, SetDocument
from evals.metrics import SentenceCheck, normalise
from index.documents import Passage, Sentence
from index.embedding import Embedder
from index.passages import sentence_spans
from rag.answer import Verdict
from rag.evidence import Evidence
from rag.verification import verify_sentence

Judge = Callable[[str, Sequence[str]], bool]
"""(sentence, quotes) -> do the quotes together support the sentence? Never asked about no quotes."""


def check(judge: Judge, sentence: str, quotes: Sequence[str]) -> SentenceCheck:
    """What citation recall and precision need to know of a sentence (Gao et al. 2023). No quote: not supported."""
    if not quotes:
        return SentenceCheck(False)
    together = judge(sentence, quotes)
    if len(quotes) == 1:
        return SentenceCheck(together, (together,), (False,))
    alone = tuple(judge(sentence, [quote]) for quote in quotes)
    without = tuple(judge(sentence, [*quotes[:i], *quotes[i + 1 :]]) for i in range(len(quotes)))
    return SentenceCheck(together, alone, without)


def verifier(embedder: Embedder) -> Judge:
    """Footnote's own verifier as the judge of quotes it is handed: supported or not, nothing between."""

    def judge(sentence: str, quotes: Sequence[str]) -> bool:
        evidence = [_evidence(quote, number) for number, quote in enumerate(quotes)]
        return verify_sentence(sentence, evidence, embedder=embedder).verdict is Verdict.SUPPORTED

    return judge


def claim_verdict(claim: LabelledClaim, document: SetDocument, embedder: Embedder, read: int = 12) -> Verdict:
    """What the verifier says of a claim, given the `read` sentences of its document with most words in common."""
    words = set(normalise(claim.text))
    spans = [document.text[start:end] for start, end in sentence_spans(document.text)]
    near = sorted(spans, key=lambda sentence: -len(words & set(normalise(sentence))))[:read]
    evidence = [_evidence(sentence, number, document.title) for number, sentence in enumerate(near)]
    return verify_sentence(claim.text, evidence, embedder=embedder).verdict


def _evidence(text: str, number: int, title: str = "") -> Evidence:
    sentence = Sentence(0, len(text), text)
    passage = Passage(str(number), str(number), 0, len(text), text, title, "", sentences=(sentence,))
    return Evidence(passage, sentence, 1.0)
