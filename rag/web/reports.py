"""The Evals tab: the newest report that `python -m evals` left, shown as it is in a frame without rights."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.settings import ROOT
from rag.web.library import Nothing
from rag.web.site import Site

RUNS = ROOT / "runs"
# The report is one file that carries its styles, pictures and scripts; its frame has an origin of its own.
POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)


def newest(runs: Path = RUNS) -> Path | None:
    """The report written last; None when there is none."""
    return max(runs.glob("*/report.html"), key=lambda path: path.stat().st_mtime, default=None)


def report(site: Site, owner: str, request: Nothing) -> dict[str, Any]:
    """When the newest report was made, and of which run; `made` is None when there is none."""
    path = newest()
    if path is None:
        return {"made": None, "name": None}
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return {"made": made, "name": path.parent.name}
