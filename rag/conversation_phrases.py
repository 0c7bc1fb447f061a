"""A question into words and noun phrases, by closed word classes and position: no model, microseconds a sentence."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found,import-untyped,unused-ignore]

from rag import conversation_lexicon as lexicon
from rag.figures import MONTHS

_WORD = re.compile(r"[^\W_]+(?:[-–’'.&/][^\W_]+)*|[^\w\s]")
_DIGITS = re.compile(r"\d")
_STEMMER = Stemmer.Stemmer("english")
_STEMMING = threading.Lock()  # a stemmer of PyStemmer's is not safe to share
_FUNCTION = (
    lexicon.ARTICLES
    | lexicon.AUXILIARIES
    | lexicon.QUESTION_WORDS
    | lexicon.PREPOSITIONS
    | lexicon.CONJUNCTIONS
    | lexicon.PRONOUNS
    | lexicon.ADVERBS
)
_SENTENCE_MARKS = frozenset('.?!:;"“”‘')


@dataclass(frozen=True, slots=True)
class Word:
    """One word or mark of a text: `text[start:end]`; `lower` with straight apostrophes. `initial` opens a sentence."""

    text: str
    lower: str
    start: int
    end: int
    initial: bool

    @property
    def capital(self) -> bool:
        """Whether it is written like a name: with a capital that no sentence asks for ("Astana", "iPhone", "NASA")."""
        return any(letter.isupper() for letter in (self.text[1:] if self.initial else self.text))

    @property
    def title(self) -> bool:
        """Whether its first letter is a capital, for whatever reason."""
        return self.text[0].isupper()

    @property
    def content(self) -> bool:
        """Whether it says something by itself: neither a mark nor a word of a closed class."""
        return self.lower not in _FUNCTION and self.lower[0].isalnum() and not self.lower.endswith("'t")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of a text without its article: `text[start:end]`. `before` is the word in front, or ""."""

    text: str
    words: tuple[Word, ...]
    before: str
    article: str

    @property
    def start(self) -> int:
        """Offset of the first word."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Offset after the last word."""
        return self.words[-1].end

    @property
    def name(self) -> bool:
        """Whether it looks like a proper name."""
        return any(word.capital for word in self.words)

    @property
    def stems(self) -> frozenset[str]:
        """Its content words, stemmed."""
        return frozenset(stem(word.lower) for word in self.words if word.content)

    @property
    def head(self) -> str:
        """The stem of the noun that the phrase is about: the last word before "of"."""
        last = self.words[0]
        for word in self.words:
            if word.lower in ("of", "in", "for"):
                break
            last = word
        return stem(last.lower)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The stem of a lower-case word, without its possessive s."""
    with _STEMMING:
        return str(_STEMMER.stemWord(re.sub(r"['’]s?$", "", word)))


@lru_cache(maxsize=512)
def words(text: str) -> tuple[Word, ...]:
    """The words and marks of `text` with their places."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        initial = not found or found[-1].text in _SENTENCE_MARKS
        found.append(Word(match[0], match[0].lower().replace("’", "'"), match.start(), match.end(), initial))
    return tuple(found)


@lru_cache(maxsize=512)
def content_stems(text: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word.lower) for word in words(text) if word.content)


@lru_cache(maxsize=4096)
def is_verb(word: str) -> bool:
    """Whether a lower-case word is a form of a verb that is seldom a noun."""
    if word in lexicon.VERBS or word in lexicon.IRREGULAR:
        return word not in lexicon.NOUN_VERBS
    return any(base in lexicon.VERBS and base not in lexicon.NOUN_VERBS for base in _bases(word)) or _inflected(word)


def _bases(word: str) -> Iterator[str]:
    for ending in ("s", "es", "ed", "d", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            base = word[: -len(ending)]
            yield from (base, base + "e", base[:-1]) if ending in ("ed", "ing") else (base,)
    if word.endswith("ied"):
        yield word[:-3] + "y"


def _inflected(word: str) -> bool:
    """A past tense or participle of a word that is a noun too: "scored" is a verb though "score" need not be."""
    return word.endswith(("ed", "ing")) and any(base in lexicon.NOUN_VERBS for base in _bases(word))


def verb_places(tokens: Sequence[Word]) -> frozenset[int]:
    """Which of the words are verbs: by the word itself, or where "do", a modal or "to" makes one due."""
    found: set[int] = set()
    due, seen = -1, False
    for place, word in enumerate(tokens):
        if word.lower in lexicon.DO or word.lower in lexicon.MODALS:
            due, seen = place, False
        elif word.lower in ".?!;,":
            found |= _last_in_clause(tokens, due, place)
            due = -1
        elif (_surely_verb(tokens, place) or (_after_subject_question(tokens, place) and not found)) or (
            due >= 0 and seen and not word.capital and _could_be_verb(word.lower)
        ):
            found.add(place)
            due = -1
        elif word.content or word.lower in lexicon.PRONOUNS:
            seen = True
    return frozenset(found | _last_in_clause(tokens, due, len(tokens)))


def _surely_verb(tokens: Sequence[Word], place: int) -> bool:
    word = tokens[place]
    infinitive = place > 0 and tokens[place - 1].lower == "to" and word.lower in lexicon.VERBS | lexicon.NOUN_VERBS
    return infinitive or (is_verb(word.lower) and not word.capital)


def _last_in_clause(tokens: Sequence[Word], due: int, end: int) -> set[int]:
    """The verb still due after the auxiliary at `due`: the last word after its subject with no noun behind it."""
    for place in range(end - 1, due + 1 if due >= 0 else end, -1):
        subject = tokens[place - 1].content or tokens[place - 1].lower in lexicon.PRONOUNS
        follows = place + 1 < end and tokens[place + 1].content
        if tokens[place].content and subject and not follows and not tokens[place].capital:
            return {place}
    return set()


def _after_subject_question(tokens: Sequence[Word], place: int) -> bool:
    """Whether a word is the verb of "what causes ...", "which railway links ...", for want of an auxiliary."""
    if place == 0 or tokens[0].lower not in ("who", "what", "which") or tokens[place].capital:
        return False
    lowered = [word.lower for word in tokens]
    last = place + 1 == len(tokens) or lowered[place + 1] in ".?!"
    if last or not _could_be_verb(lowered[place]) or lexicon.AUXILIARIES & set(lowered):
        return False
    return lowered[place].endswith(("s", "ed")) if place == 1 else tokens[place - 1].content


def _could_be_verb(word: str) -> bool:
    return word in lexicon.NOUN_VERBS or any(base in lexicon.NOUN_VERBS for base in _bases(word))


@lru_cache(maxsize=512)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The noun phrases of `text`: runs of words that are no verbs and of no closed class, joined by "of" and "and"."""
    tokens = words(text)
    verbs = verb_places(tokens)
    runs: list[list[int]] = []
    for place, word in enumerate(tokens):
        if not word.content or place in verbs or (place == 0 and word.lower in lexicon.NOUN_VERBS and not word.capital):
            continue
        if runs and _joined(tokens, runs[-1][-1], place):
            runs[-1].extend(range(runs[-1][-1] + 1, place + 1))
        else:
            runs.append([place])
    trimmed = [_trimmed(tokens, run) for run in runs]
    return tuple(_phrase(text, tokens, run) for run in trimmed if run and not _measured(tokens, run))


def _measured(tokens: Sequence[Word], run: Sequence[int]) -> bool:
    """Whether a single word only says what "how" asks: "how tall is"."""
    return len(run) == 1 and run[0] > 0 and tokens[run[0] - 1].lower == "how"


@lru_cache(maxsize=512)
def names(text: str) -> tuple[Phrase, ...]:
    """The runs of adjacent capitalised words of `text`, those that open a sentence included, bare months not."""
    tokens = words(text)
    runs: list[list[int]] = []
    for place, word in enumerate(tokens):
        if word.title and word.content:
            adjacent = runs and runs[-1][-1] == place - 1
            runs[-1].append(place) if adjacent else runs.append([place])
    return tuple(_phrase(text, tokens, run) for run in runs if any(tokens[n].lower not in MONTHS for n in run))


def _joined(tokens: Sequence[Word], left: int, right: int) -> bool:
    """Whether the words between two content words hold them together as one phrase."""
    between = [word.lower for word in tokens[left + 1 : right]]
    if not between:
        return True
    if between in (["of"], ["of", "the"], ["of", "a"]):
        return tokens[left].lower not in lexicon.RELATIONAL
    return between in (["and"], ["&"]) and tokens[left].capital == tokens[right].capital


def _trimmed(tokens: Sequence[Word], run: list[int]) -> list[int]:
    """The run without words that tell nothing apart: "plans available", "the law enacted", "different types"."""
    while run and not tokens[run[-1]].capital and _only_says_how(tokens[run[-1]].lower):
        run = run[:-1]
    while len(run) > 1 and tokens[run[0]].lower in lexicon.SELECTING:
        run = run[1:]
    return run


def _only_says_how(word: str) -> bool:
    return (
        word in lexicon.PREDICATES | lexicon.COMPARATIVES
        or word.endswith("ed")
        or (word.endswith("ly") and word not in ("family", "italy"))
    )


def _phrase(text: str, tokens: Sequence[Word], run: Sequence[int]) -> Phrase:
    first = run[0]
    if (
        first > 1
        and tokens[first - 1].lower in (*lexicon.ORDINALS, "last", "next")
        and tokens[first - 2].lower in lexicon.ARTICLES
    ):
        first, run = first - 1, [first - 1, *run]
    article = tokens[first - 1].lower if first and tokens[first - 1].lower in lexicon.ARTICLES else ""
    before_at = first - 1 - bool(article)
    before = tokens[before_at].lower if before_at >= 0 else ""
    members = tuple(tokens[place] for place in run)
    return Phrase(text[members[0].start : members[-1].end], members, before, article)


def topical(phrase: Phrase) -> bool:
    """Whether a phrase can be what a conversation is about: more than a relational noun or a bare number."""
    return any(
        word.content and word.lower not in lexicon.RELATIONAL and not _DIGITS.match(word.lower) for word in phrase.words
    )
