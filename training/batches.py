"""Groups into tensors: token-budgeted batches of contexts of about the same length."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from rag.reader.encoding import Tokens, Window, tokenize, windows
from training.data import Group, Labelled


@dataclass(frozen=True)
class Read:
    """A window with its labels: gold sentences of the window, and the token spans that answer."""

    window: Window
    gold: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Batch:
    """Tensors of b windows: ids, types, mask (b, t), pool (b, s, t), gold, real (b, s), starts, ends (b, t), owner (b,)

    `starts` and `ends` mark the answers' tokens, [CLS] where there is none; `known` (b,): the span is known.
    `allowed` (b, t) are the tokens at which a span may stand: the passage's and [CLS].
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    pool: Tensor
    gold: Tensor
    real: Tensor
    starts: Tensor
    ends: Tensor
    allowed: Tensor
    known: Tensor
    owner: Tensor


class Tokenised:
    """Tokenises groups; texts that come again are tokenised once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.dot = tokenizer.token_to_id(".")
        self.tokens = lru_cache(maxsize=200_000)(lambda text: tokenize(tokenizer, text))

    def read(self, group: Group) -> list[Read]:
        question = self.tokens(group.question)
        return [read for labelled in group.passages for read in self._windows(question, labelled)]

    def _windows(self, question: Tokens, labelled: Labelled) -> Iterator[Read]:
        passage = labelled.passage
        title = self.tokens(passage.title)
        for window in windows(question, title, self.tokens(passage.text), passage.sentences, self.dot):
            gold = tuple(i - window.first for i in labelled.gold if 0 <= i - window.first < window.count)
            spans = tuple(span for pair in labelled.spans if (span := token_span(window, *pair)))
            yield Read(window, gold, spans)


def token_span(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """The first and last token of the characters start..end, None where they are not in the window."""
    inside = (window.sentence >= 0) & (window.offsets[:, 1] > start) & (window.offsets[:, 0] < end)
    found = np.flatnonzero(inside)
    return (int(found[0]), int(found[-1])) if len(found) else None


def collate(groups: Sequence[Sequence[Read]]) -> Batch:
    """Pad the windows of some groups into one batch."""
    reads = [read for group in groups for read in group]
    size, length = len(reads), max(len(read.window.ids) for read in reads)
    count = max(read.window.count for read in reads)
    flat = {name: torch.zeros(size, length, dtype=torch.long) for name in ("ids", "types")}
    mask, pool = torch.zeros(size, length), torch.zeros(size, count, length)
    gold, real = torch.zeros(size, count, dtype=torch.bool), torch.zeros(size, count, dtype=torch.bool)
    starts, ends, allowed = (torch.zeros(size, length, dtype=torch.bool) for _ in range(3))
    known = torch.tensor([bool(read.spans) or not read.gold for read in reads])
    for i, read in enumerate(reads):
        window, n = read.window, len(read.window.ids)
        flat["ids"][i, :n] = torch.from_numpy(window.ids)
        flat["types"][i, :n] = torch.from_numpy(window.types)
        mask[i, :n] = 1
        pool[i, : window.count, :n] = torch.from_numpy(window.pool())
        real[i, : window.count] = True
        gold[i, list(read.gold)] = True
        allowed[i, :n] = torch.from_numpy(window.sentence >= 0)
        allowed[i, 0] = True
        for start, end in read.spans or [(0, 0)]:
            starts[i, start], ends[i, end] = True, True
    owner = torch.tensor([i for i, group in enumerate(groups) for _ in group])
    return Batch(flat["ids"], flat["types"], mask, pool, gold, real, starts, ends, allowed, known, owner)


def batches(groups: Sequence[Sequence[Read]], budget: int, seed: int | None) -> Iterator[Batch]:
    """Batches of at most about `budget` padded tokens, of like lengths; shuffled when there is a seed."""
    rng = random.Random(seed)
    order = list(range(len(groups)))
    longest = [max(len(read.window.ids) for read in group) for group in groups]
    if seed is not None:
        rng.shuffle(order)
        order = [i for at in range(0, len(order), 400) for i in sorted(order[at : at + 400], key=lambda i: longest[i])]
    chosen: list[list[int]] = [[]]
    rows = widest = 0
    for i in order:
        widest_now, rows_now = max(widest, longest[i]), rows + len(groups[i])
        if chosen[-1] and widest_now * rows_now > budget:
            chosen.append([])
            widest_now, rows_now = longest[i], len(groups[i])
        chosen[-1].append(i)
        widest, rows = widest_now, rows_now
    if seed is not None:
        rng.shuffle(chosen)
    for indexes in chosen:
        yield collate([groups[i] for i in indexes])
