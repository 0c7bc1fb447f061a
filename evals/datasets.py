"""Sets of questions with known answers, in the BEIR and SQuAD manner."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SetDocument:
    """One document of a set's corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One question and what is known of it.

    `answers` are alternatives of one answer; `answers_all` holds the alternatives of each part of a list question, all
    of which are wanted. `doc_ids` are the gold documents; `source_doc` the one that the question was written about,
    relative to which `answerable` holds in SQuAD 2. `history` is the conversation before it, (role, text) pairs;
    `standalone` the question as a person would rewrite it without the history. `part` is "tuning" or "held_out" or "".
    `within` are the documents that may be used, all when empty.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    answers_all: tuple[tuple[str, ...], ...] = ()
    answerable: bool = True
    doc_ids: tuple[str, ...] = ()
    source_doc: str | None = None
    category: str = ""
    part: str = ""
    history: tuple[tuple[str, str], ...] = ()
    standalone: str | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A sentence, the document it cites and a person's label: supported, partially_supported or not_supported."""

    id: str
    text: str
    document_id: str
    label: str
    supporting: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvalSet:
    """A corpus and its questions (or claims). `source_dir` is the folder when the corpus is files already."""

    name: str
    examples: tuple[Example, ...]
    documents: tuple[SetDocument, ...] = ()
    claims: tuple[LabelledClaim, ...] = ()
    source_dir: Path | None = None

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 of the questions and the corpus: two runs with the same one asked the same."""
        digest = hashlib.sha256()
        for item in (*self.documents, *self.examples, *self.claims):
            digest.update(repr(item).encode())
        return digest.hexdigest()[:16]

    def sample(self, limit: int | None, keep: Callable[[Example], bool] = lambda _: True) -> EvalSet:
        """At most `limit` of the questions that `keep` passes, chosen by their ids; the corpus stays whole."""
        kept = [example for example in self.examples if keep(example)]
        if limit is not None and limit < len(kept):
            chosen = {example.id for example in sorted(kept, key=lambda each: fixed_order(each.id))[:limit]}
            kept = [example for example in kept if example.id in chosen]
        claims = self.claims if limit is None else tuple(sorted(self.claims, key=lambda c: fixed_order(c.id))[:limit])
        return replace(self, examples=tuple(kept), claims=claims)

    def given_paragraph(self) -> EvalSet:
        """Each question asked of its own `source_doc` alone: only so is the "unanswerable" of SQuAD 2 true."""
        asked = (replace(each, within=(each.source_doc,)) for each in self.examples if each.source_doc is not None)
        return replace(self, name=f"{self.name}-given", examples=tuple(asked))

    def renamed(self, names: Mapping[str, str], source_dir: Path) -> EvalSet:
        """The set with its documents' ids replaced by `names` (id to file name) in the folder `source_dir`."""

        def file(ids: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names.get(id_, id_) for id_ in ids)

        examples = tuple(
            replace(
                each,
                doc_ids=file(each.doc_ids),
                within=file(each.within),
                source_doc=names.get(each.source_doc or "", each.source_doc),
            )
            for each in self.examples
        )
        claims = tuple(replace(each, document_id=names.get(each.document_id, each.document_id)) for each in self.claims)
        return replace(self, examples=examples, claims=claims, source_dir=source_dir)

    def by_id(self) -> dict[str, Example]:
        """The questions by their id."""
        return {example.id: example for example in self.examples}


def fixed_order(id_: str) -> str:
    """A key that shuffles ids the same way on every machine, so that a sample is fixed without a file."""
    return hashlib.sha256(id_.encode()).hexdigest()
