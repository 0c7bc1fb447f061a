import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import figures, years


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "slice_"),
    [
        ("a record $94.8 billion in trade", 94.8e9, "money", "usd", "$94.8 billion"),
        ("about 94.8bn dollars", 94.8e9, "money", "usd", "94.8bn dollars"),
        ("92.4 percent of respondents", 92.4, "percent", "%", "92.4 percent"),
        ("a 5% fall", 5, "percent", "%", "5%"),
        ("Thirteen institutes", 13, "quantity", "institutes", "Thirteen"),
        ("twenty-five trucks", 25, "quantity", "trucks", "twenty-five"),
        ("1,500 places", 1500, "quantity", "places", "1,500"),
        ("a 30-day stay", 30, "quantity", "day", "30"),
        ("on May 18 they met", 518, "day", "", "May 18"),
        ("the Fifth Meeting", 5, "ordinal", "", "Fifth"),
        ("on the 3rd try", 3, "ordinal", "try", "3rd"),
        ("since v2.1 it", 2.1, "version", "", "2.1"),
        ("in 3.2.1, planned", 3.00020001, "version", "", "3.2.1"),
        ("open from 7:30 on", 450, "clock", "", "7:30"),
        ("until 7:30 p.m. daily", 1170, "clock", "", "7:30 p.m"),
    ],
)
def test_a_figure_is_read_with_its_unit_and_place(text: str, value: float, kind: str, unit: str, slice_: str) -> None:
    found = figures(text)[0]
    assert (found.value, found.kind, found.unit, text[found.start : found.end]) == (value, kind, unit, slice_)


def test_a_year_is_not_a_quantity_and_a_sum_is_not_a_year() -> None:
    assert years("In 2022 it cost $2000, in the 1980s 1990 million") == [2022, 1980]


def test_a_number_inside_a_name_is_no_figure() -> None:
    assert figures("amid COVID-19 and the G7") == ()
    assert figures("the " + "9" * 400 + "th") == ()


def test_the_same_number_of_another_unit_of_money_is_still_the_same_number() -> None:
    here, there = figures("$30 billion")[0], figures("30 billion dollars")[0]
    assert here.agrees(there)
    assert not here.agrees(figures("$31 billion")[0])
    assert not here.agrees(figures("30 billion percent")[0])


@pytest.mark.parametrize(("one", "other"), [("3.2", "3.2.1"), ("3.2.2", "3.2.1"), ("v2", "2.1"), ("v2", "version 3")])
def test_a_version_is_a_number_as_a_whole(one: str, other: str) -> None:
    here, there = figures(one)[0], figures(other)[0]
    assert not here.agrees(there)
    assert here.agrees(figures(f"PumpKit {one} is out.")[0])


@given(st.text() | st.text("v0123456789."))
def test_figures_never_overlap_and_stay_inside_any_text(text: str) -> None:
    found = figures(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
