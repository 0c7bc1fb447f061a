"""Who says that quotes support a sentence: a judge, asked once for all quotes, once for each, once for all but each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evals.datasets import LabelledClaim, SetDocument
from evals.metrics import SentenceCheck, normalise
from index.documents import Passage, Sentence
from index.passages import sentence_spans
from rag.answer import Verdict
from rag.evidence import Evidence
from rag.verification import verify_sentence, window

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


def verifier(sentence: str, quotes: Sequence[str]) -> bool:
    """Footnote's own verifier as the judge: it sees the quotes and nothing around them."""
    together = " ".join(quotes)
    evidence = [_evidence(quote, str(number)) for number, quote in enumerate(quotes)]
    return verify_sentence(sentence, evidence, lambda _: together).verdict is Verdict.SUPPORTED


def claim_verdict(claim: LabelledClaim, document: SetDocument, read: int = 40) -> Verdict:
    """What the verifier says of a claim, given the `read` sentences of its document with most words in common."""
    words = set(normalise(claim.text))
    text = document.text
    near = sorted(sentence_spans(text), key=lambda span: -len(words & set(normalise(text[slice(*span)]))))[:read]
    evidence = [_evidence(text[start:end], document.id, document.title, start) for start, end in sorted(near)]
    return verify_sentence(claim.text, evidence, lambda item: window(text, item.sentence.start)).verdict


def _evidence(text: str, document_id: str, title: str = "", start: int = 0) -> Evidence:
    sentence = Sentence(start, start + len(text), text)
    passage = Passage(document_id, document_id, start, sentence.end, text, title, "", sentences=(sentence,))
    return Evidence(passage, sentence, 1.0)
