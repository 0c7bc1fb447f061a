"""Greetings and orders on form are no part of what is asked."""

import pytest

from rag.asking import asked


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Q: Find the value paid to Acme? If multiple, record all values paid.", "Find the value paid to Acme?"),
        ("In one sentence, what is the lease about?", "What is the lease about?"),
        ("What does the plan say about water (in two short sentences)?", "What does the plan say about water?"),
        ("Who is the landlord? Please answer briefly.", "Who is the landlord?"),
        ("Hello there, who pays? Thanks!", "Who pays?"),
        ("Who signed it? If you don't know, say so.", "Who signed it?"),
        ("Answer in 20 words. Who signed it?", "Who signed it?"),
        ("When was it built, please?", "When was it built?"),
        ("whats the longest pipeline", "what is the longest pipeline"),
        ("Hi, whos the landlord and wheres the key?", "Who is the landlord and where is the key?"),
    ],
)
def test_what_stands_around_a_question_is_left_off(typed: str, question: str) -> None:
    assert asked(typed) == question


@pytest.mark.parametrize(
    "typed",
    [
        "How many roads were built in three years?",
        "If several countries join, what happens?",
        "What happens if there are multiple tenants? The lease is from 2020.",
        "List the five countries.",
        "What was said in a few words by the king?",
        "What is hi-fi?",
        "What are the hows and whys of it?",
        "Summarize the text.",
        "Thanks!",
        "In brief:",
        "When was it?\nAnd where?",
    ],
)
def test_what_is_asked_stays(typed: str) -> None:
    assert asked(typed) == typed


def test_a_long_order_is_read_in_time() -> None:
    order = "Who? Answer " + "with a few words " * 60 + "now!"  # without care 2^60 ways to read it
    assert asked(order) == order
