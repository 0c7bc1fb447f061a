"""The gate holds what is whole and stops what is broken on purpose."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evals.answerers import Answerer, FootnoteAnswerer, Liar, Oracle
from evals.asking import Asked
from evals.datasets import Example
from evals.errors import RunError
from evals.gate import THRESHOLDS, Breach, breaches, load_limits
from evals.metrics import Interval
from evals.ranking import Ranker, rankers
from evals.summary import figures as answer_figures
from evals.summary import ranking_figures
from evals.tabulate import run_figures
from rag import Footnote
from rag.answer import Answer, Citation, Status, Verdict
from tests.evals.known import KNOWN
from tests.evals.samples import run_with

LIMITS = {
    "Footnote": {"at_least": {"right": 0.85, "refused": 1.0, "true_slices": 1.0}, "at_most": {"wrong": 0.1}},
    "liar": {"at_least": {"caught": 0.95}},
    "search:fused": {"at_least": {"answer@1": 0.85}},
}


class Shifted(FootnoteAnswerer):
    """Footnote with every citation one character off."""

    def answer(self, example: Example) -> Answer:
        answer = super().answer(example)
        claims = [replace(claim, citations=tuple(map(_shift, claim.citations))) for claim in answer.claims]
        return replace(answer, claims=tuple(claims))


class NeverAbstains(FootnoteAnswerer):
    """Footnote that tells the nearest sentence as an answer where it should abstain."""

    def __init__(self, footnote: Footnote) -> None:
        super().__init__(footnote)
        self._all = footnote

    def answer(self, example: Example) -> Answer:
        answer = super().answer(example)
        if answer.status is not Status.ABSTAINED:
            return answer
        told = self._all.verify(answer.citations[0].quote).claims
        return replace(answer, status=Status.ANSWERED, claims=told)


class Misled(FootnoteAnswerer):
    """Footnote whose retrieval finds anything but the right documents."""

    def __init__(self, footnote: Footnote) -> None:
        super().__init__(footnote)
        self._ids = [info.id for info in footnote.library.documents()]

    def answer(self, example: Example) -> Answer:
        return super().answer(replace(example, within=tuple(id_ for id_ in self._ids if id_ not in example.doc_ids)))


def _shift(citation: Citation) -> Citation:
    return replace(citation, start=citation.start + 1, end=citation.end + 1)


def gate(
    tmp_path: Path, footnote: Footnote, answerer: Answerer, searches: list[Ranker] | None = None
) -> dict[tuple[str, str], Breach]:
    searches = rankers(footnote)[2:3] if searches is None else searches
    asked = Asked(KNOWN, footnote, [answerer, Oracle(footnote), Liar(footnote)], searches)
    run = asked.run(lambda steps, _, __: steps, "pytest", resumed=run_with(tmp_path / "run", list(KNOWN.examples), []))
    return {(each.who, each.metric): each for each in breaches(run_figures(run), LIMITS)}


def test_the_gate_lets_footnote_pass(tmp_path: Path, footnote: Footnote):
    assert not gate(tmp_path, footnote, FootnoteAnswerer(footnote))


def test_broken_citation_offsets_fail_the_gate(tmp_path: Path, footnote: Footnote):
    assert ("Footnote", "true_slices") in gate(tmp_path, footnote, Shifted(footnote))


def test_broken_abstention_fails_the_gate(tmp_path: Path, footnote: Footnote):
    assert {("Footnote", "refused"), ("Footnote", "wrong")} <= gate(tmp_path, footnote, NeverAbstains(footnote)).keys()


def test_broken_retrieval_fails_the_gate(tmp_path: Path, footnote: Footnote):
    whole = rankers(footnote)[2]
    backwards = replace(whole, search=lambda question, where: whole.search(question, where)[::-1])
    broken = gate(tmp_path, footnote, Misled(footnote), [backwards])
    assert {("Footnote", "right"), ("search:fused", "answer@1")} <= broken.keys()


def test_a_verifier_that_believes_everything_fails_the_gate(tmp_path: Path, footnote: Footnote):
    class Believed(Liar):
        def answer(self, example: Example) -> Answer:
            told = super().answer(example)
            return replace(told, claims=tuple(replace(each, verdict=Verdict.SUPPORTED) for each in told.claims))

    asked = Asked(KNOWN, footnote, [Believed(footnote)], [])
    run = asked.run(lambda steps, _, __: steps, "pytest", resumed=run_with(tmp_path / "run", list(KNOWN.examples), []))
    assert [each.metric for each in breaches(run_figures(run), {"liar": LIMITS["liar"]})] == ["caught"]


def test_a_figure_that_was_not_measured_does_not_pass():
    figures: Mapping[str, Mapping[str, Interval]] = {"Footnote": {"right": Interval(float("nan"), 0, 0, 0)}}
    limits = {"Footnote": {"at_least": {"right": 0.1}, "at_most": {"wrong": 0.9}}}
    assert [str(each) for each in breaches(figures, limits)] == [
        "Footnote: right was not measured, must be at least 0.1",
        "Footnote: wrong was not measured, must be at most 0.9",
    ]


def test_a_limit_is_kept_when_it_is_just_reached():
    figures = {"Footnote": {"right": Interval(0.9, 0, 1, 9), "wrong": Interval(0.1, 0, 1, 9)}}
    assert not breaches(figures, {"Footnote": {"at_least": {"right": 0.9}, "at_most": {"wrong": 0.1}}})
    assert len(breaches(figures, {"Footnote": {"at_least": {"right": 0.91}, "at_most": {"wrong": 0.09}}})) == 2


def test_an_unknown_bound_is_refused(tmp_path: Path):
    (tmp_path / "limits.toml").write_text("[seeds.Footnote.at_leest]\nright = 1\n")
    with pytest.raises(RunError, match="at_leest"):
        load_limits(tmp_path / "limits.toml")


def test_every_limit_names_a_figure_that_runs_have():
    for answerers in load_limits(THRESHOLDS).values():
        for who, bounds in answerers.items():
            measured = ranking_figures([]) if who.startswith("search:") else answer_figures([])
            assert {metric for metrics in bounds.values() for metric in metrics} <= measured.keys()
