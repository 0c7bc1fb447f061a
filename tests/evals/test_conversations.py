"""The figures of rewriting follow-ups: exact on cases computed by hand, and floors on MTRAG where it is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from evals.conversations import (
    Overlap,
    ceiling,
    content_words,
    main,
    needs_rewriting,
    overlap,
    precision,
    recall,
    takes_up,
    unchanged,
)
from evals.datasets import Example
from evals.loaders import load_mtrag
from rag.conversation import standalone

DATA = Path(os.environ.get("FOOTNOTE_DATA", Path(__file__).parents[3] / "shared" / "data"))
MTRAG = DATA / "mtrag" / "rewrites.jsonl"

FOLLOW_UP = Example(
    "1",
    "How long is it?",
    history=(("user", "Where is the Karuma Dam?"), ("assistant", "On the Nile.")),
    standalone="How long is the Karuma Dam wall?",
)
ALONE = Example("2", "How long is the Nile?", history=FOLLOW_UP.history, standalone="How long is the Nile?")


def test_content_words_are_stems_without_stop_words_and_possessives() -> None:
    assert content_words("What were the river’s dams, and IT?") == {"river", "dam"}


def test_a_turn_needs_rewriting_when_the_person_added_content_words() -> None:
    assert needs_rewriting(FOLLOW_UP) and not needs_rewriting(ALONE)
    assert takes_up(FOLLOW_UP) and not takes_up(ALONE)


def test_recall_precision_and_ceiling_on_one_turn() -> None:
    turn = overlap(FOLLOW_UP, lambda question, history: "How long is the Karuma bridge?")
    assert turn.person == {"long", "karuma", "dam", "wall"} and turn.rewriting == {"long", "karuma", "bridg"}
    assert recall([turn]).score == 2 / 4
    assert precision([turn]).score == 2 / 3
    assert ceiling([turn]).score == 3 / 4


def test_pooled_figures_count_words_and_the_others_turns() -> None:
    turns = [
        Overlap(frozenset("abcd"), frozenset("a"), frozenset("ab")),
        Overlap(frozenset("x"), frozenset("xyz"), frozenset("x")),
    ]
    assert recall(turns).score == pytest.approx((1 / 4 + 1) / 2)
    assert recall(turns, pooled=True).score == pytest.approx(2 / 5)
    assert precision(turns, pooled=True).score == pytest.approx(2 / 4)


def test_unchanged_is_the_share_left_as_it_was() -> None:
    assert unchanged(["a", "b"], ["a", "c"]).score == 0.5
    with pytest.raises(ValueError):
        unchanged(["a"], [])


def test_the_command_prints_both_rows_and_refuses_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "1", "user_turns": ["Where is the Karuma Dam?", "How long is it?"], "last_turn": "How long is it?"}
    (tmp_path / "rewrites.jsonl").write_text(json.dumps({**row, "rewrite": "How long is the Karuma Dam?"}) + "\n")
    assert main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "not standalone: bare turn" in printed and "not standalone: by rules" in printed
    assert main([str(tmp_path / "none.jsonl")]) == 1
    assert "Give MTRAG's rewrites.jsonl" in capsys.readouterr().err


@pytest.mark.skipif(not MTRAG.exists(), reason="MTRAG is not at hand: set FOOTNOTE_DATA")
def test_the_rules_carry_more_than_the_bare_turn_and_leave_standalone_turns_alone() -> None:
    examples = load_mtrag(MTRAG).examples
    chosen = [example for example in examples if needs_rewriting(example)]
    bare = [overlap(example, lambda question, _: question) for example in chosen]
    ours = [overlap(example, standalone) for example in chosen]
    assert recall(ours).score >= recall(bare).score + 0.05
    assert precision(ours).score >= 0.70
    alone = [example for example in examples if not needs_rewriting(example)]
    kept = unchanged([each.question for each in alone], [standalone(each.question, each.history) for each in alone])
    assert kept.score >= 0.90
