"""What every request passes: it comes from our own page, under our own name; every reply says what a browser may do.

Gradio lets any site call a server that has a public name. A browser sends `Origin` with such calls, so one that is not
ours is refused. While nobody logs in, only loopback names are served: a foreign name that resolves to this machine
(DNS rebinding) gets nothing. Where users log in, everything but the login page and its parts is closed to others,
whatever Gradio's own routes say.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.auth import is_loopback

POLICY = (  # Gradio compiles its templates in the browser, hence unsafe-eval; nothing may come from elsewhere
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


SHELL = re.compile(  # the login page and what it is made of; none of it knows a document, a user or a question
    r"/|/login/?|/logout|/(?:gradio_api/)?(?:static|assets|svelte)/.*|/favicon\.ico|/(?:gradio_api/)?theme\.css"
    r"|/robots\.txt|/manifest\.json|/pwa_icon(?:/\d+)?|/healthz"
    r"|/(?:gradio_api/)?(?:login_check|token|app_id|startup-events|user)/?"
)
KEYED = re.compile(r"/v1/.*|/mcp")  # these ask for a key of their own


class Guard:
    """ASGI middleware. `open_to_all` is true when nobody has to log in."""

    def __init__(self, app: ASGIApp, open_to_all: bool = True) -> None:
        self.app = app
        self.open_to_all = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse foreign requests; add the headers to every reply."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reason, status = refusal(Headers(scope=scope), self.open_to_all), 403
        if not reason and not self.open_to_all and _is_closed(scope["path"]) and who(Request(scope)) is None:
            reason, status = "Log in first: reload the page.", 401

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        app = PlainTextResponse(reason, status_code=status) if reason else self.app
        await app(scope, receive, reply)


def refusal(headers: Headers, open_to_all: bool) -> str:
    """Why a request is refused, as a sentence; empty when it is not."""
    host = headers.get("host", "")
    if open_to_all and not is_loopback(_name(host)):
        return "Open this page by the address that the terminal shows."
    origin = headers.get("origin")
    if origin is not None and _site(origin) != host.lower():
        return "This request comes from another site."
    return ""


def who(request: Request) -> str | None:
    """The user of a request's login cookie; "" where nobody has to log in, None where somebody has to and did not."""
    app = request.app
    if app.auth is None:
        return ""
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    token = next((value for name in names if (value := request.cookies.get(name))), None)
    user = app.tokens.get(token)
    return None if user is None else str(user)


def _is_closed(path: str) -> bool:
    return not SHELL.fullmatch(path) and not KEYED.fullmatch(path)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _site(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
