"""docs/scale-out.md tried: `python -m tests.web.scale_out`. A Chroma server, two pages, an indexer, nginx if installed.

The nginx configuration is the one of the document, with free ports.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import httpx

from rag.settings import ROOT
from tests.index.chroma_server import Server
from tests.web.reading import Reader
from tests.web.serving import free_port, serving

TRADE = "How much was China-Central Asia trade in 2024?"
ADDED = (
    "What is the harbour toll of Lisvane?",
    "twelve crowns",
    "Lisvane\n\nThe harbour toll of Lisvane is twelve crowns for each ship that enters the bay.\n",
)
UPLOADED = (
    "Who keeps the lamp of Tarnow?",
    "Ada Brandt",
    "Tarnow\n\nThe lamp of Tarnow is kept by Ada Brandt, who lives on the rock.\n",
)
READERS = 20
PATIENCE = 30.0  # seconds


def main() -> int:
    """Try it and print the figures."""
    with tempfile.TemporaryDirectory(prefix="footnote-scale-") as home:
        return tried(Path(home))


def tried(home: Path) -> int:
    """Everything in one folder; 1 when something did not work."""
    shutil.copytree(ROOT / "seeds", home / "documents")
    (home / "uploads").mkdir()
    for name in ("one", "two", "indexer"):
        (home / name).mkdir()
        (home / name / "uploads").symlink_to(home / "uploads")
    server = Server(home / "chroma")
    os.environ["RAG_CHROMA_URL"] = server.url
    place = home / "documents"
    try:
        with serving(place, home / "one") as one, serving(place, home / "two") as two:
            apps = [one.url, two.url]
            with _nginx(home, apps) as front:
                return _figures(home, server, apps, front)
    finally:
        server.stop()


def _figures(home: Path, server: Server, apps: Sequence[str], front: str | None) -> int:
    (home / "documents" / "harbour.txt").write_text(ADDED[2])
    _index(home, server.url)
    _line("indexed by the indexer -> answered by both pages", max(_until(app, *ADDED[:2]) for app in apps))
    headers = {"X-Footnote": "1"}
    body = UPLOADED[2].encode()
    httpx.post(f"{apps[0]}footnote/upload?name=lamp.txt", content=body, headers=headers, timeout=60).raise_for_status()
    _line("uploaded to one page -> answered by the other", _until(apps[1], *UPLOADED[:2]))
    _index(home, server.url)
    _line("and still after a sync of the indexer", _until(apps[1], *UPLOADED[:2]))
    if front is None:
        print("nginx is not installed: not tried")
    else:
        _readers(front)
    server.stop()
    refusals = [_ask(app, TRADE) for app in [*apps, *([front] if front else [])]]
    print(
        f"server killed: {sorted({reply.status_code for reply in refusals})} {refusals[0].json()['error']['message']}"
    )
    server.start()
    _line("server started again -> answered by both pages", max(_until(app, TRADE, "94.8 billion") for app in apps))
    return 0 if all(reply.status_code == 503 for reply in refusals) else 1


def _readers(front: str) -> None:
    """Readers with a cookie each, all at once, through the load balancer."""
    readers = [Reader(front) for _ in range(READERS)]
    with ThreadPoolExecutor(READERS) as pool:
        asked = list(pool.map(lambda reader: reader.ask(TRADE), readers))
    right = sum("94.8 billion" in one.said for one in asked)
    print(f"{READERS} readers at once through nginx: {right} right, slowest {max(one.total for one in asked):.1f} s")


def _index(home: Path, url: str) -> None:
    place = ["--source", str(home / "documents"), "--index", str(home / "indexer"), "--chroma-url", url]
    subprocess.run([sys.executable, "-m", "index", "sync", *place], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _ask(app: str, question: str) -> httpx.Response:
    body = {"messages": [{"role": "user", "content": question}]}
    return httpx.post(f"{app}v1/chat/completions", json=body, timeout=60)


def _until(app: str, question: str, words: str) -> float:
    """Seconds until a page answers with these words."""
    return _seconds(lambda: words in _ask(app, question).text)


def _seconds(done: Callable[[], bool]) -> float:
    started = time.perf_counter()
    while not done():
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError("it did not come about")
    return time.perf_counter() - started


def _line(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.2f} s", flush=True)


def _nginx(home: Path, apps: Sequence[str]) -> AbstractContextManager[str | None]:
    return _balanced(home, apps) if shutil.which("nginx") else nullcontext()


@contextmanager
def _balanced(home: Path, apps: Sequence[str]) -> Iterator[str]:
    """nginx with the configuration of the document; its address."""
    port = free_port()
    document = (ROOT / "docs" / "scale-out.md").read_text("utf-8")
    found = re.search(r"```nginx\n(.*?)```", document, re.DOTALL)
    assert found is not None
    config = found.group(1).replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    for old, app in zip(("127.0.0.1:7861", "127.0.0.1:7862"), apps, strict=True):
        config = config.replace(old, httpx.URL(app).netloc.decode())
    (home / "nginx.conf").write_text(f"daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log;\n{config}")
    process = subprocess.Popen(["nginx", "-p", str(home), "-c", str(home / "nginx.conf")], stderr=subprocess.DEVNULL)
    front = f"http://127.0.0.1:{port}/"
    try:
        _seconds(lambda: _answers(front))
        yield front
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}healthz").status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main())
