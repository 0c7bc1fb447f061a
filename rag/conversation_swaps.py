"""A fragment ("And in 2022?", "What about Kazakhstan?", "Why?") made whole by the question before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import conversation_lexicon as lexicon
from rag.conversation_phrases import (
    Phrase,
    Word,
    content_stems,
    is_verb,
    names,
    phrases,
    stem,
    topical,
    verb_places,
    words,
)
from rag.conversation_references import Edit, apply
from rag.conversation_topics import Exchange, both, person, topic, with_article

_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")
_AMOUNT = r"(?P<amount>\d{1,3}|a couple of|" + "|".join(word for word in lexicon.NUMBERS if " " not in word) + ")"
_BACK = r"(?: (?:that|this|then|it)\b(?=\W*$))?"
_RELATIVE = re.compile(
    rf"\b(?:{_AMOUNT} years? (?P<way>earlier|before|prior|previously|later|after(?:wards)?|on)\b{_BACK}(?! \w+ing)"
    rf"|(?:in )?the (?P<next>year before|(?:previous|preceding|following|next) year|year after)\b{_BACK})"
    r"(?! (?:the|a|an|that|this)\b)",
    re.IGNORECASE,
)
_THAT_YEAR = re.compile(r"\b(?:(in|for|of|since|by) )?(?:that|the same) year\b", re.IGNORECASE)
_BESIDE = frozenset({"in", "at", "from", "to", "by", "with"})
_LONGEST_BASE = 25  # words and marks; a longer question has too many parts to know which is meant
_ABOUT = re.compile(r"^(?:what|how) about\b|^what of\b", re.IGNORECASE)
_MEANT = re.compile(
    r"^(?:no,? )?(?:i (?:meant?|was asking (?:about|for))|not .{1,60}?, i (?:meant?|was asking (?:about|for)))\b,?",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:(?:what|who|where|when|how|anything|anyone) else|since when|until when|how (?:many|much|long|often|so|come)"
    r"|why not|(?:why|how|when|where)(?: (?:is|was) (?:that|this))?|who|what|which ones?"
    r"|(?:by|for|from|to|with|in|over|at|during|since|under) (?:whom|what|which|how)(?: \w+){0,2})$",
    re.IGNORECASE,
)
_ELSE = {"what else": "what", "anything else": "what", "who else": "who", "anyone else": "who"}
_POINTING = re.compile(r" (?:is|was) (?:that|this)$", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?P<ask>(?P<lead>(?:in|at|on|by|for|from|to|with|over|under) )?"
    r"(?:who|whom|what|which|when|where|why|how)\b(?: (?:many|much|long|often|far|big|large|old))?)",
    re.IGNORECASE,
)


def last_year(exchanges: Sequence[Exchange]) -> int | None:
    """The year last spoken of: in the latest question that has one, else in the answer to the last question."""
    for exchange in reversed(exchanges):
        for text in (exchange.question, exchange.answer):
            found = _YEAR.findall(text)
            if found:
                return int(found[-1] if text is exchange.question else found[0])
    return None


def with_years(question: str, exchanges: Sequence[Exchange]) -> str:
    """The question with "two years earlier" and "that year" as the year meant, counted from the one last spoken of."""
    year = int(own[-1]) if (own := _YEAR.findall(question)) else last_year(exchanges)
    if year is None or own:
        return question
    question = _RELATIVE.sub(lambda match: f"in {_shifted(match, year)}", question)
    return _THAT_YEAR.sub(lambda match: f"{match[1] or 'in'} {year}", question)


def _shifted(match: re.Match[str], year: int) -> int:
    if match["next"]:
        return year + (-1 if match["next"].lower() in ("year before", "previous year", "preceding year") else 1)
    amount = match["amount"].lower()
    steps = int(amount) if amount.isdigit() else lexicon.NUMBERS[amount]
    return year + steps * (-1 if match["way"].lower() in ("earlier", "before", "prior", "previously") else 1)


def fragment(question: str) -> str | None:
    """What a mere fragment asks about ("what about Kazakhstan?" -> "Kazakhstan"); None for a whole question."""
    text = question.rstrip(" ?.!")
    for lead in (_ABOUT, _MEANT):
        if lead.match(text):
            rest = lead.sub("", text).strip(" ,")
            return rest if rest and len(rest.split()) <= 8 and not _sentence(rest) else None
    if len(text.split()) > 8 or _sentence(text):
        return None
    return text or None


def _sentence(text: str) -> bool:
    tokens = words(text)
    lowered = {word.lower for word in tokens}
    if lowered & (lexicon.AUXILIARIES | lexicon.PRONOUNS - {"one", "ones"}):
        return True
    return bool(verb_places(tokens)) or any(word.lower.endswith("ed") and len(word.lower) > 4 for word in tokens)


def leads(question: str) -> bool:
    """Whether a question says by its first words that it takes up the one before: "what about", "I meant"."""
    return bool(_ABOUT.match(question) or _MEANT.match(question))


def swapped(part: str, base: str, taken_up: bool) -> str | None:
    """`base` with `part` for its counterpart: year for year, "second" for "first", name for name, "about X" for Y.

    Unless the question takes up the one before in so many words, only what can be nothing else is exchanged.
    """
    if {"one", "ones"} & {word.lower for word in words(part)}:
        return _ordinal_for_ordinal(part, base)
    sure = (_year_for_year, _ordinal_for_ordinal, _same_preposition)
    for rule in (*sure, _same_question_word, _same_head, _name_for_name) if taken_up else sure:
        found = rule(part, base)
        if found:
            return found
    return None


def _year_for_year(part: str, base: str) -> str | None:
    years = _YEAR.findall(part)
    if not years or content_stems(part) - set(years):
        return None
    there = list(_YEAR.finditer(base))
    if there:
        return f"{base[: there[-1].start()]}{years[-1]}{base[there[-1].end() :]}"
    return ended(base, f"in {years[-1]}")


def _ordinal_for_ordinal(part: str, base: str) -> str | None:
    wanted = next(
        (word.lower for word in words(part) if word.lower in (*lexicon.ORDINALS, "last", "next", "latest")), None
    )
    if not wanted or len(content_stems(part) - {stem(wanted)}) > 1:
        return None
    there = [word for word in words(base) if word.lower in (*lexicon.ORDINALS, "last", "latest", "inaugural")]
    return apply(base, [Edit(there[-1].start, there[-1].end, wanted)]) if there else None


def _same_preposition(part: str, base: str) -> str | None:
    """What follows the same preposition is exchanged ("And about the Belt and Road?"); if none stands, it is added."""
    first = words(part)[0]
    if first.lower not in lexicon.PREPOSITIONS or not phrases(part):
        return None
    there = [phrase for phrase in phrases(base) if phrase.before == first.lower and topical(phrase)]
    joined = re.search(rf"\b{first.lower} (?:the )?\w[\w' -]*$", base.rstrip(" ?.!"), re.IGNORECASE)
    if first.lower == "of" and joined:
        return apply(base, [Edit(joined.start(), joined.end(), part)])
    if there:
        old = there[-1]
        start = old.start - (len(old.article) + 1 if old.article else 0)
        return apply(base, [Edit(start, old.end, part[first.end :].strip())])
    return ended(base, part)


def _same_question_word(part: str, base: str) -> str | None:
    """The noun after the same question word: "And which road?", "And how many ferries?"."""
    asked, asked_before = _OPENING.match(part), _OPENING.match(base)
    if not asked or not asked_before or asked[0].lower() != asked_before[0].lower():
        return None
    noun = next((phrase for phrase in phrases(base) if phrase.start == asked_before.end() + 1), None)
    more = part[asked.end() :].strip()
    return apply(base, [Edit(noun.start, noun.end, more)]) if noun and more else None


def _same_head(part: str, base: str) -> str | None:
    """The same noun told apart by another word: "Chinese media" for "Western media"."""
    new = _only_phrase(part)
    if new is None or len(new.words) < 2:
        return None
    old = next(
        (phrase for phrase in reversed(phrases(base)) if phrase.head == new.head and phrase.stems != new.stems), None
    )
    return apply(base, [Edit(old.start, old.end, new.text)]) if old else None


def _name_for_name(part: str, base: str) -> str | None:
    """A name for the last name of its kind, or a noun for the noun that "how many" or "which" asks about."""
    new = _only_phrase(part)
    if new is None or new.stems & content_stems(base) or len(words(base)) > _LONGEST_BASE:
        return None
    found = [phrase for phrase in phrases(base) if topical(phrase) and phrase.before != "between"]
    counted = [phrase for phrase in found if phrase.before in ("many", "much", "which")]
    named = [name for name in names(base) if name.words[0].capital or len(name.words) > 1]
    if not new.words[0].title:
        named = [name for name in named if name.before not in _BESIDE]
        found = [phrase for phrase in found if not (phrase.name and phrase.before in _BESIDE)]
    if new.words[-1].lower in lexicon.MEASURES:
        old = next((word for phrase in found for word in phrase.words if word.lower in lexicon.MEASURES), None)
        return apply(base, [Edit(old.start, old.end, new.text)]) if old else None
    if named and (new.words[0].title or not counted):
        alike = [name for name in named if person(name) == person(new)] or named
        owned = alike[-1].words[-1].lower.endswith("'s") and not new.words[-1].lower.endswith("'s")
        return apply(base, [Edit(alike[-1].start, alike[-1].end, f"{new.text}'s" if owned else new.text)])
    if new.article and any(phrase.article for phrase in found):
        counted = []
    if counted or not found:
        return apply(base, [Edit(counted[0].start, counted[0].end, new.text)]) if counted else None
    last = found[-1]
    if last.before in lexicon.DO | lexicon.MODALS | lexicon.HAVE and not new.article:
        return None
    of = next((place for place, word in enumerate(last.words) if word.lower == "of"), -1)
    return apply(base, [Edit(last.words[of + 1].start, last.end, new.text)])


def _only_phrase(part: str) -> Phrase | None:
    found = phrases(part)
    return found[0] if len(found) == 1 else None


def ended(question: str, more: str) -> str:
    """The question with `more` before its final mark."""
    body = question.rstrip(" ?.!")
    return f"{body} {more}?"


def asked_again(question: str, base: str) -> str | None:
    """A bare "Why?", "Since when?", "Over what period?" in the place of the question word of the question before."""
    asking = question.rstrip(" ?.!")
    if not _ASKING.match(asking):
        return None
    asking = _POINTING.sub("", "why" if asking.lower() == "how come" else asking)
    wanted = _ELSE.get(asking.lower())
    if wanted and not base.lower().startswith(wanted):
        return None
    asking = f"{wanted} else" if wanted else asking
    asking = asking[0].upper() + asking[1:]
    tokens = words(base)
    if asking.lower() == "why not":
        return _negated(base, tokens)
    if tokens and tokens[0].lower in lexicon.AUXILIARIES:
        return f"{asking} {base[0].lower()}{base[1:]}" if " " in base else None
    opening = _OPENING.match(base)
    verb = next((place for place, word in enumerate(tokens) if word.lower in lexicon.AUXILIARIES), None)
    if not opening or verb is None or tokens[verb].start < opening.end():
        return None
    asked_for = base[opening.end() : tokens[verb].start].strip()
    rest = base[tokens[verb].end :].strip(" ?.!")
    if opening["lead"]:
        asked_for = ""
    elif not asked_for and "why" in asking.lower() and opening["ask"].lower().endswith(("many", "much")):
        rest += " that much"
    return f"{asking} {_ordered(tokens[verb].text, asked_for, rest)}?"


def _negated(base: str, tokens: Sequence[Word]) -> str | None:
    """A "Why not?" after a question for yes or no: "Why didn't ...?"."""
    first = tokens[0].lower if tokens else ""
    if first not in lexicon.AUXILIARIES or first.endswith("t") or first in ("am", "may", "shall", "might"):
        return None
    negated = {"can": "can't", "will": "won't"}.get(first, f"{first}n't")
    return f"Why {negated}{base[tokens[0].end :]}"


def _ordered(auxiliary: str, asked_for: str, rest: str) -> str:
    """The words after a new question word: what was counted is the subject of a participle, else the object."""
    following = words(rest)
    if not asked_for or not following:
        return f"{auxiliary} {rest}"
    first = following[0].lower
    if first in ("been", "be", "there") or is_verb(first) or first in lexicon.PREPOSITIONS:
        return f"{auxiliary} {asked_for} {rest}"
    for place in sorted(verb_places(words(f"{auxiliary} {rest}"))):
        verb = following[place - 1]
        after = following[place].lower if place < len(following) else ""
        if after in lexicon.PREPOSITIONS or not after:
            return f"{auxiliary} {rest[: verb.end]} the {asked_for}{rest[verb.end :]}"
    return f"{auxiliary} {rest} {asked_for}"


def chosen(question: str, exchanges: Sequence[Exchange]) -> str | None:
    """A "Which is more important?" with what there is to choose from: ", Market Cap or NAV?"."""
    tokens = [word.lower for word in words(question) if word.lower[0].isalnum()]
    comparing = bool(set(tokens) & lexicon.COMPARATIVES)
    if (
        not tokens
        or tokens[0] != "which"
        or "or" in tokens
        or not comparing
        or (len(tokens) > 1 and tokens[1] not in lexicon.AUXILIARIES | {"one", "ones", "of", "year"})
    ):
        return None
    about = topic(exchanges[-1:], content_stems(question))
    years = list(dict.fromkeys(year for exchange in exchanges[-2:] for year in _YEAR.findall(exchange.question)))
    if len(years) == 2 and about and "one" not in tokens:
        return ended(question.rstrip(" ?.!") + ",", f"{with_article(about)} in {years[0]} or {years[1]}")
    pair = both(exchanges)
    if pair:
        return ended(question.rstrip(" ?.!") + ",", " or ".join(pair))
    return ended(question, f"of {with_article(about)}") if about else None
