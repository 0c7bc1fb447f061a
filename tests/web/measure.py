"""How fast the page is and how much memory it keeps: `python -m tests.web.measure [--questions 500]`.

Starts `python app.py` on a copy of the seeds with a built index and prints each figure beside its target. The
questions are those that the page itself draws from the documents.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from rag.settings import ROOT
from tests.web.browsing import CHROMIUM, FLAGS
from tests.web.reading import Asked, Reader
from tests.web.serving import Served, serving

USERS, ROUNDS, ALONE, WARM = 20, 10, 150, 50
WATCH = """() => {
  window.waits = [];
  let sent = null, turns = 0;
  addEventListener('keydown', e => {
    if (e.key === 'Enter') { sent = performance.now(); turns = document.querySelectorAll('.fn-turn').length; }
  }, true);
  new MutationObserver(() => {
    if (!sent || !document.querySelectorAll('.fn-turn')[turns]?.querySelector('.fn-sentence')) return;
    window.waits.push(performance.now() - sent);
    sent = null;
  }).observe(document.body, {childList: true, subtree: true});
}"""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def line(name: str, value: str, target: str) -> None:
    """One row of the table."""
    print(f"{name:<58} {value:>14}   {target}", flush=True)


def browser_figures(served: Served, questions: Sequence[str]) -> None:
    """Page load to interactive, and Enter to the first sentence, in Chromium."""
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS).new_page()
        page.goto(served.url)
        page.wait_for_function("document.activeElement?.id === 'fn-box'")
        ready = page.evaluate("performance.now()")
        page.wait_for_selector(".fn-examples button")
        page.evaluate(WATCH)
        for asked, question in enumerate(islice(cycle(questions), 12), 1):
            page.fill("#fn-box", question)
            page.press("#fn-box", "Enter")
            page.wait_for_function(
                "n => document.querySelectorAll('.fn-turn[data-status=done]').length === n", arg=asked
            )
        waits = page.evaluate("window.waits")
    line("page interactive in Chromium (box has the focus)", f"{ready / 1000:.2f} s", "<= 2 s")
    line(
        f"Enter to first words in Chromium, median / worst of {len(waits)}",
        f"{statistics.median(waits):.0f} / {max(waits):.0f} ms",
        "<= 300 ms",
    )


def together(readers: Sequence[Reader], question: str) -> list[Asked]:
    """All readers ask at the same time."""
    with ThreadPoolExecutor(len(readers)) as pool:
        return list(pool.map(lambda reader: reader.ask(question), readers))


def load_figures(served: Served, questions: Sequence[str]) -> None:
    """One reader alone against twenty at once, whole answers over the page's own event."""
    alone = Reader(served.url)
    single = [alone.ask(question).total for question in islice(cycle(questions), ALONE)]
    readers = [Reader(served.url) for _ in range(USERS)]
    crowd = [asked.total for question in islice(cycle(questions), ROUNDS) for asked in together(readers, question)]
    one, many = percentile(single, 0.95), percentile(crowd, 0.95)
    line(
        f"one reader, whole answer, p50 / p95 of {len(single)}",
        f"{1000 * statistics.median(single):.0f} / {1000 * one:.0f} ms",
        "",
    )
    line(f"{USERS} readers at once, p95 of {len(crowd)}", f"{1000 * many:.0f} ms", "")
    line("ratio of the two p95", f"{many / one:.1f}", "<= 10")


def memory_figures(served: Served, questions: Sequence[str], count: int) -> None:
    """Resident memory after `WARM` and after `count` questions, each reader asking ten."""
    asked, first = 0, 0.0
    while asked < count:
        reader = Reader(served.url)
        for question in islice(cycle(questions), 10):
            reader.ask(question)
            asked += 1
        reader.http.close()
        if asked == WARM:
            first = served.memory_mb()
    last = served.memory_mb()
    line(f"memory after {WARM} / {count} questions", f"{first:.0f} / {last:.0f} MB", "")
    line("ratio", f"{last / first:.3f}", "<= 1.1")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.measure")
    parser.add_argument("--questions", type=int, default=500, help="questions of the memory figure (default: 500)")
    count = parser.parse_args().questions
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "seeds", home / "docs")
        with serving(home / "docs", home / "index") as served:
            line("python app.py to page, nothing indexed yet", f"{served.seconds:.2f} s", "")
        with serving(home / "docs", home / "index") as served:
            line("python app.py to page, index built", f"{served.seconds:.2f} s", "<= 6 s")
            drawn = httpx.post(f"{served.url}footnote/call/examples", headers={"X-Footnote": "1"}, timeout=120)
            questions = drawn.json()["examples"]
            memory_figures(served, questions, count)
            load_figures(served, questions)
            browser_figures(served, questions)


if __name__ == "__main__":
    main()
