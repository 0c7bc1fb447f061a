"""What the reader is trained for.

Shared normalisation: Clark and Gardner, Simple and Effective Multi-Paragraph Reading Comprehension, ACL 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.batches import Batch

LOW = -1e9


def within(score: Tensor, null: Tensor, batch: Batch) -> Tensor:
    """Mean over windows: softmax over the sentences and null of one window; several gold sentences count together."""
    logits = torch.cat([score.masked_fill(~batch.real, LOW), null[:, None]], dim=1)
    target = torch.cat([batch.gold, ~batch.gold.any(1, keepdim=True)], dim=1)
    return (logits.logsumexp(1) - logits.masked_fill(~target, LOW).logsumexp(1)).mean()


def shared(score: Tensor, null: Tensor, batch: Batch) -> Tensor:
    """Mean over questions: softmax over the margins (score - null) of all sentences of all its windows, and zero."""
    margin = (score - null[:, None]).masked_fill(~batch.real, LOW)
    losses = []
    for group in range(int(batch.owner[-1]) + 1):
        own = batch.owner == group
        logits = torch.cat([margin[own].flatten(), margin.new_zeros(1)])
        gold = batch.gold[own].flatten()
        target = torch.cat([gold, ~gold.any()[None]])
        losses.append(logits.logsumexp(0) - logits[target].logsumexp(0))
    return torch.stack(losses).mean()


def span(start: Tensor, end: Tensor, batch: Batch) -> Tensor:
    """Mean over windows of the start's and the end's cross-entropy over the passage's tokens and [CLS] (no answer)."""
    total = start.new_zeros(())
    for logits, gold in ((start, batch.starts), (end, batch.ends)):
        allowed = logits.masked_fill(~batch.allowed, LOW)
        loss = allowed.logsumexp(1) - logits.masked_fill(~gold, LOW).logsumexp(1)
        total = total + (loss * batch.known).sum() / batch.known.sum().clamp(min=1)
    return total / 2


def total(out: tuple[Tensor, Tensor, Tensor, Tensor], batch: Batch) -> Tensor:
    score, null, start, end = out
    return within(score, null, batch) + 0.5 * shared(score, null, batch) + 0.5 * span(start, end, batch)
