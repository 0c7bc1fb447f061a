"""Faults of a running sync: it is killed, the disk is full, files move, another one runs, the clock jumps."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import IndexLocked
from index.health import DATABASE
from index.library import Library
from tests.index.conftest import ROOT, WordEmbedder
from tests.index.promises import NAMES, WORDS, fill
from tests.reliability.material import changed_folder, copy_index
from tests.reliability.outcome import Outcome, lost, synced

ALL = [*NAMES, "new.txt"]
_MOST_SECONDS = 0.15  # after the last document is read a sync writes for about so long


@contextmanager
def child(source: Path, index: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A sync in a process of its own that has opened the index, or failed to."""
    command = [sys.executable, "-m", "tests.index.child", str(source), str(index), *options]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[str], chance: random.Random) -> bool:
    """Lets a sync run to a random moment; False when it ended before."""
    assert process.stdout is not None
    for _ in range(chance.randint(0, len(ALL))):
        process.stdout.readline()
    with suppress(subprocess.TimeoutExpired):
        process.wait(chance.uniform(0, _MOST_SECONDS))
    return process.poll() is None


def killed(folder: Path, seed: int) -> Outcome:
    """SIGKILL at a random moment."""
    chance = random.Random(seed)
    for number in range(100):
        source, index = changed_folder(folder / str(number))
        with child(source, index) as process:
            if until(process, chance):
                process.send_signal(signal.SIGKILL)
                process.wait()
                break
    return synced(source, index, ALL, "banana", lost(source, index, NAMES, WORDS))


def power_cut(folder: Path, seed: int) -> Outcome:
    """The files as they are on the disk at a random moment; the process is stopped while they are copied."""
    chance = random.Random(seed)
    for number in range(100):
        source, index = changed_folder(folder / str(number))
        with child(source, index) as process:
            if until(process, chance):
                process.send_signal(signal.SIGSTOP)
                copy = copy_index(index, folder / "copy")
                break
    return synced(source, copy, ALL, "banana", lost(source, copy, NAMES, WORDS))


def disk_full(folder: Path, seed: int) -> Outcome:
    """No file may grow beyond a little more than the database has, as on a full disk."""
    source, index = changed_folder(folder)
    fill(source, "banana", [f"more{number}.txt" for number in range(40)])
    limit = (index / "chroma" / DATABASE).stat().st_size + random.Random(seed).randrange(60_000)
    with child(source, index, f"--most-bytes={limit}") as process:
        said, _ = process.communicate()
    problem = "" if process.returncode == 1 and "free some space" in said else f"no sentence: {said[-200:]}"
    return synced(source, index, ALL, "banana", lost(source, index, NAMES, WORDS), problem)


def two_at_once(folder: Path, seed: int) -> Outcome:
    """Two processes sync one folder into one index."""
    source, index = changed_folder(folder)
    with child(source, index) as one, child(source, index) as two:
        ends = [process.communicate() for process in (one, two)]
    codes = [process.returncode for process in (one, two)]
    said_why = all(code == 0 or "in use by another process" in err for code, (_, err) in zip(codes, ends, strict=True))
    problem = "" if 0 in codes and said_why else f"ended with {codes}: {ends[0][1][-200:]}{ends[1][1][-200:]}"
    return synced(source, index, ALL, "banana", lost(source, index, NAMES, WORDS), problem)


def second_process(folder: Path, seed: int) -> Outcome:
    """A process opens an index that another one has, which is then killed."""
    source, index = changed_folder(folder)
    with child(source, index, "--hold") as process:
        problem = f"process {process.pid} has it, and it was opened all the same"
        try:
            Library.open(source, index, embedder=WordEmbedder()).close()
        except IndexLocked as error:
            problem = "" if str(process.pid) in str(error) else f"it is not said who has it: {error}"
    return synced(source, index, ALL, "banana", 0, problem)


def moving_files(folder: Path, seed: int) -> Outcome:
    """Files are rewritten, replaced, renamed and deleted while a sync reads them, until it ends."""
    chance = random.Random(seed)
    source, index = changed_folder(folder)
    with child(source, index) as process:
        while process.poll() is None:
            _move(source, chance)
        problem = "" if process.returncode == 0 else f"the sync ended with {process.returncode}"
    gone = _wrong_quotes(source, index)
    for path in source.iterdir():
        path.unlink()
    fill(source, "banana", ALL)
    return synced(source, index, ALL, "banana", gone, problem)


def _move(source: Path, chance: random.Random) -> None:
    path = source / chance.choice(ALL)
    match chance.randrange(4):
        case 0:
            fill(source, chance.choice(WORDS), [path.name])
        case 1:
            fill(source, chance.choice(WORDS), [".draft"])
            (source / ".draft").replace(path)
        case 2 if path.exists():
            path.rename(source / chance.choice(ALL))
        case _:
            path.unlink(missing_ok=True)


def _wrong_quotes(source: Path, index: Path) -> int:
    """How many documents have a passage that is no slice of their text."""
    wrong = 0
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        for info in library.documents():
            text = library.document(info.id).text
            passages = library.passages([hit.passage_id for hit in library.lexical(info.id.removesuffix(".txt"), 50)])
            mine = [passage for passage in passages if passage.document_id == info.id]
            wrong += any(passage.text != text[passage.start : passage.end] for passage in mine)
    return wrong


def clock_back(folder: Path, seed: int) -> Outcome:
    """The clock is set back after the last sync: what changes now is dated before what is indexed."""
    source, index = changed_folder(folder)
    days = random.Random(seed).randrange(1, 2000)
    past = time.time() - days * 86_400
    for name in ALL:
        os.utime(source / name, (past, past))
    with child(source, index, f"--days-back={days}") as process:
        process.communicate()
    wrong = lost(source, index, ALL, ["banana"])
    fill(source, "apple", ALL)
    return synced(source, index, ALL, "apple", wrong)


def changed_document(folder: Path, seed: int) -> Outcome:
    """A document changes after it was indexed: it is said to be stale, and only it, until the next sync."""
    source, index = changed_folder(folder)
    before = synced(source, index, ALL, "banana")
    name = random.Random(seed).choice(ALL)
    fill(source, "apple", [name])
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        stale = [info.id for info in library.documents() if library.stale(info.id)]
    fill(source, "apple", ALL)
    problem = "" if stale == [name] else f"{name} changed, said to be stale: {stale}"
    return synced(source, index, ALL, "apple", before.lost, problem)
