"""BM25 over the passages: a disposable cache in tantivy, rebuilt from Chroma when it is missing or behind.

BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, FnTIR 3(4), 2009 (k1 1.2, b 0.75). Words are
stemmed (Snowball English), stop words dropped, scripts without spaces cut into pairs of characters.

Tantivy rather than SQLite FTS5, whose queries over 100,000 passages take a hundred times as long, or bm25s, which takes
several times the memory and must index everything once more for each new document.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import threading
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.documents import Passage
from index.faults import as_footnote_errors
from index.manifest import Entry, parsed_id

if TYPE_CHECKING:
    import tantivy

log = logging.getLogger(__name__)

VERSION = 1  # of the tokens and of the fields: a cache of another version is built again

_HEAP = 32_000_000
_MAX_TOKEN = 64
_STATE = "state.json"

_STOPPED = (
    "a about all also am an and any are as at be been being but by can could did do does doing done for from "
    "had has have having he her here hers him his how i if in into is it its itself just many me more most "
    "much my no nor not of on or our ours out over own s same shall she should so some such than that the "
    "their theirs them then there these they this those through to too under until up upon very was we "
    "were what when where which while who whom whose why will with would you your yours "
)
STOP_WORDS = frozenset(_STOPPED.split())

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:[-‐‑'’]\w+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_JOINTS = re.compile(r"[-‐‑'’_]")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff]+"
)
_THREAD = threading.local()


class _Unmarked(dict[int, int | None]):
    """For `str.translate`: takes combining marks out; remembers each character."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_UNMARKED = _Unmarked()


def tokens(text: str) -> list[str]:
    """The index terms of `text`, in order: lower case, stemmed, without stop words and accents.

    A hyphenated word gives its parts and the whole ("co-operation": co, oper, cooper); "1,500" is 1500; a run of
    Chinese, Japanese, Korean, Thai or Khmer gives its pairs of characters.
    """
    words = [word for match in _TOKEN.finditer(_folded(text)) for word in _parts(match.group())]
    return [stem[:_MAX_TOKEN] for stem in _stemmer().stemWords([word for word in words if word not in STOP_WORDS])]


def _folded(text: str) -> str:
    lower = text.lower()
    if lower.isascii():
        return lower
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", lower).translate(_UNMARKED))


@lru_cache(maxsize=1 << 16)
def _parts(word: str) -> tuple[str, ...]:
    if word[0].isdigit() and ("," in word or "." in word):
        return (word.replace(",", ""),)
    if not word.isascii() and (runs := _UNSPACED.findall(word)):
        return (*(pair for run in runs for pair in _pairs(run)), *(part for part in _UNSPACED.split(word) if part))
    word = _POSSESSIVE.sub("", word)
    pieces = tuple(piece for piece in _JOINTS.split(word) if piece)
    if len(pieces) < 2:
        return pieces
    return ("".join(pieces),) if "'" in word or "’" in word else (*pieces, "".join(pieces))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _stemmer() -> Any:
    """A stemmer of this thread's own: PyStemmer's are not safe to share."""
    if not hasattr(_THREAD, "stemmer"):
        import Stemmer

        _THREAD.stemmer = Stemmer.Stemmer("english")
    return _THREAD.stemmer


def searchable(passage: Passage) -> str:
    """What of a passage is searched and embedded: its sentences without the boilerplate."""
    if not any(sentence.boilerplate for sentence in passage.sentences):
        return passage.text.strip()
    return "\n".join(sentence.text for sentence in passage.sentences if not sentence.boilerplate)


class Lexical:
    """A tantivy index in `folder`. Reads are safe from several threads; one writer at a time.

    Each version of a document is added in one commit and has one row that marks it, so what is here can be compared
    with the manifest.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schema = _schema()
        with as_footnote_errors(folder):
            self._index, self._searcher = self._whole() or self._new()

    def _whole(self) -> tuple[tantivy.Index, tantivy.Searcher] | None:
        """The cache as it was left; None when there is none, or it is of another version or damaged."""
        import tantivy

        if self._state().get("version") != VERSION or not tantivy.Index.exists(str(self.folder)):
            return None
        try:
            index = tantivy.Index(self._schema, path=str(self.folder))
            return index, _searcher(index)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # tantivy panics on a damaged file
            log.warning("the lexical cache is damaged and is built again", extra={"reason": str(error)[:200]})
            return None

    def _new(self) -> tuple[tantivy.Index, tantivy.Searcher]:
        import tantivy

        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(self._schema, path=str(self.folder))
        self._write_state({"version": VERSION})
        return index, _searcher(index)

    def up_to_date(self, fingerprint: str, generation: int) -> bool:
        """True when the cache was complete at this generation of this fingerprint."""
        return self._state() == self._complete(fingerprint, generation)

    def mark(self, fingerprint: str, generation: int) -> None:
        """Says that the cache is complete at this generation of this fingerprint."""
        self._write_state(self._complete(fingerprint, generation))

    def _complete(self, fingerprint: str, generation: int) -> dict[str, Any]:
        rows = self._searcher.num_docs
        return {"version": VERSION, "fingerprint": fingerprint, "generation": generation, "rows": rows}

    def versions(self) -> set[tuple[str, str]]:
        """The (document id, version) pairs that are here."""
        import tantivy

        with as_footnote_errors(self.folder):
            heads = tantivy.Query.term_query(self._schema, "head", "1", "basic")
            hits = self._searcher.search(heads, max(1, self._searcher.num_docs)).hits
            ids = [self._searcher.doc(address)["id"][0] for _, address in hits]
        return {parsed_id(identifier)[:2] for identifier in ids}

    def write(self, add: Iterable[tuple[Entry, Sequence[Passage]]] = (), drop: Iterable[tuple[str, str]] = ()) -> None:
        """Drops versions of documents and adds others, in one commit."""
        import tantivy

        with as_footnote_errors(self.folder):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            for document_id, version in drop:
                writer.delete_documents_by_term("version", f"{document_id}@{version}")
            for entry, passages in add:
                name = f"{entry.id}@{entry.version}"
                writer.delete_documents_by_term("version", name)
                writer.add_document(tantivy.Document(id=f"{name}#-1", version=name, head="1"))
                for passage in passages:
                    if parsed_id(passage.id)[2] not in entry.silent:
                        terms = " ".join(tokens(searchable(passage)))
                        writer.add_document(
                            tantivy.Document(id=passage.id, version=name, document=entry.id, terms=terms)
                        )
            writer.commit()
            writer.wait_merging_threads()  # else merges are given up, and a search goes through ever more segments
            self._searcher = _searcher(self._index)

    def clear(self) -> None:
        """Forgets everything."""
        with as_footnote_errors(self.folder):
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            writer.delete_all_documents()
            writer.commit()
            del writer
            self._searcher = _searcher(self._index)

    def search(self, text: str, k: int, documents: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The (passage id, BM25 score) of the `k` best passages, best first; only such as share a term with `text`."""
        import tantivy

        terms = dict.fromkeys(tokens(text))
        if not terms or k < 1 or (documents is not None and not documents):
            return []
        query = tantivy.Query
        any_term = query.boolean_query(
            [
                (tantivy.Occur.Should, query.term_query(self._schema, "terms", term, "freq"))
                for term in list(terms)[:256]
            ]
        )
        return self._best(any_term, k, documents)

    def having(self, terms: Iterable[str], k: int, documents: Collection[str] | None = None) -> list[str]:
        """The ids of at most `k` passages that have a word which begins with one of `terms`; a number must be whole."""
        import tantivy

        query = tantivy.Query
        forms = [
            query.regex_query(self._schema, "terms", f"{term}.*")
            if term.isalpha()
            else query.term_query(self._schema, "terms", term, "basic")
            for term in (_JOINTS.sub("", _folded(term)) for term in terms)
        ]
        if not forms or (documents is not None and not documents):
            return []
        any_form = query.boolean_query([(tantivy.Occur.Should, form) for form in forms])
        return [name for name, _ in self._best(any_form, k, documents)]

    def _best(self, query: tantivy.Query, k: int, documents: Collection[str] | None) -> list[tuple[str, float]]:
        import tantivy

        if documents is not None:
            among = tantivy.Query.term_set_query(self._schema, "document", list(documents))
            within = tantivy.Query.const_score_query(among, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, within)])
        with as_footnote_errors(self.folder):
            searcher = self._searcher
            hits = searcher.search(query, k, count=False).hits
            return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits if score > 0]

    def _state(self) -> dict[str, Any]:
        try:
            state = json.loads((self.folder / _STATE).read_text())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, state: dict[str, Any]) -> None:
        with as_footnote_errors(self.folder):
            new = self.folder / f"{_STATE}.new"
            new.write_text(json.dumps(state))
            new.replace(self.folder / _STATE)


def _searcher(index: tantivy.Index) -> tantivy.Searcher:
    """What was committed last."""
    index.config_reader("manual")
    index.reload()
    return index.searcher()


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("head", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
