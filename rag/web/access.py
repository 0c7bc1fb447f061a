"""ASGI middleware: each HTTP request gets an id, `X-Request-ID` in the reply, and a line in the log on how it ended."""

from __future__ import annotations

import logging
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.observe import new_id, request_id

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"
_USABLE = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Access:
    """Takes the id that a proxy in front gave, or makes one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request = given if _USABLE.fullmatch(given) else new_id()
        request_id.set(request)
        started, status = time.perf_counter(), 500

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request
            await send(message)

        try:
            await self.app(scope, receive, reply)
        finally:
            seconds = round(time.perf_counter() - started, 4)
            fields = {"request": request, "method": scope["method"], "path": _named(scope["path"]), "status": status}
            log.info("served", extra={**fields, "seconds": seconds})


def _named(path: str) -> str:
    """A path without what a caller put into it: names of files and ids are no business of the log."""
    kept = path.partition("=")[0].split("/")[:4]
    return "/" + "/".join(part for part in kept if _USABLE.fullmatch(part))
