"""The steps of an answer as spans of LlamaIndex's instrumentation, and so of OpenTelemetry: names and times, no text.

A handler is attached as it is for LlamaIndex itself: `get_dispatcher().add_span_handler(...)`, or by its OpenTelemetry
integration. While there is none, a step costs one look-up and imports nothing.
"""

from __future__ import annotations

import inspect
import sys
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from rag.observe import request_id

Event = TypeVar("Event")
_NOTHING = inspect.signature(lambda: None).bind()  # what a step was called with stays here


@contextmanager
def step(name: str) -> Iterator[None]:
    """A span around a block, or around a function as its decorator; what begins in it is under it."""
    dispatcher = _listening()
    if dispatcher is None:
        yield
        return
    from llama_index_instrumentation.span import active_span_id

    span = f"Footnote.{name}-{uuid.uuid4()}"
    tags = {"request": request_id.get()} if request_id.get() else {}
    dispatcher.span_enter(span, _NOTHING, parent_id=active_span_id.get(), tags=tags)
    token = active_span_id.set(span)
    try:
        yield
    except Exception as error:
        dispatcher.span_drop(span, _NOTHING, err=RuntimeError(type(error).__name__))  # its message may hold text
        raise
    except BaseException:  # a reader who left
        dispatcher.span_exit(span, _NOTHING)
        raise
    else:
        dispatcher.span_exit(span, _NOTHING)
    finally:
        active_span_id.reset(token)


def steps(name: str, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
    """The same events, made in one span; what is done with each of them is not under it."""
    if _listening() is None:
        yield from events
        return
    own, span = copy_context(), step(name)
    own.run(span.__enter__)
    try:
        while (event := own.run(next, events, None)) is not None:
            yield event
    except BaseException:
        own.run(events.close)
        own.run(span.__exit__, *sys.exc_info())
        raise
    own.run(span.__exit__, None, None, None)


def _listening() -> Any:
    """LlamaIndex's dispatcher of spans; None when nobody loaded it or nobody attached a handler."""
    root = getattr(sys.modules.get("llama_index_instrumentation"), "root_dispatcher", None)
    attached = root is not None and any(handler.class_name() != "NullSpanHandler" for handler in root.span_handlers)
    return root if attached else None
