"""Figures that stand in the documentation come from stored results, never from a keyboard.

`evals/results/NAME.json` holds the tables of a measurement: {"command", "commit", "measured", "tables": {KEY: table}}.
In a Markdown file, what stands between `<!-- figures: NAME/KEY -->` and `<!-- /figures -->` is such a table, written by
`python -m evals figures` and compared by a test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from evals.errors import RunError
from evals.run import ROOT, Run, commit
from evals.tables import Table
from evals.tabulate import tables

RESULTS = Path(__file__).resolve().parent / "results"
DOCUMENTED = ("README.md", "docs", "evals/README.md", "rag/reader/MODEL_CARD.md")
_MARKED = re.compile(r"(<!-- figures: (?P<name>[\w-]+)/(?P<key>[\w-]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)


def store(name: str, command: str, made: Mapping[str, Table], results: Path = RESULTS) -> Path:
    """Write the tables of a measurement to results/NAME.json, to be committed; `command` is what repeats it."""
    made_by = {"command": command, "commit": commit(), "measured": datetime.now(UTC).date().isoformat()}
    return _written(name, made_by, made, results)


def _written(name: str, made_by: Mapping[str, str], made: Mapping[str, Table], results: Path) -> Path:
    path = results / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = {key: table.to_dict() for key, table in made.items()}
    path.write_text(json.dumps({**made_by, "tables": shown}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def keep(run: Run, name: str = "", results: Path = RESULTS) -> Path:
    """Store the tables of a run, with its own commit and date."""
    made = {"command": run.meta["command"], "commit": run.meta["commit"], "measured": run.meta["started"][:10]}
    return _written(name or str(run.meta["set"]), made, tables(run), results)


def stored_table(name: str, key: str, results: Path = RESULTS) -> str:
    """The Markdown of a stored table, with the command that made it. Raises RunError when it is not there."""
    path = results / f"{name}.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        table = Table.from_dict(data["tables"][key])
        return f"{table.markdown()}\n\n<sub>`{data['command']}`, {data['measured']}, commit {data['commit']}</sub>\n"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"There is no table {key!r} in {path}: measure it and keep it first.") from error


def filled(text: str, results: Path = RESULTS) -> str:
    """`text` with every marked table as it is stored. Raises RunError for a mark without a result."""
    return _MARKED.sub(lambda m: m[1] + stored_table(m["name"], m["key"], results) + m[4], text)


def documented_files(root: Path = ROOT) -> list[Path]:
    """The Markdown files whose marked tables are kept up to date."""
    places = [root / place for place in DOCUMENTED]
    folders = [file for place in places if place.is_dir() for file in sorted(place.rglob("*.md"))]
    return [place for place in places if place.is_file()] + folders


def outdated(root: Path = ROOT, results: Path = RESULTS) -> list[Path]:
    """The files in which a marked table is not the stored one."""
    return [
        file for file in documented_files(root) if filled(file.read_text("utf-8"), results) != file.read_text("utf-8")
    ]


def refresh(root: Path = ROOT, results: Path = RESULTS) -> list[Path]:
    """Write the stored tables into the files; returns those that changed."""
    changed = outdated(root, results)
    for file in changed:
        file.write_text(filled(file.read_text("utf-8"), results), encoding="utf-8")
    return changed
