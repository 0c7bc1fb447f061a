"""A run on disk: what was asked of whom, and every graded answer, appended as it comes so that nothing is lost.

runs/<time>-<set>/  run.json        the set, settings, commit and fingerprints
                    examples.jsonl  the questions, so that a run can be read without its set
                    rows.jsonl      one graded answer a line
                    ranks.jsonl     what each search found for each question
                    report.html     written by `python -m evals report`
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from evals.answerers import Answerer
from evals.datasets import EvalSet, Example
from evals.errors import RunError
from evals.judging import Judge
from evals.ranking import Ranker, RankRow
from evals.rows import Row, grade
from index.documents import Document
from index.errors import FileError
from rag import Footnote

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "runs"


@dataclass(frozen=True, slots=True)
class Run:
    """A folder with the results of one run."""

    folder: Path
    meta: Mapping[str, Any]

    @classmethod
    def create(cls, runs: Path, eval_set: EvalSet, footnote: Footnote, command: str = "") -> Run:
        """A new folder under `runs`, with the questions in it. Raises RunError when it cannot be written."""
        now = datetime.now(UTC)
        meta = {
            "command": command,
            "set": eval_set.name,
            "set_fingerprint": eval_set.fingerprint,
            "questions": len(eval_set.examples),
            "started": now.isoformat(timespec="seconds"),
            "commit": commit(),
            "settings": footnote.settings.model_dump(mode="json"),
            "models": {"embedder": footnote.library.embedder.fingerprint, **_model_files()},
        }
        folder = runs / f"{now:%Y%m%d-%H%M%S}-{eval_set.name}"
        try:
            folder.mkdir(parents=True)
            (folder / "run.json").write_text(json.dumps(meta, indent=1), encoding="utf-8")
            append_lines(folder / "examples.jsonl", [asdict(example) for example in eval_set.examples])
        except OSError as error:
            raise RunError(
                f"{folder} cannot be written: {error.strerror}. Free some space or mend its rights."
            ) from error
        return cls(folder, meta)

    @classmethod
    def load(cls, folder: Path) -> Run:
        """A run that is there. Raises RunError when it is not or is damaged."""
        try:
            return cls(folder, json.loads((folder / "run.json").read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise RunError(f"{folder} holds no run (run.json): give a folder under runs/.") from error

    def examples(self) -> list[Example]:
        """The questions that were asked."""
        return [_example(row) for row in self._lines("examples.jsonl")]

    def rows(self) -> list[Row]:
        """The graded answers so far."""
        return self._read("rows.jsonl", Row.from_dict)

    def ranks(self) -> list[RankRow]:
        """What each search found."""
        return self._read("ranks.jsonl", RankRow.from_dict)

    def add(self, row: Row | RankRow) -> None:
        """Append one line and flush it to disk."""
        append_lines(self.folder / ("rows.jsonl" if isinstance(row, Row) else "ranks.jsonl"), [row.to_dict()])

    def mend(self) -> None:
        """Cut off a last line that a crash left half written."""
        for path in (self.folder / "rows.jsonl", self.folder / "ranks.jsonl"):
            if path.exists():
                with path.open("r+b") as file:
                    file.truncate(file.read().rfind(b"\n") + 1)

    def _read(self, name: str, build: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
        try:
            return [build(line) for line in self._lines(name)]
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"{self.folder / name} is damaged: {error}. Delete the folder and run again.") from error

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The whole lines of a file; a last line cut off by a crash is not one."""
        path = self.folder / name
        whole = path.read_text("utf-8").rpartition("\n")[0] if path.exists() else ""
        return (json.loads(line) for line in whole.split("\n") if line.strip())


def execute(
    run: Run,
    answerers: Sequence[Answerer],
    footnote: Footnote,
    judge: Judge | None = None,
    rankers: Sequence[Ranker] = (),
) -> Iterator[Row | RankRow]:
    """Ask what is still unasked, one question at a time, yielding each row once it is stored.

    One at a time, because the models already use every core and the times then are those of a single user.
    """
    run.mend()
    examples = run.examples()
    asked = {(row.answerer, row.id) for row in run.rows()}
    ranked = {(row.system, row.id) for row in run.ranks()}
    document = document_of(footnote)
    for answerer in answerers:
        for number, example in enumerate(_left(examples, answerer.name, asked)):
            if number == 0:
                answerer.answer(example)  # loads what is loaded on first use, so that no time counts it
            started = time.perf_counter()
            answer = answerer.answer(example)
            elapsed = 1000 * (time.perf_counter() - started)
            yield _stored(run, grade(example, answerer.name, answer, elapsed, document, judge))
    for ranker in rankers:
        for example in _left(examples, ranker.name, ranked):
            yield _stored(run, ranker.rank(example))


def steps(run: Run, answerers: Sequence[Answerer], rankers: Sequence[Ranker]) -> int:
    """How many rows `execute` has still to make."""
    done = len(run.rows()) + len(run.ranks())
    return max(0, len(run.examples()) * (len(answerers) + len(rankers)) - done)


def document_of(footnote: Footnote) -> Callable[[str], Document | None]:
    """A function that gives a document's text as indexed, None when there is no such document."""

    @cache
    def document(document_id: str) -> Document | None:
        try:
            return footnote.library.document(document_id)
        except FileError:
            return None

    return document


def commit() -> str:
    """The commit that runs, with "+" when the checkout differs from it; "unknown" outside a repository."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def latest(runs: Path = RUNS) -> Run:
    """The newest run. Raises RunError when there is none."""
    folders = sorted(path.parent for path in runs.glob("*/run.json"))
    if not folders:
        raise RunError(f"There is no run in {runs}: make one with `python -m evals`.")
    return Run.load(folders[-1])


def _left(examples: Iterable[Example], name: str, done: set[tuple[str, str]]) -> Iterator[Example]:
    return (example for example in examples if (name, example.id) not in done)


def _stored(run: Run, row: Row | RankRow) -> Row | RankRow:
    run.add(row)
    return row


def append_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add each row to `path` as one line of JSON."""
    with path.open("ab") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _example(row: Mapping[str, Any]) -> Example:
    listed = {name: tuple(row[name]) for name in ("answers", "doc_ids", "within")}
    pairs = {name: tuple(tuple(each) for each in row[name]) for name in ("answers_all", "history")}
    return Example(**{**row, **listed, **pairs})


def _model_files() -> dict[str, str]:
    files = sorted((ROOT / "rag" / "reader").glob("*.onnx")) + sorted((ROOT / "rag" / "reader").glob("*.json"))
    return {file.name: sha256(file.read_bytes()).hexdigest()[:16] for file in files}


def _git(*arguments: str) -> str:
    done = subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
