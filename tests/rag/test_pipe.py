from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.settings import ROOT


def test_a_terminal_of_few_characters_shows_the_others_by_number(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag", "How much was China-Central Asia trade in 2024?"]
    place = ["--source", str(ROOT / "seeds"), "--index", str(tmp_path)]
    few = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, *place], cwd=ROOT, env=few, capture_output=True, text=True)
    assert "[1] \\u201c" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("command", [["rag", "How much was trade in 2024?"], ["index", "status"]], ids=["rag", "index"])
def test_a_reader_of_the_output_who_leaves_is_no_error(command: list[str], tmp_path: Path) -> None:
    place = ["--source", str(ROOT / "seeds"), "--index", str(tmp_path)]
    whole = [sys.executable, "-u", "-m", *command, *place]
    with subprocess.Popen(whole, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert "Traceback" not in said and "BrokenPipe" not in said
    assert process.returncode == 0
