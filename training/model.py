"""The reader in plain torch: a BERT encoder (MiniLM, 6 layers of 384), and heads for sentences, null and span."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F


class PooledDropout(nn.Module):
    """Dropout whose masks are windows of one large random buffer: fresh bits cost a CPU more than a layer does."""

    BUFFER = 1 << 24

    def __init__(self, rate: float, seed: int = 0) -> None:
        super().__init__()
        self.rate = rate
        self.random = torch.Generator().manual_seed(seed)
        self.keep = (torch.rand(self.BUFFER, generator=self.random) >= rate).to(torch.bfloat16) / (1 - rate)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.rate:
            return x
        start = int(torch.randint(self.BUFFER - x.numel(), (1,), generator=self.random))
        return x * self.keep[start : start + x.numel()].view(x.shape)


@dataclass(frozen=True)
class Shape:
    """The encoder's dimensions, as named in the weights' config.json."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int

    @classmethod
    def of(cls, weights: Path) -> Shape:
        config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
        return cls(**{name: config[name] for name in cls.__dataclass_fields__})


class Layer(nn.Module):
    def __init__(self, shape: Shape, drop: nn.Module) -> None:
        super().__init__()
        width = shape.hidden_size
        self.heads, self.drop = shape.num_attention_heads, drop
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, shape.intermediate_size)
        self.down = nn.Linear(shape.intermediate_size, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        x = self.norm1(x + self.drop(self.out(self._attention(x, bias))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))

    def _attention(self, x: Tensor, bias: Tensor) -> Tensor:
        """Plain products: on a CPU twice as fast as torch's fused attention, for heads as narrow as 32."""
        batch, length, width = x.shape
        narrow = width // self.heads
        q, k, v = (
            self.qkv(x).view(batch, length, 3, self.heads, narrow).permute(2, 0, 3, 1, 4).reshape(3, -1, length, narrow)
        )
        weight = torch.baddbmm(bias.to(q.dtype), q * narrow**-0.5, k.transpose(1, 2)).softmax(-1).to(v.dtype)
        mixed = torch.bmm(weight, v).view(batch, self.heads, length, narrow)
        return mixed.transpose(1, 2).reshape(batch, length, width)


class ReaderModel(nn.Module):
    """ids, types, mask (b, t), pool (b, s, t) -> sentence (b, s), null (b,), start (b, t), end (b, t): raw logits."""

    def __init__(self, shape: Shape, dropout: float = 0.1, seed: int = 0) -> None:
        super().__init__()
        width = shape.hidden_size
        self.drop = PooledDropout(dropout, seed)
        self.words = nn.Embedding(shape.vocab_size, width)
        self.places = nn.Embedding(shape.max_position_embeddings, width)
        self.kinds = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, self.drop) for _ in range(shape.num_hidden_layers))
        self.attend = nn.Linear(width, 1)
        self.joint = nn.Linear(3 * width, width)
        self.sentence = nn.Linear(width, 1)
        self.null = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)
        for linear in (self.attend, self.joint, self.sentence, self.null, self.span):
            nn.init.normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor, pool: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x = self.words(ids) + self.places.weight[: ids.shape[1]] + self.kinds(types)
        x = self.drop(self.norm(x))
        heads = self.layers[0].heads
        bias = ((1.0 - mask) * -1e4).repeat_interleave(heads, dim=0)[:, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        first = x[:, 0]
        weight = self.attend(x).squeeze(-1).float()[:, None, :] + (pool <= 0).float() * -1e4
        focus = torch.softmax(weight, dim=-1).to(x.dtype) @ x
        facts = torch.cat([pool.to(x.dtype) @ x, focus, first[:, None, :].expand(-1, pool.shape[1], -1)], dim=-1)
        score = self.sentence(self.drop(F.gelu(self.joint(facts)))).squeeze(-1)
        start, end = self.span(x).float().unbind(-1)
        return score.float(), self.null(first).squeeze(-1).float(), start, end

    def load_encoder(self, weights: Path) -> None:
        """Take the encoder from Hugging Face's BertModel names in `weights`/model.safetensors."""
        old = load_file(str(weights / "model.safetensors"))
        new = {
            "words.weight": old["embeddings.word_embeddings.weight"],
            "places.weight": old["embeddings.position_embeddings.weight"],
            "kinds.weight": old["embeddings.token_type_embeddings.weight"],
        }
        names = {"norm": "embeddings.LayerNorm"}
        for i in range(len(self.layers)):
            here, there = f"layers.{i}", f"encoder.layer.{i}"
            names |= {
                f"{here}.out": f"{there}.attention.output.dense",
                f"{here}.norm1": f"{there}.attention.output.LayerNorm",
                f"{here}.up": f"{there}.intermediate.dense",
                f"{here}.down": f"{there}.output.dense",
                f"{here}.norm2": f"{there}.output.LayerNorm",
            }
            for kind in ("weight", "bias"):
                parts = [old[f"{there}.attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
                new[f"{here}.qkv.{kind}"] = torch.cat(parts)
        new |= {
            f"{ours}.{kind}": old[f"{theirs}.{kind}"] for ours, theirs in names.items() for kind in ("weight", "bias")
        }
        missing, unexpected = self.load_state_dict(new, strict=False)
        heads = ("attend.", "joint.", "sentence.", "null.", "span.")
        if unexpected or any(not name.startswith(heads) for name in missing):
            raise ValueError(f"{weights} does not hold a BERT encoder of this shape")
