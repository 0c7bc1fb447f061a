from math import isnan, sqrt

import pytest

from evals.metrics import Scores, auroc, mean_interval, paired_interval, statistic_interval


def test_the_interval_of_a_mean_is_near_the_normal_one():
    values = tuple(float(i < 80) for i in range(100))
    interval = mean_interval(Scores(values))
    error = 1.96 * sqrt(0.8 * 0.2 / 100)
    assert interval.value == pytest.approx(0.8)
    assert interval.n == 100
    assert interval.low == pytest.approx(0.8 - error, abs=0.02)
    assert interval.high == pytest.approx(0.8 + error, abs=0.02)


def test_the_same_scores_give_the_same_interval():
    scores = Scores((1.0, 0.0, 0.5, 1.0))
    assert mean_interval(scores) == mean_interval(scores)


def test_a_constant_has_no_spread():
    interval = mean_interval(Scores((1.0, 1.0, 1.0), (1.0, 5.0, 2.0)))
    assert (interval.value, interval.low, interval.high) == (1.0, 1.0, 1.0)


def test_weights_pull_the_mean():
    assert mean_interval(Scores((1.0, 0.0), (3.0, 1.0))).value == 0.75


def test_no_question_gives_no_figure():
    interval = mean_interval(Scores(()))
    assert interval.n == 0
    assert isnan(interval.value)


def test_draws_without_both_classes_do_not_spoil_the_interval_of_auroc():
    interval = statistic_interval(auroc, [0.9, 0.8, 0.2], [True, True, False])
    assert interval.value == 1.0
    assert interval.low == interval.high == 1.0


def test_a_paired_interval_sees_a_small_change_that_every_question_shares():
    before = [float(i % 2) for i in range(40)]
    after = [value + 0.01 for value in before]
    change = paired_interval(before, after)
    assert change.value == pytest.approx(0.01)
    assert change.low > 0


def test_a_paired_interval_of_opposite_changes_holds_zero():
    change = paired_interval([0.0, 1.0] * 20, [1.0, 0.0] * 20)
    assert change.low < 0 < change.high
