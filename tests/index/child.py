"""A sync in a process of its own, for tests that kill it: prints a line a document, then DONE or the error."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from index.errors import FootnoteError
from index.library import Library
from tests.index.conftest import WordEmbedder


def main(source: str, index: str, most_bytes: int = 0) -> int:
    """Syncs `source` into `index`; with `most_bytes` no file may grow beyond that, as on a full disk."""
    with Library.open(Path(source), Path(index), embedder=WordEmbedder()) as library:
        if most_bytes:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        try:
            library.sync(lambda name, done, total: print(name, flush=True))
        except FootnoteError as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            return 1
    print("DONE", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *(int(number) for number in sys.argv[3:])))
