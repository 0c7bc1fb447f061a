from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import FileError
from index.library import Library, upload_name
from tests.index.conftest import Opener, found


class TestUploads:
    def test_an_added_file_is_searched_and_the_folder_is_left_alone(
        self, library: Library, tmp_path: Path, folder: Path
    ) -> None:
        (tmp_path / "Report (final).txt").write_text("Bananas are yellow.")
        (folder / "trade.txt").write_text("This change waits for a sync of the folder.")
        report = library.add([tmp_path / "Report (final).txt"])
        assert report.added == ("uploads/Report (final).txt",)
        assert found(library, "bananas")[0] == "uploads/Report (final).txt"
        assert "94.8" in library.document("trade.txt").text
        assert not library.stale("uploads/Report (final).txt")
        assert library.sync().removed == ()

    def test_bad_files_are_refused_by_name_and_leave_nothing_behind(self, library: Library, tmp_path: Path) -> None:
        (tmp_path / "a.exe").write_bytes(b"MZ")
        (tmp_path / "b.txt").write_bytes(b"")
        report = library.add([tmp_path / "a.exe", tmp_path / "b.txt", tmp_path / "c.txt"])
        assert [name for name, _ in report.failed] == ["a.exe", "c.txt", "uploads/b.txt"]
        assert list(library.uploads_dir.iterdir()) == []

    def test_a_file_of_the_same_name_replaces_the_old_one(self, library: Library, tmp_path: Path) -> None:
        path = tmp_path / "note.txt"
        path.write_text("Bananas are yellow.")
        library.add([path])
        path.write_text("Cherries are red.")
        assert library.add([path]).updated == ("uploads/note.txt",)
        assert "uploads/note.txt" not in found(library, "bananas")

    def test_a_removed_document_stays_away_until_it_is_restored(self, library: Library, opened: Opener) -> None:
        library.remove(["trade.txt"])
        assert library.sync().added == ()
        assert "trade.txt" not in found(library, "trade in 2024")
        assert [info.id for info in library.removed()] == ["trade.txt"]
        library.close()
        again = opened()
        assert "trade.txt" not in found(again, "trade in 2024")
        again.restore(["trade.txt"])
        assert "trade.txt" in found(again, "trade in 2024")
        assert again.removed() == []

    def test_what_is_not_there_cannot_be_removed_or_restored(self, library: Library) -> None:
        with pytest.raises(FileError, match="no document nothing"):
            library.remove(["nothing"])
        with pytest.raises(FileError, match="was not removed"):
            library.restore(["trade.txt"])

    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("../../etc/passwd.txt", "passwd.txt"),
            ("..\\..\\boot.txt", "boot.txt"),
            (".hidden.txt", "hidden.txt"),
            ("a\nb<script>.txt", "a_b_script_.txt"),
            ("x" * 300 + ".txt", "x" * 110 + ".txt"),
            ("\u202etxt.exe", "_txt.exe"),
            ("...", "document"),
            ("", "document"),
        ],
    )
    def test_hostile_names_are_made_safe(self, name: str, safe: str) -> None:
        assert upload_name(name) == safe

    def test_no_id_leads_out_of_the_folder(self, library: Library) -> None:
        for name in ("../secret.txt", "/etc/passwd", "uploads/../../secret.txt"):
            with pytest.raises(FileError):
                library.document(name)
            with pytest.raises(FileError):
                library.stale(name)
