"""The same library on a Chroma server: several processes read, one writes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import library as library_module
from index.doctor import check, repair
from index.errors import IndexLocked, IndexUnavailable
from index.library import Library
from tests.index.chroma_server import Server
from tests.index.conftest import WordEmbedder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def join(
    server: Server, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Library]]:
    """Opens libraries on one server as several processes would, each with its own index folder."""
    monkeypatch.setattr(library_module, "_FOLLOW_SECONDS", 0.0)
    opened: list[Library] = []

    def join_as(name: str) -> Library:
        embedder = WordEmbedder(str(tmp_path))  # a fingerprint of its own for each test
        opened.append(Library.open(folder, tmp_path / name, embedder=embedder, chroma_url=server.url))
        return opened[-1]

    yield join_as
    for library in opened:
        library.close()


def found(library: Library, question: str) -> set[str]:
    hits = [*library.lexical(question, 5), *library.dense(library.embedder.embed_query(question), 5)]
    return {passage.document_id for passage in library.passages([hit.passage_id for hit in hits])}


def test_what_one_process_adds_changes_and_deletes_the_other_follows(
    join: Callable[[str], Library], folder: Path
) -> None:
    writer, reader = join("a"), join("b")
    writer.sync()
    assert "trade.txt" in found(reader, "trade in 2024")
    (folder / "fruit.txt").write_text("Bananas are yellow.")
    (folder / "trade.txt").unlink()
    writer.sync()
    assert "fruit.txt" in found(reader, "yellow bananas")
    assert "trade.txt" not in found(reader, "trade in 2024")
    assert reader.sync().unchanged == ("forum.txt", "fruit.txt", "tunnel.md")
    writer.remove(["fruit.txt"])
    assert "fruit.txt" not in found(reader, "yellow bananas")


def test_two_processes_share_one_index_folder(join: Callable[[str], Library]) -> None:
    one, two = join("same"), join("same")
    one.sync()
    assert found(two, "tunnel opened") == found(one, "tunnel opened") != set()


def test_a_server_that_dies_is_a_clear_error_and_its_return_needs_no_restart(
    join: Callable[[str], Library], server: Server
) -> None:
    library = join("a")
    library.sync()
    server.stop()
    try:
        with pytest.raises(IndexUnavailable, match="does not answer: start it"):
            found(library, "trade in 2024")
        with pytest.raises(IndexUnavailable):
            library.sync()
    finally:
        server.start()
    assert "trade.txt" in found(library, "trade in 2024")


def test_the_doctor_finds_and_mends_lost_rows_on_a_server(
    join: Callable[[str], Library], server: Server, folder: Path, tmp_path: Path
) -> None:
    library = join("a")
    library.sync()
    library.store.delete_passages(library.store.manifest["trade.txt"].passage_ids)
    library.close()
    embedder = WordEmbedder(str(tmp_path))
    options = {"embedder": embedder, "chroma_url": server.url}
    assert [finding.what for finding in check(tmp_path / "a", folder, **options)] == [  # type: ignore[arg-type]
        "trade.txt lacks 1 of its 1 passages."
    ]
    repair(tmp_path / "a", folder, **options)  # type: ignore[arg-type]
    assert check(tmp_path / "a", folder, **options) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["localhost", "ftp://x", "http://", "http://127.0.0.1:9"])
def test_an_address_that_is_no_server_is_a_clear_error(url: str, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable):
        Library.open(folder, tmp_path / "index", embedder=WordEmbedder(), chroma_url=url)


@pytest.mark.parametrize("url", ["http://ada:sk-secret@127.0.0.1:8000", "http://ada@127.0.0.1", "http://[x", "ftp://x"])
def test_an_address_with_a_password_or_that_is_none_is_refused_without_showing_it(
    url: str, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(IndexUnavailable, match=r"address.*\.$") as caught:
        Library.open(folder, tmp_path / "index", embedder=WordEmbedder(), chroma_url=url)
    assert "sk-secret" not in str(caught.value)


def test_an_empty_address_is_no_server(folder: Path, tmp_path: Path) -> None:
    with (
        Library.open(folder, tmp_path / "index", embedder=WordEmbedder(), chroma_url="") as library,
        pytest.raises(IndexLocked),
    ):
        Library.open(folder, library.index_dir, embedder=WordEmbedder(), chroma_url="")
