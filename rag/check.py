"""A saved answer against itself and the files as they are now: do its parts agree, does every quote still stand, is
every verdict still the same?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import FileError
from rag.answer import Answer, Citation, Claim, Status, Verdict
from rag.composing import marked, sentences

if TYPE_CHECKING:
    from rag.engine import Footnote

_ORDER = (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.UNSUPPORTED, Verdict.CONTRADICTED)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What changed or does not agree, each a whole sentence.

    `ok` is False when the answer's parts do not agree, a quote no longer stands in its file or a verdict got worse.
    """

    changes: tuple[str, ...]
    ok: bool


def check(answer: Answer, footnote: Footnote) -> CheckReport:
    """Bring the index up to date with the files, then look for every quote and judge every sentence again.

    What is said to be missing (an abstention's text, the notices) has no quote and is not judged.
    """
    footnote.sync()
    forged = [*_disagreements(answer)]
    changes = [*_files(answer, footnote)]
    gone = [change for quote in answer.citations for change in _quote(quote, footnote)]
    worse: list[str] = []
    better: list[str] = []
    for claim in answer.claims:
        now = _verdict(claim, footnote)
        if now is not claim.verdict:
            said = f"“{claim.text}” was {claim.verdict.value} and is {now.value} now."
            (worse if _ORDER.index(now) > _ORDER.index(claim.verdict) else better).append(said)
    moved = [change for change, stands in gone if stands]
    lost = [change for change, stands in gone if not stands]
    return CheckReport((*forged, *changes, *moved, *lost, *worse, *better), ok=not (forged or lost or worse))


def _disagreements(answer: Answer) -> Iterator[str]:
    """A sentence for each part that was changed after it was saved: the text and the quotes stand there twice."""
    told, said = [marked(claim) for claim in answer.claims], answer.notices
    lacking = range(len(said)) if answer.status is Status.PARTIAL else [len(said)]  # what is missing ends the notices
    texts = [" ".join([*told, *said[first:]]) for first in lacking]
    if answer.text not in texts and (told or answer.status is not Status.ABSTAINED):
        yield "The text of the answer is not what its claims say."
    cited = {quote.number: quote for quote in answer.citations}
    for claim in answer.claims:
        for quote in claim.citations:
            if cited.get(quote.number) != quote:
                yield f"Quote [{quote.number}] of “{claim.text}” is not the answer's quote [{quote.number}]."


def _files(answer: Answer, footnote: Footnote) -> Iterator[str]:
    """A sentence for each cited file whose bytes changed since the answer."""
    then = {quote.document_id: quote.sha256 for quote in answer.citations}
    now = {info.id: info.sha256 for info in footnote.library.documents()}
    for document_id, sha256 in sorted(then.items()):
        if document_id not in now:
            yield f"{document_id} is no longer in the folder."
        elif now[document_id] != sha256:
            yield f"{document_id} changed since the answer (sha256 {sha256[:12]}, now {now[document_id][:12]})."


def _quote(quote: Citation, footnote: Footnote) -> Iterator[tuple[str, bool]]:
    """Nothing when the quote stands at its place, else a sentence and whether it still stands elsewhere in its file."""
    try:
        text = footnote.library.document(quote.document_id).text
    except FileError:
        yield f"Quote [{quote.number}] cannot be checked: {quote.document_id} is gone.", False
        return
    if text[quote.start : quote.end] == quote.quote:
        return
    places = list(_occurrences(text, quote.quote))
    if places:
        at = min(places, key=lambda place: abs(place - quote.start))
        yield f"Quote [{quote.number}] moved in {quote.document_id}, from {quote.start} to {at}.", True
    else:
        yield f"Quote [{quote.number}] is no longer in {quote.document_id}: “{quote.quote}”", False


def _occurrences(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _verdict(claim: Claim, footnote: Footnote) -> Verdict:
    """The claim's verdict, a quote's taken whole, as code and lists are quoted; the worst of its sentences' otherwise.
    What was quoted for it is looked at again, wherever it stands now.
    """
    quotes = [quote.quote for quote in claim.citations]
    said = [claim.text] if claim.text in quotes else sentences(claim.text)
    judged = [footnote.judge(each, " ".join(quotes)).verdict for each in said]
    return max(judged, key=_ORDER.index, default=Verdict.UNSUPPORTED)
