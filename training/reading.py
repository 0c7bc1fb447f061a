"""The model in training, read the way the product reads, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from rag.reader.reader import Context, Reading, merged, sentence_reading
from training.batches import Tokenised, batches
from training.data import Group, Labelled, Passage
from training.model import ReaderModel


def read_all(
    model: ReaderModel, texts: Tokenised, pairs: Sequence[tuple[str, Sequence[Context]]], budget: int = 8192
) -> Iterator[list[Reading]]:
    """One list of readings a pair, as `rag.reader.Reader.read` gives them, but in bfloat16 and by batches."""
    model.eval()
    reads = {
        (p, c): texts.read(Group(question, (Labelled(Passage(context.title, context.text, context.sentences)),)))
        for p, (question, contexts) in enumerate(pairs)
        for c, context in enumerate(contexts)
    }
    flat = sorted(
        ((key, read) for key, group in reads.items() for read in group), key=lambda pair: len(pair[1].window.ids)
    )
    parts: dict[tuple[int, int], list[tuple[int, Reading]]] = {key: [] for key in reads}
    at = 0
    for batch in batches([[read] for _, read in flat], budget, None):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            score, null, start, end = (x.float().numpy() for x in model(batch.ids, batch.types, batch.mask, batch.pool))
        for row in range(len(null)):
            key, read = flat[at + row]
            window = read.window
            found = (
                sentence_reading(window, i, float(score[row, i]), float(null[row]), start[row], end[row])
                for i in range(window.count)
            )
            parts[key].append((window.first, Reading(tuple(found), float(null[row]))))
        at += len(null)
    for p, (_, contexts) in enumerate(pairs):
        yield [merged(parts[p, c], len(context.sentences)) for c, context in enumerate(contexts)]
