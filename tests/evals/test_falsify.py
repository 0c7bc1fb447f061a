import pytest

from evals.falsify import falsify


@pytest.mark.parametrize(
    "sentence",
    [
        "Trade reached $94.8 billion in 2024.",
        "China has 1,500 training opportunities.",
        "Thirteen Confucius Institutes have been set up.",
        "It takes two years.",
        "90 percent agree.",
    ],
)
def test_exactly_one_figure_changes(sentence: str):
    lie = falsify(sentence)
    assert lie is not None
    changed = [(old, new) for old, new in zip(sentence.split(), lie.split(), strict=True) if old != new]
    assert len(changed) == 1


def test_a_year_becomes_another_year_and_an_amount_another_amount():
    assert falsify("It rose in 2024.") == "It rose in 2021."
    assert falsify("It cost $70.2 billion.") == "It cost $99.3 billion."
    assert falsify("In 2024 it took 1,500 days.") == "In 2024 it took 2,101 days."


def test_figures_inside_names_are_left_alone():
    assert falsify("Railways helped amid COVID-19 (C+C5).") is None


def test_a_sentence_without_a_figure_cannot_be_falsified():
    assert falsify("Nobody said a word.") is None
