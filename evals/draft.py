"""Known questions proposed from a folder's own documents, for a person to accept, mend or drop. No model writes them.

A sentence that tells a figure, a year or who did something becomes a question with that part taken out; the wording is
plain and sometimes stiff, the answer and the place are exact. For each question bound to a year, a near miss is
proposed too: the same question about a year of which the documents do not speak.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from index.documents import Document, Passage

_MONEY = re.compile(r"(?:US)?[$€£¥]\s?\d[\d,.]*\d(?:\s(?:thousand|million|billion|trillion))?")
_PERCENT = re.compile(r"\d[\d,.]*\s?(?:%|percent|per cent)")
_COUNT = re.compile(
    r"(?<![Tt]he )(?<![Oo]ur )\b(?:\d{1,3}(?:,\d{3})+|[2-9]\d?|1\d|[1-9]\d{2}"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)"
    r"(?= [a-z]+s\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b[Ii]n (1[5-9]\d{2}|20\d{2})\b")
_SUBJECT = re.compile(
    r"^(?P<who>(?:(?:[A-Z][\w’'.-]*|of|de|the|and)\s){1,6}?)"
    r"(?P<did>(?:is|was|were|has|had|will|can|said|noted|announced|stated|added|signed|opened|hosted|founded|led|won)\b.*)$"
)
_TAIL = re.compile(r", (?:which|who|where|with|while|\w+ing)\b.*$")
_OPENER = re.compile(r"^(?:He|She|It|They|This|That|These|Those|We|I|You|There|But|And|So|However)\b")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a person may take into the known questions; `sentence` is what it was made from."""

    id: str
    question: str
    answers: tuple[str, ...]
    answerable: bool
    doc_ids: tuple[str, ...]
    category: str
    sentence: str

    def to_row(self) -> dict[str, object]:
        """As a line of questions.jsonl."""
        return asdict(self)


def propose(documents: Sequence[Document], split: Callable[[Document], Sequence[Passage]]) -> list[Proposal]:
    """Questions for `documents`, in the order of their sentences; no question twice."""
    known = " ".join(document.text for document in documents)
    found: dict[str, Proposal] = {}
    for document in documents:
        for passage in split(document):
            for sentence in passage.sentences:
                if not sentence.boilerplate:
                    for proposal in _questions(" ".join(sentence.text.split()), document, known):
                        found.setdefault(proposal.question, proposal)
    return list(found.values())


def accept(proposals: Sequence[Proposal], ask: Callable[[str], str]) -> Iterator[Proposal]:
    """The proposals that a person takes; `ask` shows a text and returns what was typed.

    Enter or "y" takes it, "n" drops it, "q" ends, anything longer replaces the question's wording.
    """
    for number, each in enumerate(proposals, 1):
        answer = " / ".join(each.answers) or "(the documents do not say)"
        typed = ask(
            f"{number}/{len(proposals)} {each.question}\n  {answer}\n  from: {each.sentence}\n[Y/n/q/new wording] "
        ).strip()
        if typed.lower() == "q":
            return
        if typed.lower() in ("", "y", "yes"):
            yield each
        elif len(typed) > 3:
            yield _proposal(typed, each.answers, each.answerable, each.doc_ids, each.category, each.sentence)


def _questions(sentence: str, document: Document, known: str) -> Iterator[Proposal]:
    if _OPENER.match(sentence) or not 6 <= len(sentence.split()) <= 40 or sentence.endswith("?"):
        return
    for pattern, wording, kind in (
        (_MONEY, "how much", "amount"),
        (_PERCENT, "what share", "amount"),
        (_COUNT, "how many", "count"),
    ):
        for found in list(pattern.finditer(sentence))[:1]:
            text = _without(sentence, found, wording)
            yield _proposal(text, (found.group(),), True, (document.id,), kind, sentence)
            yield from _near_miss(text, document, known, sentence)
    for year in list(_YEAR.finditer(sentence))[:1]:
        yield _proposal(_without(sentence, year, "in which year"), (year[1],), True, (document.id,), "year", sentence)
    subject = _SUBJECT.match(sentence)
    if subject:
        text = f"Who or what {_TAIL.sub('', subject['did']).rstrip(' .')}?"
        yield _proposal(text, (subject["who"].strip(),), True, (document.id,), "who", sentence)


def _near_miss(question: str, document: Document, known: str, sentence: str) -> Iterator[Proposal]:
    for year in list(_YEAR.finditer(question))[:1]:
        other = next(str(value) for value in range(int(year[1]) - 7, 0, -1) if str(value) not in known)
        text = question[: year.start(1)] + other + question[year.end(1) :]
        yield _proposal(text, (), False, (), "unanswerable_near", sentence)


def _without(sentence: str, found: re.Match[str], wording: str) -> str:
    """The sentence as a question in place: "Trade reached how much in 2024?"."""
    rest = sentence[found.end() :]
    rest = _TAIL.sub("", rest.removeprefix(",") if found.start() == 0 else rest)
    text = sentence[: found.start()] + wording + rest
    return text[0].upper() + text[1:].rstrip(" .;,”") + "?"


def _proposal(
    question: str, answers: tuple[str, ...], answerable: bool, doc_ids: tuple[str, ...], category: str, sentence: str
) -> Proposal:
    id_ = sha256(question.encode()).hexdigest()[:10]
    return Proposal(id_, question, answers, answerable, doc_ids, category, sentence)
