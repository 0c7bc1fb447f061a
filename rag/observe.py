"""How each answer ended, for logs and metrics: request, status, time and size, never what it or the question says."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from rag.answer import Answer, Event, Finished

log = logging.getLogger(__name__)
ANSWERED = "answered"
"""The message of the record that `observed` logs, at INFO, once an answer has ended."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that the running code serves; "" outside of one."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request"}


def new_id() -> str:
    """An id for a request that brought none."""
    return secrets.token_hex(8)


def observed(events: Iterator[Event]) -> Iterator[Event]:
    """The same events; when they end, however they do, a record ANSWERED is logged with extra fields.

    `request`, `status` (that of the answer, "stopped", or the name of the error) and `seconds`; of a finished answer
    also `claims`, `citations` and `timings_ms`.
    """
    request, started = request_id.get() or new_id(), time.perf_counter()
    fields: dict[str, Any] = {"status": "stopped"}
    try:
        for event in events:
            if isinstance(event, Finished):
                fields = _of(event.answer)
            yield event
    except Exception as error:
        fields = {"status": type(error).__name__}
        raise
    finally:
        seconds = round(time.perf_counter() - started, 4)
        log.info(ANSWERED, extra={"request": request, "seconds": seconds, **fields})


def _of(answer: Answer) -> dict[str, Any]:
    return {
        "status": str(answer.status),
        "claims": len(answer.claims),
        "citations": len(answer.citations),
        "timings_ms": dict(answer.timings_ms),
    }


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, request, the extra fields, the traceback."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its newline."""
        fields: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := getattr(record, "request", None) or request_id.get():
            fields["request"] = request
        fields |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def log_json() -> None:
    """From now on records go to stderr as lines of JSON: INFO or above of Footnote, warnings of its libraries."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in ("rag", "index"):
        logging.getLogger(package).setLevel(logging.INFO)
