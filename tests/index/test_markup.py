from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.markup import has_lines, plain, with_columns


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("It is **fast** and _small_, see `x.py`.", "It is fast and small, see x.py."),
        ("Ask in the [issue tracker](https://example.org/a_b).", "Ask in the issue tracker."),
        ("![logo](https://example.org/logo.png) Hello", "Hello"),
        ('<p align="center"><strong>HTTPX</strong> <em>- A client.</em></p>', "HTTPX - A client."),
        ("## Getting help", "Getting help"),
        ("* one\n* two", "* one * two"),
        ("snake_case, 2*3*4, a [1], List<String>, x < y > z", "snake_case, 2*3*4, a [1], List<String>, x < y > z"),
    ],
)
def test_marks_become_spaces_and_words_stay(marked: str, read: str) -> None:
    assert re.sub(r" +(?=[,.] ?|$)", "", " ".join(plain(marked).split())) == read


@given(st.text(alphabet="ab [](!)*_`<>#p/\n", max_size=60))
def test_offsets_hold(text: str) -> None:
    found = plain(text)
    assert len(found) == len(text)
    assert all(mark in (" ", text[place]) for place, mark in enumerate(found))


def test_lines_matter_in_lists_and_code_only() -> None:
    assert has_lines("Its parts:\n- one\n- two")
    assert has_lines("Install it:\n\n```\npip install it\n```")
    assert not has_lines("A sentence that is\nwrapped.")


def test_the_row_of_a_table_is_read_with_the_names_of_its_columns() -> None:
    assert with_columns("| IT | 4420 |", "| Team | Phone |") == "Team: IT; Phone: 4420"
    assert with_columns("IT | 4420", "Team") == "IT | 4420"
