"""How many questions a user may ask in a minute."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from rag.errors import TooManyQuestions

MINUTE = 60.0  # seconds


class RateLimit:
    """At most `most` questions of a user in any minute; 0 is no limit. Thread-safe.

    Nobody's questions (the user "", where nobody logs in) are not counted: only this machine can ask them.
    """

    def __init__(self, most: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, user: str) -> None:
        """Counts a question. Raises TooManyQuestions, with the seconds to wait, when the user has no more left."""
        if not self._most or not user:
            return
        with self._lock:
            times = self._asked.setdefault(user, deque(maxlen=self._most))
            now = self._clock()
            if len(times) == self._most and now - times[0] < MINUTE:
                raise TooManyQuestions(self._most, math.ceil(MINUTE - (now - times[0])))
            times.append(now)
