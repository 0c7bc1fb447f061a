from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.__main__ import main
from tests.index.conftest import ROOT


@pytest.fixture
def run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs a command on `folder`; its exit code and what it printed."""

    def command(name: str, *arguments: str) -> tuple[int, str]:
        where = ["--source", str(folder), "--index", str(tmp_path / "index")]
        code = main([name, *arguments, *where])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return command


def test_sync_status_add_remove_restore_and_doctor_work_together(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("doctor") == (1, "There is no index yet: python -m index sync makes it. [sync]\n")
    assert run("sync") == (0, "3 added\n")
    assert run("sync") == (0, "3 unchanged\n")
    assert run("doctor") == (0, "The index is whole.\n")
    code, text = run("status")
    assert code == 0
    assert "trade.txt: Trade in 2024, 1 passages" in text
    assert "3 documents, 3 passages" in text
    (tmp_path / "extra.md").write_text("# More\n\nBananas are yellow.")
    assert run("add", str(tmp_path / "extra.md")) == (0, "1 added\n")
    assert run("remove", "trade.txt")[0] == 0
    assert "trade.txt: removed" in run("status")[1]
    assert run("restore", "trade.txt")[0] == 0
    assert "4 documents" in run("status")[1]


def test_what_is_wrong_is_said_and_the_exit_code_tells(run, folder: Path) -> None:  # type: ignore[no-untyped-def]
    (folder / "zero.txt").touch()
    code, text = run("sync")
    assert code == 1
    assert "zero.txt: zero.txt is empty" in text
    assert "3 added, 1 failed" in text
    code, text = run("remove", "nothing.txt")
    assert (code, text.strip()[-1]) == (1, ".")
    (folder / "trade.txt").write_text("Changed.")
    assert "CHANGED" in run("status")[1]


def test_status_says_what_the_next_sync_will_do(run, folder: Path) -> None:  # type: ignore[no-untyped-def]
    assert "trade.txt: NOT INDEXED yet" in run("status")[1]
    run("sync")
    run("remove", "forum.txt")
    assert "run sync" not in run("status")[1]
    (folder / "new.txt").write_text("A new one.")
    (folder / "more").mkdir()
    (folder / "more" / "new.md").write_text("Another one.")
    (folder / "trade.txt").write_text("Changed.")
    (folder / "tunnel.md").unlink()
    code, text = run("status")
    assert code == 0
    assert "new.txt: NOT INDEXED yet" in text
    assert "passages  GONE\n" in text
    assert text.endswith("2 not indexed yet, 1 changed, 1 gone: run sync\n")


@pytest.mark.parametrize("name", ["sync", "status", "doctor"])
def test_a_misspelt_folder_leaves_no_index_behind(tmp_path: Path, name: str) -> None:
    assert main([name, "--source", str(tmp_path / "no"), "--index", str(tmp_path / "index")]) == 1
    assert not (tmp_path / "index").exists()


def test_the_doctor_mends_a_damaged_index(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("sync")
    (tmp_path / "index" / "chroma" / "chroma.sqlite3").write_bytes(b"")
    code, text = run("sync")
    assert code == 1
    assert "doctor --repair" in text
    code, text = run("doctor")
    assert (code, "zero bytes" in text) == (1, True)
    code, text = run("doctor", "--repair")
    assert (code, "The index is whole again." in text) == (0, True)


def test_a_command_keeps_the_settings_the_index_was_made_with(run) -> None:  # type: ignore[no-untyped-def]
    assert run("sync", "--passage-tokens", "60")[0] == 0
    assert run("sync") == (0, "3 unchanged\n")
    assert run("sync", "--passage-tokens", "200") == (0, "3 added\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["add"],
        ["sync", "--nothing"],
        ["sync", "--passage-tokens", "many"],
        ["sync", "--max-file-mb", "much"],
        ["sync", "--source", ""],
        ["sync", "--index", ""],
    ],
)
def test_a_wrong_call_is_exit_code_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "value: 'm" not in capsys.readouterr().err  # not by the name of a function


def test_a_file_to_add_that_is_not_there_is_said_without_its_number(run) -> None:  # type: ignore[no-untyped-def]
    run("sync")
    code, text = run("add", "nothing.txt")
    assert code == 1
    assert "nothing.txt cannot be found (No such file or directory): look" in text


def test_a_missing_folder_or_an_unknown_embedder_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "index", "sync", "--index", str(tmp_path / "index")]
    for extra, words in (
        (["--source", str(tmp_path / "no")], "does not exist"),
        (["--embedding", "bert"], "no embedder"),
    ):
        run = subprocess.run([*command, *extra], cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 1
        assert words in run.stderr
        assert len(run.stderr.splitlines()) == 1
