"""A set's corpus as a folder of files with an index, made once and kept under runs/.corpora."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from evals.datasets import EvalSet, SetDocument
from evals.errors import RunError
from evals.run import RUNS
from rag import Footnote
from rag.settings import Settings

log = logging.getLogger(__name__)

CORPORA = RUNS / ".corpora"
Progress = Callable[[str, int, int], None]


def opened(
    eval_set: EvalSet, settings: Settings, progress: Progress | None = None, corpora: Path = CORPORA
) -> tuple[EvalSet, Footnote]:
    """(the set with file names for ids, Footnote over its documents, synced). Raises FootnoteError.

    Files and index are kept by the fingerprint of the corpus and the embedder's name, so a second run embeds nothing.
    The index is apart from the one of the app, which may be running.
    """
    folder = corpora / f"{eval_set.name.removesuffix('-given')}-{_fingerprint(eval_set)}"
    named = eval_set if eval_set.source_dir else written(eval_set, folder / "documents")
    embedder = re.sub(r"\W+", "-", settings.embedding)
    footnote = Footnote.open(named.source_dir, folder / f"index-{embedder}", settings)
    report = footnote.sync(progress)
    if report.failed:
        log.warning("some documents could not be indexed", extra={"failed": len(report.failed)})
    return named, footnote


def written(eval_set: EvalSet, folder: Path) -> EvalSet:
    """The documents as text files in `folder`, titled by a sources.toml; ids become file names. Raises RunError."""
    names = {document.id: _file_name(document) for document in eval_set.documents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for document in eval_set.documents:
            _write(folder / names[document.id], document.text)
        titles = {names[each.id]: each.title for each in eval_set.documents}  # some corpora give a document twice
        _write(folder / "sources.toml", "\n".join(_source(name, title) for name, title in titles.items()))
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}. Free some space or mend its rights.") from error
    return eval_set.renamed(names, folder)


def _write(path: Path, text: str) -> None:
    data = text.encode("utf-8", "replace")
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def _file_name(document: SetDocument) -> str:
    safe = re.sub(r"[^\w.-]+", "_", document.id)[:80]
    return f"{safe}-{sha256(document.id.encode()).hexdigest()[:6]}.txt"


def _source(name: str, title: str) -> str:
    return f"[{_quoted(name)}]\ntitle = {_quoted(title)}\n"


def _fingerprint(eval_set: EvalSet) -> str:
    whole = eval_set.documents or (str(eval_set.source_dir),)
    return sha256(repr(whole).encode()).hexdigest()[:12]


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
