"""Who reported when: a facility's visits of an epidemiological week (Sunday to Saturday) and the days they came in."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp

import msgspec

from hub.monitor.calendar import Opening

STATES = ("on-time", "late", "none", "quiet", "backfilled", "closed", "not-expected", "open")
"""Of a facility's week: at least four visits of five in time; fewer; no visit although there should be some; no visit
where visits are so rare that this happens; sent when the facility joined (or before the days were kept); closed on
every day of it; before it joined or opened; not yet due."""
_SHARE = (4, 5)
NO_STAYS: Mapping[tuple[int, int, int], int] = {}


class WeekTally(msgspec.Struct, frozen=True, array_like=True):
    """The visits of a facility (its number) in the week that begins on the Sunday `week` (days since 1970-01-01).

    `first`: the day the first of them came in, -1 when that is not known. `is_rough`: it may have been later, for all
    are stays: of one only the day it began and the days since it ended are kept, as if it had come in before its end.
    """

    facility: int
    week: int
    visits: int
    in_time: int
    first: int
    is_rough: bool = False

    def plus(self, other: "WeekTally") -> "WeekTally":
        """Both together: parts of one facility's week."""
        days = [each.first for each in _surest((self, other))]
        visits, in_time = self.visits + other.visits, self.in_time + other.in_time
        is_rough = self.is_rough and other.is_rough
        return WeekTally(self.facility, self.week, visits, in_time, min(days, default=-1), is_rough)


def _surest(tallies: Iterable[WeekTally]) -> list[WeekTally]:
    """Those whose first day is known, and known for sure where any is."""
    known = [one for one in tallies if one.first >= 0]
    return [one for one in known if not one.is_rough] or known


def week_of(day: int) -> int:
    """The Sunday on or before a day (days since 1970-01-01, a Thursday)."""
    return day - (day + 4) % 7


def tallied(
    received: Mapping[tuple[int, int, int], int], grace: int, stays: Mapping[tuple[int, int, int], int] = NO_STAYS
) -> list[WeekTally]:
    """Visits by (facility, day of service, days until received or -1) as weeks. `grace`: days after the week's end.
    `stays`: which of them are stays in a hospital."""
    found: dict[tuple[int, int], WeekTally] = {}
    for key, n in received.items():
        facility, day, lag = key
        week = week_of(day)
        came = day + lag if lag >= 0 else -1
        is_rough = n == stays.get(key, 0)
        one = WeekTally(facility, week, n, n if 0 <= came <= week + 6 + grace else 0, came, is_rough)
        known = found.get((facility, week))
        found[facility, week] = one if known is None else known.plus(one)
    return [found[key] for key in sorted(found)]


def together(tallies: Iterable[WeekTally]) -> dict[tuple[int, int], WeekTally]:
    """By (facility, week): a week that lies in two months is one."""
    found: dict[tuple[int, int], WeekTally] = {}
    for one in tallies:
        key = one.facility, one.week
        found[key] = found[key].plus(one) if key in found else one
    return found


def joined(tallies: Iterable[WeekTally]) -> dict[int, int]:
    """The day each facility's first visit came in."""
    known: dict[int, list[WeekTally]] = {}
    for one in tallies:
        known.setdefault(one.facility, []).append(one)
    firsts = {facility: [one.first for one in _surest(of)] for facility, of in known.items()}
    return {facility: min(days) for facility, days in firsts.items() if days}


def is_backfilled(tally: WeekTally, joined_on: int | None, grace: int) -> bool:
    """Whether a week was sent when the facility joined, or before the days were kept."""
    return tally.first < 0 or joined_on is None or tally.week + 6 + grace < joined_on


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
