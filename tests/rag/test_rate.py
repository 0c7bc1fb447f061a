from __future__ import annotations

import pytest

from rag.errors import TooManyQuestions
from rag.rate import RateLimit


def test_a_user_has_so_many_questions_in_any_minute() -> None:
    now = [0.0]
    rate = RateLimit(2, clock=lambda: now[0])
    rate.count("ada")
    now[0] = 30.0
    rate.count("ada")
    now[0] = 59.5
    with pytest.raises(TooManyQuestions, match="wait 1 seconds") as refused:
        rate.count("ada")
    assert refused.value.wait == 1
    rate.count("bob")
    now[0] = 60.0
    rate.count("ada")
    with pytest.raises(TooManyQuestions, match="wait 30 seconds"):
        rate.count("ada")


def test_zero_is_no_limit_and_nobody_is_not_counted() -> None:
    for rate, user in ((RateLimit(0), "ada"), (RateLimit(1), "")):
        for _ in range(100):
            rate.count(user)
