from collections.abc import Sequence

from rag.answer import ScoredPassage
from rag.evidence import FEATURES, Calibration, load_calibration, rank, whole_figures
from rag.question import read
from rag.reader.reader import Context, Reading, SentenceReading
from tests.rag.made import passage

TEXT = "Trade reached $94.8 billion in 2024. It had been lower. Trade reached $94.8 billion in the year 2024."


class Scores:
    """A reader that gives these scores to the sentences of any text, in order."""

    def __init__(self, *scores: float) -> None:
        self.scores = scores

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        return [
            Reading(
                tuple(SentenceReading(score, None, 0.0) for score, _ in zip(self.scores, each.sentences, strict=False)),
                0.0,
            )
            for each in contexts
        ]


def test_a_span_never_cuts_a_figure() -> None:
    sentence = passage(TEXT).sentences[0]
    assert [TEXT[a:b] for a, b in [whole_figures(sentence, 15, 19)]] == ["$94.8 billion"]
    assert [TEXT[a:b] for a, b in [whole_figures(sentence, 0, 5)]] == ["Trade"]


def test_sentences_are_ranked_and_near_duplicates_are_dropped() -> None:
    found = [ScoredPassage(passage(TEXT), 0.9)]
    ranked = rank(read("How much was trade in 2024?"), found, Scores(2.0, -1.0, 1.0), load_calibration())
    assert [item.sentence.text for item in ranked] == [TEXT[:36], "It had been lower."]
    assert ranked[1].context == TEXT[:36]
    assert len(ranked[0].features) == len(FEATURES)


def test_a_passage_without_the_year_asked_for_is_hardly_an_answer() -> None:
    found = [ScoredPassage(passage(TEXT), 0.9)]
    ranked = rank(read("How much was trade in 1999?"), found, Scores(9.0, 9.0, 9.0), load_calibration())
    assert max(item.score for item in ranked) <= 0.1


def test_the_threshold_is_the_smallest_with_an_accepted_risk() -> None:
    model = Calibration((), 0.0, ((0.2, 0.4), (0.4, 0.2), (0.6, 0.1)))
    assert [model.threshold(risk) for risk in (0.5, 0.2, 0.05)] == [0.2, 0.4, 1.0]
