"""Many proportions at one time: a funnel with limits that allow for chance and for what differs anyway.

D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005) 1185-1202;
winsorised z-scores and the additive model as in D. J. Spiegelhalter and others, "Statistical methods for healthcare
regulation: rating, screening and surveillance", Journal of the Royal Statistical Society A 175 (2012) 1-47.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, ceil, floor, pi, sin, sqrt
from statistics import NormalDist
from typing import Literal

from hub.monitor.charts.control import Direction

Where = Literal["inside", "watch", "outside"]
"""Within the 95 % limits; beyond them; beyond the 99.8 % limits."""
Z95 = NormalDist().inv_cdf(0.975)
Z998 = NormalDist().inv_cdf(0.999)
TAIL = 0.1
"""How much of each tail of the z-scores is drawn in before overdispersion is reckoned."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in the funnel. `score`: its z with overdispersion; `is_worse`: on the side that is not wished for."""

    key: str
    numerator: int
    denominator: int
    share: float
    score: float
    where: Where
    is_worse: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """`centre`: all numerators over all denominators; `phi`: the mean squared winsorised z; `tau2`: the variance
    between units on the transformed scale, 0 when chance alone explains what differs."""

    centre: float
    phi: float
    tau2: float
    units: tuple[Placed, ...]
    direction: Direction = ""


def funnel(counts: Sequence[tuple[str, int, int]], direction: Direction = "") -> Funnel | None:
    """The funnel of (key, numerator, denominator); None when nothing was counted.

    On the scale y = asin(sqrt(x / n)), where the standard error is s = 1 / (2 sqrt(n)) whatever the proportion:
    z = (y - y0) / s with y0 = asin(sqrt(centre)); z below its 10th or above its 90th percentile (linear between order
    statistics) is set to it; phi = mean of z squared; with w = 1 / s squared and I units,
    tau2 = (I phi - (I - 1)) / (sum w - sum w squared / sum w), 0 when that is negative or I < 2. A unit's score is
    (y - y0) / sqrt(s squared + tau2).
    """
    counted = [each for each in counts if each[2] > 0]
    if not counted:
        return None
    centre = sum(x for _, x, _ in counted) / sum(n for _, _, n in counted)
    middle = _bent(centre)
    errors = [1 / (2 * sqrt(n)) for _, _, n in counted]
    away = [_bent(x / n) - middle for _, x, n in counted]
    scores = winsorised([gap / error for gap, error in zip(away, errors, strict=True)])
    phi = sum(score * score for score in scores) / len(scores)
    tau2 = between(scores, errors)
    units = []
    for (key, x, n), gap, error in zip(counted, away, errors, strict=True):
        score = gap / sqrt(error * error + tau2)
        where: Where = "outside" if abs(score) > Z998 else "watch" if abs(score) > Z95 else "inside"
        is_worse = bool(direction) and (score < 0) == (direction == "up") and score != 0
        units.append(Placed(key, x, n, x / n, score, where, is_worse))
    return Funnel(centre, phi, tau2, tuple(units), direction)


def limits_at(found: Funnel, n: float, z: float = Z998) -> tuple[float, float]:
    """The limits for a unit of `n`: sin squared of (asin(sqrt(centre)) +- z sqrt(1 / (4 n) + tau2)), cut at 0 and 1."""
    middle, reach = _bent(found.centre), z * sqrt(1 / (4 * n) + found.tau2)
    return sin(max(0.0, middle - reach)) ** 2, sin(min(pi / 2, middle + reach)) ** 2


def winsorised(scores: Sequence[float], tail: float = TAIL) -> list[float]:
    """The scores with both tails drawn in to their percentiles."""
    low, high = quantile(scores, tail), quantile(scores, 1 - tail)
    return [min(max(score, low), high) for score in scores]


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between order statistics (Hyndman and Fan's type 7, as R and NumPy have it)."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low, high = ordered[floor(at)], ordered[ceil(at)]
    return low + (high - low) * (at - floor(at))


def between(scores: Sequence[float], errors: Sequence[float]) -> float:
    """The variance between units by the method of moments (DerSimonian and Laird), from z-scores; never negative."""
    count = len(scores)
    weights = [1 / (error * error) for error in errors]
    whole = sum(weights)
    room = whole - sum(weight * weight for weight in weights) / whole
    if count < 2 or room <= 0:
        return 0.0
    return max(0.0, (sum(score * score for score in scores) - (count - 1)) / room)


def _bent(share: float) -> float:
    return asin(sqrt(min(1.0, max(0.0, share))))
