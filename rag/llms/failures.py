"""Any error of a model's client into one of ours.

The sentences are written here and never hold the error's own text: servers echo keys, prompts and addresses in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from rag.errors import LLMError, LLMUnavailable, LLMUnusable

_STATUS: dict[int, tuple[type[LLMError], str]] = {
    400: (LLMUnusable, "did not accept the request; choose a model made for chat, or a smaller RAG_PASSAGES_READ"),
    401: (LLMUnavailable, "did not accept the key; set RAG_LLM_KEY to a valid one"),
    403: (LLMUnavailable, "does not allow this key to use the model; check RAG_LLM and RAG_LLM_KEY"),
    404: (LLMUnavailable, "is not known to its server; check RAG_LLM and RAG_LLM_URL"),
    408: (LLMUnavailable, "took too long; raise RAG_LLM_TIMEOUT or choose a smaller model"),
    413: (LLMUnusable, "cannot take a prompt of this length; choose one with a larger window"),
    422: (LLMUnusable, "did not accept the request; choose a model made for chat"),
    429: (LLMUnavailable, "is over its rate limit; try again in a minute"),
}
_SLOW = "took too long; raise RAG_LLM_TIMEOUT or choose a smaller model"
_AWAY = "cannot be reached; start its server or check RAG_LLM_URL"
_BROKEN = "stopped with an error on its server; see the server's log"
_STRANGE = "answered with something that cannot be read; check that RAG_LLM_URL is the base URL of its API"


def failure(error: Exception, name: str) -> LLMError:
    """LLMUnavailable or LLMUnusable for any error of a client. `name`: what users call the model."""
    if isinstance(error, LLMError):
        return error
    code = status(error)
    if code is not None:
        unknown = (LLMUnavailable, _BROKEN) if code >= 500 else (LLMUnusable, _STRANGE)
        kind, said = _STATUS.get(code, unknown)
        return kind(f"The language model {name} {said}.")
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes):
        return LLMUnavailable(f"The language model {name} {_SLOW}.")
    if any(isinstance(cause, ConnectionError | httpx.TransportError | OSError) for cause in causes):
        return LLMUnavailable(f"The language model {name} {_AWAY}.")
    return LLMUnusable(f"The language model {name} {_STRANGE}.")


def status(error: Exception) -> int | None:
    """The HTTP status that the server answered with; None when it did not answer."""
    for cause in _causes(error):
        code = getattr(cause, "status_code", None) or getattr(getattr(cause, "response", None), "status_code", None)
        if isinstance(code, int) and code >= 400:
            return code
    return None


def retry_after(error: Exception) -> float:
    """Seconds that the server asks to wait (the Retry-After header); 1 when it does not say."""
    for cause in _causes(error):
        headers = getattr(getattr(cause, "response", None), "headers", None) or {}
        try:
            return max(0.0, float(headers["retry-after"]))
        except (KeyError, ValueError):
            continue
    return 1.0


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
