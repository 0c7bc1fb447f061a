"""Each fault of docs/reliability.md, tried once or twice; `python -m tests.reliability` tries them many times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.__main__ import table
from tests.reliability.faults import FAULTS
from tests.reliability.outcome import Fault, Outcome


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_and_it_recovers(fault: Fault, tmp_path: Path) -> None:
    outcome = fault.attempt(tmp_path, 7)
    assert outcome.survived, outcome


def test_the_table_counts_what_was_lost_and_says_what_was_wrong() -> None:
    fault = Fault("a fault", 3, lambda folder, seed: Outcome(0, 0))
    outcomes = {"a fault": [Outcome(0, 1.0), Outcome(2, 3.0), Outcome(0, 2.0, "it hung")]}
    assert table([fault], outcomes).rows == (("a fault", "3", "1", "2", "2.00 s, at most 3.00 s"),)
