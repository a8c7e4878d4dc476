"""What all drawn charts share: a plane with axes, words for a reader who does not see it, shapes beside colours.

A chart is one SVG with a title and a description (role graphics-document); the page has the numbers in a table beside
it. No style attribute, no script: the classes are in the stylesheet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup

from hub.monitor.charts import Chart

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 26, 12, 40
SHAPES = {
    "usual": "M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "better": "M{x} {y}m0-6l6 6l-6 6l-6-6z",
    "worse": "M{x} {y}m-5-5h10v10h-10z",
    "changed": "M{x} {y}m0-6l6 10h-12z",
}
"""A circle, a diamond, a square, a triangle: what a point means must not hang on its colour."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a value lies on the drawing: x from 0 to `wide`, y from `low` to `high`."""

    wide: float
    low: float
    high: float

    def x(self, value: float) -> float:
        """Pixels from the left."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * value / (self.wide or 1), 1)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        part = (value - self.low) / ((self.high - self.low) or 1)
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(1.0, max(0.0, part))), 1)


def plane(wide: float, values: Iterable[float], most: float = 1.0) -> Plane:
    """The plane that holds these shares, from a round number to a round number."""
    found = list(values)
    low, high = min(found), max(found)
    margin = max((high - low) * 0.1, 0.01)
    return Plane(wide, max(0.0, low - margin), min(most, high + margin) if high <= most else high + margin)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between two, at most so many."""
    span = max(high - low, 1e-9)
    step = 10.0 ** floor(log10(span / most))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= most)
    first = floor(low / step) + (low % step > step * 1e-9)
    return [step * n for n in range(int(first), floor(high / step + 1e-9) + 1)]


def share_text(share: float | None, lang: str, per: int = 100, digits: int = 1) -> str:
    """0.1234 as 12,3 % (id) or 12.3% (en); per 1,000 without the sign."""
    if share is None:
        return "–"
    text = f"{share * per:.{digits}f}"
    text = text.replace(".", ",") if lang == "id" else text
    return text if per != 100 else f"{text} %" if lang == "id" else f"{text}%"


def framed(name: str, title: str, described: str, parts: Sequence[Markup], kind: str = "chart") -> Markup:
    """The drawing with its title and description; `name` is unique on the page."""
    head = Markup(
        '<svg class="{k}" role="graphics-document" aria-labelledby="{n}-t {n}-d" viewBox="0 0 {w} {h}">'
        '<title id="{n}-t">{t}</title><desc id="{n}-d">{d}</desc>'
    ).format(k=kind, n=name, t=title, d=described, w=WIDTH, h=HEIGHT)
    return Markup("").join([head, *parts, Markup("</svg>")])


def grid(area: Plane, lang: str, per: int = 100) -> Markup:
    """Level lines with their shares."""
    digits = 0 if area.high - area.low >= 0.04 else 1
    found = ticks(area.low, area.high)
    return Markup("").join(level(area.y(each), share_text(each, lang, per, digits)) for each in found)


def level(y: float, words: str) -> Markup:
    """A level line with its number on the left."""
    drawn = Markup('<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" class="y">{}</text>')
    return drawn.format(LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4, words)


def foot(x: float, words: str) -> Markup:
    """What is written below the axis."""
    return Markup('<text x="{}" y="{}" class="x">{}</text>').format(x, HEIGHT - BOTTOM + 18, words)


def line(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    """A line through points (pixels)."""
    path = "".join(f"{'L' if at else 'M'}{x:g} {y:g}" for at, (x, y) in enumerate(points))
    return Markup('<path class="{}" d="{}"/>').format(kind, path)


def shape(x: float, y: float, meaning: str, label: str, more: str = "") -> Markup:
    """One point with its words."""
    path = SHAPES[meaning].format(x=f"{x:g}", y=f"{y:g}")
    return Markup('<path class="p {} {}" d="{}"><title>{}</title></path>').format(meaning, more, path, label)


def spark(chart: Chart, label: str) -> Markup:
    """A small line without axes: the series, its mean and its newest point."""
    area = plane(max(1, len(chart.points) - 1), [each.share for each in chart.points])
    low, high = area.low, area.high
    drawn = [
        (round(at * 116 / area.wide + 2, 1), round(30 - 26 * (each.share - low) / (high - low or 1), 1))
        for at, each in enumerate(chart.points)
    ]
    middle = round(30 - 26 * (chart.centre - low) / (high - low or 1), 1)
    last = SHAPES[chart.points[-1].meaning].format(x=f"{drawn[-1][0]:g}", y=f"{drawn[-1][1]:g}")
    parts = [
        Markup('<svg class="spark" role="img" aria-label="{}" viewBox="0 -4 126 42">').format(label),
        Markup('<path class="mean" d="M2 {}H118"/>').format(middle),
        line(drawn, "run"),
        Markup('<path class="p {}" d="{}"/></svg>').format(chart.points[-1].meaning, last),
    ]
    return Markup("").join(parts)
