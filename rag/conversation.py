"""A follow-up made into a standalone question, by rules: no model, no network, well under two milliseconds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import conversation_lexicon as lexicon
from rag.conversation_phrases import Phrase, Word, content_stems, is_verb, phrases, topical, verb_places, words
from rag.conversation_references import OPENS, Edit, apply, resolve
from rag.conversation_swaps import asked_again, chosen, ended, fragment, leads, swapped, with_years
from rag.conversation_topics import Exchange, extended, fuller_name, place_spoken_of, topic, with_article

_TURNS = 16  # how far back a follow-up may point
_LONGEST_TURN = 1500  # characters of a turn that are read
_LONGEST_QUESTION = 400  # characters; who writes more has said what it is about
_MARKER = re.compile(r"\s*\[\d+\]")
_OPENER = re.compile(
    rf"^(?:(?:{'|'.join(sorted(lexicon.OPENERS, key=len, reverse=True))})\b[\s,.!:;-]*)+", re.IGNORECASE
)
_WHAT_IS_THE = re.compile(r"(?:what|who)(?: is| was| are| were|['’]s) the [\w -]+\W*$", re.IGNORECASE)
_UNRESOLVED = lexicon.PERSONS | {"that", "it", "if"}
_DANGLING = re.compile(r" (?:in|on|at|of|for|from|to|with|by|about)\W*$", re.IGNORECASE)
_A_PLACE = re.compile(rf"\b(?:the|that|this) (?:{'|'.join(lexicon.PLACES)})\b(?! of\b)", re.IGNORECASE)
_IDLE = re.compile(
    r"(?:are you (?:sure|certain|serious)|is that (?:all|so|it|true|right|correct)|really|got it|i see|source"
    r"|never mind|(?:where|how) did you (?:find|get|know) (?:this|that|it)|in other words)\W*$",
    re.IGNORECASE,
)
_TAKING_UP = re.compile(r"(?:and|but|or)\b", re.IGNORECASE)
_FUNCTION_WORDS = lexicon.AUXILIARIES | lexicon.QUESTION_WORDS | lexicon.PREPOSITIONS
_FOREIGN = frozenset(
    "und wie wer wo warum ist nicht für zwei jahre et qui quoi pourquoi combien les où est deux ans y qué cuál "
    "cuánto dónde por para dos años il perché quanto dove chi che anni como onde não wat hoeveel waar waarom "
    "en de het een hace antes vor früher sind avant était él ella lui elle quand quién cuándo wann vad hur "
    "varför och kto czy gdzie jest dlaczego neden kim".split()
)


def standalone(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the conversation before it; unchanged when it stands alone already.

    `history` holds (role, text) pairs as typed and as shown, oldest first; roles other than "user" and "assistant" are
    passed over. Questions in other languages than English come back unchanged. Nothing is ever raised.
    """
    exchanges = _exchanges(history)
    return _rewritten(question, exchanges) if exchanges else question


def appended(question: str, rewritten: str) -> str:
    """The words that were only put after `question` to make it `rewritten`; "" when it was changed otherwise."""
    bare = " ".join(question.split()).rstrip("?!. ")
    same = rewritten.casefold().startswith(bare.casefold())
    return rewritten[len(bare) :].strip("?!. ") if same else ""


def _exchanges(history: Sequence[tuple[str, str]]) -> list[Exchange]:
    """The conversation as questions, each made standalone by those before it, with their answers."""
    exchanges: list[Exchange] = []
    for role, said in list(history)[-_TURNS:]:
        text = _MARKER.sub("", said[:_LONGEST_TURN]).strip() if isinstance(said, str) else ""
        if role == "user" and text:
            exchanges.append(Exchange(_rewritten(text, exchanges) if exchanges else text, ""))
        elif role == "assistant" and exchanges:
            exchanges[-1] = Exchange(exchanges[-1].question, text)
    return exchanges


def _rewritten(question: str, exchanges: Sequence[Exchange]) -> str:
    text = " ".join(question[: 2 * _LONGEST_QUESTION].split())
    if not text or len(text) > _LONGEST_QUESTION or not (_english(text) and _english(exchanges[-1].question)):
        return question
    core = _OPENER.sub("", text)
    if not any(word.lower[0].isalnum() for word in words(core)) or _IDLE.match(core):
        return question
    dated = with_years(core, exchanges)
    found = (
        _completed(dated, exchanges, bool(_TAKING_UP.match(text)))
        or _pointed(dated, exchanges)
        or (dated if dated != core else None)
    )
    return _tidy(found) if found else question


def _english(text: str) -> bool:
    """Whether the rules may touch it: Latin letters, and fewer function words of other languages than of English."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(character < "ɐ" for character in letters)
    if "¿" in text or latin < len(letters) * 0.8:
        return False
    lowered = [word.lower for word in words(text)]
    foreign = sum(word in _FOREIGN for word in lowered)
    return not foreign or foreign < sum(word in _FUNCTION_WORDS for word in lowered)


def _completed(question: str, exchanges: Sequence[Exchange], taken_up: bool) -> str | None:
    """A fragment made whole by the question before it."""
    base = exchanges[-1].question
    again = asked_again(question, base) or chosen(question, exchanges)
    if again:
        return again
    part = fragment(question)
    if part is None or len(content_stems(part)) > (4 if taken_up or leads(question) else 2):
        return None
    asks = words(part)[0].lower in lexicon.QUESTION_WORDS
    swaps = not fragment(base) and (taken_up or not asks)
    whole = swapped(part, base, taken_up or leads(question)) if swaps else None
    if not whole and (leads(question) or {"one", "ones"} & {word.lower for word in words(part)}):
        return None
    return whole or (_attached(part, exchanges) if taken_up or asks or _open(part) else None)


def _open(part: str) -> bool:
    """Whether a fragment leaves open of what: "any awards", "penalties"; a new name or a full phrase does not."""
    tokens = words(part)
    content = [word for word in tokens if word.content]
    if any(word.capital for word in content):
        return False
    return len(content) <= 1 or tokens[0].lower in ("any", "other", "some") or content[-1].lower in lexicon.RELATIONAL


def _attached(part: str, exchanges: Sequence[Exchange]) -> str | None:
    """What leaves open of what, with that: "Fines and penalties" -> "Fines and penalties for motorcycles?"."""
    found = topic(exchanges, content_stems(part))
    if found is None:
        return None
    return ended(part, f"{_joint(part, found)} {extended(found, part, exchanges)}".strip())


def _joint(part: str, found: Phrase) -> str:
    """The preposition by which a topic hangs on what is asked of it."""
    tokens = [word for word in words(part) if word.lower[0].isalnum()]
    first, last = tokens[0].lower, tokens[-1].lower
    if last in lexicon.REQUESTS:
        return lexicon.REQUESTS[last]
    if first in lexicon.AUXILIARIES and last in lexicon.COMPARATIVES:
        return "than"
    if _WHAT_IS_THE.match(part) or (first in lexicon.RELATIONAL and len(tokens) == 1):
        return "of"
    if first in lexicon.IMPERATIVES:
        return "about"
    if found.words[-1].lower in lexicon.GATHERINGS:
        return "at"
    if found.words[-1].lower in lexicon.CONTAINERS or (found.before in ("in", "at") and found.words[0].title):
        return "in"
    return "for" if len(tokens) > 2 or any(word.content for word in tokens) else "as to"


def _pointed(question: str, exchanges: Sequence[Exchange]) -> str | None:
    """A whole question that points back: by a pronoun, by "the" and a noun named before, or for want of a topic."""
    resolved = resolve(_with_place(question, exchanges), exchanges)
    if resolved != question:
        return resolved
    named = _named_in_full(question, exchanges)
    if named != question:
        return named
    return _attached(question, exchanges) if _lacks_topic(question) else None


def _named_in_full(question: str, exchanges: Sequence[Exchange]) -> str:
    """The question with "the wall" or a lone "Clipper" by the longer name that the conversation gave before."""
    edits = []
    short = len(content_stems(question)) <= 3
    for phrase in phrases(question):
        alone = len(phrase.stems) == 1 and topical(phrase) and phrase.words[0].lower not in lexicon.ORDINALS
        if (
            alone
            and not question.startswith(" of ", phrase.end)
            and (phrase.article == "the" or (short and phrase.name))
        ):
            fuller = fuller_name(phrase, exchanges)
            if fuller and (not phrase.name or (fuller.words[0].title and " of " not in fuller.text)):
                start = phrase.start - (len(phrase.article) + 1 if phrase.article else 0)
                edits.append(Edit(start, phrase.end, with_article(fuller)))
    return apply(question, edits)


def _with_place(question: str, exchanges: Sequence[Exchange]) -> str:
    """The question with "the city" or "that country" by its name."""
    match = _A_PLACE.search(question)
    after = words(question[match.end() :])[:1] if match else ()
    where = (
        place_spoken_of(exchanges)
        if match and not any(word.content and not is_verb(word.lower) for word in after)
        else None
    )
    if match is None or where is None or where == where.lower():
        return question
    return f"{question[: match.start()]}{where.split(' ', 1)[1]}{question[match.end() :]}"


def _lacks_topic(question: str) -> bool:
    """Whether a whole question says too little by itself: no name, and at most a general noun or two words in all."""
    tokens = words(question)
    found = phrases(question)
    if (
        tokens[0].lower not in OPENS
        or leads(question)
        or '"' in question
        or question.lower().startswith("how to ")
        or " of " in question
        or _DANGLING.search(question)
        or _UNRESOLVED & {word.lower for word in tokens}
    ):
        return False
    if any(phrase.name and phrase.start > 0 for phrase in found) or (not question.endswith("?") and len(tokens) > 6):
        return False
    own = [phrase for phrase in found if topical(phrase)]
    if not own:
        return len(tokens) <= 9
    if _defining(tokens, own[0]) or (1 in verb_places(tokens) and not own[0].article):
        return False
    return len(content_stems(question)) <= 2 or (
        len(own) == 1 and len(content_stems(question)) <= 3 and _general(own[0])
    )


def _defining(tokens: Sequence[Word], phrase: Phrase) -> bool:
    """Whether it asks what something is: "What is a secret?" means any, whatever was spoken of."""
    lowered = [word.lower for word in tokens]
    asks = lowered[0] in ("what's", "who's") or lowered[:2] in (
        ["what", "is"],
        ["what", "are"],
        ["who", "is"],
        ["who", "was"],
        ["who", "were"],
    )
    return asks and not _general(phrase)


def _general(phrase: Phrase) -> bool:
    """Whether a phrase leaves open whose: "the period", "the maximum period", "how many teams"."""
    rest = [word for word in phrase.words if word.lower not in lexicon.MEASURING]
    return phrase.before in ("many", "much") or (
        phrase.article == "the" and (len(rest) == 1 or len(rest) < len(phrase.words))
    )


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]
