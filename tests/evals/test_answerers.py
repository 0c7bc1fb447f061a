"""Each baseline scores what one knows beforehand that it must."""

from dataclasses import replace

import pytest

from evals.answerers import (
    AlwaysAbstains,
    Answerer,
    DenseOnly,
    FootnoteAnswerer,
    LexicalOnly,
    Liar,
    Oracle,
    RandomSentence,
    TopPassage,
    baselines,
)
from evals.datasets import Example
from evals.judging import verifier
from evals.metrics import Interval, Outcome
from evals.rows import Row, grade
from evals.run import document_of
from evals.summary import figures, verifier_accuracy
from rag import Footnote
from rag.answer import Status
from tests.evals.known import ANSWERABLE, KNOWN, UNANSWERABLE

EXAMPLE_WITHIN = replace(KNOWN.examples[0], within=("ferry.txt",))


def rows_of(answerer: Answerer, footnote: Footnote) -> list[tuple[Row, Example]]:
    document = document_of(footnote)
    return [
        (grade(each, answerer.name, answerer.answer(each), 1.0, document, verifier), each) for each in KNOWN.examples
    ]


def figures_of(answerer: Answerer, footnote: Footnote) -> dict[str, Interval]:
    return figures(rows_of(answerer, footnote))


def test_the_truthfulness_of_the_abstainer_is_the_share_of_the_unanswerable(footnote: Footnote):
    found = figures_of(AlwaysAbstains(), footnote)
    assert found["truthfulness"].value == pytest.approx(UNANSWERABLE / len(KNOWN.examples))
    assert found["over_refusal"].value == found["refused"].value == 1.0
    assert found["coverage"].value == 0.0


def test_the_oracle_is_right_about_everything_with_quotes_that_hold(footnote: Footnote):
    found = figures_of(Oracle(footnote), footnote)
    for metric in (
        "right",
        "refused",
        "truthfulness",
        "gold_document",
        "quotes_hold_answer",
        "true_slices",
        "verbatim",
    ):
        assert found[metric].value == 1.0, metric
    assert found["citation_recall"].value == found["citation_precision"].value == 1.0
    assert found["right"].n == ANSWERABLE


def test_the_oracles_sentences_are_supported_and_the_liars_are_caught(footnote: Footnote):
    truths, lies = rows_of(Oracle(footnote), footnote), rows_of(Liar(footnote), footnote)
    assert figures(lies)["caught"].value == 1.0
    assert figures(lies)["caught"].n >= 5
    assert verifier_accuracy(truths, lies).value >= 0.95


def test_the_liar_is_wrong_where_its_figure_was_the_answer_and_still_quotes_true_slices(footnote: Footnote):
    rows = rows_of(Liar(footnote), footnote)
    assert {row.id for row, _ in rows if row.outcome is Outcome.WRONG} == {"cost", "sank"}
    found = figures(rows)
    assert found["true_slices"].value == 1.0
    assert found["citation_recall"].value < 0.5


def test_who_always_answers_is_never_thanked_for_it(footnote: Footnote):
    for answerer in (TopPassage(footnote), DenseOnly(footnote)):
        assert figures_of(answerer, footnote)["refused"].value == 0.0


def test_the_top_passage_holds_more_answers_than_one_of_its_sentences_and_is_longer(footnote: Footnote):
    whole, sentence = figures_of(TopPassage(footnote), footnote), figures_of(LexicalOnly(footnote), footnote)
    assert whole["right"].value >= sentence["right"].value
    assert whole["words"].value > sentence["words"].value


def test_a_random_sentence_is_a_true_quote_and_the_same_in_every_run(footnote: Footnote):
    first, second = rows_of(RandomSentence(footnote), footnote), rows_of(RandomSentence(footnote), footnote)
    assert first == second
    assert figures(first)["true_slices"].value == 1.0
    assert figures(first)["right"].value < 0.5


def test_an_answerer_stays_within_the_given_documents(footnote: Footnote):
    for answerer in (FootnoteAnswerer(footnote), *baselines(footnote)):
        answer = answerer.answer(EXAMPLE_WITHIN)
        cited = {citation.document_id for claim in answer.claims for citation in claim.citations}
        assert cited <= {"ferry.txt"}, answerer.name


def test_the_llamaindex_starter_answers_everything_with_its_first_node(footnote: Footnote):
    pytest.importorskip("llama_index.vector_stores.chroma")
    from evals.llamaindex import LlamaIndexStarter

    starter = LlamaIndexStarter(footnote)
    answers = [starter.answer(example) for example in KNOWN.examples]
    assert all(answer.status is Status.ANSWERED for answer in answers)
    assert answers[0].claims[0].citations[0].document_id == "bridge.txt"
    assert {c.document_id for c in starter.answer(EXAMPLE_WITHIN).citations} == {"ferry.txt"}


def test_the_llamaindex_starter_speaks_through_an_llm_when_there_is_one(footnote: Footnote):
    pytest.importorskip("llama_index.vector_stores.chroma")
    from llama_index.core.llms import MockLLM

    from evals.llamaindex import LlamaIndexStarter

    answer = LlamaIndexStarter(footnote, MockLLM()).answer(KNOWN.examples[0])
    assert "Query: Who opened the Mirow Bridge?" in answer.claims[0].text
    assert len(answer.citations) == 2
