"""Train and export the reader: python -m training --data PATH --weights PATH --wordnet PATH --out rag/reader."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer

from index.passages import sentence_spans
from training import evaluate
from training.augment import Material, Rates
from training.batches import Tokenised
from training.data import Corpus, Group, Lexical, load
from training.export import export
from training.model import ReaderModel, Shape
from training.reading import read_all
from training.synonyms import WordNet
from training.train import Plan, train
from training.written import load_written

logger = logging.getLogger("training")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train and export the reader.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with squad2/, timeqa/ and wice/")
    parser.add_argument(
        "--weights", type=Path, required=True, help="the folder of all-MiniLM-L6-v2's model.safetensors"
    )
    parser.add_argument("--out", type=Path, required=True, help="where model.onnx, tokenizer.json and manifest.json go")
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    parser.add_argument(
        "--wordnet", type=Path, required=True, help="WordNet's files (wordnet-base: /usr/share/wordnet)"
    )
    parser.add_argument("--hold", choices=["document", "article"], default="document", help="what is held back whole")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the documents to train on, for the curve over data"
    )
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, instead of all-MiniLM-L6-v2")
    parser.add_argument("--checkpoint", type=Path, help="torch weights, written after every epoch")
    return parser.parse_args()


def epoch_of(materials: Sequence[Material], seed: int) -> list[Group]:
    """The groups of one epoch; the same for the same seed, always."""
    return [group for material in materials for group in material.groups(seed)]


def report(model: ReaderModel, texts: Tokenised, corpora: Sequence[Corpus]) -> None:
    for corpus in corpora:
        logger.info(
            evaluate.line(f"{corpus.name}, calibrate", evaluate.scores(corpus, partial(read_all, model, texts)))
        )


def main() -> None:
    asked = arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(asked.threads)
    tokenizer = Tokenizer.from_file(str(asked.weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = Tokenised(tokenizer)
    wordnet = WordNet(asked.wordnet)
    corpora = [load(asked.data / name, sentence_spans) for name in ("squad2", "timeqa")]
    learn, check = ([corpus.of(part, asked.hold) for corpus in corpora] for part in ("train", "calibrate"))  # type: ignore[arg-type]
    learn.append(load_written(asked.data, sentence_spans, "train", asked.hold))
    check.append(load_written(asked.data, sentence_spans, "calibrate", asked.hold))
    learn = [corpus.share(asked.share) for corpus in learn]
    lexical = Lexical([p for corpus in learn for passages in corpus.passages.values() for p in passages])
    materials = [Material(corpus, lexical, Rates(), wordnet) for corpus in learn]
    model = ReaderModel(Shape.of(asked.weights), seed=asked.seed)
    if asked.start:
        model.load_state_dict(torch.load(asked.start))
    else:
        model.load_encoder(asked.weights)

    def after_epoch(epoch: int, average: ReaderModel) -> None:
        if asked.checkpoint:
            torch.save(average.state_dict(), asked.checkpoint)
        report(average, texts, check)

    plan = Plan(epochs=asked.epochs, seed=asked.seed)
    average = train(model, texts, lambda epoch: epoch_of(materials, 1000 * asked.seed + epoch), plan, after_epoch)
    export(average, asked.weights / "tokenizer.json", asked.out)
    logger.info("wrote %s", json.dumps(sorted(path.name for path in asked.out.iterdir())))


if __name__ == "__main__":
    main()
