from collections.abc import Sequence

import pytest

from rag.answer import ScoredPassage
from rag.evidence import FEATURES, Calibration, count_of, load_calibration, measure_of, rank, whole_figures
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


@pytest.mark.parametrize(
    ("counted", "figure"),
    [("new scholarships", "600"), ("training places", "1,500"), ("years", "three"), ("dams", None), ("", None)],
)
def test_the_figure_is_that_of_what_is_counted(counted: str, figure: str | None) -> None:
    (sentence,) = passage("In 2024 it gave 1,500 training places and 600 scholarships over three years.").sentences
    span = count_of(counted, sentence)
    assert (span and sentence.text[slice(*span)]) == figure


ROW = "Aurel Q9 | $349 | 254 g | 38 hours | 31 dB"


@pytest.mark.parametrize(
    ("measured", "read", "shown"),
    [("heavy", "31 dB", "254 g"), ("", "$349 | 254 g", "$349"), ("heavy", "254 g", "254 g"), ("deep", "31 dB", None)],
)
def test_the_measure_is_one_cell_and_of_the_unit_that_is_asked_for(measured: str, read: str, shown: str | None) -> None:
    (sentence,) = passage(ROW).sentences
    start = sentence.start + ROW.index(read)
    span = measure_of(measured, sentence, (start, start + len(read)))
    assert (span and ROW[slice(*span)]) == shown


def test_sentences_are_ranked_and_near_duplicates_are_dropped() -> None:
    found = [ScoredPassage(passage(TEXT), 0.9)]
    ranked = rank(read("How much was trade in 2024?"), found, Scores(2.0, -1.0, 1.0), load_calibration())
    assert [item.sentence.text for item in ranked] == [TEXT[:36], "It had been lower."]
    assert ranked[1].context == TEXT[:36]
    assert len(ranked[0].features) == len(FEATURES)


def test_a_name_that_nothing_mentions_and_a_yes_or_no_that_nothing_near_it_meets_are_hardly_answered() -> None:
    found = [ScoredPassage(passage("Anna Berg signed it in Oslo. The dam opened later."), 0.9)]
    model, sure = load_calibration(), Scores(3.0, 3.0, 3.0)
    elsewhere, here = (rank(read(f"What was signed in {city}?"), found, sure, model)[0] for city in ("Turku", "Oslo"))
    assert elsewhere.score < here.score
    asked = rank(read("Was it signed in Oslo?"), found, sure, model)
    scores = {item.sentence.text: item.score for item in asked}
    assert scores["The dam opened later."] <= 0.1 < scores["Anna Berg signed it in Oslo."]


def test_a_question_in_the_documents_answers_nothing() -> None:
    found = [ScoredPassage(passage("**(Host):** Who opened the dam?** Anna Berg opened it."), 0.9)]
    ranked = rank(read("Who opened the dam?"), found, Scores(9.0, 1.0), load_calibration())
    assert [item.sentence.text for item in ranked] == ["Anna Berg opened it.", "**(Host):** Who opened the dam?**"]


def test_a_passage_without_the_year_asked_for_is_hardly_an_answer() -> None:
    found = [ScoredPassage(passage(TEXT), 0.9)]
    ranked = rank(read("How much was trade in 1999?"), found, Scores(9.0, 9.0, 9.0), load_calibration())
    assert max(item.score for item in ranked) <= 0.1


def test_the_threshold_is_the_smallest_with_an_accepted_risk() -> None:
    model = Calibration((), 0.0, ((0.2, 0.4), (0.4, 0.2), (0.6, 0.1)))
    assert [model.threshold(risk) for risk in (0.5, 0.2, 0.05)] == [0.2, 0.4, 1.0]


class Keeps(Scores):
    """Remembers what it was given to read."""

    def __init__(self) -> None:
        super().__init__(*range(9))
        self.texts: list[str] = []

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        self.texts += [each.text for each in contexts]
        return super().read(question, contexts)


def test_a_row_is_read_with_its_columns_and_leans_on_them() -> None:
    table = passage("The phones.\n\n| Team | Phone |\n|---|---|\n| HR | **4411** |\n| IT | 4420 |\n")
    reader = Keeps()
    ranked = rank(read("Which team has the phone 4420?"), [ScoredPassage(table, 0.9)], reader, load_calibration())
    assert {item.sentence.text: item.context for item in ranked}["| IT | 4420 |"] == "| Team | Phone |"
    assert "Team: IT; Phone: 4420" in reader.texts
    assert "**" not in "".join(reader.texts)
