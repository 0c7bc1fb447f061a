"""Every metric on a case computed by hand."""

from collections.abc import Callable
from math import isnan, log2
from typing import Any

import pytest

from evals import metrics as m
from evals.metrics import Outcome, Scores, SentenceCheck

RIGHT, WRONG, ABSTAINED = Outcome.RIGHT, Outcome.WRONG, Outcome.ABSTAINED

# Four answerable questions (right, right, wrong, abstained), two unanswerable (abstained, answered).
OUTCOMES = [RIGHT, RIGHT, WRONG, ABSTAINED, ABSTAINED, WRONG]
ANSWERABLE = [True, True, True, True, False, False]


def test_recall_counts_the_relevant_found_among_the_first_k():
    scores = m.recall_at_k([{"a", "b"}, {"c"}], [["a", "x", "b"], ["x", "y", "c"]], 2)
    assert scores.individual == (0.5, 0.0)
    assert scores.score == 0.25


def test_a_document_found_twice_takes_one_rank():
    assert m.recall_at_k([{"b"}], [["a", "a", "b"]], 2).score == 1.0


def test_reciprocal_rank_is_one_over_the_place_of_the_first_relevant():
    assert m.mrr_at_k([{"a"}, {"b"}, {"c"}], [["a"], ["x", "b"], ["x"]]).individual == (1.0, 0.5, 0.0)
    assert m.mrr_at_k([{"c"}], [["x", "y", "c"]], k=2).score == 0.0


def test_ndcg_discounts_by_the_logarithm_of_the_rank():
    scores = m.ndcg_at_k([{"a", "b"}, {"a"}], [["a", "x", "b"], ["a"]])
    assert scores.individual[0] == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))
    assert scores.individual[1] == 1.0


def test_retrieval_metrics_refuse_a_question_without_a_relevant_document():
    with pytest.raises(ValueError, match="at least one relevant"):
        m.recall_at_k([set()], [["a"]], 1)


def test_answer_at_k_asks_whether_one_of_the_first_k_passages_holds_the_answer():
    assert m.answer_at_k([[False, True], [False, False], []], 2).individual == (1.0, 0.0, 0.0)
    assert m.answer_at_k([[False, True]], 1).score == 0.0


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("Trade reached $94.8 billion in 2024.", "$94.8 billion", True),
        ("Trade reached $94.8 billion in 2024.", "94.8", True),
        ("Trade reached $948 billion.", "94.8", False),
        ("1,500 training opportunities", "1500", True),
        ("It took 12 years.", "2 years", False),
        ("The Angren–Pap line", "Angren-Pap", True),
        ("in Xi’an, China", "Xi'an", True),
        ("met in the São Paulo office", "Sao Paulo", True),
        ("the Treaty of Permanent Good-Neighborliness", "treaty of permanent good neighborliness", True),
        ("It is a categorical claim", "cat", False),
        ("about anything at all", "", False),
        ("he was paid in €", "€", True),
        ("he was paid", "€", False),
    ],
)
def test_an_answer_is_held_when_its_words_stand_whole_and_in_order(text: str, answer: str, held: bool):
    assert m.holds(text, answer) is held


def test_a_list_question_wants_one_alternative_of_every_part():
    parts = [["Kazakhstan"], ["Kyrgyzstan", "Kyrgyz Republic"]]
    assert m.holds_answer("Kazakhstan and the Kyrgyz Republic", [], parts)
    assert not m.holds_answer("Kazakhstan alone", [], parts)
    assert not m.holds_answer("anything", [], [])


def test_the_outcome_is_wrong_for_any_answer_to_an_unanswerable_question():
    assert m.judge("In Paris.", False, True, ["Paris"]) is RIGHT
    assert m.judge("In Rome.", False, True, ["Paris"]) is WRONG
    assert m.judge("In Paris.", False, False, ["Paris"]) is WRONG
    assert m.judge("", True, True, ["Paris"]) is ABSTAINED
    assert m.judge("In Paris.", False, True, []) is Outcome.UNJUDGED


def test_right_and_over_refusal_are_shares_of_the_answerable():
    assert m.right_of_answerable(OUTCOMES, ANSWERABLE).score == 2 / 4
    assert m.over_refusal(OUTCOMES, ANSWERABLE).score == 1 / 4


def test_wrong_is_a_share_of_all():
    assert m.wrong(OUTCOMES).score == pytest.approx(2 / 6)


def test_truthfulness_adds_right_takes_off_wrong_and_rewards_a_rightful_refusal():
    scores = m.truthfulness(OUTCOMES, ANSWERABLE)
    assert scores.individual == (1.0, 1.0, -1.0, 0.0, 1.0, -1.0)
    assert scores.score == pytest.approx(1 / 6)


def test_abstention_precision_recall_and_f1():
    assert m.abstention_precision(OUTCOMES, ANSWERABLE).score == 1 / 2
    assert m.abstention_recall(OUTCOMES, ANSWERABLE).score == 1 / 2
    assert m.abstention_f1(OUTCOMES, ANSWERABLE) == 1 / 2
    assert isnan(m.abstention_f1([RIGHT], [True]))


def test_token_f1_is_the_harmonic_mean_of_shared_words():
    # "in 2024 trade" and "2024": one word shared, 1/3 precision, 1/1 recall.
    assert m.token_f1(["in 2024 trade", ""], [["2024", "1999"], ["2024"]]).individual == (0.5, 0.0)


def test_the_first_sentence_is_judged_alone():
    said = [["It grew.", "It was $5."], ["It was $5."], []]
    assert m.first_sentence_right(said, [["$5"]] * 3, [()] * 3).individual == (0.0, 1.0, 0.0)


def test_risk_coverage_takes_the_most_confident_first():
    points = m.risk_coverage([0.2, 0.9, 0.6], [False, True, False], questions=4)
    assert points == ((0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(2 / 3)))


def test_equal_confidences_spread_their_errors_evenly_whatever_their_order():
    forward = m.risk_coverage([0.5, 0.5], [True, False], 2)
    assert forward == m.risk_coverage([0.5, 0.5], [False, True], 2) == ((0.5, 0.5), (1.0, 0.5))


def test_the_area_under_risk_coverage_is_the_mean_risk():
    assert m.area_under_risk_coverage([0.9, 0.6, 0.2], [True, False, False]) == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert isnan(m.area_under_risk_coverage([], []))


def test_calibration_error_is_the_mean_gap_weighted_by_the_bins_size():
    # 0.9, 0.9 -> half right: gap 0.4, weight 2/3; 0.15 -> wrong: gap 0.15, weight 1/3.
    error = m.expected_calibration_error([0.9, 0.9, 0.15], [True, False, False])
    assert error == pytest.approx(2 / 3 * 0.4 + 1 / 3 * 0.15)


def test_the_reliability_table_leaves_out_empty_bins_and_puts_certainty_in_the_last():
    table = m.reliability_table([1.0, 0.05], [True, False])
    assert [(each.low, each.n, each.accuracy) for each in table] == [(0.0, 1, 0.0), (0.9, 1, 1.0)]
    with pytest.raises(ValueError, match="between 0 and 1"):
        m.reliability_table([1.2], [True])


def test_auroc_is_the_chance_that_a_positive_ranks_above_a_negative():
    # pairs: 0.8>0.5, 0.8>0.3, 0.5=0.5 (half), 0.5>0.3
    assert m.auroc([0.8, 0.5, 0.5, 0.3], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert isnan(m.auroc([0.8], [True]))


def test_balanced_accuracy_weighs_both_classes_alike():
    # 3 of 4 positives, 0 of 1 negatives.
    assert m.balanced_accuracy([True, True, True, False, True], [True] * 4 + [False]).score == pytest.approx(0.375)


def test_citation_recall_and_precision_follow_alce():
    # Two sentences: one supported by two quotes of which the second is irrelevant; one without a quote.
    answer = [SentenceCheck(True, (True, False), (False, True)), SentenceCheck(False)]
    assert m.citation_recall([answer]).score == 1 / 2
    assert m.citation_precision([answer]).score == 1 / 2


def test_quotes_that_support_only_together_are_both_precise():
    assert m.citation_precision([[SentenceCheck(True, (False, False), (False, False))]]).score == 1.0


def test_no_citation_of_an_unsupported_sentence_is_precise():
    assert m.citation_precision([[SentenceCheck(False, (False,), (False,))]]).score == 0.0


def test_answers_without_citations_do_not_count_for_precision_but_do_for_recall():
    answers = [[SentenceCheck(False)], [SentenceCheck(True, (True,), (False,))]]
    assert m.citation_recall(answers).individual == (0.0, 1.0)
    assert m.citation_precision(answers).individual == (1.0,)


def test_the_share_of_citations_from_a_gold_document_is_taken_an_answer_at_a_time():
    assert m.gold_document_share([["a", "b"], ["a"], [], ["a"]], [["a"], ["a"], ["a"], []]).individual == (0.5, 1.0)


def test_quotes_hold_the_answer_together():
    assert m.quotes_hold_answer([["It was", "$5 then"], ["no"]], [["$5"], ["$5"]], [(), ()]).individual == (1.0, 0.0)


def test_true_slices_and_faithfulness_pool_all_answers():
    flags = [[True, True, False], [], [True]]
    assert m.true_slices(flags).score == 3 / 4
    assert m.faithfulness(flags).individual == (pytest.approx(2 / 3), 1.0)


def test_a_metric_over_nothing_is_not_a_number():
    assert isnan(m.right_of_answerable([], []).score)
    assert isnan(Scores(()).score)


@pytest.mark.parametrize(
    ("metric", "columns"),
    [
        (m.recall_at_k, ([{"a"}], [], 1)),
        (m.mrr_at_k, ([{"a"}], [])),
        (m.ndcg_at_k, ([{"a"}], [])),
        (m.right_of_answerable, ([RIGHT], [])),
        (m.over_refusal, ([RIGHT], [])),
        (m.truthfulness, ([RIGHT], [])),
        (m.abstention_precision, ([RIGHT], [])),
        (m.abstention_recall, ([RIGHT], [])),
        (m.abstention_f1, ([RIGHT], [])),
        (m.token_f1, (["a"], [])),
        (m.first_sentence_right, ([["a"]], [["a"]], [])),
        (m.risk_coverage, ([0.1], [], 1)),
        (m.area_under_risk_coverage, ([0.1], [])),
        (m.expected_calibration_error, ([0.1], [])),
        (m.auroc, ([0.1], [])),
        (m.balanced_accuracy, ([True], [])),
        (m.gold_document_share, ([["a"]], [])),
        (m.quotes_hold_answer, ([["a"]], [["a"]], [])),
        (m.paired_interval, ([0.1], [])),
        (SentenceCheck, (True, (True,), ())),
    ],
)
def test_columns_of_unequal_length_are_refused(metric: Callable[..., Any], columns: tuple[Any, ...]):
    with pytest.raises(ValueError, match="lengths"):
        metric(*columns)
