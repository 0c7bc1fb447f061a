"""The pronouns and demonstratives of a follow-up, and what they stand for put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag import conversation_lexicon as lexicon
from rag.conversation_phrases import Phrase, Word, content_stems, phrases, topical, words
from rag.conversation_topics import (
    Exchange,
    both,
    extended,
    fuller_name,
    inside,
    noun_spoken_of,
    person_spoken_of,
    place_spoken_of,
    plural,
    thing_spoken_of,
    topic,
    with_article,
)

_BREAKS = frozenset(".?!;,:") | {"but", "if", "when", "while", "because", "which", "who", "since", "after", "before"}
_SUBJECT_AFTER = lexicon.AUXILIARIES | {"of"}
_CLAUSE = _BREAKS | {"and", "or", "so", "as", "whether"}
_AFTER_DEMONSTRATIVE = (
    lexicon.AUXILIARIES | lexicon.PREPOSITIONS | frozenset(".?!,;") | {"and", "or", "so", "happen", "mean", "work"}
)
_BEFORE_THAT = (
    lexicon.BE
    | lexicon.DO
    | lexicon.MODALS
    | lexicon.PREPOSITIONS
    | {"mean", "explain", "calculate", "call", "why", "how"}
)
_CLOSED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’(?!\w)|(?<!\w)'[^']+'(?!\w)")
_SENTENCE = re.compile(r"[^.?!]+[.?!]*\s*")
OPENS = (
    lexicon.QUESTION_WORDS
    | lexicon.AUXILIARIES
    | lexicon.IMPERATIVES
    | lexicon.PREPOSITIONS
    | {"and", "any", "or", "please"}
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a question and what takes its place."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with the edits made; where two overlap the first in the text wins."""
    out, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start >= at:
            out += [text[at : edit.start], edit.text]
            at = edit.end
    return "".join([*out, text[at:]])


def resolve(question: str, exchanges: Sequence[Exchange]) -> str:
    """The question with each pronoun and demonstrative that points back replaced by what it stands for, once each.

    What stands in quotation marks is left alone, and so is a sentence that asks nothing.
    """
    tokens = words(question)
    closed = [match.span() for match in _CLOSED.finditer(question)] + list(_statements(question))
    edits: list[Edit] = []
    done: set[str] = set()
    for place, word in enumerate(tokens):
        kind = _kind(tokens, place)
        open_ = kind and kind not in done and not any(start <= word.start < end for start, end in closed)
        if open_ and not _answered_inside(question, tokens, place, kind):
            edit = _replacement(question, tokens, place, kind, exchanges)
            if edit:
                edits.append(edit)
                done.add(kind)
    return apply(question, edits)


def _statements(question: str) -> Iterable[tuple[int, int]]:
    """The sentences that state: no question word, auxiliary or request opens them, no question mark ends them."""
    for match in _SENTENCE.finditer(question):
        first = words(match[0])[:1]
        asks = match[0].rstrip().endswith("?") or (first and first[0].lower in OPENS)
        if not asks and len(match[0].split()) > 3:
            yield match.span()


def _kind(tokens: Sequence[Word], place: int) -> str:
    """What a word points back to: person, many, thing, place, one, that (by a demonstrative), or "" for nothing."""
    word = tokens[place].lower
    after = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    before = tokens[place - 1].lower if place else ""
    if word in lexicon.PERSONS:
        return "person"
    if word == "one" and before in (*lexicon.ORDINALS, "last", "next", "latest", "previous"):
        return "one"
    if word in lexicon.MANY:
        return "many"
    if word in lexicon.THINGS:
        return "" if _expletive(tokens, place) or _before_infinitive(tokens, place) else "thing"
    if (
        word == "there"
        and before not in lexicon.BE | lexicon.HAVE | {"is", "are", "been", "be"}
        and after not in lexicon.BE
    ):
        return "place" if place and after in ("", "?", ".", ",", "!", "and", "in", "on", "by", "for") else ""
    if before in ("do", "doing", "done") and after in ("", "?", ".", "!"):
        return ""
    if after in lexicon.UNPOINTED:
        return ""
    if word == "that" and (after in ("mean", "means") or _agreeing(tokens, place)):
        return ""
    if word in lexicon.DEMONSTRATIVES and (word != "that" or place == 0 or before in _BEFORE_THAT):
        return "that"
    return ""


def _agreeing(tokens: Sequence[Word], place: int) -> bool:
    """Whether "that" opens a mere "that is ok", "that's right"."""
    return any(
        word.lower in ("ok", "okay", "fine", "great", "right", "interesting", "all")
        for word in tokens[place + 1 : place + 3]
    )


def _expletive(tokens: Sequence[Word], place: int) -> bool:
    """Whether "it" stands for nothing: "is it true that", "how long does it take to", "it seems"."""
    around = [word.lower for word in tokens[max(0, place - 1) : place + 5]]
    before, rest = (around[0], around[2:]) if place else ("", around[1:])
    if before in lexicon.BE and len(tokens) > 1 and tokens[1].lower in ("far", "late", "time"):
        return True
    if before in lexicon.DO and rest[:1] in (["make"], ["take"], ["mean"]):
        return rest[0] != "take" or tokens[0].lower == "how"
    rest = [word for word in rest if word not in lexicon.BE | {"very", "so", "too", "really", "be", "not"}]
    if not rest or rest[0] not in lexicon.EXPLETIVE_AFTER:
        return bool(rest) and rest[0] in ("rain", "snow", "rains", "snows")
    return rest[0] == "worth" or any(word in ("to", "that", "if", "when") for word in rest[1:])


def _before_infinitive(tokens: Sequence[Word], place: int) -> bool:
    """Whether "was it" announces what someone does: "whose decision was it to move?"."""
    if place == 0 or tokens[place - 1].lower not in lexicon.BE:
        return False
    rest = tokens[place + 1 :]
    to = next((at for at, word in enumerate(rest) if word.lower == "to"), len(rest))
    verb = rest[to + 1].lower if to + 1 < len(rest) else ""
    able = any(word.lower in lexicon.BEFORE_INFINITIVE for word in rest[:to])
    return not able and (verb == "not" or verb in lexicon.VERBS | lexicon.NOUN_VERBS)


def _answered_inside(question: str, tokens: Sequence[Word], place: int, kind: str) -> bool:
    """Whether the question itself names, in an earlier clause, what the pronoun stands for."""
    at = tokens[place].start
    if kind in ("place", "one"):
        return False
    if kind == "that":
        return any(word.lower in _BREAKS for word in tokens[1:place] if word.end <= at)
    if (
        kind in ("person", "many")
        and tokens[0].lower in ("who", "whose")
        and tokens[place - 1].lower not in _SUBJECT_AFTER
    ):
        return True
    near = kind in ("person", "many") or tokens[place].lower in lexicon.POSSESSIVES
    for phrase in phrases(question[:at]):
        apart = any(word.lower in _CLAUSE for word in tokens if phrase.end <= word.start < at)
        somebody = kind == "person" or phrase.words[-1].lower in lexicon.PLURALS
        if (apart or near) and (topical(phrase) or somebody) and _fits(phrase, kind):
            return True
    return False


def _fits(phrase: Phrase, kind: str) -> bool:
    """Whether a pronoun of this kind can stand for a phrase."""
    hangs = phrase.before in lexicon.PREPOSITIONS
    if kind == "person":
        named = phrase.name and not {word.lower for word in phrase.words} & lexicon.NOT_PERSONS
        return (named and not hangs) or phrase.before in ("my", "our", "your") or phrase.article in ("a", "an")
    if kind == "many":
        return plural(phrase) or (phrase.name and not hangs)
    return True


def _replacement(
    question: str, tokens: Sequence[Word], place: int, kind: str, exchanges: Sequence[Exchange]
) -> Edit | None:
    word = tokens[place]
    said = content_stems(question)
    if kind == "that":
        return _demonstrated(question, tokens, place, exchanges)
    if kind == "one":
        noun = noun_spoken_of(exchanges)
        return Edit(word.start, word.end, noun) if noun else None
    if kind == "place":
        found = place_spoken_of(exchanges, said)
        return Edit(word.start, word.end, found) if found else None
    phrase = person_spoken_of(exchanges, said) if kind == "person" else None
    pair = both(exchanges) if kind == "many" and "both" in [other.lower for other in tokens] else None
    if pair:
        return Edit(word.start, word.end, " and ".join(pair))
    phrase = phrase or thing_spoken_of(exchanges, said, kind)
    if phrase is None:
        return None
    if word.lower in lexicon.POSSESSIVES and lexicon.MEASURES & {other.text for other in phrase.words}:
        phrase = inside(phrase)  # the warranty is that of the widget, not of its price
    partitive = place > 0 and tokens[place - 1].lower == "of" and kind == "many" and not phrase.words[0].title
    named = f"the {phrase.text}" if partitive else with_article(phrase)
    if kind in ("thing", "many") and word.lower in ("it", "they", "them"):
        named = named if partitive else extended(phrase, question, exchanges)
    return Edit(word.start, word.end, _in_its_form(tokens, place, named))


def _in_its_form(tokens: Sequence[Word], place: int, text: str) -> str:
    """A possessive for a possessive; "it's" keeps its verb."""
    lower = tokens[place].lower
    object_of = place + 1 >= len(tokens) or not (
        tokens[place + 1].content or tokens[place + 1].lower in ("own", "first", "most")
    )
    if lower in lexicon.POSSESSIVES and not (lower == "her" and object_of):
        return f"{text}'" if text.endswith("s") else f"{text}'s"
    verb = lower.partition("'")[2]
    return f"{text} {'are' if verb == 're' else 'is' if verb == 's' else 'have'}" if verb else text


def _demonstrated(question: str, tokens: Sequence[Word], place: int, exchanges: Sequence[Exchange]) -> Edit | None:
    """The treaty's name for "this treaty", of what for "that figure", what was spoken of for a bare "that"."""
    word = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    said = content_stems(question)
    noun = next((phrase for phrase in phrases(question) if after and phrase.start == after.start), None)
    if noun and after and after.lower not in _AFTER_DEMONSTRATIVE:
        fuller = fuller_name(noun, exchanges)
        if fuller:
            return Edit(word.start, noun.end, with_article(fuller))
        if noun.name or len(noun.stems) > 1:
            return None
        found = topic(exchanges, said)
        whose = f"the {noun.text} for {extended(found, question, exchanges)}" if found else ""
        return Edit(word.start, noun.end, whose) if whose else None
    if after and after.lower not in _AFTER_DEMONSTRATIVE and word.lower != "that":
        return None
    found = thing_spoken_of(exchanges, said, "many" if word.lower in ("these", "those") else "thing")
    return Edit(word.start, word.end, extended(found, question, exchanges)) if found else None
