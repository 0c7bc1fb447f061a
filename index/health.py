"""Signs of a damaged Chroma folder that Chroma itself does not notice, read from its files in a few milliseconds.

A deleted HNSW folder gives wrong neighbours and no error, a database of zero bytes opens as an empty one, a locked one
hangs for minutes. What is read here: SQLite's file header (sqlite.org/fileformat.html), Chroma 1.5's `segments`,
`max_seq_id` and `embeddings_queue` tables, and the header of an hnswlib file.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from index.errors import IndexLocked
from index.faults import damaged

DATABASE = "chroma.sqlite3"

_MAGIC = b"SQLite format 3\0"
_LOCK_SECONDS = 2.0
_HNSW_FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
_VECTOR_SEGMENTS = """
    SELECT segments.id, collections.name, max_seq_id.seq_id, segments.collection FROM segments
    JOIN collections ON collections.id = segments.collection JOIN max_seq_id ON max_seq_id.segment_id = segments.id
    WHERE segments.scope = 'VECTOR'
"""


def check_files(folder: Path) -> None:
    """Raises IndexDamaged or IndexLocked for a Chroma folder that must not be opened; a missing one is fine."""
    for problem in file_problems(folder):
        raise damaged(folder.parent, problem)


def file_problems(folder: Path) -> Iterator[str]:
    """What is wrong with the files of a Chroma folder. Raises IndexLocked when another program holds the database."""
    database = folder / DATABASE
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    problem = _header_problem(database)
    if problem is not None:
        yield problem
        return
    try:
        with closing(_connected(database)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
            segments = connection.execute(_VECTOR_SEGMENTS).fetchall()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise IndexLocked(
                f"Another program holds the database of the index at {folder.parent}: close it, then try again."
            ) from error
        yield f"its database cannot be read: {error}"
        return
    except sqlite3.DatabaseError as error:
        yield f"its database cannot be read: {error}"
        return
    for segment, _, _, _ in segments:
        yield from _segment_problems(folder / segment)


def missing_vectors(folder: Path, collection: str, rows: int) -> int:
    """How many of the `rows` passages of a collection have no vector, at least, as the file headers tell."""
    with closing(_connected(folder / DATABASE)) as connection:
        for segment, name, saved, collection_id in connection.execute(_VECTOR_SEGMENTS).fetchall():
            if name == collection:
                waiting = "SELECT count(*) FROM embeddings_queue WHERE seq_id > ? AND topic LIKE ?"
                queued = connection.execute(waiting, (saved, f"%{collection_id}")).fetchone()[0]
                return max(0, rows - vectors_saved(folder / segment) - int(queued))
    return 0


def vectors_saved(segment: Path) -> int:
    """How many vectors the files of a segment hold, deleted ones included; 0 when there is no readable header."""
    try:
        header = (segment / "header.bin").read_bytes()
        return int(struct.unpack_from("<iQQQ", header)[3])
    except (OSError, struct.error):
        return 0


def removed_ids(folder: Path) -> list[str]:
    """The documents that a person removed, as far as a damaged database still tells."""
    query = """
        SELECT DISTINCT embeddings.embedding_id FROM embedding_metadata
        JOIN embeddings ON embeddings.id = embedding_metadata.id WHERE key = 'removed' AND bool_value = 1
    """
    try:
        with closing(_connected(folder / DATABASE)) as connection:
            return [str(row[0]) for row in connection.execute(query).fetchall()]
    except sqlite3.DatabaseError:
        return []


def recorded_metadata(folder: Path, collection: str) -> dict[str, str | int]:
    """The metadata of a collection; empty when there is none or the database is unreadable."""
    query = """
        SELECT key, coalesce(str_value, int_value) FROM collection_metadata
        JOIN collections ON collections.id = collection_metadata.collection_id WHERE collections.name = ?
    """
    if not (folder / DATABASE).is_file():
        return {}
    try:
        with closing(_connected(folder / DATABASE)) as connection:
            return dict(connection.execute(query, (collection,)).fetchall())
    except sqlite3.DatabaseError:
        return {}


def deep_problems(folder: Path) -> Iterator[str]:
    """What SQLite's own check finds wrong with the database; reads all of it."""
    try:
        with closing(_connected(folder / DATABASE)) as connection:
            rows = [row[0] for row in connection.execute("PRAGMA integrity_check(3)").fetchall()]
    except sqlite3.DatabaseError as error:
        rows = [str(error)]
    if rows != ["ok"]:
        yield f"its database is corrupt: {rows[0].splitlines()[-1]}"


def _header_problem(database: Path) -> str | None:
    """What the first bytes and the size of the database say; None when nothing is wrong."""
    if not database.is_file():
        return "its database is gone"
    try:
        size = database.stat().st_size
        with database.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        return f"its database cannot be read: {error.strerror}"
    if size == 0:
        return "its database has zero bytes"
    if len(header) < 100 or not header.startswith(_MAGIC):
        return "its database is not a database"
    page = struct.unpack_from(">H", header, 16)[0]
    pages = struct.unpack_from(">I", header, 28)[0]
    in_doubt = database.with_name(f"{DATABASE}-journal").exists() or database.with_name(f"{DATABASE}-wal").exists()
    if not in_doubt and pages * (65536 if page == 1 else page) > size:
        return "its database is cut short"
    return None


def _segment_problems(segment: Path) -> Iterator[str]:
    missing = [name for name in _HNSW_FILES if not (segment / name).is_file()]
    if missing:
        yield "its vectors are gone" if len(missing) == len(_HNSW_FILES) else f"its vectors lack {', '.join(missing)}"
        return
    try:
        count, per_element = struct.unpack_from("<iQQQQ", (segment / "header.bin").read_bytes())[3:5]
        held = (segment / "data_level0.bin").stat().st_size
    except (OSError, struct.error):
        yield "the header of its vectors cannot be read"
        return
    if count * per_element > held:
        yield "its vectors are cut short"


def _connected(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(database, timeout=_LOCK_SECONDS, isolation_level=None)
