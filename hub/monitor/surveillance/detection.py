"""Which counts are a signal, and which criteria of an outbreak (KLB) they meet.

Criteria a to d: Permenkes 1501/2010, article 6. A signal is not yet an outbreak: it is to be verified within a day.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hub.monitor.surveillance.counts import CITY, Counts
from hub.monitor.surveillance.diseases import Disease
from hub.monitor.surveillance.threshold import WEEKS, City, Threshold, city_of, threshold
from hub.monitor.weeks import week_of

CRITERIA = ("immediate", "statistical", "a", "b", "c", "d")
"""immediate: one case is enough. statistical: over the threshold of the weeks before. a: a disease the city had not a
case of for a year. b: rise over three consecutive periods of 7 days. c: twice the 7 days before. d: 30 days with twice
the monthly mean of the year before."""
QUIET = 7
"""Days in which the same disease raises no second signal in the same place."""
BACK, BACK_IMMEDIATE = 14, 28
"""How many days back a signal is still raised when cases come in late."""
_YEAR = 364
CITY_WEEKS, PLACE_WEEKS = 5 * 52 + 12, 60
"""How many weeks back a threshold looks."""
LEAST_WEEKS = WEEKS // 2 + 1
"""So many weeks must be known that a threshold says anything."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal that is due: 7 days that end with `day` in a place, with what was expected and the criteria met."""

    disease: str
    place: str
    day: int
    cases: int
    expected: float
    limit: int
    criteria: tuple[str, ...]


Raised = Mapping[tuple[str, str], Sequence[int]]
"""The days of the signals there are, by disease and place."""


def find(
    disease: Disease,
    counts: Counts,
    today: int,
    raised: Raised,
    parts_of: Callable[[str], Iterable[str]],
) -> list[Finding]:
    """The signals that are due and were not raised in the 7 days around. Small places first: a kecamatan's or the
    city's count leaves out the places within it that have a signal of their own. `parts_of`: the places within one."""
    known = {place: list(days) for (code, place), days in raised.items() if code == disease.code}
    if disease.is_immediate:
        return _immediate(disease, counts, today, known)
    places = sorted((str(each) for each in counts.places if isinstance(each, str)), key=_size)
    found: list[Finding] = []
    inside = tuple(parts_of(CITY))
    sizes = Counter(_size(each)[0] for each in inside)
    among = {size: max(1, sizes[size]) if size < 2 else 1 for size in (0, 1, 2)}
    city, week = city_of([]), -1
    limits: dict[str, tuple[Threshold, Threshold]] = {}
    for day in range(max(counts.first + 7, today - BACK + 1), today + 1):
        if week_of(day) != week:
            week, limits = week_of(day), {}
            city = city_of(counts.weekly(CITY, day, CITY_WEEKS))
        for place in places:
            whole = cases = counts.rolling(place, day)
            if not _is_enough(disease, counts, place, day, whole) or _is_near(known.get(place, ()), day):
                continue
            if known:
                cases -= sum(
                    counts.rolling(part, day) for part in parts_of(place) if _is_near(known.get(part, ()), day)
                )
            if not _is_enough(disease, counts, place, day, cases):
                continue
            if place not in limits:
                limits[place] = _limits(disease, counts, place, day, city, among[_size(place)[0]])
            strict, mild = limits[place]
            criteria = _criteria(counts, place, day, cases, disease.least, strict, mild)
            if criteria:
                found.append(Finding(disease.code, place, day, whole, strict.expected, strict.limit, criteria))
                known.setdefault(place, []).append(day)
    return found


def _limits(
    disease: Disease, counts: Counts, place: str, day: int, city: City, among: int
) -> tuple[Threshold, Threshold]:
    weeks = counts.weekly(place, day, PLACE_WEEKS)
    return threshold(weeks, city, disease.chance / among), threshold(weeks, city, disease.criteria_chance / among)


def _criteria(
    counts: Counts, place: str, day: int, cases: int, least: int, strict: Threshold, mild: Threshold
) -> tuple[str, ...]:
    """The criteria met. Those of the regulation count only where chance alone hardly explains the count: of small
    numbers half are twice the week before."""
    found = ["statistical"] if strict.is_over(cases) and least <= cases and _has_past(counts, day) else []
    if is_new(counts, place, day):
        found.append("a")
    if cases < least or not _has_past(counts, day) or not mild.is_over(cases):
        return tuple(found)
    if is_rising(counts, place, day):
        found.append("b")
    if is_double(counts, place, day):
        found.append("c")
    if is_double_year(counts, place, day):
        found.append("d")
    return tuple(found)


def is_new(counts: Counts, place: str, day: int) -> bool:
    """Criterion a: the city had no case for a year before these 7 days, and its year is known."""
    before = day - 7
    return place == CITY and before - counts.first >= _YEAR and not counts.between(CITY, before - _YEAR, before)


def _is_enough(disease: Disease, counts: Counts, place: str, day: int, cases: int) -> bool:
    return cases >= disease.least or (place == CITY and cases > 0 and is_new(counts, place, day))


def is_rising(counts: Counts, place: str, day: int) -> bool:
    """Criterion b: each of three periods of 7 days has more cases than the one before."""
    four = [counts.rolling(place, day - back) for back in (21, 14, 7, 0)]
    return all(one < other for one, other in pairwise(four))


def is_double(counts: Counts, place: str, day: int) -> bool:
    """Criterion c: at least twice as many as in the 7 days before, which had some."""
    before = counts.rolling(place, day - 7)
    return before > 0 and counts.rolling(place, day) >= 2 * before


def is_double_year(counts: Counts, place: str, day: int) -> bool:
    """Criterion d: 30 days with at least twice the mean month of the year before them."""
    first = day - 29
    if first - counts.first < _YEAR:
        return False
    year = counts.between(place, first - _YEAR, first - 1)
    return year > 0 and counts.between(place, first, day) * 12 >= 2 * year


def _immediate(disease: Disease, counts: Counts, today: int, known: dict[str, list[int]]) -> list[Finding]:
    """One case is a signal, however late it comes in; at the place of residence, known or not. The parts of the city
    are places of their own here: the city's and the kecamatan's counts add nothing."""
    found = []
    for place in sorted(str(each) for each in counts.places if isinstance(each, str) and _size(each)[0] == 0):
        for day in range(today - BACK_IMMEDIATE + 1, today + 1):
            if counts.between(place, day, day) and not _is_near(known.get(place, ()), day):
                cases = counts.between(place, day - 6, min(day + 6, today))
                found.append(Finding(disease.code, place, day, cases, 0.0, 1, ("immediate",)))
                known.setdefault(place, []).append(day)
    return found


def _has_past(counts: Counts, day: int) -> bool:
    """Enough weeks are known that a threshold says anything."""
    return week_of(day) - counts.first >= 7 * LEAST_WEEKS


def _is_near(days: Iterable[int], day: int) -> bool:
    return any(abs(day - one) < QUIET for one in days)


def _size(place: str) -> tuple[int, str]:
    """Kelurahan (and what is none) before kecamatan before the city."""
    return (2 if place == CITY else 1 if len(place) == 6 else 0, place)
