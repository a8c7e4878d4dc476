"""How many cases in 7 days a place without an outbreak would hardly reach, from its own weeks and the city's.

Expected: the mean of eight weeks (the week before the present one is left out, so that a beginning outbreak does not
raise its own threshold), drawn towards the place's share of the city, times how the city's number changed between
those weeks and this one in earlier years. Weeks of an outbreak are cut to what would be usual. Spread: quasi-Poisson,
from the differences of successive weeks, which a season hardly moves. Limit: the negative binomial's upper tail.
docs/surveillance.md tells where each idea comes from and how it does beside EARS C2 and Farrington's method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log, sqrt
from statistics import NormalDist, median

WEEKS = 8
GUARD = 1
YEAR = 52
_PRIOR = 8.0
"""How many weeks the share of the city counts as, beside the place's own."""
_SHRINK = 8.0
_UNSTEADY = 0.08
"""How far the expected number itself may be off, as a part of it: weeks differ by more than chance."""
_LARGE = 60.0
"""Expected numbers from which the limit is taken from a power of the normal distribution (Farrington's 2/3)."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Of a place in a week: the expected cases in 7 days, and what they would hardly reach."""

    expected: float
    limit: int

    def is_over(self, cases: int) -> bool:
        """The cases reach the limit."""
        return cases >= self.limit


@dataclass(frozen=True, slots=True)
class City:
    """What a place is held against: the city's weeks, worked out once for all places."""

    recent: float
    year: int
    ratio: float


def city_of(weeks: Sequence[int]) -> City:
    """The city's mean of the reference weeks, sum of a year, and change of season. `weeks`: whole weeks, oldest
    first, up to the one before the present."""
    reference = _usual(_reference(weeks))
    return City(sum(reference) / max(1, len(reference)), sum(weeks[-YEAR:]), _season(weeks))


def threshold(weeks: Sequence[int], city: City, chance: float) -> Threshold:
    """The threshold of a place with these weeks (as `city_of` takes them). `chance`: how likely a place without an
    outbreak reaches it. The city's own is the one of its own weeks."""
    reference = _usual(_reference(weeks))
    year = sum(weeks[-YEAR:])
    share = (year + 0.5) / (city.year + 1.0)
    prior = _PRIOR if year < city.year else 0.0
    total = len(reference) + prior
    if not total:
        return Threshold(0.0, 1)
    base = (sum(reference) + prior * city.recent * min(1.0, share)) / total
    expected = max(base * city.ratio, 0.02)
    spread = 1 + (_spread(weeks[-YEAR:]) - 1) * min(1.0, expected)
    variance = spread * expected * (1 + 1 / total) + (_UNSTEADY * expected) ** 2
    return Threshold(expected, _limit(_rounded(expected), _rounded(variance / expected), chance))


def _reference(weeks: Sequence[int]) -> Sequence[int]:
    return weeks[-GUARD - WEEKS : -GUARD]


def _usual(weeks: Sequence[int]) -> list[float]:
    """The weeks with those of an outbreak cut to the most that is usual beside the others."""
    if not weeks:
        return []
    middle = median(weeks)
    most = middle + 2.5 * sqrt(max(middle, 1.0)) + 0.1 * middle
    return [min(float(week), most) for week in weeks]


def _season(weeks: Sequence[int]) -> float:
    """How the weeks about this one stood to the reference weeks before them, in the years before."""
    now = len(weeks)
    ratios: list[float] = []
    for back in range(YEAR, now - GUARD - WEEKS + 1, YEAR):
        at = now - back
        about, before = weeks[at - 1 : at + 2], weeks[max(0, at - GUARD - WEEKS) : at - GUARD]
        if len(ratios) == 5 or len(before) < WEEKS:
            break
        level = sum(_usual(before)) / WEEKS * 3
        ratios.append((sum(_usual(about)) + _SHRINK) / (level + _SHRINK))
    if not ratios:
        return 1.0
    sure = len(ratios) / (len(ratios) + 0.5)
    return float(min(2.0, max(0.5, median(ratios))) ** sure)


def _spread(weeks: Sequence[int]) -> float:
    """Variance over mean: the squared differences of successive weeks over their sums, cut where one jumps."""
    total, n = 4.0 * 1.1, 4.0
    for one, other in pairwise(weeks):
        if both := one + other:
            total += min((one - other) ** 2 / both, 8.0)
            n += 1
    return max(1.0, total / n)


def _rounded(value: float) -> float:
    """Two and a half digits: enough for a limit that is a whole number, and seen before more often."""
    return float(f"{value:.3g}")


@lru_cache(maxsize=65_536)
def _limit(mean: float, spread: float, chance: float) -> int:
    """The least number that a negative binomial (mean, variance = mean x spread) reaches with at most this chance."""
    if mean > _LARGE:
        z = NormalDist().inv_cdf(1 - chance)
        return int((mean ** (2 / 3) + z * 2 / 3 * mean ** (-1 / 3) * sqrt(mean * spread)) ** 1.5) + 1
    if spread < 1.0001:
        return _poisson(mean, chance)
    size = mean / (spread - 1)
    left, term, n = 1.0, exp(-size * log(spread)), 0
    factor = (spread - 1) / spread
    while left > chance and n < 10_000:
        left -= term
        term *= (size + n) / (n + 1) * factor
        n += 1
    return n


def _poisson(mean: float, chance: float) -> int:
    left, term, n = 1.0, exp(-mean), 0
    while left > chance and n < 10_000:
        left -= term
        n += 1
        term *= mean / n
    return n
