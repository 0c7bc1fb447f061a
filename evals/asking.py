"""The runs that the commands make: which questions, who is asked, what is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from evals.answerers import Answerer, FootnoteAnswerer, Liar, Oracle, baselines
from evals.corpus import CORPORA, opened
from evals.datasets import EvalSet, Example
from evals.errors import RunError
from evals.judging import claim_verdict, verifier
from evals.llamaindex import LlamaIndexStarter
from evals.metrics import balanced_accuracy, mean_interval
from evals.ranking import Ranker, rankers
from evals.run import RUNS, Run, execute, steps
from evals.tables import Table, cell
from rag import Footnote
from rag.answer import Verdict
from rag.llms.backends import open_backend
from rag.settings import Settings
from training.split import part

log = logging.getLogger(__name__)

T = TypeVar("T")
Track = Callable[[Iterable[T], int, str], Iterable[T]]
"""Shows progress through (steps, how many, what) and passes them on."""

GATE_QUESTIONS = 300
"""Of documents that no model was fitted on: `training.split` says which."""


@dataclass(frozen=True)
class Asked:
    """What one run needs: the set with file names for ids, the pipeline, who answers and what searches."""

    eval_set: EvalSet
    footnote: Footnote
    answerers: Sequence[Answerer]
    rankers: Sequence[Ranker]

    def run(self, track: Track[object], command: str, resumed: Run | None = None) -> Run:
        """Ask everyone everything and return the run; what `resumed` has already is not asked again.

        Raises RunError when `resumed` asked other questions.
        """
        run = resumed or Run.create(RUNS, self.eval_set, self.footnote, command)
        if run.meta["set_fingerprint"] != self.eval_set.fingerprint:
            raise RunError(f"{run.folder} asked other questions: give the set and the options it was started with.")
        todo = execute(run, self.answerers, self.footnote, verifier, self.rankers)
        for _ in track(todo, steps(run, self.answerers, self.rankers), self.eval_set.name):
            pass
        return run


def prepared(
    eval_set: EvalSet,
    settings: Settings,
    with_baselines: bool,
    track_index: Callable[[str, int, int], None] | None = None,
) -> Asked:
    """A set ready to be asked: its documents indexed, Footnote first, then the baselines if wanted."""
    named, footnote = opened(eval_set, settings, track_index, CORPORA)
    footnote.ask(named.examples[0].question)  # loads every model, so that no baseline is timed with it
    judged = any(each.answers or each.answers_all or not each.answerable for each in named.examples)
    answerers: list[Answerer] = [FootnoteAnswerer(footnote)] if judged else []
    if judged and with_baselines:
        answerers += [*_starters(footnote, settings), *baselines(footnote)]
    return Asked(named, footnote, answerers, rankers(footnote))


def for_gate(eval_set: EvalSet, settings: Settings) -> Asked:
    """A set with the answerers whose figures have limits: Footnote, and the oracle and the liar for its verifier."""
    named, footnote = opened(eval_set, settings)
    judges: list[Answerer] = [Oracle(footnote), Liar(footnote)] if eval_set.source_dir else []
    return Asked(named, footnote, [FootnoteAnswerer(footnote), *judges], rankers(footnote))


def with_parts(eval_set: EvalSet) -> EvalSet:
    """Each question with the part (train, calibrate, test) that its document has in the training of the reader."""
    return replace(eval_set, examples=tuple(map(_parted, eval_set.examples)))


def claims_table(eval_set: EvalSet, track: Track[bool]) -> Table:
    """Balanced accuracy of the verifier on labelled claims, each against the document it cites."""
    documents = {document.id: document for document in eval_set.documents}

    def verdicts() -> Iterator[bool]:
        for claim in eval_set.claims:
            yield claim_verdict(claim, documents[claim.document_id]) is Verdict.SUPPORTED

    said = list(track(verdicts(), len(eval_set.claims), eval_set.name))
    strict = [claim.label == "supported" for claim in eval_set.claims]
    loose = [claim.label != "not_supported" for claim in eval_set.claims]
    rows = [
        ("supported against the rest", cell(mean_interval(balanced_accuracy(said, strict)))),
        ("supported or partly against not", cell(mean_interval(balanced_accuracy(said, loose)))),
    ]
    note = "The verifier was fitted on WiCE dev: on that file this is no held-out figure."
    return Table(f"{eval_set.name}: is the claim supported?", ("classes", "balanced accuracy"), tuple(rows), note)


def _parted(example: Example) -> Example:
    source = example.source_doc or next(iter(example.doc_ids), None)
    return replace(example, part=example.part or (part(source, "document") if source else ""))


def _starters(footnote: Footnote, settings: Settings) -> list[Answerer]:
    try:
        with_llm = [LlamaIndexStarter(footnote, open_backend(settings).llm)] if settings.llm else []
        return [LlamaIndexStarter(footnote), *with_llm]
    except ImportError as error:
        log.warning("The LlamaIndex baseline is left out: install requirements-dev.txt.", extra={"missing": error.name})
        return []
