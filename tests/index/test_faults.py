"""What the index promises, and attempts to break it: each document stays searchable, as it was or as it is.

The same with real processes, killed and starved, is in tests/reliability.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from index import files
from index.doctor import Remedy, check, repair
from index.errors import FileError, FootnoteError, IndexDamaged, IndexLocked
from index.files import read_bytes
from index.health import DATABASE
from index.lexical import Lexical
from index.library import Library
from index.store import Store
from tests.index.conftest import WordEmbedder
from tests.index.promises import NAMES, consistent, damage, fill, whole

CHILD = [sys.executable, "-m", "tests.index.child"]
PASSING = shutil.ignore_patterns(".tmp*")  # tantivy tidies up in a thread of its own: gone before they are copied


@pytest.fixture
def synced(tmp_path: Path) -> tuple[Path, Path]:
    """Documents that say apple, indexed; on disk they now say banana, one is deleted and one is new."""
    source, index = tmp_path / "documents", tmp_path / "index"
    fill(source, "apple", [*NAMES, "gone.txt"])
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        library.sync()
    fill(source, "banana", [*NAMES, "new.txt"])
    (source / "gone.txt").unlink()
    return source, index


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Calls a function before and after every single write to Chroma and to the lexical cache."""

    def at_each(act: Callable[[], None]) -> None:
        writes = [(Store, name) for name in ("put_passages", "put_entries", "delete_passages", "forget", "_advance")]
        for owner, name in [*writes, (Lexical, "write"), (Lexical, "mark")]:
            monkeypatch.setattr(owner, name, surrounded(getattr(owner, name), act))

    return at_each


def surrounded(method: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        act()
        result = method(*values, **named)
        act()
        return result

    return call


def test_power_cut_at_any_write_of_a_sync_loses_nothing(
    synced: tuple[Path, Path], tmp_path: Path, moments: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, index = synced
    copies: list[Path] = []

    def copy() -> None:
        copies.append(tmp_path / f"copy{len(copies)}")
        shutil.copytree(index, copies[-1], ignore=PASSING)

    with monkeypatch.context() as patch:
        moments(copy)
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            library.sync()
        patch.undo()
    monkeypatch.undo()
    assert len(copies) > 15
    states = [consistent(source, copy) for copy in copies[::3]]
    assert ["apple"] * 12 in states
    assert ["banana"] * 12 in states
    for copy in copies[1::12]:
        with Library.open(source, copy, embedder=WordEmbedder()) as library:
            library.sync()
        assert consistent(source, copy) == ["banana"] * 12
        assert whole(source, copy)


def test_an_error_in_the_middle_of_a_sync_leaves_the_open_library_right(
    synced: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, index = synced
    with Library.open(source, index, embedder=WordEmbedder()) as library:
        calls = iter(range(100))
        real = Store.put_entries

        def fails_late(store: Store, entries: Any) -> None:
            if next(calls) == 1:
                raise OSError(28, "No space left on device")
            real(store, entries)

        monkeypatch.setattr(Store, "put_entries", fails_late)
        with pytest.raises(OSError):
            library.sync()
        monkeypatch.undo()
        found = library.passages([hit.passage_id for hit in library.lexical("d3x part", 50)])
        assert found
        assert all(
            passage.text == library.document(passage.document_id).text[passage.start : passage.end] for passage in found
        )
        library.sync()
    assert consistent(source, index) == ["banana"] * 12
    assert whole(source, index)


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A thousand passages in ninety documents, one of them removed by a person."""
    base = tmp_path_factory.mktemp("big")
    fill(base / "documents", "apple", [f"d{number}.txt" for number in range(90)])
    with Library.open(base / "documents", base / "index", embedder=WordEmbedder()) as library:
        library.sync()
        library.remove(["d7.txt"])
    return base / "documents", base / "index"


class TestDamage:
    """Faults of Chroma's own files; a thousand passages, so that its vectors are in files of their own."""

    @pytest.fixture
    def copy(self, big: tuple[Path, Path], tmp_path: Path) -> Iterator[tuple[Path, Path]]:
        shutil.copytree(big[1], tmp_path / "index", ignore=PASSING)
        yield big[0], tmp_path / "index"

    def test_lost_vectors_are_mended_and_what_a_person_removed_stays_away(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        damage(index, "no vectors")
        repair(index, source, embedder=WordEmbedder())
        assert whole(source, index)
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            assert [info.id for info in library.removed()] == ["d7.txt"]

    def test_an_index_that_could_not_be_opened_is_mended_in_the_same_process(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        damage(index, "garbage inside", seed=7)
        with pytest.raises(IndexDamaged):
            Library.open(source, index, embedder=WordEmbedder())
        repair(index, source, embedder=WordEmbedder())
        assert whole(source, index)

    def test_damage_deep_inside_is_found_by_the_doctor_and_mended(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        damage(index, "garbage inside")
        assert check(index, source, embedder=WordEmbedder())
        repair(index, source, embedder=WordEmbedder())
        assert whole(source, index)

    def test_vectors_that_were_lost_and_made_anew_by_chroma_are_missed(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        damage(index, "no vectors")
        database = sqlite3.connect(index / "chroma" / DATABASE)
        database.execute("DELETE FROM max_seq_id WHERE segment_id IN (SELECT id FROM segments WHERE scope = 'VECTOR')")
        database.commit()
        database.close()
        with suppress(IndexDamaged):
            Library.open(source, index, embedder=WordEmbedder()).close()
        assert check(index, source, embedder=WordEmbedder())

    def test_a_locked_database_is_a_clear_error_and_no_hang(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        holder = sqlite3.connect(index / "chroma" / DATABASE)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexLocked, match="Another program holds the database"):
            Library.open(source, index, embedder=WordEmbedder())
        with pytest.raises(IndexLocked):
            check(index, source, embedder=WordEmbedder())
        holder.close()
        assert whole(source, index)

    def test_rows_that_are_lost_or_too_many_are_found_and_mended(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            lost = library.store.manifest["d1.txt"].passage_ids[:2]
            orphans = library.passages(library.store.manifest["d2.txt"].passage_ids)
            vectors = library.embedder.embed_passages([passage.text for passage in orphans])
            library.store.delete_passages(lost)
            library.store._passages.upsert(ids=["x@1#0", "not an id"], embeddings=vectors[:2])
            assert not library.passages(["x@1#0"])
        said = [finding.what for finding in check(index, source, embedder=WordEmbedder())]
        assert said == ["2 passages belong to no document.", "d1.txt lacks 2 of its 12 passages."]
        report = repair(index, source, embedder=WordEmbedder())
        assert report.updated == ("d1.txt",)
        assert whole(source, index)
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            assert [info.id for info in library.removed()] == ["d7.txt"]

    def test_a_damaged_lexical_cache_is_built_again_by_itself(self, copy: tuple[Path, Path]) -> None:
        source, index = copy
        for path in (index / "lexical").iterdir():
            path.write_bytes(b"garbage")
        assert [finding.remedy for finding in check(index, source, embedder=WordEmbedder())] == [Remedy.MEND]
        with Library.open(source, index, embedder=WordEmbedder()) as library:
            assert library.lexical("d3x", 5)
        assert whole(source, index)

    def test_a_stale_document_is_named_by_the_doctor(self, copy: tuple[Path, Path], big: tuple[Path, Path]) -> None:
        _, index = copy
        source = index.parent / "documents"
        shutil.copytree(big[0], source)
        (source / "d1.txt").write_text("Changed.")
        assert [finding.what for finding in check(index, source, embedder=WordEmbedder())] == [
            "d1.txt changed or is gone since it was indexed."
        ]


class TestFilesThatMove:
    """A file that changes under the reader; the hook plays the other program at the worst moment."""

    def hook(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
        real, calls = os.fstat, iter(range(100))

        def fstat(number: int) -> os.stat_result:
            status = real(number)
            act(next(calls))
            return status

        monkeypatch.setattr(files.os, "fstat", fstat)

    def test_one_that_changes_once_is_read_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")
        self.hook(monkeypatch, lambda call: path.write_text("newer") if call == 0 else None)
        assert read_bytes(path, tmp_path, 1000)[0] == b"newer"

    def test_one_that_never_rests_is_reported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")
        self.hook(monkeypatch, lambda call: path.write_text("x" * (call + 10)) and None)
        with pytest.raises(FileError, match="changes while it is read"):
            read_bytes(path, tmp_path, 1000)

    def test_one_that_is_replaced_by_another_is_read_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, other = tmp_path / "a.txt", tmp_path / "b.txt"
        path.write_text("old")
        other.write_text("new")
        self.hook(monkeypatch, lambda call: other.replace(path) and None if call == 0 else None)
        assert read_bytes(path, tmp_path, 1000)[0] == b"new"

    def test_one_that_is_deleted_is_reported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")
        self.hook(monkeypatch, lambda call: path.unlink() if call == 0 else None)
        with pytest.raises(FileError, match=r"a\.txt cannot be"):
            read_bytes(path, tmp_path, 1000)

    def test_one_swapped_for_a_link_to_a_secret_is_refused(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("swordfish")
        folder = tmp_path / "documents"
        folder.mkdir()
        (folder / "a.txt").symlink_to(secret)
        with pytest.raises(FileError, match="leads out of the source folder"):
            read_bytes(folder / "a.txt", folder, 1000)


def test_every_error_of_the_index_is_a_sentence_that_says_what_to_do() -> None:
    from index.faults import translated

    causes: list[BaseException] = [
        OSError(28, "No space left on device"),
        OSError(30, "Read-only file system"),
        PermissionError(13, "Permission denied"),
        sqlite3.OperationalError("database is locked"),
        sqlite3.DatabaseError("database disk image is malformed"),
        sqlite3.DatabaseError("file is not a database"),
        ValueError("Could not connect to a Chroma server."),
        RuntimeError("Internal error: Error finding id"),
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError("timed out"),
        Exception(""),
    ]
    for where in (Path("/some/index"), "http://localhost:8000"):
        for cause in causes:
            error = translated(cause, where)
            assert isinstance(error, FootnoteError)
            assert str(where) in str(error)
            assert len(str(error).split()) > 8
