from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answer import ScoredPassage
from rag.evidence import load_calibration, rank
from rag.forms import DEFINED, defines, explains, first, stands_over, term
from rag.question import read
from rag.reader.reader import Context, Reading, SentenceReading
from tests.rag.made import passage


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is tiktoken?", "tiktoken"),
        ("what's the Tianfu service", "Tianfu service"),
        ("Who was Ada Lindqvist?", "Ada Lindqvist"),
        ("What does BPE stand for?", "BPE"),
        ("What is meant by smart customs?", "smart customs"),
        ("What is the capital of Mongolia?", ""),
        ("What is Kazakhstan's population?", ""),
        ("What is it?", ""),
        ("When is lunch?", ""),
        ("What is a very long name that nobody explains?", ""),
    ],
)
def test_what_a_question_wants_explained(question: str, wanted: str) -> None:
    assert term(question) == wanted


@pytest.mark.parametrize(
    ("text", "wanted", "does"),
    [
        ("tiktoken is a fast tokeniser.", "tiktoken", True),
        ("The **Veltmark dam** (opened in 1931) is the largest.", "veltmark dam", True),
        ("Veltmark, a town on the Lind, is the seat of the court.", "Veltmark", True),
        ("HTTPX - A client for Python.", "httpx", True),
        ("Byte pair encoding (BPE) halves the size.", "BPE", True),
        ("The Belt and Road Initiative (BRI) began.", "BRI", True),
        ("Oslo, 18 June (GLOBE NEWSWIRE) -- It began.", "GLOBE NEWSWIRE", False),
        ("It began in Oslo (NWS).", "NWS", False),
        ("tiktoken is fast.", "tiktoken", False),
        ("my_tiktoken_extension is a plug-in.", "tiktoken", False),
        ("We think that tiktoken is a tokeniser.", "tiktoken", False),
        ("Anything.", "", False),
    ],
)
def test_which_sentences_define(text: str, wanted: str, does: bool) -> None:
    assert defines(text, wanted) is does


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Joining us is Dr. Ada Berg, an expert on dams.", True),
        ("He praised Ada Berg, who was a judge.", True),
        ("He met Ada Berg, Per Holm and others.", False),
        ("He met Ada Bergman, a judge.", False),
    ],
)
def test_which_sentences_explain_beside(text: str, does: bool) -> None:
    assert explains(text, "Ada Berg") is does


def test_a_heading_says_what_the_line_under_it_is() -> None:
    assert stands_over("## Opening  hours", "opening hours")
    assert not stands_over("Opening hours and prices", "opening hours")
    assert not stands_over("", "")


class Reads:
    """A reader that prefers the last sentence of any text."""

    def read(self, question: str, contexts: Sequence[Context]) -> list[Reading]:
        return [
            Reading(tuple(SentenceReading(float(n), None, 0.0) for n in range(len(each.sentences))), 0.0)
            for each in contexts
        ]


def test_the_definition_comes_first_in_what_is_found_and_in_what_is_read() -> None:
    beside = ScoredPassage(passage("We add tiktoken to the list.", "b.txt"), 0.9)
    defining = ScoredPassage(passage("tiktoken is a fast tokeniser. Try tiktoken today."), 0.1)
    explaining = ScoredPassage(passage("We like tiktoken, a tokeniser.", "c.txt"), 0.5)
    assert first([beside, explaining, defining], "tiktoken") == [defining, explaining, beside]
    assert first([beside, defining], "") == [beside, defining]
    best, *_ = rank(read("What is tiktoken?"), [beside, defining], Reads(), load_calibration())
    assert best.sentence.text == "tiktoken is a fast tokeniser."
    assert best.score >= DEFINED


def test_how_to_is_answered_by_the_steps_on_that() -> None:
    soup = passage("It keeps for three days.\n\n## Steps\n\n1. Chop the onion.\n2. Fry it.\n", title="Lentil soup")
    questions = [read(f"How do I make {dish}?") for dish in ("lentil soup", "a cheese cake without eggs")]
    ranked = [rank(question, [ScoredPassage(soup, 0.9)], Reads(), load_calibration()) for question in questions]
    assert [best.score >= DEFINED for best, *_ in ranked] == [True, False]
