"""Conversations, kept on this machine: one SQLite file, one owner a conversation, thumbs and notes beside each answer.

conversations  id, owner, title, created, updated          owner is "" where nobody logs in; times are ISO 8601 UTC
turns          id, conversation, position, asked, turn     turn is the JSON the page shows; position is its order
feedback       turn, rating (1 or -1), note, created       at most one a turn; goes with its turn
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import FootnoteError

TITLE_CHARS = 120
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, asked TEXT NOT NULL, turn TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
    turn TEXT PRIMARY KEY REFERENCES turns(id) ON DELETE CASCADE,
    rating INTEGER NOT NULL CHECK (rating IN (-1, 1)), note TEXT NOT NULL, created TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS turns_in_order ON turns (conversation, position);
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, updated);
"""


class HistoryError(FootnoteError):
    """The history cannot be read or written, or does not hold what was asked for."""


class History:
    """The store. Safe to use from many threads: each call opens the file, does one transaction and closes it."""

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as store:
            store.execute("PRAGMA journal_mode = WAL")
            store.executescript(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=10)) as store, store:
                store.row_factory = sqlite3.Row
                store.execute("PRAGMA foreign_keys = ON")
                yield store
        except sqlite3.Error as error:
            raise HistoryError(
                f"The conversations in {self.path.name} cannot be used ({error}). "
                "Free disk space or move the file away; a new one is made at the next start."
            ) from error

    # ---- turns

    def save(self, owner: str, conversation: str | None, turn: dict[str, Any], replace: str | None = None) -> str:
        """Keep a finished turn and return its conversation's id; None begins a conversation, titled by the question.

        A new conversation has the id of its first turn, so that it is known before it is kept.
        `replace` names the turn whose place it takes. Raises HistoryError when the conversation is not the owner's.
        """
        with self._open() as store:
            if conversation is None:
                conversation = _begin(store, owner, turn)
            else:
                _own(store, owner, conversation)
            position = _take_place(store, conversation, replace)
            body = json.dumps(turn | {"conversation": conversation}, ensure_ascii=False)
            store.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?)", (turn["id"], conversation, position, turn["asked"], body)
            )
            store.execute("UPDATE conversations SET updated = ? WHERE id = ?", (_now(), conversation))
        return conversation

    def turns(self, owner: str, conversation: str, before: str | None = None) -> list[dict[str, Any]]:
        """The turns in order, each with its `rating` and `note`; `before` stops at that turn."""
        with self._open() as store:
            _own(store, owner, conversation)
            rows = store.execute(
                "SELECT turns.turn, turns.id, rating, note FROM turns LEFT JOIN feedback ON feedback.turn = turns.id "
                "WHERE conversation = ? ORDER BY position",
                (conversation,),
            ).fetchall()
        kept = []
        for row in rows:
            if row["id"] == before:
                break
            kept.append(json.loads(row["turn"]) | {"rating": row["rating"] or 0, "note": row["note"] or ""})
        return kept

    def drop_turn(self, owner: str, turn: str) -> None:
        """Delete one turn and its feedback, and with the last turn its conversation."""
        with self._open() as store:
            conversation = _own_turn(store, owner, turn)
            store.execute("DELETE FROM turns WHERE id = ?", (turn,))
            store.execute(
                "DELETE FROM conversations WHERE id = ? AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation = ?)",
                (conversation, conversation),
            )

    def rate(self, owner: str, turn: str, rating: int, note: str = "") -> None:
        """Keep a thumb (1 or -1) and its note; 0 takes it back."""
        with self._open() as store:
            _own_turn(store, owner, turn)
            store.execute("DELETE FROM feedback WHERE turn = ?", (turn,))
            if rating:
                store.execute("INSERT INTO feedback VALUES (?, ?, ?, ?)", (turn, rating, note, _now()))

    def feedback(self) -> list[dict[str, Any]]:
        """Every rated turn of every owner, oldest first: `rating`, `note`, `created` and the `turn`. For the evals."""
        with self._open() as store:
            rows = store.execute(
                "SELECT rating, note, created, turns.turn AS body FROM feedback JOIN turns ON turns.id = feedback.turn "
                "ORDER BY created"
            ).fetchall()
        return [
            {"rating": row["rating"], "note": row["note"], "created": row["created"], "turn": json.loads(row["body"])}
            for row in rows
        ]

    # ---- conversations

    def conversations(self, owner: str, search: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """The owner's conversations, newest first; `search` keeps those whose title, questions or answers hold it.

        Upper and lower case are one, and so are a line break and a space.
        """
        wanted = _folded(search)
        with self._open() as store:
            store.create_function("folded", 1, _folded, deterministic=True)
            store.create_function("told", 1, _told, deterministic=True)
            rows = store.execute(
                "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = c.id) AS turns "
                "FROM conversations AS c WHERE owner = ? AND (instr(folded(title), ?) OR EXISTS (SELECT 1 FROM turns "
                "WHERE conversation = c.id AND instr(told(turn), ?))) ORDER BY updated DESC, id LIMIT ?",
                (owner, wanted, wanted, limit),
            ).fetchall()
        return [dict(row) for row in rows]

    def title(self, owner: str, conversation: str) -> str:
        """The conversation's title."""
        with self._open() as store:
            return str(_own(store, owner, conversation)["title"])

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title, cut at TITLE_CHARS."""
        with self._open() as store:
            _own(store, owner, conversation)
            store.execute("UPDATE conversations SET title = ? WHERE id = ?", (title[:TITLE_CHARS], conversation))

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation with its turns and feedback."""
        with self._open() as store:
            _own(store, owner, conversation)
            store.execute("DELETE FROM conversations WHERE id = ?", (conversation,))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _told(body: str) -> str:
    """What a search looks through, a line each: the question, the sentences of the answer, and its text with [n]."""
    turn = json.loads(body)
    sentences = " ".join(claim["text"] for claim in turn["claims"])
    return "\n".join(_folded(part) for part in (turn["asked"], sentences, turn["text"]))


def _begin(store: sqlite3.Connection, owner: str, turn: dict[str, Any]) -> str:
    conversation = str(turn["id"])
    title = " ".join(turn["asked"].split())[:TITLE_CHARS]
    store.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", (conversation, owner, title, _now(), _now()))
    return conversation


def _own(store: sqlite3.Connection, owner: str, conversation: str) -> sqlite3.Row:
    row = store.execute("SELECT * FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)).fetchone()
    if row is None:
        raise HistoryError("This conversation is no longer here: start a new one.")
    return row  # type: ignore[no-any-return]


def _own_turn(store: sqlite3.Connection, owner: str, turn: str) -> str:
    """The conversation of the turn."""
    row = store.execute("SELECT conversation FROM turns WHERE id = ?", (turn,)).fetchone()
    if row is None:
        raise HistoryError("This answer is no longer here: ask the question again.")
    return str(_own(store, owner, row["conversation"])["id"])


def _take_place(store: sqlite3.Connection, conversation: str, replace: str | None) -> int:
    """The position of the turn that goes, else the next free one."""
    row = store.execute(
        "SELECT position FROM turns WHERE id = ? AND conversation = ?", (replace, conversation)
    ).fetchone()
    if row is not None:
        store.execute("DELETE FROM turns WHERE id = ?", (replace,))
        return int(row["position"])
    last = store.execute("SELECT max(position) FROM turns WHERE conversation = ?", (conversation,)).fetchone()[0]
    return 0 if last is None else int(last) + 1
