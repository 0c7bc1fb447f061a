"""Does the evidence say this sentence? Which spans, and how sure.

A sentence is compared with the evidence sentences that share most with it. Hard rules first: a figure or a name that
the evidence lacks, a denied word, an opposite. What passes is judged by a logistic model over `SIGNALS`, fitted on WiCE
by `python -m training.verifier`, and is supported only when one evidence sentence has its figures and nearly all of its
words. No language model is needed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.errors import ModelError
from rag.alignment import matches, word_matches
from rag.answer import Verdict
from rag.contradiction import (
    borrowed_figures,
    both_negative,
    denies,
    opposes,
    oversteps,
    requalifies,
    rival_figures,
    unmatched_figures,
    withholds,
)
from rag.evidence import Evidence
from rag.question import ANAPHOR, ASKING, STOPWORDS, names, stems
from rag.quotable import is_line
from rag.shortening import is_shortened

SIGNALS = (
    "words_all",  # share of the sentence's stems in all candidates
    "words_near",  # the same in the text around the best evidence sentence
    "figures_near",  # how many of its figures the text around lacks
    "names_near",  # how many words of its names the text around lacks
    # Its word pieces, each matched with the most similar piece of the support (rag/alignment.py):
    "pieces",  # mean over all pieces
    "pieces_content",  # mean over content words
    "pieces_low",  # mean of the worst fifth of the content words
    "pieces_median",  # median of the content words
)
MODEL = Path(__file__).parent / "reader" / "verifier.json"
SUPPORT = 3
"""At most this many evidence sentences are cited for one sentence."""
ENOUGH = 0.08
"""A further sentence is cited when it adds at least this share of the stems."""
SAME_SUBJECT = 0.5
"""Share of words in common from which a different figure or a denial is a contradiction rather than another subject."""

NEAR_COPY = 0.8
"""Share of a sentence's words in one evidence sentence from which it counts as a copy, true only if undistorted."""
SPARE, EACH = 5, 2
"""One in so many content words may be unmet, the first ones aside: in "Subletting is forbidden" each counts."""
MET = 0.47
"""Least match (rag/alignment.py) of a word that the evidence has in some form."""
SUBJECT_WORDS = 6
"""So many words of the sentence before may hold its subject."""
LEAST_WORDS = 4
"""A model's sentence of fewer words is a fragment."""
_LEAD = re.compile(r"^according to the (?:sources?|documents?|texts?|passages?|evidence),?\s*", re.I)
_CAPITAL = re.compile(r"\b[A-Z][\w’'-]*")
NEARBY = 4000
"""Characters to each side of an evidence sentence that count as the text around it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one sentence, the evidence that decided it, and the probability that it is supported."""

    verdict: Verdict
    evidence: tuple[Evidence, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Judge:
    """The logistic model over `SIGNALS` with its two thresholds."""

    weights: tuple[float, ...]
    bias: float
    supported: float
    partly: float

    def probability(self, signals: Sequence[float]) -> float:
        """sigmoid(weights . signals + bias)."""
        return 1 / (1 + math.exp(-self.bias - sum(w * s for w, s in zip(self.weights, signals, strict=True))))


@lru_cache(maxsize=1)
def load_judge(path: Path = MODEL) -> Judge:
    """Read the fitted model. Raises ModelError when the file is missing, damaged or of other signals."""
    try:
        data = json.loads(path.read_text("utf-8"))
        weights = tuple(float(data["weights"][name]) for name in SIGNALS)
        return Judge(weights, float(data["bias"]), float(data["supported"]), float(data["partly"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name} is missing or damaged: install Footnote again, or run the training.") from error


def verify_sentence(sentence: str, candidates: Sequence[Evidence], nearby: Callable[[Evidence], str]) -> Checked:
    """Judge `sentence` against `candidates`, document sentences in any order; `nearby` gives the text around one."""
    verbatim = [item for item in candidates if sentence.strip() and sentence.strip() == item.sentence.text.strip()]
    if verbatim:
        return Checked(Verdict.SUPPORTED, (verbatim[0],), 1.0)
    support = select_support(sentence, candidates)
    if not support:
        return Checked(Verdict.UNSUPPORTED, (), 0.0)
    judge = load_judge()
    around = nearby(support[0])
    probability = judge.probability(signals(sentence, support, candidates, around))
    return Checked(_verdict(sentence, support, around, probability, judge), tuple(support), probability)


def window(text: str, place: int) -> str:
    """The text within `NEARBY` characters of `place`."""
    return text[max(0, place - NEARBY) : place + NEARBY]


def select_support(sentence: str, candidates: Sequence[Evidence]) -> list[Evidence]:
    """The evidence sentence with most of the words, then those that add missing ones; at most `SUPPORT`."""
    left, chosen = set(stems(sentence)), list[Evidence]()
    least = max(1.0, ENOUGH * len(left))
    while candidates and len(chosen) < SUPPORT:
        best = max(candidates, key=lambda item: len(left & stems(item.sentence.text)))
        gained = left & stems(best.sentence.text)
        if len(gained) < least:
            break
        chosen.append(best)
        left -= gained
    return chosen


def signals(
    sentence: str, support: Sequence[Evidence], candidates: Sequence[Evidence], around: str
) -> tuple[float, ...]:
    """The features of `sentence` against its support, in the order of `SIGNALS`."""
    wanted, near = stems(sentence), stems(around)
    named = frozenset().union(*(stems(name) for name in names(sentence)))
    everything = frozenset().union(*(stems(item.sentence.text) for item in candidates))
    return (
        _share(wanted, everything),
        _share(wanted, near),
        len(unmatched_figures(sentence, [around])),
        len(named - near),
        *_alignment(sentence, support),
    )


def _verdict(sentence: str, support: Sequence[Evidence], around: str, probability: float, judge: Judge) -> Verdict:
    first = support[0].sentence.text
    sources = [f"{item.context} {item.sentence.text} {item.passage.published or ''}" for item in support]
    same_subject = _share(stems(sentence), stems(first)) >= SAME_SUBJECT
    missing = unmatched_figures(sentence, sources) or borrowed_figures(sentence, sources[0], sources[1:])
    if missing:
        return Verdict.CONTRADICTED if same_subject and rival_figures(missing, first) else Verdict.UNSUPPORTED
    denied = (denies(sentence, first) or opposes(sentence, first)) and not both_negative(sentence, first)
    if same_subject and (denied or requalifies(sentence, first)):
        return Verdict.CONTRADICTED
    if _absent_names(sentence, around + f" {support[0].passage.title} {support[0].passage.publisher or ''}"):
        return Verdict.UNSUPPORTED
    if probability >= judge.supported:
        whole = _by_one(sentence, support) and _undistorted(sentence, support)
        return Verdict.SUPPORTED if whole else Verdict.PARTLY
    return Verdict.PARTLY if probability >= judge.partly else Verdict.UNSUPPORTED


def _undistorted(sentence: str, support: Sequence[Evidence]) -> bool:
    """Whether `sentence` copies no evidence sentence, or one of those that it copies is left as it was."""
    text, wanted = _LEAD.sub("", sentence).strip(), stems(sentence)
    copied = [item for item in support if _share(wanted, stems(item.sentence.text)) >= NEAR_COPY]
    return not copied or any(is_shortened(text, item.sentence.text, _substitutes(text, item)) for item in copied)


def _by_one(sentence: str, support: Sequence[Evidence]) -> bool:
    """Whether one evidence sentence has each figure and nearly each content word in some form, says as much, and is of
    nobody else: what is said of Marta is not said of Tom. What it leaves unnamed ("the port") the others may
    name; none of them may deny it.
    """
    if any(denies(sentence, item.sentence.text) for item in support):
        return False
    named = [stems(name) for name in [*names(sentence), *_opening_name(sentence, support)]]
    everything = " ".join(f"{item.passage.title} {item.context} {item.sentence.text}" for item in support)
    return any(
        _has_all(sentence, item) and all(name & stems(_says_of(sentence, item) or everything) for name in named)
        for item in support
    )


def _says_of(sentence: str, item: Evidence) -> str:
    """What may name the subject of the evidence sentence; "", anything, when all that it names is in `sentence`."""
    own = stems(" ".join(word for word in _CAPITAL.findall(item.sentence.text) if word.lower() not in STOPWORDS))
    return "" if own <= stems(sentence) else _led(item)


def _led(item: Evidence) -> str:
    """The evidence sentence under its title, after the one before when it leans on that."""
    text = item.sentence.text
    return f"{item.passage.title} {item.context if ANAPHOR.match(text) or is_line(text) else ''} {text}"


def _has_all(sentence: str, item: Evidence) -> bool:
    """Whether the evidence sentence has the figures and nearly all words of `sentence`, and says as much."""
    led, text = _led(item), item.sentence.text
    if withholds(sentence, text) or oversteps(sentence, led):
        return False
    if unmatched_figures(sentence, [f"{led} {item.passage.published or ''}"]):
        return False
    said = word_matches(sentence, text)
    content = [(word, match) for word, match in said if word.isalnum() and word not in STOPWORDS | ASKING]
    unmet = sum(match < MET and not stems(word) <= stems(led) for word, match in content)
    return unmet <= max(0, len(content) - EACH) // SPARE


def _substitutes(text: str, item: Evidence) -> frozenset[str] | None:
    """Stems that `text` may have instead of words of the sentence; any, but for the names that stand for "he"."""
    if not ANAPHOR.match(item.sentence.text) or ANAPHOR.match(item.context):
        return None
    capitals = stems(" ".join(_CAPITAL.findall(text)))
    return stems(text) - capitals - stems(item.sentence.text) | _referents(item)


def _opening_name(sentence: str, support: Sequence[Evidence]) -> list[str]:
    """The first word, when the support writes it with a capital inside a sentence: then it is a name."""
    first = re.match(r"[A-Z][\w-]+", sentence)
    inside = first and any(re.search(rf"(?<=[a-z,] ){re.escape(first[0])}\b", item.sentence.text) for item in support)
    return [first[0]] if first and inside else []


def said_whole(sentence: str, support: Sequence[Evidence]) -> bool:
    """Whether one evidence sentence alone says all of `sentence`: its words, with nothing left out that decides.

    What a model writes has to pass this to be called supported: words of two sentences, or of one in another order,
    make new relations ("the second school of Europe is in Warsaw"). A fragment says nothing, so it does not pass.
    """
    text = _LEAD.sub("", sentence).strip()
    whole = len(text.split()) >= LEAST_WORDS and not text.endswith(":")
    return whole and any(_says(item, text) for item in support)


def _says(item: Evidence, text: str) -> bool:
    """Whether `item` is `text`, or `text` is the sentence of `item` shortened, a pronoun in it replaced."""
    if text == item.sentence.text:
        return True
    own, wanted = stems(item.sentence.text), stems(text)
    itself = len(wanted & own) >= len(wanted) / 2  # and not only the title or the sentence before
    return itself and is_shortened(text, item.sentence.text, _referents(item))


def _referents(item: Evidence) -> frozenset[str]:
    """Stems of what the sentence may be about without naming it: its title and, for an opening pronoun, the subject
    of the sentence before.
    """
    title = stems(item.passage.title)
    if not ANAPHOR.match(item.sentence.text) or not item.context or ANAPHOR.match(item.context):
        return title
    subject = stems(" ".join(_subject(item.context)))
    known = subject - stems(item.sentence.text)
    return known | title if subject & title else known


def _subject(text: str) -> list[str]:
    """The words that a sentence opens with, up to the first that cannot belong to its subject."""
    found: list[str] = []
    for token in text.split(",")[0].split()[:SUBJECT_WORDS]:
        word, before = token.lower().strip("“”\"'’.;:()"), found[-1] if found else ""
        article, joins = word in ("the", "a", "an"), before in ("of", "and", "")
        another = token[0].isupper() and before.islower() and not joins and found[0][0].isupper()
        if another or (article and not joins) or (word in STOPWORDS and not article and word not in ("of", "and")):
            break
        found.append(token if found or not article else word)
    return found


def _absent_names(sentence: str, text: str) -> list[str]:
    have = stems(text)
    return [name for name in names(sentence) if (need := stems(name)) and not need & have]


def _share(wanted: frozenset[str], have: frozenset[str]) -> float:
    return len(wanted & have) / len(wanted) if wanted else 0.0


def _alignment(sentence: str, support: Sequence[Evidence]) -> tuple[float, ...]:
    pieces, similar = matches(sentence, [f"{item.context} {item.sentence.text}".strip() for item in support])
    spoken = [place for place, piece in enumerate(pieces) if any(map(str.isalnum, piece))]
    content = [place for place in spoken if pieces[place] not in STOPWORDS] or spoken
    if not content:
        return (0.0,) * 4
    ordered = np.sort(similar[content])
    low = ordered[: max(1, len(ordered) // 5)]
    return tuple(float(value) for value in (similar[spoken].mean(), ordered.mean(), low.mean(), np.median(ordered)))
