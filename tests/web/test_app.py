"""The command, without a browser."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import app
from rag.web.auth import password_matches, read_users
from rag.web.start import Progress


def test_a_user_is_added_from_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users.txt"
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert app.main(["--add-user", "ada", "--auth-file", str(path)]) == 0
    assert password_matches("correct horse", read_users(path)["ada"])


@pytest.mark.parametrize(
    ("name", "file", "password", "said"),
    [
        ("", "users.txt", "correct horse", "The name "),
        ("ada", "users.txt", "", "The password is empty"),
        ("ada", "none/users.txt", "correct horse", "cannot be written"),
    ],
)
def test_a_user_who_cannot_be_added_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    file: str,
    password: str,
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert app.main(["--add-user", name, "--auth-file", str(tmp_path / file)]) == 1
    assert said in capsys.readouterr().err


def test_beyond_this_machine_without_users_is_refused_with_how_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--host", "0.0.0.0"]) == 1
    said = capsys.readouterr().err
    assert "--add-user" in said
    assert "--auth-file" in said


def test_a_missing_folder_is_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--source", str(tmp_path / "none"), "--index", str(tmp_path / "index")]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(tmp_path / "none") in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_first_sync_draws_a_bar_on_a_terminal_and_nothing_on_a_pipe() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        bar = Progress(stream)
        bar("000.txt", 1, 2)
        bar("001.txt", 2, 2)
        bar.close()
    assert "2 of 2" in terminal.getvalue()
    assert pipe.getvalue() == ""
