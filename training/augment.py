"""More from little: every epoch asks the questions in other words, of other cuts of the passages, and near misses."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.question import ANAPHOR
from training.data import WORD, Corpus, Group, Labelled, Lexical, Passage, Question, join, label
from training.synonyms import WordNet, other_words

YEAR = re.compile(r"\b(1[0-9]\d\d|20[0-3]\d)\b")
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w])")
NAME = re.compile(r"(?<!^)(?<![.?!\"] )\b[A-Z][\w'-]+(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w'-]+)*")
OPPOSITES = [
    pair.split("/")
    for pair in (
        "first/last largest/smallest before/after north/south northern/southern east/west eastern/western "
        "increase/decrease increased/decreased most/least highest/lowest oldest/youngest more/less won/lost win/lose "
        "begin/end began/ended start/finish started/stopped high/low maximum/minimum early/late always/never "
        "above/below inside/outside include/exclude allow/forbid allowed/banned rich/poor male/female men/women "
        "best/worst left/entered founded/dissolved opened/closed built/destroyed support/oppose supported/opposed "
        "same/different major/minor upper/lower public/private majority/minority positive/negative easy/difficult "
        "buy/sell bought/sold accepted/rejected arrived/departed born/buried"
    ).split()
]
OPPOSITE = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1])}
FUNCTION_WORDS = frozenset(
    "the a an of in on at to for from by with and or is are was were be been did do does has have had that which who "
    "whom whose what when where why how many much it its this these those as his her their there".split()
)


POLITE = ("Can you tell me: ", "Please tell me, ", "I'd like to know: ", "According to the text, ")


def near_miss(question: str, passage: Passage, names: Sequence[str], rng: random.Random) -> str | None:
    """`question` about another year, number, name or the opposite, so that `passage` no longer answers it; or None."""
    text = passage.text.lower()
    ways = [_other_year, _other_number, _other_name, _other_name, _opposite, _negated]
    rng.shuffle(ways)
    for way in ways:
        changed = way(question, text, names, rng)
        if changed and changed != question:
            return changed
    return None


def _swap(question: str, found: re.Match[str], other: str) -> str:
    return question[: found.start()] + other + question[found.end() :]


def _other_year(question: str, text: str, names: Sequence[str], rng: random.Random) -> str | None:
    found = list(YEAR.finditer(question))
    if not found:
        return None
    old = rng.choice(found)
    years = [int(old[0]) + sign * step for sign in (-1, 1) for step in (1, 2, 3, 4, 7, 9, 10, 13, 20, 31, 50)]
    fresh = [str(year) for year in years if str(year) not in text and year < 2035]
    return _swap(question, old, rng.choice(fresh)) if fresh and len(found) == 1 else None


def _other_number(question: str, text: str, names: Sequence[str], rng: random.Random) -> str | None:
    found = [match for match in NUMBER.finditer(question) if not YEAR.fullmatch(match[0])]
    if not found:
        return None
    old = rng.choice(found)
    new = "".join(rng.choice("123456789") if c.isdigit() else c for c in old[0])
    return None if new in text else _swap(question, old, new)


def _other_name(question: str, text: str, names: Sequence[str], rng: random.Random) -> str | None:
    found = [match for match in NAME.finditer(question) if match[0].lower() in text]
    if not found:
        return None
    old = rng.choice(found)
    fresh = [name for name in names if name.lower() not in text and not set(name.split()) & set(old[0].split())]
    alike = [name for name in fresh if len(name.split()) == len(old[0].split())] or fresh
    return _swap(question, old, rng.choice(alike)) if alike else None


def _opposite(question: str, text: str, names: Sequence[str], rng: random.Random) -> str | None:
    found = [
        match for match in WORD.finditer(question) if match[0] in OPPOSITE and OPPOSITE[match[0]] not in text.split()
    ]
    return _swap(question, old, OPPOSITE[old[0]]) if found and (old := rng.choice(found)) else None


def _negated(question: str, text: str, names: Sequence[str], rng: random.Random) -> str | None:
    if rng.random() < 0.7 or not (found := re.search(r"\b(did|does|do|is|are|was|were|can|has|have)\b", question)):
        return None
    return _swap(
        question, found, rng.choice(["never " + found[0], found[0] + " not"]) if found.start() else found[0] + " not"
    )


def reword(question: str, wordnet: WordNet | None, rng: random.Random) -> str:
    """The same question as another hand would type it, or in other words."""
    if wordnet and rng.random() < 0.4:
        return other_words(question, wordnet, FUNCTION_WORDS, rng)
    way = rng.randrange(6)
    if way == 0:
        return question.lower()
    if way == 1:
        return question.rstrip("?. ")
    if way == 2:
        return typo(question, rng)
    if way == 3:
        return keywords(question)
    if way == 4:
        return when(question, rng)
    return rng.choice(POLITE) + question[:1].lower() + question[1:]


def typo(question: str, rng: random.Random) -> str:
    """One letter of one long word is swapped with its neighbour, dropped or doubled."""
    words = question.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return question
    i = rng.choice(long)
    word, at = words[i], rng.randrange(1, len(words[i]) - 1)
    words[i] = rng.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ]
    )
    return " ".join(words)


def keywords(question: str) -> str:
    """What one types into a search box: the question without its function words."""
    kept = [word for word in question.rstrip("?").split() if word.lower() not in FUNCTION_WORDS]
    asked = next(
        (word for word in ("when", "who", "where", "how many", "how much", "why") if word in question.lower()), ""
    )
    return " ".join([*kept, asked]).strip() if len(kept) > 2 else question


def when(question: str, rng: random.Random) -> str:
    """ "In what year" and its sisters, one for another."""
    forms = ["In what year", "In which year", "What year", "When"]
    return next(
        (rng.choice(forms) + question[len(form) :] for form in forms if question.startswith(form + " did")), question
    )


@dataclass(frozen=True)
class Rates:
    """How often each kind of example is made; all are shares of the questions."""

    reword: float = 0.45
    near_miss: float = 0.35
    dropped: float = 0.3
    negatives: float = 0.7
    no_title: float = 0.15
    alone: float = 0.5


class Material:
    """Makes the groups of an epoch out of a corpus."""

    def __init__(self, corpus: Corpus, lexical: Lexical, rates: Rates, wordnet: WordNet | None = None) -> None:
        self.corpus, self.lexical, self.rates, self.wordnet = corpus, lexical, rates, wordnet
        self.place = {key: i for i, key in enumerate(corpus.passages)}
        self.keys = list(corpus.passages)
        self.names: dict[str, list[str]] = {}
        for question in corpus.questions:
            self.names.setdefault(question.title, []).extend(match[0] for match in NAME.finditer(question.text))
        self.hard = {q.id: self._negatives(q) for q in corpus.questions}
        self.gold = {q.id: self._gold(q) for q in corpus.questions}

    def groups(self, seed: int) -> Iterator[Group]:
        """The groups of one epoch, in the corpus's order."""
        rng = random.Random(seed)
        for question in self.corpus.questions:
            yield from self._of(question, rng)

    def _of(self, question: Question, rng: random.Random) -> Iterator[Group]:
        gold = self.gold[question.id]
        if question.answerable and not gold:
            return
        text = reword(question.text, self.wordnet, rng) if rng.random() < self.rates.reword else question.text
        main = self._recut(rng.choice(gold), question, rng) if gold else Labelled(self._source(question, rng))
        others = [Labelled(self._title(p, rng)) for p in self._others(question, rng)]
        yield Group(text, (self._untitle(main, rng), *others))
        if rng.random() < self.rates.alone:
            yield Group(text, tuple(self._untitle(each, rng) for each in alone(text, main)))
        if not main.gold:
            return
        if len(main.passage.sentences) > len(main.gold) and rng.random() < self.rates.dropped:
            bare = main.passage.without(set(main.gold))
            yield Group(text, (Labelled(self._title(bare, rng)),))
        if rng.random() < self.rates.near_miss:
            changed = near_miss(text, main.passage, self.names.get(question.title, ()), rng)
            if changed:
                yield Group(changed, (Labelled(self._title(main.passage, rng)),))

    def _source(self, question: Question, rng: random.Random) -> Passage:
        passages = self.corpus.passages[question.source]
        if len(passages) == 1:
            return self._around(passages[0], rng)
        near = [p for p in self.hard[question.id] if p.source == question.source] or passages
        return rng.choice(near[:4])

    def _others(self, question: Question, rng: random.Random) -> list[Passage]:
        hard = self.hard[question.id]
        return [rng.choice(hard[:6])] if hard and rng.random() < self.rates.negatives else []

    def _negatives(self, question: Question) -> list[Passage]:
        found = self.lexical.search(f"{question.title} {question.text}", 12)
        alone = len(self.corpus.passages[question.source]) == 1
        return [p for p in found if not label(p, question.answers).gold and not (alone and p.source == question.source)]

    def _gold(self, question: Question) -> list[Labelled]:
        """The passages that answer: the source's that hold an answer; of a long document only those that fit best."""
        found = [label(p, question.answers) for p in self.corpus.passages[question.source]]
        found = [p for p in found if p.gold]
        if len(self.corpus.passages[question.source]) == 1 or not found:
            return found
        fits = {(i, s): fit(question.text, p.passage, s) for i, p in enumerate(found) for s in p.gold}
        best = max(fits.values())
        kept = []
        for i, p in enumerate(found):
            gold = frozenset(s for s in p.gold if fits[i, s] >= best - 0.5)
            ranges = [p.passage.sentences[s] for s in gold]
            if gold:
                kept.append(
                    Labelled(p.passage, gold, tuple(x for x in p.spans if any(a <= x[0] < b for a, b in ranges)))
                )
        return kept

    def _recut(self, gold: Labelled, question: Question, rng: random.Random) -> Labelled:
        if len(self.corpus.passages[question.source]) > 1:
            return gold
        passage = self._around(gold.passage, rng)
        again = label(passage, question.answers)
        return again if again.gold else gold

    def _around(self, passage: Passage, rng: random.Random) -> Passage:
        """The passage as it is, or with a piece of its neighbours, or a part of it."""
        chance = rng.random()
        if chance < 0.5 or len(passage.sentences) < 3:
            return passage
        if chance < 0.75:
            size = len(passage.sentences)
            first = rng.randrange(0, size // 2)
            last = rng.randrange(max(first + 1, size // 2), size)
            return passage.cut(first, last)
        i = self.place[passage.source]
        beside = [self.corpus.passages[self.keys[j]][0] for j in (i - 1, i + 1) if 0 <= j < len(self.keys)]
        beside = [p for p in beside if p.title == passage.title]
        if not beside:
            return passage
        other = rng.choice(beside)
        few = min(len(other.sentences), rng.randrange(1, 4))
        if self.place[other.source] < i:
            return join(
                [other.cut(len(other.sentences) - few, len(other.sentences) - 1), passage],
                passage.title,
                passage.source,
            )
        return join([passage, other.cut(0, few - 1)], passage.title, passage.source)

    def _title(self, passage: Passage, rng: random.Random) -> Passage:
        return (
            Passage("", passage.text, passage.sentences, passage.source)
            if rng.random() < self.rates.no_title
            else passage
        )

    def _untitle(self, labelled: Labelled, rng: random.Random) -> Labelled:
        return Labelled(self._title(labelled.passage, rng), labelled.gold, labelled.spans)


def alone(question: str, labelled: Labelled) -> list[Labelled]:
    """The sentence that answers, and the one of the others that fits best: each alone, after what it leans on.

    So rag/evidence.py reads the best sentences once more.
    """
    passage, gold = labelled.passage, labelled.gold
    best = sorted(range(len(passage.sentences)), key=lambda i: -fit(question, passage, i))
    chosen = [next((i for i in best if (i in gold) == wanted), None) for wanted in (True, False)]
    return [_alone(labelled, i) for i in chosen if i is not None]


def _alone(labelled: Labelled, sentence: int) -> Labelled:
    passage = labelled.passage
    start, end = passage.sentences[sentence]
    leans = sentence > 0 and ANAPHOR.match(passage.text[start:end])
    first = passage.sentences[sentence - 1][0] if leans else start
    spans = tuple((a - first, b - first) for a, b in labelled.spans if start <= a and b <= end)
    one = Passage(passage.title, passage.text[first:end], ((start - first, end - first),), passage.source)
    return Labelled(one, frozenset({0} if sentence in labelled.gold else ()), spans)


def fit(question: str, passage: Passage, sentence: int) -> float:
    """How well a sentence of a long article fits a question: shared words, and years within the asked range."""
    first = max(0, sentence - 1)
    text = passage.text[passage.sentences[first][0] : passage.sentences[sentence][1]]
    asked = {word for word in WORD.findall(question.lower()) if word not in FUNCTION_WORDS}
    share = len(asked & set(WORD.findall(text.lower()))) / max(1, len(asked))
    years = sorted(int(year) for year in YEAR.findall(question))
    stated = [int(year) for year in YEAR.findall(text)]
    exact = sum(year in stated for year in years)
    within = bool(years) and any(years[0] <= year <= years[-1] for year in stated)
    return 2 * share + exact + 0.5 * within
