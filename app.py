"""The page: `python app.py [--host H] [--port P] [--source DIR] [--index DIR] [--auth-file FILE]`."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when Gradio is imported
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from index.errors import FootnoteError
from index.files import folder
from rag.web import auth


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="Ask a folder of documents; every sentence is quoted.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port to serve on (default: 7860)")
    parser.add_argument("--source", type=folder, help="folder of documents (default: RAG_SOURCE_DIR, else seeds/)")
    parser.add_argument("--index", type=folder, help="folder of the index (default: RAG_INDEX_DIR, else .rag/)")
    parser.add_argument("--auth-file", type=Path, help="users who may log in; needed beyond this machine")
    parser.add_argument("--add-user", metavar="NAME", help="ask for a password, write the user to --auth-file and exit")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the page until Ctrl+C. Returns the exit code."""
    chosen = options(arguments)
    try:
        if chosen.add_user is not None:
            return add_user(chosen.auth_file, chosen.add_user)
        users = auth.read_users(chosen.auth_file) if chosen.auth_file else {}
        auth.check_reach(chosen.host, bool(users))
        serve(chosen, users)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def add_user(path: Path | None, name: str) -> int:
    """Write one user; the password is typed, or piped in."""
    path = path or Path("users.txt")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    auth.add_user(path, name, password)
    print(f"{name} may log in: start with `python app.py --auth-file {path}`.")
    return 0


def serve(chosen: argparse.Namespace, users: dict[str, str]) -> None:
    """Open the index, bring it up to date, and serve."""
    from rag.web.start import open_site, run

    site = open_site(chosen.source, chosen.index)
    try:
        run(site, chosen.host, chosen.port, users)
    finally:
        site.engine.close()


if __name__ == "__main__":
    sys.exit(main())
