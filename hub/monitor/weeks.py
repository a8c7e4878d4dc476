"""Who reported when: a facility's visits of an epidemiological week (Sunday to Saturday) and the days they came in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp

import msgspec

from hub.monitor.calendar import Opening

STATES = ("on-time", "late", "none", "quiet", "backfilled", "closed", "not-expected", "open")
"""Of a facility's week: at least four visits of five in time; fewer; no visit although there should be some; no visit
where visits are so rare that this happens; sent when the facility joined (or before the days were kept); closed on
every day of it; before it joined or opened; not yet due."""
_SHARE = (4, 5)


class WeekTally(msgspec.Struct, frozen=True, array_like=True):
    """The visits of a facility (its number) in the week that begins on the Sunday `week` (days since 1970-01-01).

    `came`: the day by which four of five of them had come in, -1 when that is not known. Not the day of the first: of a
    stay only the day it began and the days since it ended are kept, so that it seems to have come in before it was over.
    """

    facility: int
    week: int
    visits: int
    in_time: int
    came: int

    def plus(self, other: "WeekTally") -> "WeekTally":
        """Both together: parts of one facility's week."""
        visits, in_time = self.visits + other.visits, self.in_time + other.in_time
        return WeekTally(self.facility, self.week, visits, in_time, max(self.came, other.came))


def week_of(day: int) -> int:
    """The Sunday on or before a day (days since 1970-01-01, a Thursday)."""
    return day - (day + 4) % 7


def tallied(received: Mapping[tuple[int, int, int], int], grace: int) -> list[WeekTally]:
    """Visits by (facility, day of service, days until received or -1) as weeks. `grace`: days after the week's end."""
    arrivals: dict[tuple[int, int], Counter[int]] = {}
    for (facility, day, lag), n in received.items():
        arrivals.setdefault((facility, week_of(day)), Counter())[day + lag if lag >= 0 else -1] += n
    found = []
    for (facility, week), came in sorted(arrivals.items()):
        in_time = sum(n for day, n in came.items() if 0 <= day <= week + 6 + grace)
        days = sorted(day for day in came.elements() if day >= 0)
        found.append(WeekTally(facility, week, came.total(), in_time, _most_came(days)))
    return found


def _most_came(days: Sequence[int]) -> int:
    """The day by which so many had come in that a week counts as reported."""
    return days[-(-len(days) * _SHARE[0] // _SHARE[1]) - 1] if days else -1


def together(tallies: Iterable[WeekTally]) -> dict[tuple[int, int], WeekTally]:
    """By (facility, week): a week that lies in two months is one."""
    found: dict[tuple[int, int], WeekTally] = {}
    for one in tallies:
        key = one.facility, one.week
        found[key] = found[key].plus(one) if key in found else one
    return found


def joined(tallies: Iterable[WeekTally]) -> dict[int, int]:
    """The day each facility joined: the first on which one of its weeks was there."""
    found: dict[int, int] = {}
    for one in tallies:
        if one.came >= 0:
            found[one.facility] = min(one.came, found.get(one.facility, one.came))
    return found


def is_backfilled(tally: WeekTally, joined_on: int | None, grace: int) -> bool:
    """Whether a week was sent when the facility joined, or before the days were kept."""
    return tally.came < 0 or joined_on is None or tally.week + 6 + grace < joined_on


def states_of(
    opening: Opening,
    tallies: Mapping[int, WeekTally],
    weeks: Sequence[int],
    joined_on: int | None,
    today: int,
    grace: int,
) -> list[str]:
    """One of STATES for each of the weeks (Sundays, in order, seven days apart). `tallies`: all that is known of the
    facility, by week; `joined_on` None: nothing ever came."""
    found = []
    for week in weeks:
        due, tally = week + 6 + grace, tallies.get(week)
        if tally is not None:
            is_in_time = tally.in_time * _SHARE[1] >= tally.visits * _SHARE[0]
            state = "backfilled" if is_backfilled(tally, joined_on, grace) else "on-time" if is_in_time else "late"
        elif week + 6 < opening.opens:
            state = "not-expected"
        elif not opening.days_open(week):
            state = "closed"
        elif joined_on is None or week + 6 < joined_on:
            state = "not-expected"
        elif today <= due:
            state = "open"
        else:
            state = "quiet" if _may_be_empty(opening, tallies, week) else "none"
        found.append(state)
    return found


def _may_be_empty(opening: Opening, tallies: Mapping[int, WeekTally], week: int) -> bool:
    """Whether nobody may have come in the open days since the last report: with as many visits a day as in the half
    year before, and visits that come independently, that would happen more often than one time in twenty."""
    before = [each for each in tallies if each < week]
    if not before:
        return False
    last = max(before)
    first = max(min(before), last - 7 * (_PAST - 1))
    visits = sum(tallies[each].visits for each in before if each >= first)
    days = sum(map(opening.days_open, range(first, last + 1, 7))) or 1
    silent = sum(map(opening.days_open, range(last + 7, week + 1, 7)))
    return exp(-visits / days * silent) > _RARE


_PAST, _RARE = 26, 0.05
