"""Footnote: the one pipeline. rewrite -> retrieve -> gather evidence -> draft -> verify -> answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.documents import Filter
from index.embedding import embedding_from
from index.library import Library
from index.sync import SyncReport
from rag import asking, checking, composing, foreign, forms, missing, parts, spelling, timeline
from rag.answer import Answer, Claim, ClaimReady, Event, Finished, ScoredPassage, Started, Verification
from rag.arguments import checked_filter, checked_history, checked_question, checked_text
from rag.conversation import appended, standalone
from rag.drafting.drafter import History, Writer
from rag.drafting.extractive import ExtractiveDrafter
from rag.drafting.generative import GenerativeDrafter
from rag.errors import QuestionError
from rag.evidence import Calibration, Evidence, load_calibration, rank
from rag.figures import years
from rag.observe import observed
from rag.question import read, stems
from rag.quotable import placed
from rag.reader.reader import Once, Reader
from rag.retrieval import CANDIDATES, retrieve
from rag.settings import Settings
from rag.spans import step, steps
from rag.verification import Checked, verify_sentence, window

if TYPE_CHECKING:
    from llama_index.core.query_engine import CustomQueryEngine
    from llama_index.core.retrievers import BaseRetriever

NEAREST = 2
"""Passages shown with an abstention."""
MORE = 3
"""Passages that are read too when the first ones do not answer."""
OFFERED = 8
"""Evidence sentences that a drafter is given for each part of a question."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One part of a question with what was found for it."""

    question: str
    passages: tuple[ScoredPassage, ...]
    evidence: tuple[Evidence, ...]
    threshold: float
    by_meaning: bool

    @property
    def answerable(self) -> bool:
        """Whether the best sentence is likely enough to answer, for the accepted risk."""
        return self.confidence >= self.threshold

    @property
    def confidence(self) -> float:
        """The probability that the best sentence answers."""
        return self.evidence[0].score if self.evidence else 0.0


class Footnote:
    """Answers questions from one folder of documents; safe to use from several threads."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        reader: Reader,
        calibration: Calibration,
        writer: Writer | None = None,
    ) -> None:
        """`writer` is the language model's drafter; without one the answers are extractive."""
        self.library = library
        self.settings = settings
        self.reader = reader
        self.calibration = calibration
        self.writer = writer
        self._synced = False
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        source_dir: Path | str | None = None,
        index_dir: Path | str | None = None,
        settings: Settings | None = None,
        **overrides: Any,
    ) -> Footnote:
        """Open a folder of documents; `overrides` are fields of Settings. Raises FootnoteError."""
        given = {"source_dir": source_dir, "index_dir": index_dir, **overrides}
        settings = (settings or Settings.load()).with_(**given)
        library = Library.open(
            Path(settings.source_dir),
            Path(settings.index_dir),
            embedder=embedding_from(settings.embedding, settings.embedding_url, _secret(settings.embedding_key)),
            passage_tokens=settings.passage_tokens,
            chroma_url=settings.chroma_url,
            max_file_mb=settings.max_file_mb,
        )
        return cls(library, settings, Reader.load(), load_calibration(), _writer(settings))

    def sync(self, progress: Callable[[str, int, int], None] | None = None) -> SyncReport:
        """Bring the index up to date with the folder; `progress` gets (document id, done, total)."""
        report = self.library.sync(progress)
        self._synced = True
        return report

    def ask(
        self,
        question: str,
        history: History = (),
        documents: Collection[str] | str | None = None,
        after: date | None = None,
        before: date | None = None,
    ) -> Answer:
        """Answer `question` from the documents, or abstain.

        `history` holds earlier turns as (role, text), oldest first. `documents` (ids, or one id), `after` and `before`
        (inclusive; undated documents pass neither) limit what may be used. Raises QuestionError for an empty or
        overlong question or arguments of another kind, FileError for an unknown id, IndexError_ when the index cannot
        be used.
        """
        answer = None
        for event in self.stream(question, history, documents, after, before):
            if isinstance(event, Finished):
                answer = event.answer
        assert answer is not None
        return answer

    def stream(
        self,
        question: str,
        history: History = (),
        documents: Collection[str] | str | None = None,
        after: date | None = None,
        before: date | None = None,
    ) -> Iterator[Event]:
        """The same answer as it comes: Started, a ClaimReady for each checked sentence, Finished."""
        where = checked_filter(documents, after, before)
        yield from observed(steps("ask", self._stream(question, checked_history(history), where)))

    def _stream(self, question: str, history: History, where: Filter) -> Generator[Event, None, None]:
        asked = checked_question(question, self.settings.max_question_chars)
        self._ready()
        clock = Clock()
        bare = asking.asked(asked)
        if missing.is_talk(bare):
            yield Started(bare, asked)
            yield Finished(self._abstention(bare, asked, [Gathered(bare, (), (), 1.0, False)], where, clock))
            return
        with step("rewrite"):
            rewritten = self._mended(self._rewrite(bare, history), where)
        clock.lap("rewrite")
        gathered: list[Gathered] | None = None
        if added := appended(bare, rewritten):
            rewritten, gathered = self._either(bare, rewritten, added, where, clock)
        yield Started(rewritten, asked)
        gathered = gathered or self._parts(rewritten, where, clock)
        answerable = [part for part in gathered if part.answerable]
        if not answerable:
            yield Finished(self._abstention(rewritten, asked, gathered, where, clock))
            return
        composer = composing.Composer()
        notices: list[str] = []
        for claim in steps("draft", self._claims(rewritten, answerable, history, notices, clock)):
            yield ClaimReady(composer.add(claim))
        unanswered = [part for part in gathered if not part.answerable]
        gaps = [f"{part.question} {self._explain(part, where)}" for part in unanswered]
        notices += _as_of(rewritten, composer)
        yield Finished(
            composer.answer(
                question=rewritten,
                asked=asked,
                gaps=gaps,
                confidence=min(part.confidence for part in answerable),
                passages=_seen(gathered),
                drafter=self.drafter,
                timings_ms=clock.laps,
                notices=notices,
                parts=len(gathered),
            )
        )

    def retrieve(
        self,
        question: str,
        k: int = 10,
        documents: Collection[str] | str | None = None,
        after: date | None = None,
        before: date | None = None,
    ) -> list[ScoredPassage]:
        """The `k` passages nearest to `question`, best first."""
        asked = checked_question(question, self.settings.max_question_chars)
        where = checked_filter(documents, after, before)
        if not isinstance(k, int) or k < 1:
            raise QuestionError(f"{k} passages cannot be found: give a whole number from 1 for `k`.")
        self._ready()
        return retrieve(self.library, asked, k, where)

    @step("verify")
    def verify(self, text: str, question: str | None = None) -> Verification:
        """Check any text against the documents, sentence by sentence; `question` widens what is looked at."""
        claims = []
        for number, sentence in enumerate(composing.sentences(checked_text(text, "text"))):
            checked = self.judge(sentence, question)
            claims.append(composing.claim(sentence, checked.evidence, checked.verdict, number + 1))
        return Verification(composing.renumber(claims))

    def judge(self, sentence: str, question: str | None = None) -> Checked:
        """Check one sentence, or a piece of code or a list that counts as one; `question` as for `verify`."""
        self._ready()
        candidates = self._candidates(checked_text(sentence, "sentence"))
        if question:
            candidates += self._candidates(checked_text(question, "question"))
        return verify_sentence(sentence, candidates, self._nearby)

    def as_query_engine(self) -> CustomQueryEngine:
        """A LlamaIndex query engine over `ask`."""
        from rag.plugins import query_engine

        return query_engine(self)

    def as_retriever(self, k: int = 10) -> BaseRetriever:
        """A LlamaIndex retriever over `retrieve`."""
        from rag.plugins import retriever

        return retriever(self, k)

    @property
    def drafter(self) -> str:
        """What answers: "extractive", or the language model's name."""
        return self.writer.name if self.writer is not None else ExtractiveDrafter.name

    def close(self) -> None:
        """Release the index."""
        self.library.close()

    def _ready(self) -> None:
        with self._lock:
            if not self._synced:
                self.sync()

    def _rewrite(self, asked: str, history: History) -> str:
        rewrite = self.writer.rewrite if self.writer is not None else standalone
        return timeline.resolve(rewrite(asked, history) if history else asked, self.library.newest())

    def _mended(self, question: str, where: Filter) -> str:
        suspects = spelling.unknown(question, self.reader.knows)
        if not suspects:
            return question
        near = retrieve(self.library, question, CANDIDATES, where)
        return spelling.mended(question, suspects, (f"{item.passage.title} {item.passage.text}" for item in near))

    def _parts(self, question: str, where: Filter, clock: Clock) -> list[Gathered]:
        """What was found for each part of the question; two years that one sentence compares are one part."""
        asked = set(years(question))
        if len(pieces := parts.split(question)) > 1 and len(asked) > 1:
            whole = self._gather(question, where, clock)
            if whole.answerable and asked <= set(years(whole.evidence[0].sentence.text)):
                return [whole]
        return [self._gather(piece, where, clock) for piece in pieces]

    def _either(
        self, asked: str, rewritten: str, added: str, where: Filter, clock: Clock
    ) -> tuple[str, list[Gathered]]:
        """The question as rewritten, or as asked when that is answered better: where the added words are spoken of too
        ("Who is the landlord?" after a question on the deposit), or, when the rewritten one is not answered, in a
        document that knows nothing of them ("How much is the rent?" after one on a cake).
        """
        whole, bare = self._parts(rewritten, where, clock), self._parts(asked, where, clock)
        best = bare[0].evidence[0] if len(bare) == 1 and bare[0].evidence else None
        if best and bare[0].answerable and bare[0].confidence > min(part.confidence for part in whole):
            near, there = f"{best.passage.title} {best.passage.text}", Filter(frozenset({best.passage.document_id}))
            of_both = stems(added) <= stems(near)
            known = any(part.answerable for part in whole) or all(
                self.library.mentions([stem], there) for stem in stems(added)
            )
            if of_both or not known:
                return asked, bare
        return rewritten, whole

    def _gather(self, question: str, where: Filter, clock: Clock) -> Gathered:
        embedder, asked, few = self.library.embedder, read(question), self.settings.passages_read
        by_meaning = foreign.applies(question, embedder)
        model = foreign.load_calibration() if by_meaning else self.calibration
        threshold = model.threshold(self.settings.risk)
        if by_meaning:
            found = retrieve(self.library, question, few, where, weight=0.0)  # no word is shared but by chance
            clock.lap("retrieve")
            evidence = foreign.rank(asked, found, embedder, model)
        else:
            wanted = forms.term(question)
            near = forms.first(retrieve(self.library, question, CANDIDATES if wanted else few + MORE, where), wanted)
            clock.lap("retrieve")
            with step("read"):
                reader = Once(self.reader)
                for found in (near[:few], near[: few + MORE]):
                    evidence = rank(asked, found, reader, model)
                    if len(near) <= few or (evidence and evidence[0].score >= threshold):
                        break
        clock.lap("read")
        return Gathered(question, tuple(found), tuple(evidence), threshold, by_meaning)

    def _claims(
        self, question: str, answerable: Sequence[Gathered], history: History, notices: list[str], clock: Clock
    ) -> Generator[Claim, None, None]:
        """The checked sentences: the language model's when there is one, and the documents' for what they leave out."""
        offered = [item for part in answerable for item in part.evidence[:OFFERED]]
        told: list[Claim] = []
        if self.writer is not None:
            shown = self.settings.show_unsupported
            for claim in checking.written(self.writer, question, offered, history, self._nearby, shown, notices):
                told.append(claim)
                yield claim
        asked = [(part.question, part.evidence) for part in answerable]
        yield from checking.completed(ExtractiveDrafter(), asked, told)
        clock.lap("draft")

    def _explain(self, part: Gathered, where: Filter) -> str:
        nearest, filtered = _spread(part.evidence), missing.is_filtered(where)
        mentioned = partial(self.library.mentions, where=where)
        return missing.explain(read(part.question), nearest, filtered, part.by_meaning, mentioned)

    def _abstention(
        self, question: str, asked: str, gathered: Sequence[Gathered], where: Filter, clock: Clock
    ) -> Answer:
        found = dict.fromkeys(item for part in gathered for item in _spread(part.evidence))
        nearest = [] if missing.advice(question) else list(found)[:NEAREST]
        return composing.abstention(
            text=" ".join(dict.fromkeys(self._explain(part, where) for part in gathered)),
            nearest=nearest,
            confidence=max((part.confidence for part in gathered), default=0.0),
            question=question,
            asked=asked,
            passages=_seen(gathered),
            drafter=self.drafter,
            timings_ms=clock.laps,
        )

    def _nearby(self, item: Evidence) -> str:
        return window(self.library.document(item.passage.document_id).text, item.sentence.start)

    def _candidates(self, text: str) -> list[Evidence]:
        found = retrieve(self.library, text[: self.settings.max_question_chars], self.settings.passages_read, Filter())
        return [item for scored in found for item in _evidence(scored)]


class Clock:
    """Milliseconds spent in each step; a step that runs twice adds up."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """Count the time since the last lap for `step`."""
        now = time.perf_counter()
        self.laps[step] = round(self.laps.get(step, 0.0) + 1000 * (now - self._last), 2)
        self._last = now


def _evidence(scored: ScoredPassage) -> Iterator[Evidence]:
    for each in placed(scored.passage):
        yield Evidence(scored.passage, each.sentence, scored.score, each.lead)


def _spread(evidence: Sequence[Evidence]) -> list[Evidence]:
    first: dict[str, Evidence] = {}
    for item in evidence:
        first.setdefault(item.passage.id, item)
    return list(first.values())


def _seen(gathered: Sequence[Gathered]) -> tuple[ScoredPassage, ...]:
    by_id = {scored.passage.id: scored for part in gathered for scored in part.passages}
    return tuple(sorted(by_id.values(), key=lambda scored: -scored.score))


def _as_of(question: str, composer: composing.Composer) -> list[str]:
    dates = [citation.published for citation in composer.citations if citation.published]
    if not timeline.wants_newest(question) or not dates:
        return []
    return [f"As of {max(dates):%-d %B %Y}, the date of the newest document quoted."]


def _writer(settings: Settings) -> Writer | None:
    return GenerativeDrafter.from_settings(settings) if settings.llm else None


def _secret(value: Any) -> str | None:
    return value.get_secret_value() if value is not None else None
