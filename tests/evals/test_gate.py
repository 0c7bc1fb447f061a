"""The gate holds what is whole and stops what is broken on purpose."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evals.answerers import Answerer, FootnoteAnswerer, Liar
from evals.asking import Asked
from evals.datasets import Example
from evals.errors import RunError
from evals.gate import THRESHOLDS, breaches, load_limits
from evals.metrics import Interval
from evals.ranking import Ranker, rankers
from evals.summary import figures as answer_figures
from evals.summary import ranking_figures
from evals.tabulate import run_figures
from rag import Footnote
from rag.answer import Answer, Citation, Status, Verdict
from tests.evals.known import KNOWN
from tests.evals.samples import run_with

Limits = dict[str, dict[str, dict[str, float]]]
HELD: dict[str, dict[str, tuple[str, ...]]] = {
    "Footnote": {"at_least": ("right", "refused", "true_slices"), "at_most": ("wrong",)},
    "liar": {"at_least": ("caught",)},
    "search:fused": {"at_least": ("answer@1",)},
}
SLACK = {"at_least": -0.02, "at_most": 0.02}


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


class Believed(Liar):
    """The liar before a verifier that calls everything supported."""

    def answer(self, example: Example) -> Answer:
        told = super().answer(example)
        return replace(told, claims=tuple(replace(each, verdict=Verdict.SUPPORTED) for each in told.claims))


def _shift(citation: Citation) -> Citation:
    return replace(citation, start=citation.start + 1, end=citation.end + 1)


def measured(
    folder: Path, footnote: Footnote, answerers: list[Answerer], searches: list[Ranker]
) -> dict[str, dict[str, Interval]]:
    asked = Asked(KNOWN, footnote, answerers, searches)
    run = asked.run(lambda steps, _, __: steps, "pytest", resumed=run_with(folder, list(KNOWN.examples), [], "known"))
    return run_figures(run)


@pytest.fixture(scope="module")
def limits(footnote: Footnote, tmp_path_factory: pytest.TempPathFactory) -> Limits:
    """What Footnote reaches when nothing is broken, with a little room."""
    answerers: list[Answerer] = [FootnoteAnswerer(footnote), Liar(footnote)]
    whole = measured(tmp_path_factory.mktemp("gate") / "run", footnote, answerers, [rankers(footnote)[2]])
    return {
        who: {bound: {name: whole[who][name].value + SLACK[bound] for name in names} for bound, names in bounds.items()}
        for who, bounds in HELD.items()
    }


def broken(folder: Path, footnote: Footnote, limits: Limits, what: Answerer | Ranker) -> set[tuple[str, str]]:
    """The limits that a run with `what` in its place does not keep."""
    answerers, searches = ([what], []) if not isinstance(what, Ranker) else ([], [what])
    figures = measured(folder / "run", footnote, answerers, searches)
    return {
        (each.who, each.metric) for each in breaches(figures, {who: limits[who] for who in figures if who in limits})
    }


def test_the_gate_lets_pass_what_is_whole(tmp_path: Path, footnote: Footnote, limits: Limits):
    assert not broken(tmp_path, footnote, limits, FootnoteAnswerer(footnote))


def test_broken_citation_offsets_fail_the_gate(tmp_path: Path, footnote: Footnote, limits: Limits):
    assert broken(tmp_path, footnote, limits, Shifted(footnote)) == {("Footnote", "true_slices")}


def test_broken_abstention_fails_the_gate(tmp_path: Path, footnote: Footnote, limits: Limits):
    assert {("Footnote", "refused"), ("Footnote", "wrong")} <= broken(
        tmp_path, footnote, limits, NeverAbstains(footnote)
    )


def test_broken_retrieval_fails_the_gate(tmp_path: Path, footnote: Footnote, limits: Limits):
    assert ("Footnote", "right") in broken(tmp_path / "asked", footnote, limits, Misled(footnote))
    whole = rankers(footnote)[2]
    backwards = replace(whole, search=lambda question, where: whole.search(question, where)[::-1])
    assert broken(tmp_path / "searched", footnote, limits, backwards) == {("search:fused", "answer@1")}


def test_a_verifier_that_believes_everything_fails_the_gate(tmp_path: Path, footnote: Footnote, limits: Limits):
    assert broken(tmp_path, footnote, limits, Believed(footnote)) == {("liar", "caught")}


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
