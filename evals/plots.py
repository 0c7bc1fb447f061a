"""Plots as SVG text: no library, no network, colours from the page's CSS variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

from evals.metrics import Bin

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 40
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes: what they are called, and from where to where they go."""

    x_label: str
    y_label: str
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Data to pixels."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def risk_coverage_plot(curves: Mapping[str, Points]) -> str:
    """Risk over coverage, a line for each answerer that answered."""
    frame = Frame("coverage (share of the questions answered)", "risk (wrong of those answered)")
    drawn = {name: points for name, points in curves.items() if points}
    lines = [_line(frame, points, number, name) for number, (name, points) in enumerate(drawn.items())]
    return _svg("Risk over coverage", [*_axes(frame), *lines, *_legend(list(drawn))])


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Accuracy over confidence: dots on the diagonal are calibrated; their area is the number of answers."""
    frame = Frame("confidence", "share right")
    total = sum(each.n for each in bins) or 1
    dots = [_dot(frame, each.confidence, each.accuracy, 3 + 22 * (each.n / total) ** 0.5, each.n) for each in bins]
    (x1, y1), (x2, y2) = frame.at(0, 0), frame.at(1, 1)
    diagonal = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="ideal"/>'
    return _svg("Reliability", [*_axes(frame), diagonal, *dots])


def bars(values: Mapping[str, tuple[float, int]], label: str) -> str:
    """A horizontal bar for each name: (share in [0, 1], number of questions)."""
    step, left = 26, 190
    height = step * len(values) + 30
    parts = [_bar(name, share, n, 8 + step * number, left) for number, (name, (share, n)) in enumerate(values.items())]
    caption = f'<text x="{left}" y="{height - 6}">{escape(label)}</text>'
    return f'<svg viewBox="0 0 640 {height}" role="img" aria-label="{escape(label)}">{"".join(parts)}{caption}</svg>'


def growth_plot(curves: Mapping[str, Points], x_label: str, y_label: str) -> str:
    """Both axes logarithmic: a straight line is a power law, its slope the exponent. All values above 0."""
    logged = {name: [(log10(x), log10(y)) for x, y in points] for name, points in curves.items()}
    xs = [x for points in logged.values() for x, _ in points]
    ys = [y for points in logged.values() for _, y in points]
    low, high = int(min(ys) // 1), int(-(-max(ys) // 1))
    frame = Frame(x_label, y_label, (min(xs), max(xs)), (low, max(high, low + 1)))
    ticks = [_tick_y(frame, power, f"{10.0**power:g}") for power in range(low, high + 1)]
    ticks += [_tick_x(frame, x, f"{10**x:,.0f}") for x in sorted(set(xs))]
    lines = [_line(frame, points, number, name) for number, (name, points) in enumerate(logged.items())]
    return _svg(y_label, [*_box(frame), *ticks, *lines, *_legend(list(logged))])


def _svg(title: str, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def _axes(frame: Frame) -> list[str]:
    ticks = [0, 0.25, 0.5, 0.75, 1]
    marks = [_tick_x(frame, tick, f"{tick:g}") + _tick_y(frame, tick, f"{tick:g}") for tick in ticks]
    return [*_box(frame), *marks]


def _box(frame: Frame) -> list[str]:
    middle_x, middle_y = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    return [
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}" class="frame"/>',
        f'<text x="{middle_x}" y="{HEIGHT - 6}" class="middle">{escape(frame.x_label)}</text>',
        f'<text transform="translate(12 {middle_y}) rotate(-90)" class="middle">{escape(frame.y_label)}</text>',
    ]


def _tick_x(frame: Frame, x: float, text: str) -> str:
    across, _ = frame.at(x, frame.y[0])
    return f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 15}" class="middle">{escape(text)}</text>'


def _tick_y(frame: Frame, y: float, text: str) -> str:
    _, up = frame.at(frame.x[0], y)
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up:.1f}" y2="{up:.1f}" class="grid"/>'
    return f'{line}<text x="{LEFT - 5}" y="{up + 4:.1f}" class="end">{escape(text)}</text>'


def _line(frame: Frame, points: Points, number: int, name: str) -> str:
    pixels = " ".join(f"{x:.1f},{y:.1f}" for x, y in (frame.at(*point) for point in points))
    x, y = frame.at(*points[-1])
    title = f"<title>{escape(name)}</title>"
    end = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="fill{number % 8}">{title}</circle>'
    return f'<polyline points="{pixels}" class="line{number % 8}">{title}</polyline>{end}'


def _dot(frame: Frame, x: float, y: float, radius: float, n: int) -> str:
    across, up = frame.at(x, y)
    title = f"<title>confidence {x:.2f}, right {y:.2f}, {n} answers</title>"
    return f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{radius:.1f}" class="dot">{title}</circle>'


def _bar(name: str, share: float, n: int, y: int, left: int) -> str:
    width = 640 - left - 90
    return (
        f'<text x="{left - 8}" y="{y + 13}" class="end">{escape(name)}</text>'
        f'<rect x="{left}" y="{y}" width="{width}" height="18" class="track"/>'
        f'<rect x="{left}" y="{y}" width="{width * share:.1f}" height="18" class="bar"/>'
        f'<text x="{left + width + 8}" y="{y + 13}">{share:.2f} of {n}</text>'
    )


def _legend(names: Sequence[str]) -> list[str]:
    return [
        f'<text x="{LEFT + 12}" y="{TOP + 16 + 14 * number}" class="legend{number % 8}">{escape(name)}</text>'
        for number, name in enumerate(names)
    ]
