"""From a folder to a served page: open, sync with a progress bar in the terminal, launch, wait."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from rag.engine import Footnote
from rag.errors import SettingsError
from rag.observe import log_json
from rag.rate import RateLimit
from rag.web import auth, metrics
from rag.web.examples import examples
from rag.web.history import History
from rag.web.library import Nothing, remember
from rag.web.page import build
from rag.web.site import Site
from rag.web.theme import launch_options

BAR = 24


class Progress:
    """A bar on a terminal, nothing on a pipe. Called as `progress(stage, done, total)`."""

    def __init__(self, stream: TextIO = sys.stderr):
        self.stream = stream
        self.drawn = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw over the last state."""
        if not self.stream.isatty() or not total:
            return
        filled = BAR * done // total
        line = f"\r{stage:<12.12} {'█' * filled}{'·' * (BAR - filled)} {done} of {total}"
        self.stream.write(f"{line}\x1b[K")
        self.stream.flush()
        self.drawn = True

    def close(self) -> None:
        """Leave the last state on its line."""
        if self.drawn:
            self.stream.write("\n")


def open_site(source: Path | None, index: Path | None) -> Site:
    """The engine with its index up to date, and the history beside it. Raises FootnoteError."""
    engine = Footnote.open(source_dir=source, index_dir=index)
    if engine.settings.log == "json":
        log_json()
    try:
        history = History(Path(engine.settings.index_dir) / "history.sqlite3")
        site = Site(engine, history, RateLimit(engine.settings.questions_a_minute))
        progress = Progress()
        report = engine.sync(progress=progress)
        progress.close()
    except BaseException:
        engine.close()
        raise
    remember(site, report.failed)
    for name, reason in report.failed:
        print(f"{name}: {reason}", file=sys.stderr)
    return site


def run(site: Site, host: str, port: int, users: Mapping[str, str]) -> None:
    """Serve until Ctrl+C. Raises SettingsError when the port is taken."""
    page = build(site)
    login = auth.checker(users) if users else None
    options = launch_options(site, login)
    if login:
        options |= {"auth": login, "auth_message": "Log in to ask the documents."}
    try:
        page.launch(server_name=host, server_port=port, prevent_thread_lock=True, **options)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"Port {port} on {host} cannot be used: choose a free one, from 1 to 65535, with --port."
        ) from error
    if site.engine.settings.metrics_port:
        metrics.serve(site, site.engine.settings.metrics_port)
    threading.Thread(target=examples, args=(site, "", Nothing()), name="examples", daemon=True).start()
    print(
        f"Footnote answers at {page.local_url} from {len(site.engine.library.documents())} documents. Ctrl+C ends it.",
        flush=True,
    )
    page.block_thread()
