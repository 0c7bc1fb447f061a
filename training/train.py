"""The training loop: AdamW, one cycle, bfloat16 products, an exponential moving average of the weights."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from training import losses
from training.batches import Tokenised, batches
from training.data import Group, shuffled
from training.model import ReaderModel

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn. `budget` is padded tokens a step; `decay` is of the moving average."""

    epochs: int = 4
    rate: float = 1e-4
    head_rate: float = 5e-4
    budget: int = 6144
    decay: float = 0.995
    weight_decay: float = 0.01
    layer_decay: float = 0.9
    warmup: float = 0.1
    seed: int = 7


def parameter_groups(model: ReaderModel, plan: Plan) -> tuple[list[dict[str, object]], list[float]]:
    """Parameters with their own weight decay and peak rate: lower layers learn slower, heads faster."""
    depth = len(model.layers)
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    model.words.weight.requires_grad_(False)  # few words are seen: moving those alone would tear them from the rest
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("layers."):
            rate = plan.rate * plan.layer_decay ** (depth - 1 - int(name.split(".")[1]))
        elif name.startswith(("words", "places", "kinds", "norm")):
            rate = plan.rate * plan.layer_decay**depth
        else:
            rate = plan.head_rate
        decay = 0.0 if parameter.ndim < 2 else plan.weight_decay
        groups.setdefault((rate, decay), []).append(parameter)
    rates = [rate for rate, _ in groups]
    return [{"params": p, "lr": r, "weight_decay": d} for (r, d), p in groups.items()], rates


def train(
    model: ReaderModel,
    texts: Tokenised,
    epoch_groups: Callable[[int], Sequence[Group]],
    plan: Plan,
    after_epoch: Callable[[int, ReaderModel], None],
) -> ReaderModel:
    """Train `model`; `after_epoch` sees the averaged model. Returns the averaged model."""
    torch.manual_seed(plan.seed)
    groups, rates = parameter_groups(model, plan)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    average = copy.deepcopy(model)
    ready = [texts.read(group) for group in shuffled(epoch_groups(0), plan.seed)]
    steps = sum(1 for _ in batches(ready, plan.budget, plan.seed)) * plan.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=int(steps * 1.03) + 10, pct_start=plan.warmup, cycle_momentum=False
    )
    done = 0
    for epoch in range(plan.epochs):
        if epoch:
            ready = [texts.read(group) for group in shuffled(epoch_groups(epoch), plan.seed + epoch)]
        model.train()
        began, total, count = time.monotonic(), 0.0, 0
        for batch in batches(ready, plan.budget, plan.seed + epoch):
            with torch.autocast("cpu", torch.bfloat16):
                out = model(batch.ids, batch.types, batch.mask, batch.pool)
            loss = losses.total(out, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if schedule.last_epoch < schedule.total_steps - 1:
                schedule.step()
            done += 1
            rate = min(plan.decay, (1 + done) / (10 + done))
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - rate)
            total, count = total + float(loss.detach()), count + 1
            if count % 50 == 0:
                logger.info("step %d/%d loss %.3f %.0f s", done, steps, total / count, time.monotonic() - began)
        logger.info("epoch %d: loss %.3f, %d steps, %.0f s", epoch + 1, total / count, count, time.monotonic() - began)
        after_epoch(epoch + 1, average)
    return average
