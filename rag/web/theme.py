"""The look and the launch: theme, head, and the options that keep the page on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from rag import server
from rag.web import auth
from rag.web.access import Access
from rag.web.guard import Guard
from rag.web.server import routes
from rag.web.site import Site

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("dom", "shell", "panel", "card", "turns", "composer", "library", "verify", "evals", "history", "keys")


def script() -> str:
    """The page's script: the parts in order, one scope."""
    return "\n".join((STATIC / f"{name}.js").read_text("utf-8") for name in SCRIPTS)


def head() -> str:
    """The page's style. In <head>, because `css=` prefixes every rule and changes which of them wins."""
    return f'<style>{(STATIC / "page.css").read_text("utf-8")}</style><meta name="color-scheme" content="light dark">'


def theme() -> gr.themes.Base:
    """System fonts only: nothing is fetched."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def launch_options(site: Site, login: auth.Login | None) -> dict[str, Any]:
    """Keywords of `Blocks.launch`: no analytics, share, monitoring or run history; our routes and guard in front."""
    served = [*routes(site), *server.routes(site.engine, login and auth.bearer(login), site.rate)]
    return {
        "share": False,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "pwa": True,
        "mcp_server": False,
        "ssr_mode": False,
        "show_error": False,
        "quiet": True,
        "max_file_size": 1,  # Gradio's own upload takes nothing; ours is at /footnote/upload
        "strict_cors": True,
        "favicon_path": STATIC / "favicon.svg",
        "theme": theme(),
        "head": head(),
        "app_kwargs": {
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
            "routes": served,
            "middleware": [Middleware(Access), Middleware(Guard, open_to_all=login is None)],
        },
    }
