"""One question of the chat: a stream of frames, each the whole turn so far. No Gradio here."""

from __future__ import annotations

import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import FootnoteError
from rag.answer import Answer, Claim, ClaimReady, Event, Finished, Started
from rag.observe import request_id
from rag.web.site import Site
from rag.web.wire import answer_view, claims_view

log = logging.getLogger(__name__)
TURNS_READ = 6  # how many earlier turns a follow-up may lean on
UPDATES_A_SECOND = 5
Turn = dict[str, Any]


class Question(BaseModel):
    """What the page sends. Public input: every field is checked."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: str = Field(min_length=1, max_length=100_000)
    conversation: str | None = Field(None, pattern=r"^[0-9a-f]{16}$")
    replace: str | None = Field(None, pattern=r"^[0-9a-f]{16}$")
    documents: list[str] | None = Field(None, max_length=100_000)
    after: date | None = Field(None, strict=False)
    before: date | None = Field(None, strict=False)


class Pace:
    """Lets at most `limit` updates through in any second: more, and a long chat freezes the browser."""

    def __init__(self, limit: int = UPDATES_A_SECOND, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=limit)

    def wait(self) -> float:
        """Seconds until the next update may go."""
        full = len(self._sent) == self._sent.maxlen
        return max(0.0, self._sent[0] + 1.0 - self._clock()) if full else 0.0

    def sent(self) -> None:
        """An update went."""
        self._sent.append(self._clock())


SORRY = "Something went wrong here. Try again; the terminal says more."


def converse(site: Site, owner: str, data: object, session: str) -> Iterator[Turn]:
    """The turn as it grows: at once when the question is taken, then sentence by sentence, then finished and kept.

    It never raises: what goes wrong ends the turn with status "error" and a sentence.
    """
    try:
        request = Question.model_validate(data)
    except ValidationError:
        yield _new_turn("", None) | {"status": "error", "message": "Type a question first."}
        return
    turn = _new_turn(request.question.strip(), request.replace)
    pace = Pace()
    with site.running.answering(session):
        yield turn
        pace.sent()
        try:
            site.rate.count(owner)
            request_id.set(turn["id"])  # Gradio's queue runs outside of the request that brought the question
            for grown in _grow(site, owner, request, turn, session):
                turn = grown
                if turn["status"] == "streaming" and pace.wait() == 0:
                    yield turn
                    pace.sent()
            turn = _keep(site, owner, request, turn)
        except FootnoteError as error:
            turn = turn | {"status": "error", "message": str(error)}
        except Exception:
            log.exception("an answer failed")
            turn = turn | {
                "status": "error",
                "message": SORRY,
            }
        time.sleep(pace.wait())
    yield turn


def _new_turn(asked: str, replace: str | None) -> Turn:
    return {
        "id": secrets.token_hex(8),
        "replace": replace,
        "conversation": None,
        "status": "streaming",
        "asked": asked,
        "question": asked,
        "claims": [],
        "citations": [],
    }


def _grow(site: Site, owner: str, request: Question, turn: Turn, session: str) -> Iterator[Turn]:
    history = _history(site, owner, request)
    claims: list[Claim] = []
    held = {info.id for info in site.engine.library.documents()}  # another tab may just have removed a chosen one
    chosen = None if request.documents is None else [name for name in request.documents if name in held]
    events = site.engine.stream(
        turn["asked"], history=history, documents=chosen, after=request.after, before=request.before
    )
    for event in events:
        if site.running.stopped(session):
            yield turn | {"status": "stopped", "text": " ".join(claim.text for claim in claims)}
            return
        turn = _with_event(turn, event, claims)
        yield turn


def _with_event(turn: Turn, event: Event, claims: list[Claim]) -> Turn:
    match event:
        case Started(question=question):
            return turn | {"question": question}
        case ClaimReady(claim=claim):
            claims.append(claim)
            return turn | claims_view(claims)
        case Finished(answer=answer):
            return turn | answer_view(answer)


def _history(site: Site, owner: str, request: Question) -> list[tuple[str, str]]:
    if request.conversation is None:
        return []
    earlier = site.history.turns(owner, request.conversation, before=request.replace)[-TURNS_READ:]
    return [message for turn in earlier for message in (("user", turn["asked"]), ("assistant", turn.get("text", "")))]


def _keep(site: Site, owner: str, request: Question, turn: Turn) -> Turn:
    if turn["status"] == "streaming" or (turn["status"] == "stopped" and not turn["claims"] and not request.replace):
        return turn | {"status": "stopped"}
    kept = {key: value for key, value in turn.items() if key != "replace"}
    return turn | {"conversation": site.history.save(owner, request.conversation, kept, request.replace)}


def ask_once(
    site: Site,
    owner: str,
    question: str,
    history: list[tuple[str, str]],
    documents: list[str] | None,
    after: date | None,
    before: date | None,
) -> Answer:
    """One answer for an API caller; nothing is kept."""
    site.rate.count(owner)
    with site.running.answering(secrets.token_hex(8)):
        return site.engine.ask(question, history=history, documents=documents, after=after, before=before)
