"""Whether a sentence is its source with words left out or moved, and nothing that those words decide.

Nearly all words of a source can be kept and the sentence still be false: "Critics say that", "if", "some" or "planned
to" left out, two figures or subjects swapped, the head of one clause joined to the tail of another. So the words of the
sentence are found in the source (rag/placing.py), and what was left out between them is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, islice, pairwise

from rag import scope
from rag.placing import BREAKS, MARKS, Token, active, connective, function_words, placings, tokens

LONGEST = 120
"""Texts of more tokens are not compared."""
_VOICES = 4
"""So many passives are turned at most: a text of nothing else takes long."""
_SAID_BY = 6
"""At most so many tokens stand before the verb of ", critics of the plan say."."""
_AMONG = frozenset("in among within under".split())
"""Words before those of whom alone a sentence holds."""
_OFFICE = re.compile(r"(?:er|or|ist|ian|ent|man|king|queen|judge|general|pope|prince|princess)$")
_LISTING = frozenset(("including", "following", "according"))
_CLOSE = 5
"""A word that hedges may stand so far before the one that it hedges."""


def is_shortened(sentence: str, source: str, elsewhere: Collection[str] | None = None) -> bool:
    """Whether `source` says `sentence`, given that its words mean the same.

    `elsewhere`: stems that may stand in for a pronoun of the source (its title, what it refers to); None for any.
    """
    told, said = tokens(sentence), tokens(source)
    if max(len(told), len(said)) > LONGEST:
        return False
    turned = chain(((told, voice) for voice in active(said)), ((voice, said) for voice in active(told)))
    voices = [(told, said), *islice(turned, _VOICES)]
    return any(_faithful(here, there, placed) for here, there in voices for placed in placings(here, there, elsewhere))


def _faithful(told: Sequence[Token], said: Sequence[Token], places: Sequence[int | None]) -> bool:
    kept = {q: place for place, q in enumerate(places) if q is not None}
    if not kept:
        return False
    return not (
        _left_out(told, said, kept)
        or _added(told, said, places)
        or _replaced(told, said, places)
        or _joined(said, sorted(kept))
        or _crosses_clause(told, said, kept)
        or _attached_anew(told, said, kept)
        or any(_cut_name(said, kept, q) for q in kept)
        or _subject_lifted(told, said, places)
        or any(_reattached(told, said, place, q, place == min(kept.values())) for q, place in kept.items())
    )


def _left_out(told: Sequence[Token], said: Sequence[Token], kept: Mapping[int, int]) -> bool:
    """A word that denies, hedges, quotes or conditions what was kept. `kept`: place in `said` -> place in `told`."""
    first, last = min(kept), max(kept)
    start, only_embedding = _clause_start(said, first)
    if start < first and _limits(said[start:first]):
        return True
    for q in range(len(said)):
        word = said[q].word
        if q in kept or (said[q].capital and word in scope.MODALS) or _still_there(told, said, kept, q):
            continue
        if start <= q < first:
            strong = _embeds(word) if only_embedding else _decides(word)
        elif first < q < last:
            strong = _decides(word) and not _in_parenthesis(said, *_gap(kept, q), q)
        else:
            strong = q > last and _afterthought(said, last, q)
        weighs = word in scope.HEDGES | scope.NON_SUBSECTIVE | scope.PREVENTING
        if strong or (weighs and _qualifies_kept(said, kept, q)):
            return True
    return False


def _limits(lead: Sequence[Token]) -> bool:
    """Whether what stands before the sentence says for whom, in what or how often it holds: "For Ada, ...", "Usually,
    ...", "In this case, ...", "In rich countries, ...".
    """
    if any(token.word in scope.SCOPING for token in lead):
        return True
    by_whom = lead[0].word == "for" and any(token.capital for token in lead)
    any_of_them = lead[0].word in _AMONG and all(token.word != "the" for token in lead)
    within = any_of_them and any(token.word.endswith("s") and not token.capital for token in lead[1:])
    return by_whom or within or (lead[0].word in scope.HEDGES and [token.word for token in lead[1:2]] == [","])


def _still_there(told: Sequence[Token], said: Sequence[Token], kept: Mapping[int, int], q: int) -> bool:
    """Whether `told` has the word too, before the same content word; anywhere when that word is not kept."""
    word = said[q].word
    host = next((place for place in range(q + 1, len(said)) if said[place].key), None)
    if host is None or host not in kept:
        return any(token.word == word for token in told)
    return word in function_words(told, kept[host])


def _decides(word: str) -> bool:
    return _embeds(word) or is_negation(word) or word in scope.MODALS or word in scope.NON_FACTIVE


def is_negation(word: str) -> bool:
    """Whether `word` denies: "not", "never", "didn't"."""
    return word in scope.NEGATORS or word.endswith(("n't", "n’t"))


def _embeds(word: str) -> bool:
    return word in scope.EMBEDDING or word in scope.CONDITIONS


def _clause_start(said: Sequence[Token], first: int) -> tuple[int, bool]:
    """Where the clause begins that holds the `first` kept token, and whether only words that quote or condition what
    follows count before it: it opens after a comma.
    """
    start = 0
    for q in range(first):
        if said[q].word == ";" or said[q].word == "but":
            start = q + 1
    opened = [q for q in range(start, first) if said[q].word == "," and not any(t.key for t in said[q + 1 : first])]
    if opened and said[start].word in scope.SUBORDINATORS:
        return opened[-1], False
    return start, bool(opened)


def _in_parenthesis(said: Sequence[Token], left: int, right: int, q: int) -> bool:
    """Whether place `q`, between the kept places `left` and `right`, is set off by marks on both sides."""
    before, after = said[left + 1 : q], said[q + 1 : right]
    opening = next((place for place, token in enumerate(before) if token.word in BREAKS), len(before))
    closing = next((place for place, token in enumerate(reversed(after)) if token.word in BREAKS), len(after))
    inner = opening < len(before) and closing < len(after)
    return inner and not any(t.key for t in [*before[:opening], *after[len(after) - closing :]])


def _gap(kept: Collection[int], q: int) -> tuple[int, int]:
    return max(k for k in kept if k < q), min(k for k in kept if k > q)


def _afterthought(said: Sequence[Token], last: int, q: int) -> bool:
    """Whether what follows takes it back: "..., critics say", "... if it rains", "... according to Ada"."""
    between = [token.word for token in said[last + 1 : q]]
    if any(word in (";", ":", "who", "which", "that") or word in scope.COORDINATORS for word in between):
        return False
    if said[q].word in scope.CONDITIONS or said[q].word == "according":
        return True
    return said[q].word in scope.EMBEDDING and between[:1] == [","] and len(between) <= _SAID_BY


def _qualifies_kept(said: Sequence[Token], kept: Collection[int], q: int) -> bool:
    """Whether a kept token follows closely, with no mark and no "and" between."""
    for place in range(q + 1, min(len(said), q + _CLOSE)):
        if place in kept:
            return True
        if said[place].word in BREAKS | scope.COORDINATORS:
            return False
    return False


def _added(told: Sequence[Token], said: Sequence[Token], places: Sequence[int | None]) -> bool:
    """A denial, a condition, a modal or a quantifier that the source does not have there."""
    found = {place: q for place, q in enumerate(places) if q is not None}
    return any(
        (is_negation(token.word) or token.word in scope.CONDITIONS | scope.MODALS | scope.QUANTIFIERS)
        and place not in found
        and not _still_there(said, told, found, place)
        for place, token in enumerate(told)
    )


def _replaced(told: Sequence[Token], said: Sequence[Token], places: Sequence[int | None]) -> bool:
    """Whether words from elsewhere stand where content was left out, unless they stand for an opening "he"."""
    run: list[int] = []
    last: int | None = None
    for place, q in [*enumerate(places), (len(told), len(said))]:
        if q is None:
            run += [place] if told[place].key else []
            continue
        gap = [said[g] for g in range(0 if last is None else last + 1, q) if g not in places]
        stands_for = last is None and any(t.word in scope.PRONOUNS for t in gap)
        if run and any(t.key for t in gap) and not stands_for:
            return True
        run, last = [], q
    return False


def _joined(said: Sequence[Token], kept: Sequence[int]) -> bool:
    """Whether both sides of a gap belong to different items: "A has 3 and B has 5" -> "A has 5"."""
    kinds = {said[q].kind for q in kept} - {""}
    for left, right in pairwise(kept):
        gap = range(left + 1, right)
        content = [q for q in gap if said[q].key]
        aside = bool(content) and all(_in_parenthesis(said, left, right, q) for q in content)
        rivals = any(said[q].kind in kinds for q in content) and (not aside or said[right].kind in kinds)
        for q in gap:
            divides = said[q].word in scope.COORDINATORS or said[q].word in MARKS
            if rivals and (divides or said[q].word == ","):
                return True
            if divides and not aside and _on_both_sides(said, gap, q):
                return True
    return False


def _crosses_clause(told: Sequence[Token], said: Sequence[Token], kept: Mapping[int, int]) -> bool:
    """Whether words of a clause go on behind its end, what opened it left out.

    "When a ferry leaves the harbour, it pays" -> "A ferry pays"; "Per, whose son married Ada, built the bridge" -> "Ada
    built the bridge".
    """
    for q, token in enumerate(said):
        if token.word not in scope.CLAUSE_OPENERS or q in kept or _still_there(told, said, kept, q):
            continue
        end = next((place for place in range(q + 1, len(said)) if said[place].word in BREAKS), len(said))
        if any(q < place < end for place in kept) and max(kept) > end:
            return True
    return False


def _attached_anew(told: Sequence[Token], said: Sequence[Token], kept: Mapping[int, int]) -> bool:
    """Whether words said of what was left out are said of what stands before it.

    "Ada met Per, who built the bridge" -> "Ada built the bridge"; "Ada met Per, a painter" -> "Ada is a painter";
    "Ada, a judge, and Per, a painter" -> "Ada, a painter".
    """
    for left, right in pairwise(sorted(kept)):
        gap = range(left + 1, right)
        there, here = function_words(said, right), function_words(told, kept[right])
        if _of_another(said, gap, right) and (
            any(token.word == "," for token in told[kept[left] + 1 : kept[right]])
            or scope.FORMS_OF_BE & (set(here) - set(there))
        ):
            return True
        if all(not said[q].key or _in_parenthesis(said, left, right, q) for q in gap):
            continue
        beside = said[right - 1 - len(there)].word == ","
        is_said = not beside and scope.FORMS_OF_BE & {said[q].word for q in gap}
        if scope.RELATIVES & set(there) or (scope.FORMS_OF_BE & set(here) and not is_said):
            return True
    return False


def _of_another(said: Sequence[Token], gap: range, right: int) -> bool:
    """Whether a name was left out after a comma, and `right` is not the next name of a list."""
    names = [q for q in gap if said[q].capital and said[q].key]
    return bool(names) and any(said[q].word == "," for q in range(gap.start, names[-1])) and not said[right].capital


def _on_both_sides(said: Sequence[Token], gap: range, divide: int) -> bool:
    """Whether content was left out before the place `divide` and content, or a subject of its own, after it."""
    after = (said[q] for q in gap if q > divide)
    subjects = scope.PRONOUNS | {"there"}
    return any(said[q].key for q in gap if q < divide) and any(t.key or t.word in subjects for t in after)


def _cut_name(said: Sequence[Token], kept: Collection[int], q: int) -> bool:
    """Whether the rest of a name was left out behind `q`: "World War" is not "World War II"."""
    if q + 1 >= len(said) or q + 1 in kept or not said[q + 1].capital or not said[q + 1].key:
        return False
    return said[q].capital or q == 0


def _subject_lifted(told: Sequence[Token], said: Sequence[Token], places: Sequence[int | None]) -> bool:
    """Whether the sentence opens with what is no subject in its source: "Construction of X began" -> "X began"."""
    place = next((p for p, q in enumerate(places) if q is not None), 0)
    first = places[place]
    if first is None:
        return False
    colon = max((q + 1 for q in range(first) if said[q].word == ":"), default=0)
    clause = said[max(colon, _clause_start(said, first)[0]) : first]
    opening = {token.word for token in told[:place]}
    pronouns = opening & (scope.PRONOUNS | {"there"})
    if pronouns - {token.word for token in clause}:
        return True
    there = function_words(said, first)
    beside = first > len(there) and said[first - 1 - len(there)].word == ","
    if pronouns - set(there) and any(token.key for token in clause) and (beside or scope.RELATIVES & set(there)):
        return True
    if connective(told, place):
        return False
    if connective(said, first) in scope.CONNECTIVES - scope.SUBORDINATORS | {"after", "before", "as", "since"}:
        return True
    before = max((q for q in range(first) if said[q].key), default=-1)
    between = said[before + 1 : first]
    if before >= 0 and before not in places and not between and _governs(said, before):
        return True
    lifted = before >= 0 and before not in places and bool(between)
    objects = scope.OBJECTS if not any(token.key for token in told[:place]) else frozenset()
    return lifted and all(token.word in scope.DETERMINERS | objects for token in between)


def _governs(said: Sequence[Token], place: int) -> bool:
    """Whether the word before a kept one, itself left out, has that one for its object: "met Ada", "taxing ships"."""
    word, ahead = said[place], said[place - 1].word if place else ""
    if word.capital or word.kind or word.word.endswith("ly") or ahead in scope.DETERMINERS:
        return False
    to_name = said[place + 1].capital and place > 0 and not _OFFICE.search(word.word)
    return to_name or ahead in scope.AUXILIARIES or (word.word.endswith("ing") and word.word not in _LISTING)


def _reattached(told: Sequence[Token], said: Sequence[Token], place: int, q: int, first: bool) -> bool:
    """Whether the function words before a token say something else than those in the source."""
    here, there = function_words(told, place), function_words(said, q)
    mine, theirs = connective(told, place), connective(said, q)
    changed = mine != theirs and bool({mine, theirs} - {""} - scope.BY_PLACE)
    lost = not first and theirs not in scope.SUBORDINATORS
    if changed and (lost if not mine else theirs or mine in ("by", "to", "without", "against", "from")):
        return True
    if set(here) & scope.PRESENT and set(there) & scope.PAST and not set(there) & scope.PRESENT:
        return True
    if set(here) & scope.SUBORDINATORS - set(there):
        return True
    if {"and", "or"} <= set(here) | set(there) and not set(here) & set(there) & {"and", "or"}:
        return True
    return bool(set(here) & scope.QUANTIFIERS - set(there))
