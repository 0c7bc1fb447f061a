"""python -m evals.conversations PATH: how much of a person's standalone question a rewriting by rules carries.

A turn is not standalone when the person's rewrite has content words that the turn lacks. Of such turns the content
words (stemmed, without stop words) of the person's rewrite are counted that a rewriting has: recall, and how many of
its own the person's has: precision. `said` is the recall of all that the user said: what a rewriting can reach that
makes up no word. On standalone turns the rewriting should change nothing.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import Stemmer  # type: ignore[import-not-found,import-untyped,unused-ignore]

from evals.datasets import Example
from evals.loaders import load_mtrag, load_seeds
from evals.metrics import Scores
from evals.tables import Table
from index.errors import FootnoteError
from rag.conversation import standalone

_WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")
Rewriter = Callable[[str, Sequence[tuple[str, str]]], str]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The content words of a person's rewrite, of a rewriting of the same turn, and of all that the user said."""

    person: frozenset[str]
    rewriting: frozenset[str]
    said: frozenset[str]


def recall(turns: Sequence[Overlap], pooled: bool = False) -> Scores:
    """The share of the person's content words that the rewriting has; a turn counts once, a word once when `pooled`."""
    turns = [turn for turn in turns if turn.person]
    shares = tuple(len(turn.person & turn.rewriting) / len(turn.person) for turn in turns)
    return Scores(shares, tuple(float(len(turn.person)) for turn in turns) if pooled else None)


def precision(turns: Sequence[Overlap], pooled: bool = False) -> Scores:
    """The share of the rewriting's content words that the person's has."""
    turns = [turn for turn in turns if turn.rewriting]
    shares = tuple(len(turn.person & turn.rewriting) / len(turn.rewriting) for turn in turns)
    return Scores(shares, tuple(float(len(turn.rewriting)) for turn in turns) if pooled else None)


def ceiling(turns: Sequence[Overlap], pooled: bool = False) -> Scores:
    """The recall of all that the user said."""
    return recall([Overlap(turn.person, turn.said, turn.said) for turn in turns], pooled)


def unchanged(questions: Sequence[str], rewritings: Sequence[str]) -> Scores:
    """The share of questions that a rewriting left as they were."""
    return Scores(tuple(float(a == b) for a, b in zip(questions, rewritings, strict=True)))


@cache
def stop_words() -> frozenset[str]:
    """NLTK's English stop words, from the copy that llama-index-core ships."""
    place = files("llama_index.core") / "_static" / "nltk_cache" / "corpora" / "stopwords" / "english"
    return frozenset(place.read_text("utf-8").split())


def content_words(text: str) -> frozenset[str]:
    """The stems (Snowball English) of the words of `text` that are no stop words."""
    found = _WORD.findall(text.lower().replace("’", "'"))
    kept = [word for word in (re.sub(r"'s?$", "", word) for word in found) if word not in stop_words()]
    return frozenset(Stemmer.Stemmer("english").stemWords([re.sub(r"'s$", "", word) for word in kept]))


def needs_rewriting(example: Example) -> bool:
    """Whether the person's rewrite has content words that the turn itself lacks."""
    return bool(content_words(example.standalone or "") - content_words(example.question))


def takes_up(example: Example) -> bool:
    """Whether some of these were said before: the others are synonyms, or come from answers that the set leaves out."""
    earlier = content_words(" ".join(text for _, text in example.history))
    return bool((content_words(example.standalone or "") - content_words(example.question)) & earlier)


def overlap(example: Example, rewrite: Rewriter) -> Overlap:
    """What the rewriting of one turn shares with the person's."""
    said = " ".join((*(text for role, text in example.history if role == "user"), example.question))
    rewriting = content_words(rewrite(example.question, example.history))
    return Overlap(content_words(example.standalone or ""), rewriting, content_words(said))


def table(examples: Sequence[Example], rewriters: dict[str, Rewriter]) -> Table:
    """A row for each kind of turn and rewriter: turns, recall, precision, the ceiling, and both pooled over words."""
    rows = []
    for kind, chosen in (
        ("not standalone", [example for example in examples if needs_rewriting(example)]),
        ("of them, takes up earlier words", [example for example in examples if takes_up(example)]),
    ):
        for name, rewrite in rewriters.items():
            turns = [overlap(example, rewrite) for example in chosen]
            figures = [measure(turns, pooled) for pooled in (False, True) for measure in (recall, precision, ceiling)]
            rows.append((f"{kind}: {name}", str(len(chosen)), *(f"{figure.score:.3f}" for figure in figures)))
    heads = ("turns that are", "n", "recall", "precision", "said", "pooled recall", "pooled precision", "pooled said")
    return Table("Content words of a person's rewrite", heads, tuple(rows), "said: recall of all that the user said.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the rewriting of follow-ups; 1 when the set cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m evals.conversations", description=main.__doc__)
    parser.add_argument("path", type=Path, metavar="PATH", nargs="?", help="an MTRAG file; the known questions if none")
    path = parser.parse_args(arguments).path
    try:
        examples = [each for each in (load_mtrag(path) if path else load_seeds()).examples if each.standalone]
    except (FootnoteError, OSError, KeyError) as error:
        print(f"{path} cannot be read as conversations: {error}. Give MTRAG's rewrites.jsonl.", file=sys.stderr)
        return 1
    print(table(examples, {"bare turn": lambda question, _: question, "by rules": standalone}).text())
    alone = [example for example in examples if not needs_rewriting(example)]
    started = time.perf_counter()
    rewritten = [standalone(example.question, example.history) for example in alone]
    milliseconds = (time.perf_counter() - started) * 1000 / max(len(alone), 1)
    kept = unchanged([example.question for example in alone], rewritten).score
    print(f"\nStandalone turns left unchanged: {kept:.3f} of {len(alone)}; {milliseconds:.2f} ms a turn.")
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    sys.exit(main())
