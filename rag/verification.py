"""Does the evidence say this sentence? Which spans, and how sure.

A sentence is compared with the evidence sentences that share most with it. Hard rules first: a figure or a name that
the evidence lacks, a denied word, an opposite. What passes is judged by a logistic model over `SIGNALS`, fitted on WiCE
by `python -m training.verifier`. No language model is needed; about 15 ms a sentence.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.embedding import Embedder
from rag.answer import Verdict
from rag.contradiction import denies, opposes, rival_figures, unmatched_figures
from index.errors import ModelError
from rag.evidence import Evidence
from rag.figures import figures
from rag.question import names, stems, words

SIGNALS = (
    "words",  # share of the sentence's stems in the support
    "words_first",  # the same in the best single evidence sentence
    "bigrams",  # share of its word pairs (stemmed, in order) in the support
    "names",  # share of its names' words in the support and its context
    "figures",  # share of its figures in the support
    "cosine",  # embedding of the sentence and of the best evidence sentence
    "length",  # log of the number of stems
)
MODEL = Path(__file__).parent / "reader" / "verifier.json"
SUPPORT = 3
"""At most this many evidence sentences are cited for one sentence."""
COMPARED = 4
"""Evidence sentences whose embedding is compared."""
SAME_SUBJECT = 0.5
"""Share of words in common from which a different figure or a denial is a contradiction rather than another subject."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one sentence, the evidence that decided it, and the probability that it is supported."""

    verdict: Verdict
    evidence: tuple[Evidence, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Judge:
    """The logistic model over `SIGNALS` with its two thresholds."""

    weights: tuple[float, ...]
    bias: float
    supported: float
    partly: float

    def probability(self, signals: Sequence[float]) -> float:
        """sigmoid(weights . signals + bias)."""
        return 1 / (1 + math.exp(-self.bias - sum(w * s for w, s in zip(self.weights, signals, strict=True))))


@lru_cache(maxsize=1)
def load_judge(path: Path = MODEL) -> Judge:
    """Read the fitted model. Raises ModelError when the file is missing, damaged or of other signals."""
    try:
        data = json.loads(path.read_text("utf-8"))
        weights = tuple(float(data["weights"][name]) for name in SIGNALS)
        return Judge(weights, float(data["bias"]), float(data["supported"]), float(data["partly"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name} is missing or damaged: install Footnote again, or run the training.") from error


def verify_sentence(sentence: str, candidates: Sequence[Evidence], *, embedder: Embedder) -> Checked:
    """Judge `sentence` against `candidates` (any order; sentences of the documents)."""
    verbatim = [item for item in candidates if sentence.strip() and sentence.strip() in item.sentence.text]
    if verbatim:
        return Checked(Verdict.SUPPORTED, (verbatim[0],), 1.0)
    support = select_support(sentence, candidates, embedder)
    if not support:
        return Checked(Verdict.UNSUPPORTED, (), 0.0)
    judge = load_judge()
    probability = judge.probability(signals(sentence, support, embedder))
    return Checked(_verdict(sentence, support, probability, judge), tuple(support), probability)


def select_support(sentence: str, candidates: Sequence[Evidence], embedder: Embedder) -> list[Evidence]:
    """The best evidence sentence by shared words and meaning, then those that add missing words; document order kept."""
    wanted = stems(sentence)
    shared = sorted(candidates, key=lambda item: -_overlap(wanted, item.sentence.text))[:COMPARED]
    near = [item for item in shared if _overlap(wanted, item.sentence.text) > 0]
    if not near:
        return []
    claim = embedder.embed_query(sentence)
    meaning = {id(item): float(claim @ embedder.embed_query(item.sentence.text)) for item in near}
    chosen = [max(near, key=lambda item: _overlap(wanted, item.sentence.text) + meaning[id(item)])]
    while len(chosen) < SUPPORT:
        left = wanted - stems(" ".join(item.sentence.text for item in chosen))
        extra = max(shared, key=lambda item: len(left & stems(item.sentence.text)))
        if extra in chosen or len(left & stems(extra.sentence.text)) < max(1, len(wanted) // 6):
            break
        chosen.append(extra)
    return chosen


def signals(sentence: str, support: Sequence[Evidence], embedder: Embedder) -> tuple[float, ...]:
    """The features of `sentence` against its support, in the order of `SIGNALS`."""
    text = " ".join(item.sentence.text for item in support)
    wanted = stems(sentence)
    found = figures(sentence)
    return (
        _overlap(wanted, text),
        _overlap(wanted, support[0].sentence.text),
        _share(_bigrams(sentence), _bigrams(text)),
        1 - _share_missing(names(sentence), _surroundings(support)),
        1 - len(unmatched_figures(sentence, [text])) / len(found) if found else 1.0,
        float(embedder.embed_query(sentence) @ embedder.embed_query(support[0].sentence.text)),
        math.log(1 + len(wanted)),
    )


def _verdict(sentence: str, support: Sequence[Evidence], probability: float, judge: Judge) -> Verdict:
    first = support[0].sentence.text
    sources = [f"{item.context} {item.sentence.text} {item.passage.published or ''}" for item in support]
    same_subject = _overlap(stems(sentence), first) >= SAME_SUBJECT
    missing = unmatched_figures(sentence, sources)
    if missing:
        return Verdict.CONTRADICTED if same_subject and rival_figures(missing, first) else Verdict.UNSUPPORTED
    if same_subject and (denies(sentence, first) or opposes(sentence, first)):
        return Verdict.CONTRADICTED
    if missing_names(sentence, support):
        return Verdict.UNSUPPORTED
    if probability >= judge.supported:
        return Verdict.SUPPORTED
    return Verdict.PARTLY if probability >= judge.partly else Verdict.UNSUPPORTED


def missing_names(sentence: str, support: Sequence[Evidence]) -> list[str]:
    """Names of which the support, its passages and their titles have no word."""
    have = stems(_surroundings(support))
    return [name for name in names(sentence) if (need := stems(name)) and not need & have]


def _surroundings(support: Sequence[Evidence]) -> str:
    return " ".join(f"{item.passage.title} {item.passage.text} {item.passage.publisher or ''}" for item in support)


def _share_missing(found: Sequence[str], text: str) -> float:
    have = stems(text)
    wanted = frozenset().union(*(stems(name) for name in found)) if found else frozenset()
    return len(wanted - have) / len(wanted) if wanted else 0.0


def _overlap(wanted: frozenset[str], text: str) -> float:
    return len(wanted & stems(text)) / len(wanted) if wanted else 0.0


def _bigrams(text: str) -> set[tuple[str, str]]:
    tokens = [next(iter(stem)) for word in words(text) if (stem := stems(word))]
    return set(zip(tokens, tokens[1:], strict=False))


def _share(wanted: set[tuple[str, str]], have: set[tuple[str, str]]) -> float:
    return len(wanted & have) / len(wanted) if wanted else 1.0
