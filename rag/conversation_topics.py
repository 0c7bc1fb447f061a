"""What a conversation is about: which person, place or thing a follow-up can point back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag import conversation_lexicon as lexicon
from rag.conversation_phrases import Phrase, content_stems, is_verb, names, phrases, stem, topical, words

_RECENCY, _OFTEN = 1.0, 0.4  # what a turn further back costs, and what each turn that speaks of it gains
_PEOPLE = re.compile(r"\bhow many people\b", re.IGNORECASE)
_COMPARING = re.compile(r"\b(?:and|or|than|vs|versus|from)\b", re.IGNORECASE)
_COUNTED = re.compile(r"(?:which|what|how many) $", re.IGNORECASE)
_DATE = re.compile(r" in (?:1\d{3}|20\d{2})\b")
_ATTRIBUTIVE = frozenset({"of", "on", "about", "for", "in", "at", "between", "with"})
_ADDED = re.compile(r" (?:in|at|of|for) (?:the )?(?:\d{4}\b|[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*)")
_NAME = r"[A-Z][\w'’.-]*"
_PLACE = re.compile(
    rf"\b(?P<at>at|in|of|for|from|to) (?P<place>(?:the )?{_NAME}(?:(?: of| of the| and| for)? {_NAME})*)"
)
_TITLES = frozenset(title.rstrip(".") for title in lexicon.TITLES)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the user, made standalone, and what was answered to it ("" when nothing was)."""

    question: str
    answer: str


def person(phrase: Phrase) -> bool:
    """Whether a phrase looks like a person's name: two or three capitalised words, none of which says otherwise."""
    if phrase.before.rstrip(".") in _TITLES:
        return phrase.name
    lowered = {word.lower.removesuffix("'s") for word in phrase.words}
    if lowered & lexicon.NOT_PERSONS or not all(word.title for word in phrase.words):
        return False
    return 2 <= len(phrase.words) <= 3 and not any(
        "-" in word.text and word.text.upper() == word.text for word in phrase.words
    )


def plural(phrase: Phrase) -> bool:
    """Whether a phrase names more than one thing."""
    head = phrase.words[-1].lower
    if head in lexicon.PLURALS:
        return True
    return any(word.lower in ("and", "&") for word in phrase.words) or (
        head.endswith("s") and not head.endswith(("ss", "us", "is", "'s"))
    )


def with_article(phrase: Phrase) -> str:
    """The phrase as it is taken up again: "a wall" has become "the wall", a name without an article stays bare."""
    taken_up = phrase.article or phrase.before in ("which", "what", "many", "this", "that", "my", "your")
    bare = not taken_up or (not phrase.article and any(word.title for word in phrase.words))
    return phrase.text if bare else f"the {phrase.text}"


def noun_spoken_of(exchanges: Sequence[Exchange]) -> str | None:
    """The common noun of what was last spoken of, for "the next one": of "the first Peace Summit" the "summit"."""
    found = thing_spoken_of(exchanges, frozenset(), "thing")
    if found is None or (len(found.words) == 1 and found.words[0].title):
        return None
    of = next((place for place, word in enumerate(found.words) if word.lower == "of"), len(found.words))
    return found.words[of - 1].lower


def topic(exchanges: Sequence[Exchange], about: frozenset[str] = frozenset()) -> Phrase | None:
    """What the conversation is about: the phrase said latest, most often and most prominently, not said in `about`."""
    best: Phrase | None = None
    highest = float("-inf")
    turns = [content_stems(exchange.question) for exchange in exchanges]
    for back, exchange in enumerate(reversed(exchanges)):
        for phrase in phrases(exchange.question):
            if topical(phrase) and not phrase.stems <= about and not _person_or_office(phrase):
                often = sum(phrase.head in stems for stems in turns)
                weight = _weight(phrase) - _RECENCY * back + _OFTEN * min(often, 3)
                if weight > highest:
                    best, highest = phrase, weight
    return owner(best) if best else None


def _person_or_office(phrase: Phrase) -> bool:
    """Whether a phrase is of somebody, on whom no more is asked without a pronoun or a name."""
    return person(phrase) or phrase.words[-1].lower in _TITLES


def _weight(phrase: Phrase) -> float:
    """How likely a phrase is spoken of next: a name, a longer one, a subject before what a preposition adds."""
    weight = 1.0 * phrase.name + 0.25 * min(len(phrase.stems), 4)
    weight += 0.75 * (phrase.before in lexicon.AUXILIARIES or is_verb(phrase.before))
    weight += 0.5 * (phrase.before in ("of", "between", "about", "for"))
    return weight - 0.75 * (phrase.before in ("in", "at", "on", "by", "from", "with", "to"))


def person_spoken_of(exchanges: Sequence[Exchange], said: frozenset[str] = frozenset()) -> Phrase | None:
    """The person last spoken of: the one asked about, the one that answered a "who", the one an answer names first."""
    for exchange in reversed(exchanges):
        for text in (exchange.question, exchange.answer):
            found = [name for name in names(text) if person(name) and not name.stems <= said]
            if found:
                return owner(found[0])
    return None


def inside(phrase: Phrase) -> Phrase:
    """What an office or a measure is of: the company of "the head of the company"; any other phrase as it is."""
    place = next((place for place, word in enumerate(phrase.words) if word.lower == "of"), -1)
    if place < 0:
        return phrase
    rest = phrase.words[place + 1 :]
    article = rest[0].lower if rest[0].lower in lexicon.ARTICLES else ""
    rest = rest[1:] if article else rest
    return replace(phrase, text=phrase.text[rest[0].start - phrase.start :], words=rest, before="of", article=article)


def owner(phrase: Phrase) -> Phrase:
    """Whose it is that a phrase of the form "the empire's religion" speaks of; any other phrase as it is."""
    place = next((place for place, word in enumerate(phrase.words) if word.lower.endswith("'s")), -1)
    if place < 0 or len(phrase.words) - place > 2:
        return phrase
    return replace(
        phrase, text=phrase.text[: phrase.words[place].end - phrase.start - 2], words=phrase.words[: place + 1]
    )


def thing_spoken_of(exchanges: Sequence[Exchange], said: frozenset[str], kind: str) -> Phrase | None:
    """What a pronoun of the kind "thing", "many" or "person" stands for, not said in `said`: by number and weight."""
    group = _people_spoken_of(exchanges) if kind == "many" else None
    if group:
        return group
    for exchange in reversed(exchanges):
        named = _many_spoken_of(exchange) if kind == "many" else None
        if named:
            return named
        found = [phrase for phrase in phrases(exchange.question) if topical(phrase) and not phrase.stems <= said]
        if kind == "thing":
            found = _without_asked_person(found, exchange.question)
        elif kind == "person":
            found = [phrase for phrase in found if _office(phrase)]
        fitting = [phrase for phrase in found if plural(phrase) == (kind == "many")] or found
        if fitting:
            counted = [phrase for phrase in fitting if _COUNTED.match(exchange.question[: phrase.start])]
            best = max(counted or fitting, key=lambda phrase: (_weight(phrase), -phrase.start))
            return _named_in(exchange.answer, best) or owner(best)
    return None


def _people_spoken_of(exchanges: Sequence[Exchange]) -> Phrase | None:
    """The persons that the last two questions ask about, when the last one asks about a person."""
    asked = [[name.text for name in names(exchange.question) if person(name)] for exchange in exchanges[-2:]]
    everyone = list(dict.fromkeys(text for texts in asked for text in texts))
    if not asked[-1] or len(everyone) < 2:
        return None
    text = " and ".join(everyone)
    return Phrase(text, words(text), "", "")


def _many_spoken_of(exchange: Exchange) -> Phrase | None:
    """The people that were counted, or those that answered a "who"."""
    people = _PEOPLE.search(exchange.question)
    if people:
        place = _ADDED.search(exchange.question, people.end())
        text = f"people{place[0] if place else ''}"
        return Phrase(text, words(text), "", "")
    named = names(exchange.answer) if _asks_who(exchange) else ()
    return named[0] if named else None


def _without_asked_person(found: Sequence[Phrase], question: str) -> list[Phrase]:
    """The phrases less the person that "who is" asks about; of "the head of the company" the company stays."""
    if not question.lower().startswith(("who is", "who was")):
        return list(found)
    kept = (inside(phrase) if phrase.before in lexicon.BE else phrase for phrase in found)
    return [phrase for phrase in kept if phrase.before not in lexicon.BE]


def _office(phrase: Phrase) -> bool:
    """Whether a phrase may call a person by what he is: "the viceroy", not "the Bank"."""
    hangs = phrase.before in lexicon.PREPOSITIONS
    return not (hangs or plural(phrase) or phrase.words[0].title)


def both(exchanges: Sequence[Exchange]) -> tuple[str, str] | None:
    """The two things that the latest comparing question sets side by side: "between A and B", "A better than B"."""
    for exchange in reversed(exchanges):
        found = [phrase for phrase in phrases(exchange.question) if topical(phrase)]
        if len(found) == 1 and len(halves := found[0].text.split(" and ")) == 2:
            return halves[0], halves[1]
        if len(found) == 2 and _COMPARING.search(exchange.question[found[0].end : found[1].start]):
            return with_article(found[0]), with_article(found[1])
    return None


def _asks_who(exchange: Exchange) -> bool:
    tokens = [word.lower for word in words(exchange.question)]
    return tokens[:1] == ["who"] or (tokens[:1] == ["which"] and not lexicon.AUXILIARIES & set(tokens))


def _named_in(answer: str, phrase: Phrase) -> Phrase | None:
    """The name that an answer gives to what the question called by a common noun: "which treaty" -> "Treaty of ..."."""
    if phrase.name or phrase.before not in ("which", "what"):
        return None
    return next(
        (named for named in phrases(answer) if named.name and phrase.head in named.stems and len(named.words) > 1), None
    )


def place_spoken_of(exchanges: Sequence[Exchange], said: frozenset[str] = frozenset()) -> str | None:
    """Where one was last said to be, with its preposition ("at Liaoning University"); answers before questions."""
    for exchange in reversed(exchanges):
        for text in (exchange.answer, exchange.question):
            found = [match for match in _PLACE.finditer(text) if not content_stems(match["place"]) <= said]
            if found:
                best = min(found, key=lambda match: match["at"].lower() not in ("at", "in"))
                return f"{'at' if best['at'].lower() != 'in' else 'in'} {best['place'].rstrip('.')}"
            if text is exchange.answer and 0 < len(text.split()) <= 4 and text[0].isupper():
                return f"in {text.rstrip('.')}"
        bare = [phrase for phrase in phrases(exchange.question) if topical(phrase) and not phrase.stems <= said]
        if bare:
            return f"in {with_article(bare[-1])}"
    return None


def fuller_name(phrase: Phrase, exchanges: Sequence[Exchange]) -> Phrase | None:
    """A longer phrase of the conversation with the same head and words: "the wall" -> "Great Wall of China"."""
    for exchange in reversed(exchanges):
        for text in (exchange.question, exchange.answer):
            for candidate in phrases(text):
                same_head = candidate.head == phrase.head or stem(candidate.words[-1].lower) == phrase.head
                if same_head and phrase.stems < candidate.stems and len(candidate.stems) <= 6:
                    return candidate
    return None


def extended(phrase: Phrase, question: str, exchanges: Sequence[Exchange]) -> str:
    """The phrase with its article and what tells it apart where it was said: "the report on Brazil", "trade in 2024".

    A year is left out where `question` has one of its own.
    """
    text = with_article(phrase)
    for exchange in reversed(exchanges):
        if exchange.question[phrase.start : phrase.end] == phrase.text:
            more = _attributes(phrase, exchange.question)
            return text + (_DATE.sub("", more) if _DATE.search(question) else more)
    return text


def _attributes(phrase: Phrase, question: str) -> str:
    """The prepositional phrases right after a phrase: any after a common noun, a year or a place after a name."""
    if not phrase.name:
        end = phrase.end
        for following in phrases(question):
            gap = question[end : following.start].split() if following.start >= end else []
            if gap and gap[0].lower() in _ATTRIBUTIVE and all(word.lower() in lexicon.ARTICLES for word in gap[1:]):
                end = following.end
        if end > phrase.end:
            more = _DATE.match(question, end)
            return question[phrase.end : end] + (more[0] if more else "")
    found = _ADDED.match(question, phrase.end)
    return found[0] if found else ""
