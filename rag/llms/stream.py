"""A model's text, piece by piece, within a time limit.

The model is read in a thread of its own: a server that hangs cannot hold the caller beyond the limit, and a caller that
walks away ends the generation.
"""

from __future__ import annotations

import gc
import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.errors import LLMUnavailable
from rag.llms.failures import failure, retry_after, status

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM

log = logging.getLogger(__name__)
_LONGEST_WAIT = 10.0  # seconds before the one retry when the server asks for more


def stream_text(llm: LLM, messages: Sequence[ChatMessage], name: str, seconds: float) -> Iterator[str]:
    """The pieces of the reply. A reply refused for its rate (429) is asked for once more.

    Raises LLMUnavailable when it fails or is not finished after `seconds`, LLMUnusable when it cannot be read.
    """
    pieces: queue.Queue[str | Exception | None] = queue.Queue()
    stop = threading.Event()
    deadline = time.monotonic() + seconds
    work = (llm, messages, pieces, stop, deadline)
    threading.Thread(target=_read, args=work, name="language-model", daemon=True).start()
    try:
        while (piece := _next(pieces, deadline)) is not None:
            if isinstance(piece, Exception):
                raise failure(piece, name) from None
            yield piece
    except queue.Empty:
        raise LLMUnavailable(
            f"The language model {name} was not done after {seconds:g} seconds; "
            "raise RAG_LLM_TIMEOUT or choose a smaller model."
        ) from None
    finally:
        stop.set()


def _next(pieces: queue.Queue[str | Exception | None], deadline: float) -> str | Exception | None:
    """Raises queue.Empty at the deadline, also when pieces never stop coming."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise queue.Empty
    return pieces.get(timeout=remaining)


def _read(
    llm: LLM,
    messages: Sequence[ChatMessage],
    pieces: queue.Queue[str | Exception | None],
    stop: threading.Event,
    deadline: float,
) -> None:
    try:
        try:
            _pull(llm, messages, pieces, stop)
        except Exception as error:
            wait = min(retry_after(error), _LONGEST_WAIT)
            if status(error) != 429 or time.monotonic() + wait >= deadline:
                raise
            log.info("rate limited, one retry", extra={"seconds": wait})
            if not stop.wait(wait):
                _pull(llm, messages, pieces, stop)
        pieces.put(None)
    except Exception as error:
        log.info("language model failed", extra={"error": type(error).__name__, "status": status(error)})
        pieces.put(error)


def _pull(
    llm: LLM, messages: Sequence[ChatMessage], pieces: queue.Queue[str | Exception | None], stop: threading.Event
) -> None:
    stream = llm.stream_chat(messages)
    for chunk in stream:
        if stop.is_set():
            break
        if chunk.delta:
            pieces.put(chunk.delta)
    else:
        return
    del stream, chunk
    gc.collect()  # openai's stream refers to itself: only a collection closes its connection and ends the generation
