"""The page's own HTTP routes beside Gradio's: one JSON call per action, upload, file, export, report, health.

Every route but `/healthz` asks who the reader is. Every POST wants the header `X-Footnote`, which another site's form
cannot send. Bodies are checked by a model before a handler sees them; errors come back as one sentence.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
from anyio import to_thread
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from index.errors import FootnoteError
from rag.errors import TooManyQuestions
from rag.web import conversations as talks
from rag.web import examples, export, library, reports, sources, verify
from rag.web.guard import who
from rag.web.site import Site

log = logging.getLogger(__name__)
MAX_BODY = 2_000_000  # bytes of a JSON call; uploads have their own limit
PREFIX = "/footnote"
Run = Callable[[Site, str, Any], dict[str, Any]]
Handler = Callable[[Request], Awaitable[Response]]

ACTIONS: dict[str, tuple[type[BaseModel], Run]] = {
    "listing": (library.Nothing, library.listing),
    "sync": (library.Nothing, library.sync),
    "remove": (library.Documents, library.remove),
    "restore": (library.Documents, library.restore),
    "document": (sources.DocumentRequest, sources.document),
    "verify": (verify.Text, verify.verify),
    "examples": (library.Nothing, examples.examples),
    "suggest": (examples.Answered, examples.suggest),
    "report": (library.Nothing, reports.report),
    "conversations": (talks.Search, talks.conversations),
    "conversation": (talks.Conversation, talks.conversation),
    "rename": (talks.Title, talks.rename),
    "delete": (talks.Conversation, talks.delete),
    "drop": (talks.Turn, talks.drop),
    "rate": (talks.Rating, talks.rate),
}


class Refused(Exception):
    """A request that ends here, with a status and a sentence."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status


def routes(site: Site) -> list[BaseRoute]:
    """Everything beside Gradio's own routes, ready for `FastAPI(routes=...)`."""
    table: list[tuple[str, str, Callable[[Site, str, Request], Awaitable[Response]]]] = [
        ("POST", "/call/{action}", _call),
        ("POST", "/upload", _upload),
        ("GET", "/file", _file),
        ("GET", "/export", _export),
        ("GET", "/report", _report),
    ]
    return [
        Route("/healthz", _healthy, methods=["GET"]),
        *(Route(PREFIX + path, _guarded(site, run), methods=[method]) for method, path, run in table),
    ]


async def _healthy(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _guarded(site: Site, run: Callable[[Site, str, Request], Awaitable[Response]]) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            if request.method == "POST" and "x-footnote" not in request.headers:
                raise Refused(403, "This request does not come from the page.")
            return await run(site, reader(request), request)
        except Refused as refused:
            return _sorry(refused.status, str(refused))
        except TooManyQuestions as error:
            return JSONResponse({"error": str(error)}, 429, {"Retry-After": str(error.wait)})
        except FootnoteError as error:
            return _sorry(400, str(error))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except (ValidationError, ValueError):
            return _sorry(422, "The page sent something that is not understood: reload it and try again.")
        except Exception:
            log.exception("%s failed", request.url.path)
            return _sorry(500, "Something went wrong here. Try again; the terminal says more.")

    return handler


def _sorry(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=status)


def reader(request: Request) -> str:
    """Who is logged in; "" where nobody has to. Raises Refused when somebody has to and is not."""
    user = who(request)
    if user is None:
        raise Refused(401, "Log in first: reload the page.")
    return user


async def _call(site: Site, owner: str, request: Request) -> Response:
    action = ACTIONS.get(request.path_params["action"])
    if action is None:
        raise Refused(404, "There is no such action.")
    model, run = action
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused(413, "This is too much text at once: send a shorter one.")
    checked = model.model_validate_json(body or b"{}")
    return JSONResponse(await to_thread.run_sync(run, site, owner, checked))


async def _upload(site: Site, owner: str, request: Request) -> Response:
    name = library.safe_name(request.query_params.get("name", ""))
    said = request.headers.get("content-length", "")
    library.check_upload(site, name, int(said) if said.isdecimal() else None)
    folder = Path(tempfile.mkdtemp(prefix="footnote-"))
    try:
        path = folder / name
        await _receive(request, path, int(site.engine.settings.upload_mb * 1_000_000))
        return JSONResponse(await to_thread.run_sync(library.add, site, path))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _receive(request: Request, path: Path, limit: int) -> None:
    size = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise Refused(413, f"The file is too large: at most {limit / 1_000_000:g} MB.")
            await file.write(chunk)


async def _file(site: Site, owner: str, request: Request) -> Response:
    path = await to_thread.run_sync(sources.file_of, site, request.query_params.get("id", ""))
    if path is None:
        raise Refused(404, sources.GONE)
    kind = sources.SHOWN_AS.get(path.suffix.lower())
    reply = FileResponse(path, media_type=kind or "application/octet-stream")
    shown = "inline" if kind else "attachment"  # HTML is never shown: it would run under our name
    reply.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(path.name, safe='')}"
    if kind == "application/pdf":
        reply.headers["Content-Security-Policy"] = "frame-ancestors 'self'"  # the browser's viewer is a plugin
    return reply


async def _export(site: Site, owner: str, request: Request) -> Response:
    asked = talks.Conversation.model_validate({"id": request.query_params.get("id", "")})
    ending = request.query_params.get("format", "md")
    if ending not in export.FORMATS:
        raise Refused(404, f"Export as one of {', '.join(export.FORMATS)}.")
    kind, write = export.FORMATS[ending]
    held = await to_thread.run_sync(partial(talks.conversation, site, owner, asked))
    name = export.file_name(held["title"], ending)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(write(held["title"], held["turns"]), media_type=kind, headers=headers)


async def _report(site: Site, owner: str, request: Request) -> Response:
    path = await to_thread.run_sync(reports.newest)
    if path is None:
        raise Refused(404, "There is no report yet: run `python -m evals`.")
    headers = {"Content-Security-Policy": reports.POLICY, "Cache-Control": "no-store"}
    return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)
