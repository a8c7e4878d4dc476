"""A proportion over time: the p-chart, whose limits widen where few were counted, and the four rules.

Shewhart's p-chart (Montgomery, Introduction to Statistical Quality Control, "variable sample size"); rules, colours and
assurance as NHS England's Making Data Count has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

Direction = Literal["up", "down", ""]
"""Which way is better; "": neither."""
Mark = Literal["outside", "run", "trend", "near"]
"""The rules: a point outside the limits; 7 in a row on one side of the mean; 7 in a row rising or falling; 2 of 3 near
the same limit (beyond two thirds of the way)."""
Assurance = Literal["passes", "fails", "varies", ""]
Meaning = Literal["better", "worse", "changed", "usual"]

FEW = 12
"""Fewer points than this: the limits are provisional."""
RUN = 7
SIGMAS = 3.0
NEAR = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """A period. Shares from 0 to 1; `side`: 1 above the mean, -1 below, 0 on it; `low`, `high`: the 3-sigma limits."""

    label: str
    numerator: int
    denominator: int
    share: float
    low: float
    high: float
    side: int
    marks: tuple[Mark, ...] = ()
    meaning: Meaning = "usual"


@dataclass(frozen=True, slots=True)
class Chart:
    """`centre`: all numerators over all denominators. `assurance`: whether the target is reached whatever chance does:
    passes (always), fails (never), varies; "" without a target, a direction or points."""

    centre: float
    points: tuple[Point, ...]
    is_provisional: bool
    assurance: Assurance = ""
    target: float | None = None
    direction: Direction = ""


def p_chart(
    counts: Sequence[tuple[str, int, int]], direction: Direction = "", target: float | None = None
) -> Chart | None:
    """The chart of (label, numerator, denominator), oldest first; None when nothing was counted.

    With p = sum of numerators / sum of denominators, the limits of a period of n are p +- 3 sqrt(p (1 - p) / n), cut at
    0 and 1. Periods of which nothing is known are left out by the caller: runs go on over them. A point on the mean
    ends a run, two equal points end a trend. "near" is further from the mean than 2 sqrt(p (1 - p) / n), also outside.
    """
    counted = [each for each in counts if each[2] > 0]
    if not counted:
        return None
    whole = sum(n for _, _, n in counted)
    centre = sum(x for _, x, _ in counted) / whole
    spread = sqrt(centre * (1 - centre))
    scores = [_score(x / n, centre, spread / sqrt(n)) for _, x, n in counted]
    shares = [x / n for _, x, n in counted]
    marked = _marked(scores, shares)
    points = []
    for at, (label, x, n) in enumerate(counted):
        reach = SIGMAS * spread / sqrt(n)
        side = (scores[at] > 0) - (scores[at] < 0)
        marks = tuple(mark for mark in _ORDER if mark in marked[at])
        leaning = _leaning(marks, side, shares, at)
        low, high = max(0.0, centre - reach), min(1.0, centre + reach)
        points.append(Point(label, x, n, x / n, low, high, side, marks, _meaning(leaning, direction)))
    found = tuple(points)
    assurance = _assurance(found[-1], direction, target)
    return Chart(centre, found, len(found) < FEW, assurance, target, direction)


_ORDER: tuple[Mark, ...] = ("outside", "run", "trend", "near")


def _score(share: float, centre: float, error: float) -> float:
    """How many standard errors from the mean; 0 where nothing varies."""
    away = share - centre
    return 0.0 if abs(away) < _SAME or not error else away / error


_SAME = 1e-12


def _marked(scores: Sequence[float], shares: Sequence[float]) -> list[set[Mark]]:
    found: list[set[Mark]] = [{"outside"} if abs(score) > SIGMAS else set() for score in scores]
    for first in _windows(len(scores), RUN):
        inside = range(first, first + RUN)
        if all(scores[at] > 0 for at in inside) or all(scores[at] < 0 for at in inside):
            _add(found, inside, "run")
        steps = [shares[at + 1] - shares[at] for at in inside[:-1]]
        if all(step > _SAME for step in steps) or all(step < -_SAME for step in steps):
            _add(found, inside, "trend")
    for first in _windows(len(scores), 3):
        for sign in (1, -1):
            near = [at for at in range(first, first + 3) if sign * scores[at] > NEAR]
            if len(near) >= 2:
                _add(found, near, "near")
    return found


def _windows(length: int, width: int) -> range:
    return range(max(0, length - width + 1))


def _add(found: list[set[Mark]], inside: Sequence[int], mark: Mark) -> None:
    for at in inside:
        found[at].add(mark)


def _leaning(marks: tuple[Mark, ...], side: int, shares: Sequence[float], at: int) -> int:
    """Which way a marked point says things go: its side; where a trend is all there is, the way of the trend."""
    if not marks:
        return 0
    if marks != ("trend",):
        return side
    before, after = (at - 1, at) if at else (at, at + 1)
    return 1 if shares[after] > shares[before] else -1


def _meaning(leaning: int, direction: Direction) -> Meaning:
    if not leaning:
        return "usual"
    if not direction:
        return "changed"
    return "better" if (leaning > 0) == (direction == "up") else "worse"


def _assurance(last: Point, direction: Direction, target: float | None) -> Assurance:
    """The target against the newest limits."""
    if target is None or not direction:
        return ""
    good, bad = (last.low >= target, last.high < target)
    if direction == "down":
        good, bad = last.high <= target, last.low > target
    return "passes" if good else "fails" if bad else "varies"
