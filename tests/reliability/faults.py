"""The list of faults, and how often each is tried by `python -m tests.reliability`."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from tests.index.promises import DAMAGES
from tests.reliability import damage, syncing
from tests.reliability.outcome import Fault, Outcome

_DAMAGED = {
    "zero bytes": "Chroma's database: zero bytes",
    "garbage": "Chroma's database: garbage",
    "truncated": "Chroma's database: cut short",
    "deleted": "Chroma's database: deleted",
    "no vectors": "Chroma's vectors (HNSW folder): deleted",
    "vectors truncated": "Chroma's vectors: cut short",
    "a vector file missing": "Chroma's vectors: one file deleted",
}

FAULTS = (
    Fault("SIGKILL at a random moment of a sync", 50, syncing.killed),
    Fault("power cut: the files as they are at a random moment of a sync", 20, syncing.power_cut),
    Fault("disk full during a sync", 10, syncing.disk_full),
    Fault("two syncs of one index at once", 10, syncing.two_at_once),
    Fault("a second process opens the index of another, which then dies", 10, syncing.second_process),
    Fault("files rewritten, replaced, renamed, deleted while a sync reads them", 10, syncing.moving_files),
    Fault("a document changed after it was indexed", 10, syncing.changed_document),
    Fault("the clock set back by up to 2,000 days", 10, syncing.clock_back),
    *(Fault(_DAMAGED[fault], 5, partial(damage.noticed, fault=fault)) for fault in DAMAGES),
    Fault("Chroma's database: garbage deep inside", 5, damage.deep),
    Fault("Chroma's database locked by another program", 5, damage.locked),
    Fault("Chroma server killed and started again", 5, damage.server_restarted),
    Fault("lexical cache: garbage", 5, damage.lexical_cache),
    Fault("reader model damaged or missing", 6, damage.reader_model),
    Fault("embedding model damaged or missing", 6, damage.embedding_model),
)


def attempt(fault: int, seed: int) -> Outcome:
    """One attempt at a fault of the list, in a folder of its own; an exception is a problem like any other."""
    with tempfile.TemporaryDirectory(prefix="footnote-fault-", ignore_cleanup_errors=True) as folder:
        try:
            return FAULTS[fault].attempt(Path(folder), seed)
        except Exception as error:
            return Outcome(0, 0.0, f"{type(error).__name__}: {error}")
