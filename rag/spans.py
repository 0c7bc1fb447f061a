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
from typing import Any, TypeVar

from rag.observe import request_id

Event = TypeVar("Event")
_NOTHING = inspect.signature(lambda: None).bind()  # what a step was called with stays here


@contextmanager
def step(name: str) -> Iterator[None]:
    """A span around a block, or around a function as its decorator; under the span that is active, active itself."""
    dispatcher = _listening()
    if dispatcher is None:
        yield
        return
    with _span(dispatcher, name) as span, _active(span):
        yield


def steps(name: str, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
    """The same events, in one span that is active only while the next one is made, not while it is used."""
    dispatcher = _listening()
    if dispatcher is None:
        yield from events
        return
    with _span(dispatcher, name) as span:
        try:
            while True:
                with _active(span):
                    event = next(events, None)
                if event is None:
                    return
                yield event
        finally:
            events.close()


def _listening() -> Any:
    """LlamaIndex's dispatcher of spans; None when nobody loaded it or nobody attached a handler."""
    root = getattr(sys.modules.get("llama_index_instrumentation"), "root_dispatcher", None)
    attached = root is not None and any(handler.class_name() != "NullSpanHandler" for handler in root.span_handlers)
    return root if attached else None


@contextmanager
def _span(dispatcher: Any, name: str) -> Iterator[str]:
    from llama_index_instrumentation.span import active_span_id

    span = f"Footnote.{name}-{uuid.uuid4()}"
    tags = {"request": request_id.get()} if request_id.get() else {}
    dispatcher.span_enter(span, _NOTHING, parent_id=active_span_id.get(), tags=tags)
    try:
        yield span
    except Exception as error:
        dispatcher.span_drop(span, _NOTHING, err=RuntimeError(type(error).__name__))  # its message may hold text
        raise
    except BaseException:  # a reader who left
        dispatcher.span_exit(span, _NOTHING)
        raise
    dispatcher.span_exit(span, _NOTHING)


@contextmanager
def _active(span: str) -> Iterator[None]:
    """Spans begun in the block are under `span`."""
    from llama_index_instrumentation.span import active_span_id

    token = active_span_id.set(span)
    try:
        yield
    finally:
        active_span_id.reset(token)
