"""A sync in a process of its own, for tests that kill it: prints OPEN, a line a document, then DONE or the error."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index.errors import FootnoteError
from index.library import Library
from tests.index.conftest import WordEmbedder


def main(arguments: Sequence[str] | None = None) -> int:
    """Syncs a folder into an index; 1 when that is not possible."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--most-bytes", type=int, help="no file may grow beyond that, as on a full disk")
    parser.add_argument("--days-back", type=int, default=0, help="how far Python's clock is set back")
    parser.add_argument("--hold", action="store_true", help="keep the index open until the input ends")
    options = parser.parse_args(arguments)
    clock = time.time_ns
    time.time_ns = lambda: clock() - options.days_back * 86_400 * 10**9
    with Library.open(options.source, options.index, embedder=WordEmbedder()) as library:
        print("OPEN", flush=True)
        if options.most_bytes:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (options.most_bytes, options.most_bytes))
        try:
            library.sync(lambda name, done, total: print(name, flush=True))
        except FootnoteError as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            return 1
        print("DONE", flush=True)
        if options.hold:
            sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
