import re
from html.parser import HTMLParser
from pathlib import Path

from evals.metrics import Bin
from evals.plots import bars, growth_plot, reliability_plot, risk_coverage_plot
from evals.report import render, write
from evals.rows import ClaimRow
from evals.tabulate import tables
from tests.evals.samples import ABSTAINED, RIGHT, WRONG, example, quote, row, run_with

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Collects what a browser would see as elements, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def page_of(tmp_path: Path) -> str:
    lie = ClaimRow(HOSTILE, "supported", (quote(HOSTILE, HOSTILE, true=False),))
    examples = [
        example("a", category=HOSTILE, part="tuning"),
        example("b", category="years", answers=(HOSTILE,)),
        example("c", answerable=False, category="far"),
    ]
    rows = [
        row("a", RIGHT, HOSTILE),
        row("b", WRONG, HOSTILE, text=HOSTILE, claims=(lie,)),
        row("c", ABSTAINED, HOSTILE),
    ]
    run = run_with(tmp_path / "run", examples, rows)
    return render(run, tables(run))


def test_nothing_of_a_document_or_a_question_becomes_an_element(tmp_path: Path):
    seen = Tags(page_of(tmp_path))
    assert "script" not in seen.elements
    assert "img" not in seen.elements
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert any("alert(1)" in text for text in seen.texts)


def test_the_page_fetches_nothing(tmp_path: Path):
    page = page_of(tmp_path)
    seen = Tags(page)
    assert not [value for name, value in seen.attributes if name in ("src", "href")]
    assert not re.search(r"url\(|@import", page)


def test_every_wrong_answer_is_shown_with_its_evidence(tmp_path: Path):
    texts = " ".join(Tags(page_of(tmp_path)).texts)
    assert "every wrong answer (1)" in texts
    assert "not a true slice" in texts


def test_the_page_has_its_plots_and_tables(tmp_path: Path):
    elements = Tags(page_of(tmp_path)).elements
    assert elements.count("svg") == 3
    assert elements.count("table") >= 4


def test_a_run_without_rows_still_makes_a_page(tmp_path: Path):
    assert write(run_with(tmp_path / "run", [], [])).read_text().startswith("<!doctype html>")


def test_a_risk_coverage_line_ends_where_its_last_point_is():
    svg = risk_coverage_plot({"x": [(0.5, 0.0), (1.0, 0.5)], "empty": []})
    assert re.search(r'points="230\.0,260\.0 408\.0,136\.0"', svg)
    assert "empty" not in svg


def test_a_reliable_answerer_lies_on_the_diagonal():
    svg = reliability_plot([Bin(0.4, 0.5, 10, 0.5, 0.5)])
    assert 'cx="230.0" cy="136.0"' in svg


def test_a_bar_is_as_long_as_its_share():
    svg = bars({"half": (0.5, 4), "all": (1.0, 2)}, "right")
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="18" class="bar"', svg)]
    assert widths[0] * 2 == widths[1]


def test_a_power_law_is_a_straight_line():
    svg = growth_plot({"time": [(10, 1), (100, 10), (1000, 100)]}, "passages", "s")
    points = re.search(r'polyline points="([^"]+)"', svg)
    assert points is not None
    (x1, y1), (x2, y2), (x3, y3) = ([float(v) for v in pair.split(",")] for pair in points[1].split())
    assert abs((x2 - x1) - (x3 - x2)) < 0.2
    assert abs((y2 - y1) - (y3 - y2)) < 0.2
