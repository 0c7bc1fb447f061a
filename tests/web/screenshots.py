"""The README's pictures, made by a command: `python -m tests.web.screenshots docs/screenshots [QUESTION]`.

Light, dark and 400 px wide, over a copy of the seeds. Without a question, the page's own first example is asked.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from rag.settings import ROOT
from tests.web.browsing import CHROMIUM, FLAGS
from tests.web.serving import serving

SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 400, "height": 860},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}
MOST_BYTES = 200_000


def shoot(page: Any, path: Path) -> None:
    """One picture, in few enough colours to stay small."""
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES:
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def tour(page: Any, url: str, name: str, folder: Path, question: str | None) -> None:
    """Start, answer, source, library: one picture each."""
    page.goto(url)
    page.wait_for_selector(".fn-examples button")
    shoot(page, folder / f"start-{name}.png")
    if question is None:
        page.locator(".fn-examples button").first.click()
    else:
        page.fill("#fn-box", question)
        page.press("#fn-box", "Enter")
    page.wait_for_selector(".fn-turn[data-status=done]")
    shoot(page, folder / f"answer-{name}.png")
    page.click(".fn-turn .fn-chip >> nth=0")
    page.wait_for_selector(".fn-doc mark[aria-current]")
    page.mouse.move(5, 5)
    shoot(page, folder / f"source-{name}.png")
    page.keyboard.press("Escape")
    page.click("role=tab[name=Library]")
    page.wait_for_selector(".fn-table tbody tr")
    shoot(page, folder / f"library-{name}.png")


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("question", nargs="?", help="asked instead of the page's first example")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(ROOT / "seeds", Path(home) / "docs")
        with serving(Path(home) / "docs", Path(home) / "index") as served, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            for name, size in SIZES.items():
                tour(browser.new_context(**size).new_page(), served.url, name, asked.folder, asked.question)


if __name__ == "__main__":
    main()
