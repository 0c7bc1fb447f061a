"""Typing errors in a question, mended with the words of the passages that are nearest to it.

The first letter is taken to be right. Only a word that neither the model's vocabulary nor those passages know is
touched, so "gauge" stays "gauge" when the documents lack it. The mended question is shown to the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches

from rag.question import stems

CLOSE = 0.8
"""Least similarity (difflib ratio) of a mended word."""
CLOSE_NAME = 0.9
"""The same for a word with a capital: another name is not a typing error."""
LEAST_LETTERS = 4

_WORD = re.compile(r"[^\W\d_]+")


def unknown(question: str, known: Callable[[str], bool]) -> list[str]:
    """The words of `question`, as typed, that may be typing errors: four letters or more and not `known`."""
    return [word for word in _WORD.findall(question) if len(word) >= LEAST_LETTERS and not known(word.lower())]


def mended(question: str, suspects: Collection[str], texts: Iterable[str]) -> str:
    """`question` with each suspect word replaced by the nearest word of `texts`; the same when none is near."""
    vocabulary = {
        word.lower(): word for text in texts for word in _WORD.findall(text) if len(word) >= LEAST_LETTERS - 1
    }
    for word in suspects:
        if word.lower() not in vocabulary:
            least = CLOSE_NAME if word[0].isupper() and not question.startswith(word) else CLOSE
            alike = [known for known in vocabulary if known[0] == word[0].lower()]
            for near in get_close_matches(word.lower(), alike, n=1, cutoff=least):
                if stems(word) == stems(near):  # another form of the word: "balancer", "balanced"
                    continue
                question = re.sub(rf"\b{word}\b", vocabulary[near], question)
    return question
