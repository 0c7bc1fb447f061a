from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.settings import ROOT


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
