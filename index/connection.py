"""Clients of Chroma: the embedded one and that of a server, opened and let go of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexUnavailable
from index.faults import as_footnote_errors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_SERVER_SECONDS = 30.0


def embedded(folder: Path) -> ClientAPI:
    """Chroma in this process, on the files in `folder`."""
    import chromadb
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except BaseException:
        _forget_system(folder)
        raise


def served(url: str) -> ClientAPI:
    """The Chroma server at `url` (http://host:port). Raises IndexUnavailable when it does not answer."""
    from urllib.parse import urlsplit

    import chromadb
    from chromadb.config import Settings

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise IndexUnavailable(f"{url} is not an address ({error}): give one like http://localhost:8000.") from error
    if "@" in parts.netloc:
        raise IndexUnavailable(
            "The address of the Chroma server (RAG_CHROMA_URL) holds a name or password, which would not be sent and "
            "might be shown: leave them out."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise IndexUnavailable(f"{url} is not the address of a Chroma server: give one like http://localhost:8000.")
    with as_footnote_errors(url):
        client = chromadb.HttpClient(
            host=parts.hostname,
            port=port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    for session in _sessions(client):
        session.timeout = _SERVER_SECONDS
    return client


def close(client: Any) -> None:
    """Lets go of the files or the connections of a client."""
    client.close()
    for session in _sessions(client):
        session.close()


def _forget_system(folder: Path) -> None:
    """Takes what failed to start out of Chroma's cache, which would give it to the next who opens this folder."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient._identifier_to_system.pop(str(folder), None)


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client of a server, to which Chroma gives no time limit and which it never closes."""
    owners = (client, getattr(client, "_admin_client", None))
    sessions = [getattr(getattr(owner, "_server", None), "_session", None) for owner in owners]
    return [session for session in sessions if session is not None]
