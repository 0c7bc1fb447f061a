"""A document into passages and sentences: spans that partition the text, never copies that can drift."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.announced import joined
from index.boilerplate import is_boilerplate
from index.documents import Document, Passage, Sentence
from index.errors import ModelError
from index.sentences import Span, block_spans, sentence_spans, sentences_of_block

if TYPE_CHECKING:
    from tiktoken import Encoding

__all__ = ["VERSION", "passage_id", "sentence_spans", "split", "token_counts"]

VERSION = 3  # grows when the same text would be cut differently: an index of another version is rebuilt

_HEADING_CHARACTERS = 90


def split(document: Document, passage_tokens: int = 200) -> tuple[Passage, ...]:
    """The passages of `document`, in order; `"".join(passage.text for ...) == document.text`.

    A passage has about `passage_tokens` tokens (cl100k_base): whole paragraphs where they fit, else whole sentences;
    all its sentences start on one page.
    A heading stays with the text after it. Raises ModelError when a data file of nltk or tiktoken is missing.
    """
    blocks = [sentences_of_block(document.text, block) for block in block_spans(document.text)]
    paragraphs = joined(document.text, [spans for spans in blocks if spans])
    grouped = _grouped(document.text, paragraphs, passage_tokens)
    groups = [list(part) for group in grouped for _, part in groupby(group, lambda span: document.page_at(span[0]))]
    starts = [0, *(group[0][0] for group in groups[1:]), len(document.text)]
    bounds = pairwise(starts) if document.text else ()
    return tuple(
        _passage(document, number, start, end, groups[number] if groups else [])
        for number, (start, end) in enumerate(bounds)
    )


def passage_id(document_id: str, version: str, number: int) -> str:
    """The id of passage `number` of one version of a document; `version` is the head of the sha256 of its bytes."""
    return f"{document_id}@{version}#{number}"


def token_counts(texts: Sequence[str]) -> list[int]:
    """The number of cl100k_base tokens of each text; special tokens in a text count as plain text."""
    encoding = _encoding()
    return [len(encoding.encode_ordinary(text)) for text in texts]


def _passage(document: Document, number: int, start: int, end: int, spans: Sequence[Span]) -> Passage:
    text = document.text
    return Passage(
        id=passage_id(document.id, document.sha256[:12], number),
        document_id=document.id,
        start=start,
        end=end,
        text=text[start:end],
        title=document.title,
        sha256=document.sha256,
        publisher=document.publisher,
        published=document.published,
        page=document.page_at(start),
        sentences=tuple(Sentence(a, b, text[a:b], is_boilerplate(text[a:b])) for a, b in spans),
    )


def _grouped(text: str, paragraphs: Sequence[list[Span]], limit: int) -> Iterator[list[Span]]:
    """Sentences grouped into passages of at most `limit` tokens where sentences allow it."""
    group: list[Span] = []
    size = 0
    for spans in _with_headings(text, paragraphs):
        counts = token_counts([text[a:b] for a, b in spans])
        if group and size + sum(counts) > limit and 2 * size >= limit:
            yield group
            group, size = [], 0
        for span, count in zip(spans, counts, strict=True):
            if group and size + count > limit:
                yield group
                group, size = [], 0
            group.append(span)
            size += count
    if group:
        yield group


def _with_headings(text: str, paragraphs: Sequence[list[Span]]) -> Iterator[list[Span]]:
    """Paragraphs, each with the headings just before it."""
    headings: list[Span] = []
    for spans in paragraphs:
        if _is_heading(text, spans) and len(headings) < 3:
            headings += spans
        else:
            yield headings + spans
            headings = []
    if headings:
        yield headings


def _is_heading(text: str, spans: Sequence[Span]) -> bool:
    start, end = spans[0]
    return len(spans) == 1 and end - start <= _HEADING_CHARACTERS and text[end - 1].isalnum()


@cache
def _encoding() -> Encoding:
    """The cl100k_base encoding from the file that llama-index-core bundles: tiktoken would fetch it otherwise."""
    import tiktoken

    spec = find_spec("llama_index")
    places = (spec.submodule_search_locations or ()) if spec else ()
    bundled = next((path for place in places if (path := Path(place) / "core/_static/tiktoken_cache").is_dir()), None)
    if bundled is None:
        raise ModelError(
            "The token table of llama-index-core is missing; reinstall it: "
            "pip install --force-reinstall llama-index-core."
        )
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(bundled))
    return tiktoken.get_encoding("cl100k_base")
