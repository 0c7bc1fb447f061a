"""The mean of checkpoints as one reader: python -m training.average A.pt B.pt --weights MINILM --out rag/reader.

Runs that go on from one another end in the same basin; the mean of their weights is a model like each of them, and a better
one than the last (Wortsman et al., arXiv:2203.05482).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from training.export import export
from training.model import ReaderModel, Shape


def mean_of(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Tensor by tensor, the mean of several checkpoints of one shape."""
    return {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.average", description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="torch weights, of `python -m training --checkpoint`")
    parser.add_argument("--weights", type=Path, required=True, help="the folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True, help="where model.onnx, tokenizer.json and manifest.json go")
    asked = parser.parse_args()
    model = ReaderModel(Shape.of(asked.weights))
    model.load_state_dict(mean_of([torch.load(path) for path in asked.checkpoints]))
    export(model, asked.weights / "tokenizer.json", asked.out)


if __name__ == "__main__":
    main()
