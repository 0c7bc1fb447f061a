"""What of a drafter's words is shown: each sentence is verified or cut, and the extractive answer stands by."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag import composing
from rag.answer import Claim, Verdict
from rag.drafting.drafter import Draft, Drafter, History, Writer
from rag.drafting.generative import NotInDocuments
from rag.errors import LLMError
from rag.evidence import Evidence
from rag.question import read, stems
from rag.verification import said_whole, verify_sentence

log = logging.getLogger(__name__)

ANSWERING = 0.8
"""A claim answers when it rests on evidence with at least this share of the best evidence's probability."""

_END = re.compile(r"[.!?…]\W*$")
"""A sentence without it was broken off, and says less than what it seems to."""

CUT = "The language model's sentences did not stand up to the documents; these are quoted from them instead."
BESIDE = "The language model's sentences stand in the documents but do not answer; these are quoted from them instead."
SILENT = "The language model found no answer in the documents; this is quoted from them."


def written(
    writer: Writer,
    question: str,
    offered: Sequence[Evidence],
    history: History,
    nearby: Callable[[Evidence], str],
    show_unsupported: bool,
    notices: list[str],
) -> Iterator[Claim]:
    """The claims of a language model that stand; adds a notice, and yields no answering claim, when none does.

    Contradicted and unsupported sentences are cut, and those before the first that answers wait for it, unless
    `show_unsupported`. When nothing answers, the model is told what was cut and may try once more.
    """
    rejected: list[str] = []
    waiting: list[Claim] = []
    answered, kept = False, False
    try:
        for attempt in range(2):
            drafts = writer.repair(question, offered, rejected) if attempt else writer.draft(question, offered, history)
            for claim in _checked(drafts, offered, nearby):
                stands = claim.verdict in (Verdict.SUPPORTED, Verdict.PARTLY)
                answered = answered or answers(claim, offered)
                kept = kept or stands
                if not stands:
                    rejected.append(claim.text)
                if stands or show_unsupported:
                    waiting.append(claim)
                if answered or show_unsupported:
                    yield from waiting
                    waiting.clear()
            if answered or not rejected:
                break
        if not answered:
            notices.append(BESIDE if kept else CUT)
    except NotInDocuments:
        notices.append(CUT if rejected else SILENT)
    except LLMError as error:
        log.warning("the language model failed", extra={"error": type(error).__name__})
        if not answered:
            notices.append(f"{error} This is quoted from the documents instead.")


def completed(
    drafter: Drafter, parts: Iterable[tuple[str, Sequence[Evidence]]], told: Sequence[Claim]
) -> Iterator[Claim]:
    """The extractive drafter's claims for each part (question, evidence) that no claim of `told` answers, and of a list
    those that none cites. They are slices, so supported by themselves.
    """
    cited, quoted = _cited(told), set[tuple[str, int]]()
    for question, evidence in parts:
        answered, lists = any(answers(claim, evidence) for claim in told), read(question).wants_list
        if answered and not lists:
            continue
        for draft in drafter.draft(question, evidence, ()):
            places = {_place(item) for item in draft.evidence}
            if not places & (quoted | cited if answered else quoted):
                quoted |= places
                yield composing.claim(draft.text, draft.evidence, Verdict.SUPPORTED)


def answers(claim: Claim, offered: Sequence[Evidence]) -> bool:
    """Whether a supported claim rests on evidence that may hold the answer, and did not lose the answer in it."""
    enough = ANSWERING * max((item.score for item in offered), default=0.0)
    cited = _cited([claim])
    return any(item.score >= enough and _place(item) in cited and _holds_answer(claim.text, item) for item in offered)


def _cited(claims: Iterable[Claim]) -> set[tuple[str, int]]:
    """Where the quotes of those claims stand that are supported."""
    supported = (claim for claim in claims if claim.verdict is Verdict.SUPPORTED)
    return {(quote.document_id, quote.start) for claim in supported for quote in claim.citations}


def _place(item: Evidence) -> tuple[str, int]:
    return item.passage.document_id, item.sentence.start


def _holds_answer(text: str, item: Evidence) -> bool:
    start = item.sentence.start
    answer = item.sentence.text[item.span[0] - start : item.span[1] - start] if item.span else ""
    return stems(answer) <= stems(text)


def _checked(
    drafts: Iterable[Draft], offered: Sequence[Evidence], nearby: Callable[[Evidence], str]
) -> Iterator[Claim]:
    for draft in drafts:
        candidates = list(dict.fromkeys([*draft.evidence, *offered]))
        checked = verify_sentence(draft.text, candidates, nearby)
        ended = bool(_END.search(draft.text))
        whole = checked.verdict is not Verdict.SUPPORTED or (ended and said_whole(draft.text, checked.evidence))
        yield composing.claim(draft.text, checked.evidence, checked.verdict if whole else Verdict.PARTLY)
