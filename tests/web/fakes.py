"""A small engine with the interface of `rag.Footnote`: word overlap over real slices of real files, for fast tests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from index.documents import Document, DocumentInfo, Passage
from index.errors import FileError
from index.passages import split
from rag.answer import (
    Answer,
    Citation,
    Claim,
    ClaimReady,
    Event,
    Finished,
    ScoredPassage,
    Started,
    Status,
    Verdict,
    Verification,
)
from rag.errors import QuestionError
from rag.settings import Settings


@dataclass(frozen=True)
class Report:
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


@dataclass
class FakeLibrary:
    source_dir: Path
    index_dir: Path
    generation: int = 0
    held: dict[str, Document] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    @property
    def uploads_dir(self) -> Path:
        return self.index_dir / "uploads"

    def sync(self, progress: Any = None) -> Report:
        before = set(self.held)
        self.held = {}
        files = sorted(self.source_dir.glob("*.txt")) + sorted(self.uploads_dir.glob("*.txt"))
        for done, path in enumerate(files, 1):
            name = f"uploads/{path.name}" if path.parent == self.uploads_dir else path.name
            if name not in self.gone:
                self.held[name] = _document(name, path)
            if progress:
                progress(name, done, len(files))
        self.generation += 1
        return Report(added=tuple(set(self.held) - before), unchanged=tuple(before & set(self.held)))

    def add(self, paths: Sequence[Path]) -> Report:
        self.uploads_dir.mkdir(parents=True, exist_ok=True)
        added = []
        for path in paths:
            data = path.read_bytes()
            try:
                data.decode()
            except UnicodeDecodeError:
                return Report(failed=((path.name, f"{path.name} is not text: save it as UTF-8."),))
            target, number = self.uploads_dir / path.name, 1
            while target.exists():
                number += 1
                target = self.uploads_dir / f"{path.stem} ({number}){path.suffix}"
            target.write_bytes(data)
            added.append(f"uploads/{target.name}")
        self.sync()
        return Report(added=tuple(added))

    def remove(self, ids: Sequence[str]) -> None:
        self.gone |= set(ids)
        self.sync()

    def restore(self, ids: Sequence[str]) -> None:
        self.gone -= set(ids)
        self.sync()

    def documents(self) -> list[DocumentInfo]:
        return [
            DocumentInfo(d.id, d.title, d.publisher, d.published, d.sha256, len(d.text), len(split(d)), len(d.text))
            for d in self.held.values()
        ]

    def removed(self) -> list[DocumentInfo]:
        return [DocumentInfo(name, name, None, None, "", 0, 0, 0) for name in sorted(self.gone)]

    def document(self, document_id: str) -> Document:
        try:
            return self.held[document_id]
        except KeyError:
            raise FileError("This document is not in the library.") from None

    def stale(self, document_id: str) -> bool:
        return False

    def close(self) -> None:
        pass


def _document(name: str, path: Path) -> Document:
    text = path.read_bytes().decode()
    title = next((line.strip() for line in text.splitlines() if line.strip()), name)[:80]
    return Document(name, text, hashlib.sha256(path.read_bytes()).hexdigest(), title)


class FakeFootnote:
    def __init__(self, source_dir: Path, index_dir: Path, **overrides: Any):
        self.settings = Settings.load(source_dir=source_dir, index_dir=index_dir, **overrides)
        self.library = FakeLibrary(source_dir, index_dir)

    def sync(self, progress: Any = None) -> Report:
        return self.library.sync(progress)

    def ask(
        self, question: str, history: Any = (), documents: Any = None, after: Any = None, before: Any = None
    ) -> Answer:
        *_, last = self.stream(question, history, documents, after, before)
        assert isinstance(last, Finished)
        return last.answer

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        documents: Any = None,
        after: date | None = None,
        before: date | None = None,
    ) -> Iterator[Event]:
        if not question.strip():
            raise QuestionError("The question is empty.")
        if "crash" in question:
            raise RuntimeError("simulated")
        for name in documents or ():
            self.library.document(name)
        asked = question
        if history and question.lower().startswith("and "):
            question = f"{history[0][1].rstrip('?')} {question[4:]}"
        yield Started(question, asked)
        best = self._best(question, documents)
        if not best or best[0][0] < 0.5:
            citations = tuple(_cite(p, s, i) for i, (_, p, s) in enumerate(best[:2], 1))
            text = "The documents do not say."
            yield Finished(Answer(text, (), citations, Status.ABSTAINED, 0.2, question, asked))
            return
        claims = []
        for number, (_, passage, sentence) in enumerate(best[:2], 1):
            cited = _cite(passage, sentence, number)
            bold = re.search(r"\$?[\d.,]*\d( billion| million)?", sentence.text)
            claims.append(Claim(sentence.text, (cited,), Verdict.SUPPORTED, (bold.span(),) if bold else ()))
            yield ClaimReady(claims[-1])
        citations = tuple(c.citations[0] for c in claims)
        text = " ".join(f"{c.text} [{i}]" for i, c in enumerate(claims, 1))
        rivals = ((1, 2),) if "record" in question else ()
        yield Finished(Answer(text, tuple(claims), citations, Status.ANSWERED, 0.92, question, asked, conflicts=rivals))

    def retrieve(self, question: str, k: int = 10, documents: Any = None, **_: Any) -> list[ScoredPassage]:
        best: dict[str, ScoredPassage] = {}
        for score, passage, _ in self._best(question, documents):
            best.setdefault(passage.id, ScoredPassage(passage, score))
        return list(best.values())[:k]

    def verify(self, text: str, question: str | None = None) -> Verification:
        claims = []
        for number, line in enumerate(re.split(r"(?<=[.!?])\s+", text.strip()), 1):
            score, passage, sentence = self._best(line, None)[0]
            good = score > 0.6
            claims.append(
                Claim(
                    line,
                    (_cite(passage, sentence, number),) if good else (),
                    Verdict.SUPPORTED if good else Verdict.UNSUPPORTED,
                )
            )
        return Verification(tuple(claims))

    def close(self) -> None:
        pass

    def _best(self, question: str, documents: Any) -> list[Any]:
        wanted = _words(question)
        found = []
        for document in self.library.held.values():
            if documents is not None and document.id not in documents:
                continue
            for passage in split(document):
                for sentence in passage.sentences:
                    if not sentence.boilerplate and len(sentence.text) > 30:
                        found.append((len(wanted & _words(sentence.text)) / max(1, len(wanted)), passage, sentence))
        return sorted(found, key=lambda row: -row[0])


def _words(text: str) -> set[str]:
    common = {
        "what",
        "did",
        "the",
        "is",
        "was",
        "of",
        "in",
        "a",
        "an",
        "to",
        "and",
        "how",
        "much",
        "who",
        "when",
        "for",
    }
    return {word.rstrip("s") for word in re.findall(r"[\w$.]*\w", text.lower())} - common


def _cite(passage: Passage, sentence: Any, number: int) -> Citation:
    return Citation(
        number,
        passage.document_id,
        passage.title,
        passage.publisher,
        passage.published,
        sentence.start,
        sentence.end,
        sentence.text,
        passage.page,
        passage.sha256,
    )
