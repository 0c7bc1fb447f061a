"""python -m evals.llm MODEL [PATH]: what a language model adds, and what of its inventions is still shown.

Each question is asked of the documents alone and with the model. Rows: the extractive answer, the model's raw words on
the same evidence, and the checked answer. Without PATH the known questions about seeds/ are asked; PATH is a folder as
squad2 is. With --follow-ups PATH is MTRAG's file, and the model's rewriting stands beside the rules'.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

from evals import conversations
from evals.asking import with_parts
from evals.corpus import opened
from evals.datasets import EvalSet, fixed_order
from evals.errors import RunError
from evals.loaders import load, load_mtrag, load_seeds
from evals.metrics import Interval, Outcome, Scores, mean_interval, right_of_answerable, wrong
from evals.tables import Table, cell
from evals.writing import (
    Written,
    checked_text,
    extractive_text,
    first_sentence,
    footnotes_share,
    labelled,
    outcomes,
    raw_text,
    without_gold,
    write,
    write_sample,
)
from index.errors import FootnoteError
from rag.conversation import standalone
from rag.drafting.drafter import Writer
from rag.drafting.generative import GenerativeDrafter
from rag.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Measure one model. Exit status 2 for a model or a set that cannot be used."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.load(llm=arguments.model)
        writer = GenerativeDrafter.from_settings(settings)
        if arguments.follow_ups:
            print(follow_ups(writer, arguments.path, arguments.limit).text())
            return 0
        chosen = _chosen(arguments)
        written = list(_asked(chosen, settings, writer))
        for each in (answers_table(written, writer.name, chosen.name), shown_table(written, arguments.labels)):
            print(each.text(), end="\n\n")
        if arguments.sample:
            count = write_sample(written, arguments.sample)
            print(f"{count} sentences to label in {arguments.sample}.")
        return 0
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2


def answers_table(written: Sequence[Written], model: str, set_name: str) -> Table:
    """Right and wrong answers: extractive, the model's raw words, checked."""
    answerable = [each.example.answerable for each in written]
    rows = []
    kinds: dict[str, Callable[[Written], str]] = {
        "extractive": extractive_text,
        f"{model}, unchecked": raw_text,
        f"{model}, checked": checked_text,
    }
    for name, told in kinds.items():
        ended = outcomes(written, told)
        right, bad = mean_interval(right_of_answerable(ended, answerable)), mean_interval(wrong(ended))
        rows.append((name, cell(right), cell(bad), str(sum(each is Outcome.ABSTAINED for each in ended))))
    asked = sum(each.raw is not None for each in written)
    note = f"The model was asked {asked} of {len(written)} questions: the others were refused before."
    return Table(
        f"{set_name}: answers", ("answers", "right of answerable", "wrong of all", "abstained"), tuple(rows), note
    )


def shown_table(written: Sequence[Written], labels: Path | None) -> Table:
    """What of the model's words was shown as supported, and the time it took."""
    sentences = sum(len(each.own) for each in written)
    said = sum(len(each.raw or ()) for each in written)
    rows = [
        ("sentences written by the model", str(said)),
        ("of its words shown as supported", str(sentences)),
        ("answers with such a sentence that lack the gold", cell(mean_interval(without_gold(written)))),
        ("seconds to the first checked sentence", cell(_median(first_sentence(written)))),
        ("Footnote's own share of the time", cell(mean_interval(footnotes_share(written)))),
    ]
    if labels:
        rows.insert(3, ("labelled as not supported", cell(mean_interval(labelled(written, labels)), 3)))
    return Table("The model's sentences", ("figure", "value"), tuple(rows))


def follow_ups(writer: Writer, path: Path | None, limit: int | None) -> Table:
    """Rewriting by the model beside the rules and the bare turn."""
    examples = [each for each in (load_mtrag(path) if path else load_seeds()).examples if each.standalone]
    chosen = sorted(examples, key=lambda each: fixed_order(each.id))[:limit]
    kinds: dict[str, conversations.Rewriter] = {
        "bare turn": lambda question, _: question,
        "by rules": standalone,
        f"by {writer.name}": writer.rewrite,
    }
    return conversations.table(chosen, kinds)


def _chosen(arguments: argparse.Namespace) -> EvalSet:
    whole = load_seeds() if arguments.path is None else with_parts(load("squad", arguments.path))
    if arguments.given_paragraph:
        whole = whole.given_paragraph()
    parts = arguments.part
    chosen = whole.sample(arguments.limit, lambda each: not parts or each.part in parts)
    if not chosen.examples:
        raise RunError(f"{whole.name} has no question of the part {' or '.join(parts)}: leave --part out.")
    return chosen


def _asked(chosen: EvalSet, settings: Settings, writer: Writer) -> Iterator[Written]:
    named, footnote = opened(chosen, settings.model_copy(update={"llm": None}))
    for example in tqdm(named.examples, disable=not sys.stderr.isatty()):
        yield write(footnote, writer, example)


def _median(scores: Scores) -> Interval:
    ordered = sorted(scores.individual)
    middle = ordered[len(ordered) // 2] if ordered else float("nan")
    return Interval(middle, float("nan"), float("nan"), len(ordered))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.llm", description=__doc__)
    parser.add_argument("model", help="as RAG_LLM: gguf:/path/model.gguf, ollama:NAME or openai:NAME")
    parser.add_argument(
        "path", type=Path, nargs="?", help="a folder with corpus.jsonl and questions.jsonl, or MTRAG's file"
    )
    parser.add_argument("--limit", type=int, help="ask only so many questions, always the same ones")
    parser.add_argument(
        "--part", action="append", help="only these questions: tuning, held_out, or train, calibrate, test; repeatable"
    )
    parser.add_argument("--given-paragraph", action="store_true", help="ask each question of its own document alone")
    parser.add_argument("--follow-ups", action="store_true", help="measure the rewriting of follow-ups")
    parser.add_argument("--sample", type=Path, help="write the model's sentences that were shown here, to be labelled")
    parser.add_argument("--labels", type=Path, help="a person's labels: a line `ID yes` or `ID no` a sentence")
    return parser


if __name__ == "__main__":
    sys.exit(main())
