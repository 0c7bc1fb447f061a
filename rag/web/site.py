"""What the page's handlers share: the engine, the history, the shelf of documents, and who asked to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.rate import RateLimit
from rag.web.history import History

if TYPE_CHECKING:
    from rag.engine import Footnote


class Running:
    """The answers being written, by session, and which of them were stopped. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, bool] = {}  # session -> stop was asked for

    @contextmanager
    def answering(self, session: str) -> Iterator[None]:
        """Marks the session as answering while the block runs."""
        with self._lock:
            self._sessions[session] = False
        try:
            yield
        finally:
            with self._lock:
                self._sessions.pop(session, None)

    def stop(self, session: str) -> None:
        """Ask the session's answer to end; nothing when it has none."""
        with self._lock:
            if session in self._sessions:
                self._sessions[session] = True

    def stopped(self, session: str) -> bool:
        """Whether the session's answer should end."""
        return self._sessions.get(session, False)

    def __len__(self) -> int:
        """How many answers are being written."""
        return len(self._sessions)

    def busy(self) -> bool:
        """Whether anybody waits for an answer."""
        return bool(self._sessions)


@dataclass(frozen=True, slots=True)
class Site:
    """One engine and one history, for every reader of the page. `failed` holds (id, reason) of files not indexed."""

    engine: Footnote
    history: History
    rate: RateLimit = field(default_factory=RateLimit)
    running: Running = field(default_factory=Running)
    failed: dict[str, str] = field(default_factory=dict)
    writing: threading.Lock = field(default_factory=threading.Lock)  # one change of the library at a time
    suggesting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1))
    examples: dict[int, list[str]] = field(default_factory=dict)  # library generation -> questions, newest only
    drawing: threading.Lock = field(default_factory=threading.Lock)  # one drawing of examples at a time
