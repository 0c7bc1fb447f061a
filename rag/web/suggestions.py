"""Questions drawn from the documents' own sentences, kept only when the engine answers them from that very sentence.

A sentence such as "In 2020, China proposed the establishment of a mechanism" gives "What did China propose in 2020?", a
list under "Opening hours" gives "What are the opening hours?", a question of a document itself is taken as it stands.
The patterns are English; other sentences give nothing. No question is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.documents import Passage
from index.errors import FootnoteError
from index.markup import is_row
from rag.answer import Answer, Status
from rag.quotable import placed

# Past forms that -ed rules cannot undo safely, and the regular verbs worth asking about (base form).
_PASTS = """
said:say told:tell made:make built:build became:become began:begin gave:give grew:grow held:hold kept:keep laid:lay
led:lead left:leave lost:lose met:meet paid:pay rose:rise saw:see sent:send set:set sold:sell spent:spend stood:stand
took:take won:win wrote:write found:find drew:draw fell:fall bought:buy
"""
_VERBS = """
accept achieve adopt agree aim allocate announce approve ask award ban call cause celebrate commend complete contain
cover create criticise criticize cut decide declare deliver demand deny describe develop discover discuss emphasize
emphasise end establish exceed expand explain export express finish found fund hail help highlight hire host identify
import improve include increase introduce invent invest join launch mark name note offer open order organise organize
pass plan play pledge present produce promise promote propose provide publish raise reach receive recommend reduce
reject release remove replace report request require reveal review show sign start state stop stress suggest support
test total trigger underline underscore unveil urge use visit vote warn welcome
"""
_IRREGULAR = dict(pair.split(":") for pair in _PASTS.split())
_REGULAR = frozenset(_VERBS.split())
_SUBJECT = r"(?P<subject>(?:[Tt]he |An? )?[\w’'-]+(?: [\w’'-]+){0,5}?)"
_WHEN = r"(?P<when>(?:In|On|By|Since) (?:[A-Z][a-z]+ )?(?:\d{1,2}, )?(?:1\d|20)\d\d)"
_PAST = rf"(?P<verb>[a-z]+ed|{'|'.join(_IRREGULAR)})"
_FACT = re.compile(rf"^(?:{_WHEN},? )?{_SUBJECT} {_PAST} (?P<rest>.+)$")
_DONE = re.compile(rf"^{_SUBJECT} (?P<aux>has|have) {_PAST} (?P<rest>.+)$")
_PASSIVE = re.compile(rf"^{_SUBJECT} (?P<aux>was|were) {_PAST} (?P<rest>.*\b(?:1\d|20)\d\d\b.*)$")
_IS = re.compile(rf"^{_SUBJECT} (?P<verb>is|are|was|were) (?:an?|the) (?P<rest>.+)$")
_VALUE = re.compile(
    r"^(?:The )?(?P<subject>(?:[\w’'-]+ ){0,2}[\w’'-]+) (?P<verb>is|are) (?:about |at )?"
    r"(?P<money>(?:[A-Z]{3} ?|[$€£¥] ?)(?=\d))?\d"
)
_LISTED = re.compile(
    r"(?:#+ )?(?P<subject>[A-Z][\w’'-]*(?: [a-z][\w’'-]*){0,2}(?<![isu])s):?\s*\n\s*(?:[-*+•]|\d+[.)])\s"
)
_ASKED = re.compile(
    r"^[#\s*]*(?:Q\s*[:.]\s*)?"
    r"(?P<question>(?:Who|What|When|Where|Which|Why|How|Can|Do|Does|Is|Are|May)\b[^?]{8,80}\?)[*\s]*$"
)
_OPENING = re.compile(
    r"^(?:In an? [^,]{3,40}|According to [^,]{3,60}|[^,]{3,80} (?:showed|shows|said|found) that),? (?=\w)"
)
_WEEKDAY = re.compile(r" on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$")
_AMOUNT = re.compile(r"[$€£¥] ?\d|\b\d[\d.,]* ?(?:percent|%|million|billion|trillion)")
_MEASURES = frozenset({"reach", "exceed", "total", "grow", "rise", "fall"})
_SPEECH = frozenset({"say", "note", "stress", "state", "tell", "explain"})
_PARTICLE = re.compile(r"^(?:by|to|up|upon|on|out|off|over|through|in|into|with|for|at|from|as|that|than|and)\b")
_VAGUE = re.compile(
    r"^(?:(?:the )?(?:he|she|it|they|we|i|you|this|that|these|those|there|here|who|what|which|its|his|her|their|our|my|"
    r"and|but|or|if|when|while|as|so|also|both|all|some|many|since|such|other|another|get|latter|former|event|meeting))\b",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|do|does|did|not|to|that|which|"
    r"who|by|with|at|from|as|for|but|gets?|takes?|needs?|costs?|pays?)\b|\d|\b(?:of|in|on|over|under|about)$"
)
SAMPLE = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question and the sentence that should answer it."""

    question: str
    document_id: str
    start: int
    end: int


class Asker(Protocol):
    """What a suggestion needs of the engine."""

    def ask(self, question: str) -> Answer:
        """Answer one question."""


def question_from(sentence: str) -> str | None:
    """The question that this sentence answers, or None when no pattern fits."""
    text = " ".join(sentence.split())
    if listed := _LISTED.match(sentence):
        return f"What are the {listed['subject'][0].lower()}{listed['subject'][1:]}?"
    if is_row(sentence) or not 30 <= len(text) <= 320:
        return None
    text = _OPENING.sub("", text)
    for pattern, ask in (
        (_VALUE, _about_value),
        (_DONE, _about_deed),
        (_PASSIVE, _about_time),
        (_IS, _about_thing),
        (_FACT, _about_fact),
    ):
        match = pattern.match(text)
        if match and _names_something(match["subject"]):
            return ask(match)
    return None


def _names_something(subject: str) -> bool:
    name = _WEEKDAY.sub("", subject)
    return not _VAGUE.match(name) and not _NOT_A_NAME.search(name)


def _about_fact(fact: re.Match[str]) -> str | None:
    base, subject = base_form(fact["verb"]), _within(fact["subject"])
    when = f" {fact['when'][0].lower()}{fact['when'][1:]}" if fact["when"] else _year_after(fact["rest"])
    if base in _MEASURES:
        return f"How much did {subject} {base}{when}?" if _AMOUNT.search(fact["rest"]) else None
    if base is None or base in _SPEECH or _PARTICLE.match(fact["rest"]):
        return None
    return f"What did {subject} {base}{when}?"


def _about_deed(deed: re.Match[str]) -> str | None:
    known = base_form(deed["verb"]) and not _PARTICLE.match(deed["rest"])
    return f"What {deed['aux']} {_within(deed['subject'])} {deed['verb']}?" if known else None


def _about_time(event: re.Match[str]) -> str | None:
    return f"When {event['aux']} {_within(event['subject'])} {event['verb']}?" if base_form(event["verb"]) else None


def _about_thing(thing: re.Match[str]) -> str | None:
    if len(thing["subject"].split()) < 2:
        return None
    return f"{'Who' if _person(thing['rest']) else 'What'} {thing['verb']} {_within(thing['subject'])}?"


def _about_value(thing: re.Match[str]) -> str | None:
    if not thing.string.startswith("The ") and thing["verb"] == "is":
        return None  # "Beijing is 40 km away"
    asked = "How much" if thing["money"] else "What"
    return f"{asked} {thing['verb']} the {thing['subject'][0].lower()}{thing['subject'][1:]}?"


def _year_after(rest: str) -> str:
    found = re.search(r" in (?:1\d|20)\d\d\b", " " + rest[:80])
    return found[0] if found else ""


def base_form(past: str) -> str | None:
    """The verb of a past form ("signed" gives "sign"); None when it is not known, so that no question is misspelt."""
    if past in _IRREGULAR:
        return _IRREGULAR[past]
    tries = (past[:-1], past[:-2], past[:-3], past[:-3] + "y")
    return next((verb for verb in tries if past.endswith("ed") and verb in _REGULAR), None)


def _person(rest: str) -> bool:
    office = "president|minister|director|editor|journalist|author|professor|chair|leader|engineer|writer|scientist"
    return bool(re.match(rf"(?:[\w-]+ ){{0,4}}?(?:{office})\b", rest))


def _within(subject: str) -> str:
    """The subject as it stands inside a question: no weekday, its article in lower case."""
    first, _, others = _WEEKDAY.sub("", subject).partition(" ")
    return f"{first.lower()} {others}" if first in {"The", "A", "An"} else f"{first} {others}".rstrip()


def candidates(passages: Iterable[Passage]) -> Iterator[Candidate]:
    """Every question these passages' sentences give, each once."""
    seen: set[str] = set()
    for passage in passages:
        for each in placed(passage):
            sentence, asked = each.sentence, _ASKED.match(each.heading)
            question = asked["question"] if asked and each.lead == each.heading else question_from(sentence.text)
            if question and question.casefold() not in seen:
                seen.add(question.casefold())
                yield Candidate(question, passage.document_id, sentence.start, sentence.end)


def answered_by(answer: Answer, candidate: Candidate) -> bool:
    """Whether the engine answers the question from the sentence it was drawn from."""
    return answer.status is Status.ANSWERED and any(
        citation.document_id == candidate.document_id
        and citation.start < candidate.end
        and candidate.start < citation.end
        for claim in answer.claims[:1]
        for citation in claim.citations
    )


def answerable(
    engine: Asker,
    found: Iterable[Candidate],
    count: int,
    without: Collection[str] = (),
    tries: int = SAMPLE,
    go_on: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Up to `count` questions that the engine answers, from different sentences; at most `tries` are asked.

    `without` holds questions that were asked already (compared without case); `go_on` is asked before each try.
    """
    known = {question.casefold() for question in without}
    kept: list[str] = []
    for candidate in spread(found)[:tries]:
        if len(kept) == count or not go_on():
            break
        if candidate.question.casefold() in known:
            continue
        try:
            answer = engine.ask(candidate.question)
        except FootnoteError:
            continue
        if answered_by(answer, candidate):
            kept.append(candidate.question)
    return kept


def spread(found: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, one document after the other in turns, so that no document fills the list."""
    by_document: dict[str, list[Candidate]] = {}
    for candidate in found:
        by_document.setdefault(candidate.document_id, []).append(candidate)
    columns: Sequence[list[Candidate]] = list(by_document.values())
    longest = max(map(len, columns), default=0)
    return [column[row] for row in range(longest) for column in columns if row < len(column)]
