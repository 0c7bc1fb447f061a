from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.documents import Filter
from index.embedding import MiniLM
from index.errors import FileError, IndexLocked, IndexOutdated, IndexUnavailable, SourceError
from index.library import Library, fingerprint
from index.sync import document_from
from tests.index.conftest import SEEDS, Opener, WordEmbedder, found


class TestSync:
    def test_a_new_folder_is_added_with_progress(self, opened: Opener) -> None:
        seen: list[tuple[str, int, int]] = []
        report = opened().sync(lambda *step: seen.append(step))
        assert report.added == ("forum.txt", "trade.txt", "tunnel.md")
        assert seen == [("forum.txt", 1, 3), ("trade.txt", 2, 3), ("tunnel.md", 3, 3)]

    def test_nothing_changed_embeds_nothing_and_writes_nothing(self, library: Library, words: WordEmbedder) -> None:
        before = (words.embedded, library.generation)
        report = library.sync()
        assert report.unchanged == ("forum.txt", "trade.txt", "tunnel.md")
        assert not report.changed
        assert (words.embedded, library.generation) == before

    def test_a_changed_document_replaces_its_old_self(self, library: Library, folder: Path) -> None:
        old = library.lexical("trade", 1)[0].passage_id
        (folder / "trade.txt").write_text("Trade in 2025\n\nTrade fell to $50 billion in 2025.\n")
        report = library.sync()
        assert report.updated == ("trade.txt",)
        assert report.unchanged == ("forum.txt", "tunnel.md")
        assert library.passages([old]) == []
        assert library.lexical("94.8", 5) == []
        assert "50 billion" in library.document("trade.txt").text
        assert {
            passage.document_id for passage in library.passages([hit.passage_id for hit in library.lexical("50", 5)])
        }

    def test_a_deleted_file_can_no_longer_be_cited(self, library: Library, folder: Path) -> None:
        (folder / "trade.txt").unlink()
        assert library.sync().removed == ("trade.txt",)
        assert "trade.txt" not in found(library, "trade in 2024")
        with pytest.raises(FileError, match=r"no document trade\.txt"):
            library.document("trade.txt")

    def test_two_files_with_the_same_text_are_two_documents(self, library: Library, folder: Path) -> None:
        for name in ("one.txt", "two.txt"):
            (folder / name).write_text("Bananas are yellow.")
        library.sync()
        assert {"one.txt", "two.txt"} <= set(found(library, "bananas"))
        (folder / "one.txt").unlink()
        library.sync()
        assert "one.txt" not in found(library, "bananas")
        assert "two.txt" in found(library, "bananas")

    def test_an_edit_of_the_same_size_and_time_is_noticed(self, library: Library, folder: Path) -> None:
        path = folder / "trade.txt"
        status = path.stat()
        path.write_text(path.read_text().replace("94.8", "11.1"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert library.sync().updated == ("trade.txt",)

    def test_a_touched_file_is_hashed_and_left_alone(self, library: Library, folder: Path, words: WordEmbedder) -> None:
        embedded = words.embedded
        os.utime(folder / "trade.txt", (1, 1))
        assert "trade.txt" in library.sync().unchanged
        assert words.embedded == embedded

    def test_a_clock_set_back_hides_no_change(self, library: Library, folder: Path) -> None:
        (folder / "trade.txt").write_text("Trade collapsed.")
        os.utime(folder / "trade.txt", (1_000_000_000, 1_000_000_000))
        assert library.sync().updated == ("trade.txt",)

    def test_a_bad_file_is_reported_and_stops_no_other(self, opened: Opener, folder: Path) -> None:
        (folder / "zero.txt").touch()
        (folder / "picture.md").write_bytes(b"\x89PNG" + bytes(range(256)) * 9)
        (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
        report = opened().sync()
        assert len(report.added) == 3
        assert [name for name, _ in report.failed] == ["broken.pdf", "picture.md", "zero.txt"]
        assert all(reason.endswith(".") for _, reason in report.failed)

    def test_a_document_that_turns_bad_keeps_what_the_index_had(self, library: Library, folder: Path) -> None:
        (folder / "trade.txt").write_bytes(b"")
        report = library.sync()
        assert [name for name, _ in report.failed] == ["trade.txt"]
        assert "trade.txt" in found(library, "trade in 2024")
        assert library.stale("trade.txt")

    def test_a_file_too_large_is_named_with_what_to_do(self, opened: Opener, folder: Path) -> None:
        (folder / "big.txt").write_text("word " * 300_000)
        failed = dict(opened(max_file_mb=1).sync().failed)
        assert "RAG_MAX_FILE_MB" in failed["big.txt"]

    def test_a_closed_library_says_so(self, library: Library, words: WordEmbedder) -> None:
        library.close()
        for use in (library.sync, library.documents, lambda: library.dense(words.embed_query("trade"), 1)):
            with pytest.raises(IndexUnavailable, match="closed"):
                use()

    def test_a_missing_or_empty_folder_is_a_clear_error(self, tmp_path: Path, words: WordEmbedder) -> None:
        with pytest.raises(SourceError, match="does not exist"):
            Library.open(tmp_path / "nowhere", tmp_path / "i", embedder=words)
        (tmp_path / "empty").mkdir()
        with (
            Library.open(tmp_path / "empty", tmp_path / "i", embedder=words) as library,
            pytest.raises(SourceError, match="holds no documents"),
        ):
            library.sync()

    def test_a_folder_that_vanishes_keeps_the_index(self, library: Library, folder: Path) -> None:
        folder.rename(folder.with_name("elsewhere"))
        with pytest.raises(SourceError):
            library.sync()
        assert "trade.txt" in found(library, "trade in 2024")

    def test_subfolders_are_read_and_hidden_files_are_not(self, opened: Opener, folder: Path) -> None:
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "ü b.txt").write_text("Deep text.")
        (folder / ".git").mkdir()
        (folder / ".git" / "x.txt").write_text("Hidden.")
        report = opened().sync()
        assert "deep/er/ü b.txt" in report.added
        assert not [name for name in report.added if ".git" in name]

    def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_read(self, opened: Opener, folder: Path) -> None:
        secret = folder.parent / "secret.txt"
        secret.write_text("The password is swordfish.")
        (folder / "link.txt").symlink_to(secret)
        (folder / "inside.txt").symlink_to(folder / "trade.txt")
        (folder / "dangling.txt").symlink_to(folder / "nothing.txt")
        (folder / "loop").symlink_to(folder)
        report = opened().sync()
        assert "inside.txt" in report.added
        assert set(dict(report.failed)) == {"link.txt", "dangling.txt", "loop"}
        assert "leads out of the source folder" in dict(report.failed)["link.txt"]

    def test_a_fifo_is_refused_without_waiting_for_it(self, opened: Opener, folder: Path) -> None:
        os.mkfifo(folder / "pipe.txt")
        assert "not a regular file" in dict(opened().sync().failed)["pipe.txt"]

    def test_a_name_that_is_no_text_is_refused(self, opened: Opener, folder: Path) -> None:
        (Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.txt"))).write_text("x")
        (folder / "new\nline.txt").write_text("x")
        assert len(opened().sync().failed) == 2


class TestSettings:
    def test_another_embedder_makes_another_index_and_no_mix(self, folder: Path, tmp_path: Path) -> None:
        first, second = WordEmbedder("one"), WordEmbedder("two")
        with Library.open(folder, tmp_path / "index", embedder=first) as library:
            library.sync()
            library.remove(["forum.txt"])
        with Library.open(folder, tmp_path / "index", embedder=second) as library:
            with pytest.raises(IndexOutdated, match="python -m index sync"):
                library.lexical("trade", 3)
            with pytest.raises(IndexOutdated):
                library.dense(second.embed_query("trade"), 3)
            assert len(library.sync().added) == 2
            assert "trade.txt" in found(library, "trade")
            assert [info.id for info in library.removed()] == ["forum.txt"]
        with Library.open(folder, tmp_path / "index", embedder=first) as library, pytest.raises(IndexOutdated):
            library.lexical("trade", 3)

    def test_a_rebuild_that_fails_leaves_the_old_index_whole(self, folder: Path, tmp_path: Path) -> None:
        class Broken(WordEmbedder):
            def embed_passages(self, texts: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
                raise MemoryError

        with Library.open(folder, tmp_path / "index", embedder=WordEmbedder("one")) as library:
            library.sync()
        with (
            Library.open(folder, tmp_path / "index", embedder=Broken("two")) as library,
            pytest.raises(MemoryError),
        ):
            library.sync()
        with Library.open(folder, tmp_path / "index", embedder=WordEmbedder("one")) as library:
            assert "trade.txt" in found(library, "trade in 2024")
            assert library.sync().unchanged

    def test_every_setting_that_changes_what_is_stored_changes_the_fingerprint(self) -> None:
        one, two = WordEmbedder("one"), WordEmbedder("two")
        assert len({fingerprint(one, 200), fingerprint(two, 200), fingerprint(one, 150)}) == 3
        assert fingerprint(one, 200) == fingerprint(WordEmbedder("one"), 200)


class TestSources:
    def test_a_title_publisher_and_date_are_taken_from_sources_toml(self, opened: Opener, folder: Path) -> None:
        table = '["trade.txt"]\ntitle = "Trade"\npublisher = "The Post"\npublished = 2024-05-01\n'
        (folder / "sources.toml").write_text(table)
        library = opened()
        library.sync()
        passage = library.passages([library.lexical("94.8", 1)[0].passage_id])[0]
        assert (passage.title, passage.publisher, passage.published) == ("Trade", "The Post", date(2024, 5, 1))
        assert library.document("forum.txt").title == "The forum"
        assert library.document("tunnel.md").title == "The tunnel"

    def test_a_title_is_the_first_line_that_says_anything(self) -> None:
        page = b'[![Build](https://x.org/a.svg)](https://x.org)\n<p align="center"><b>The  tool</b></p>\n\nIt runs.'
        assert document_from("README.md", page, {}).title == "The tool"
        mail = b"From: Jan <jan@example.org>\nSubject:  New depot in Kassel \n\nThe contract is signed.\n"
        assert document_from("mail.txt", mail, {}).title == "New depot in Kassel"

    def test_a_changed_entry_is_taken_over_without_embedding(
        self, library: Library, folder: Path, words: WordEmbedder
    ) -> None:
        embedded = words.embedded
        (folder / "sources.toml").write_text('["trade.txt"]\npublished = "2023-01-02"\n')
        assert library.sync().updated == ("trade.txt",)
        assert library.document("trade.txt").published == date(2023, 1, 2)
        assert words.embedded == embedded
        (folder / "sources.toml").unlink()
        assert library.sync().updated == ("trade.txt",)
        assert library.document("trade.txt").published is None

    def test_a_broken_one_is_reported_and_the_files_go_on(self, opened: Opener, folder: Path) -> None:
        (folder / "sources.toml").write_text("[[[")
        report = opened().sync()
        assert len(report.added) == 3
        assert [name for name, _ in report.failed] == ["sources.toml"]

    def test_the_seeds_say_no_more_than_their_text_proves(self) -> None:
        from index.files import Source

        described = Source(SEEDS).described()
        assert set(described) == {path.name for path in SEEDS.glob("*.txt")}
        for name, table in described.items():
            text = (SEEDS / name).read_text("utf-8").replace("’", "'")
            for part in str(table.get("publisher", "")).replace(" via ", " / ").split(" / "):
                assert part in text
            if "published" in table:
                assert table["published"].isoformat() in text


class TestSearch:
    def test_the_seeds_answer_from_the_right_passage(self, tmp_path: Path, minilm: MiniLM) -> None:
        with Library.open(SEEDS, tmp_path / "index", embedder=minilm) as library:
            library.sync()
            for question, text in (
                ("How much was China-Central Asia trade in 2022?", "$70.2 billion"),
                ("Which tunnel is on the Angren-Pap line?", "Qamchiq"),
            ):
                (lexical, *_), (dense, *_) = (
                    library.lexical(question, 1),
                    library.dense(minilm.embed_query(question), 1),
                )
                assert all(text in passage.text for passage in library.passages([lexical.passage_id, dense.passage_id]))
            for path in SEEDS.glob("*.txt"):
                document = library.document(path.name)
                assert document.text == path.read_text("utf-8")
                assert not library.stale(path.name)

    def test_filters_hold_for_both_searches(self, opened: Opener, folder: Path) -> None:
        (folder / "sources.toml").write_text(
            '["trade.txt"]\npublished = 2024-05-01\n["tunnel.md"]\npublished = 2016-01-01\n'
        )
        library = opened()
        library.sync()
        question = "trade tunnel forum 2024 opened met"
        assert set(found(library, question)) == {"trade.txt", "tunnel.md", "forum.txt"}
        assert set(found(library, question, documents=["forum.txt"])) == {"forum.txt"}
        assert set(found(library, question, after=date(2020, 1, 1))) == {"trade.txt"}
        assert set(found(library, question, before=date(2016, 1, 1))) == {"tunnel.md"}
        assert library.mentions(["tunn"])
        assert not library.mentions(["tunn"], Filter(after=date(2020, 1, 1)))
        assert library.newest() == date(2024, 5, 1)
        library.remove(["trade.txt"])
        assert library.newest() == date(2016, 1, 1)
        library.restore(["trade.txt"])
        assert found(library, question, documents=[]) == []
        with pytest.raises(FileError, match=r"nothing\.txt"):
            found(library, question, documents=["forum.txt", "nothing.txt"])

    def test_a_search_in_few_documents_compares_every_passage_as_the_approximate_one_does(
        self, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vector, where = library.embedder.embed_query("trade met tunnel"), Filter(documents=["trade.txt", "forum.txt"])
        exact = library.dense(vector, 5, where)
        monkeypatch.setattr("index.store._EXACT", 0)
        approximate = library.dense(vector, 5, where)
        assert [hit.passage_id for hit in exact] == [hit.passage_id for hit in approximate]
        assert [hit.score for hit in exact] == pytest.approx([hit.score for hit in approximate], abs=1e-5)

    def test_passages_come_in_the_order_given_and_unknown_ones_are_left_out(self, library: Library) -> None:
        ids = [hit.passage_id for hit in library.dense(library.embedder.embed_query("trade tunnel forum"), 3)]
        wanted = [ids[2], "nothing@0#0", "", ids[0], "x#y@z"]
        assert [passage.id for passage in library.passages(wanted)] == [ids[2], ids[0]]

    def test_neighbours_are_the_passages_next_door(self, opened: Opener, folder: Path) -> None:
        (folder / "long.txt").write_text(
            "\n\n".join(f"Paragraph {number}. " + "It goes on. " * 60 for number in range(4))
        )
        library = opened()
        library.sync()
        middle = library.passages([next(hit.passage_id for hit in library.lexical("Paragraph 1", 5))])[0]
        before, after = library.neighbours(middle)
        assert before is not None or after is not None
        for neighbour in (before, after):
            if neighbour is not None:
                assert neighbour.end == middle.start or neighbour.start == middle.end

    def test_boilerplate_is_kept_in_the_text_and_never_found(self, opened: Opener, folder: Path) -> None:
        (folder / "form.txt").write_text("Please enter your comment!\nPlease enter your name here")
        library = opened()
        library.sync()
        assert library.document("form.txt").text.startswith("Please enter")
        assert "form.txt" not in found(library, "please enter your comment name")

    def test_an_index_never_synced_finds_nothing(self, opened: Opener) -> None:
        library = opened()
        assert found(library, "trade") == []
        assert library.documents() == []

    def test_a_stale_document_says_so(self, library: Library, folder: Path) -> None:
        assert not library.stale("trade.txt")
        (folder / "trade.txt").write_text("Other words.")
        assert library.stale("trade.txt")
        (folder / "trade.txt").unlink()
        assert library.stale("trade.txt")


class TestOwnership:
    def test_a_second_library_on_the_same_index_is_refused(self, library: Library, opened: Opener) -> None:
        with pytest.raises(IndexLocked, match=f"in use by another process.*{os.getpid()}"):
            opened()
        library.close()
        library.close()
        assert len(opened().documents()) == 3

    def test_the_generation_grows_with_every_write(self, library: Library, folder: Path) -> None:
        seen = [library.generation]
        (folder / "new.txt").write_text("New text.")
        library.sync()
        seen.append(library.generation)
        library.remove(["new.txt"])
        seen.append(library.generation)
        assert seen == sorted(set(seen))
