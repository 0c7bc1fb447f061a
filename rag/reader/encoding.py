"""How a question and a context become the reader's input. Training and reading share this code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

CLS, SEP = 101, 102
MAX_TOKENS = 384  # of one input; the model was trained on up to this many of its 512 positions
QUESTION_TOKENS = 128  # of a longer question the end is read: that is where people ask
TITLE_TOKENS = 24

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of a context that are read at once.

    `ids` and `types` are (tokens,); `sentence` (tokens,): the index of the token's sentence from `first` on, or -1.
    `offsets` (tokens, 2) are code points of the context's text.
    """

    first: int
    count: int
    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    sentence: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def pool(self) -> NDArray[np.float32]:
        """(count, tokens): the row of a sentence averages its tokens; zeros when it has none."""
        rows = (self.sentence[None, :] == np.arange(self.count)[:, None]).astype(np.float32)
        mean: NDArray[np.float32] = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)
        return mean


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids (n,) and their offsets (n, 2) in code points."""

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]


def tokenize(tokenizer: Tokenizer, text: str) -> Tokens:
    """The tokens of `text` without special ones."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(np.array(encoding.ids, np.int64), np.array(encoding.offsets, np.int64).reshape(-1, 2))


def sentence_of_tokens(offsets: NDArray[np.int64], sentences: Sequence[Span]) -> NDArray[np.int64]:
    """(tokens,): the index of the sentence in which each token starts, -1 for none. `sentences` are in order."""
    starts = np.array([start for start, _ in sentences], np.int64)
    ends = np.array([end for _, end in sentences], np.int64)
    if not len(starts) or not len(offsets):
        return np.full(len(offsets), -1, np.int64)
    index = np.searchsorted(starts, offsets[:, 0], side="right") - 1
    return np.where((index >= 0) & (offsets[:, 0] < ends[index]), index, -1)


def windows(question: Tokens, title: Tokens, text: Tokens, sentences: Sequence[Span], dot: int) -> Iterator[Window]:
    """`[CLS] question [SEP] title . passage [SEP]`, cut between sentences where it is longer than MAX_TOKENS.

    Every token of every sentence is in a window. Where it fits, neighbouring windows share a sentence; a sentence that
    is longer than a window is read in overlapping pieces, each a window of its own. `dot` is the id of ".".
    """
    asked, named = question.ids[-QUESTION_TOKENS:], title.ids[:TITLE_TOKENS]
    head = np.concatenate([[CLS], asked, [SEP], named, [dot] if len(named) else []]).astype(np.int64)
    types = (np.arange(len(head)) >= len(asked) + 2).astype(np.int64)
    room = MAX_TOKENS - len(head) - 1
    owner = sentence_of_tokens(text.offsets, sentences)
    lengths = np.bincount(owner[owner >= 0], minlength=len(sentences)).tolist()
    for first, last in _runs(lengths, room):
        tokens = np.flatnonzero((owner >= first) & (owner <= last))
        for start in range(0, max(1, len(tokens) - room // 2), room // 2) if len(tokens) > room else (0,):
            yield _window(first, last - first + 1, head, types, text, owner, tokens[start : start + room])


def _runs(lengths: Sequence[int], room: int) -> Iterator[Span]:
    """First and last index of runs of sentences that fit into `room` tokens (a longer sentence is a run of its own)."""
    first = 0
    while first < len(lengths):
        last, used = first, lengths[first]
        while last + 1 < len(lengths) and used + lengths[last + 1] <= room:
            last += 1
            used += lengths[last]
        yield first, last
        if last + 1 == len(lengths):
            return
        shares = last > first and lengths[last] + lengths[last + 1] <= room
        first = last if shares else last + 1


def _window(
    first: int,
    count: int,
    head: NDArray[np.int64],
    types: NDArray[np.int64],
    text: Tokens,
    owner: NDArray[np.int64],
    keep: NDArray[np.int64],
) -> Window:
    none = np.zeros((1, 2), np.int64)
    return Window(
        first,
        count,
        np.concatenate([head, text.ids[keep], [SEP]]).astype(np.int64),
        np.concatenate([types, np.ones(len(keep) + 1, np.int64)]),
        np.concatenate([np.full(len(head), -1), owner[keep] - first, [-1]]).astype(np.int64),
        np.concatenate([none.repeat(len(head), axis=0), text.offsets[keep], none]),
    )
