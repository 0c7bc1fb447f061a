"""Shared fixtures: one Footnote over the seeds for the whole run, a temporary home, no network beyond loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag import Footnote

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
LOCAL = ("127.0.0.1", "::1", "localhost", "")


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footnote]:
    """Footnote over the seed documents, synced; shared, so tests only read from it."""
    footnote = Footnote.open(SEEDS, tmp_path_factory.mktemp("seeds-index"))
    footnote.sync()
    yield footnote
    footnote.close()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection of this process that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a connection to {address[0]} was tried")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()
