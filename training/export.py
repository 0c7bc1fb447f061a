"""The trained reader as int8 ONNX with its tokenizer, manifest and sha256s."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from rag.reader.encoding import MAX_TOKENS
from training.model import ReaderModel

INPUTS, OUTPUTS = ["ids", "types", "mask", "pool"], ["sentence", "null", "start", "end"]


def export(model: ReaderModel, tokenizer: Path, out: Path) -> None:
    """Write model.onnx (dynamic int8, a scale a channel), tokenizer.json and manifest.json to the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "fp32.onnx"
        to_onnx(model, whole)
        quantize_dynamic(whole, out / "model.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    words = Tokenizer.from_file(str(tokenizer))
    words.no_padding()
    words.no_truncation()
    words.save(str(out / "tokenizer.json"), pretty=False)
    manifest = {
        "files": {
            name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("model.onnx", "tokenizer.json")
        },
        "layers": len(model.layers),
        "width": model.words.embedding_dim,
        "max_tokens": MAX_TOKENS,
        "inputs": INPUTS,
        "outputs": OUTPUTS,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def to_onnx(model: ReaderModel, path: Path) -> None:
    """The model in fp32, all of batch, tokens and sentences free."""
    model.eval()
    ids = torch.arange(1000, 1020)[None].repeat(2, 1)
    sample = (ids, torch.zeros_like(ids), torch.ones(ids.shape), torch.ones(2, 3, 20) / 20)
    axes = {name: {0: "batch", 1: "tokens"} for name in ("ids", "types", "mask", "start", "end")}
    axes |= {
        "pool": {0: "batch", 1: "sentences", 2: "tokens"},
        "sentence": {0: "batch", 1: "sentences"},
        "null": {0: "batch"},
    }
    torch.onnx.export(
        model,
        sample,
        str(path),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
