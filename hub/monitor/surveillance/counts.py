"""Cases counted by disease and place: each week (Sunday to Saturday) and each 7 days up to a day."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise

from hub.monitor.surveillance.cases import Case
from hub.monitor.weeks import week_of

CITY = "city"


class Counts:
    """The cases of one disease by place and day. A place is a kelurahan or kecamatan code, "-" (outside the city), ""
    (unknown), CITY, or a facility's number."""

    def __init__(self, first: int, last: int) -> None:
        """Of the days from `first`, a Sunday, up to and with `last` (days since 1970-01-01)."""
        self.first, self.last = week_of(first), last
        self._days: dict[str | int, list[int]] = {}
        self._sums: dict[str | int, list[int]] = {}
        self._sevens: dict[str | int, list[int]] = {}

    @property
    def places(self) -> list[str | int]:
        """The places with any case."""
        return list(self._days)

    def add(self, place: str | int, day: int, n: int = 1) -> None:
        """Cases of a day; those of days outside are not counted."""
        if self.first <= day <= self.last:
            days = self._days.setdefault(place, [0] * (self.last - self.first + 1))
            days[day - self.first] += n
            self._sums.pop(place, None)
            self._sevens.pop(place, None)

    def put(self, place: str | int, days: list[int]) -> None:
        """A place's cases of all days, the first day first."""
        self._days[place] = (days + [0] * (self.last - self.first + 1))[: self.last - self.first + 1]
        self._sums.pop(place, None)
        self._sevens.pop(place, None)

    def between(self, place: str | int, first: int, last: int) -> int:
        """The cases from one day to another, both included."""
        if place not in self._days:
            return 0
        sums = self._summed(place)
        low = min(max(first - self.first, 0), len(sums) - 1)
        high = min(max(last - self.first + 1, 0), len(sums) - 1)
        return max(0, sums[high] - sums[low])

    def rolling(self, place: str | int, day: int) -> int:
        """The cases of the 7 days that end with a day."""
        sevens = self._sevens.get(place)
        if sevens is None:
            if place not in self._days:
                return 0
            sums = [0] * 7 + self._summed(place)
            sevens = self._sevens[place] = [b - a for a, b in zip(sums, sums[7:], strict=False)][1:]
        return sevens[day - self.first] if 0 <= day - self.first < len(sevens) else self.between(place, day - 6, day)

    def weekly(self, place: str | int, before: int, most: int = 10_000) -> list[int]:
        """The cases of each whole week before the week of a day, oldest first; of that many weeks at most."""
        end = week_of(before)
        begin = max(self.first, end - 7 * most)
        if place not in self._days:
            return [0] * ((end - begin) // 7)
        if end > self.last + 1:
            return [self.between(place, week, week + 6) for week in range(begin, end, 7)]
        sums = self._summed(place)[begin - self.first : end - self.first + 1 : 7]
        return [b - a for a, b in pairwise(sums)]

    def _summed(self, place: str | int) -> list[int]:
        sums = self._sums.get(place)
        if sums is None:
            sums = self._sums[place] = [0, *accumulate(self._days[place])]
        return sums


def count(cases: Iterable[Case], kecamatan_of: Callable[[str], str], first: int, last: int) -> dict[str, Counts]:
    """Counts by disease. `kecamatan_of`: a kelurahan's kecamatan, "" for any other place."""
    found: defaultdict[str, Counts] = defaultdict(lambda: Counts(first, last))
    for case in cases:
        counts = found[case.disease]
        counts.add(CITY, case.day)
        counts.add(case.area, case.day)
        counts.add(case.facility, case.day)
        if kecamatan := kecamatan_of(case.area):
            counts.add(kecamatan, case.day)
    return dict(found)
