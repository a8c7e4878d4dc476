"""Who reported when: a facility's visits of an epidemiological week (Sunday to Saturday) and the days they came in."""

from collections.abc import Iterable, Mapping

import msgspec

STATES = ("on-time", "late", "none", "backfilled", "not-expected", "open")
"""Of a facility's week: at least four visits of five in time; fewer; no visit although it is due; sent when the
facility joined (or before the days were kept); before it joined, before it opened or after it closed; not yet due."""
_SHARE = (4, 5)


class WeekTally(msgspec.Struct, frozen=True, array_like=True):
    """The visits of a facility (its number) in the week that begins on the Sunday `week` (days since 1970-01-01).

    `first`: the day the first of them came in, -1 when that is not known.
    """

    facility: int
    week: int
    visits: int
    in_time: int
    first: int


def week_of(day: int) -> int:
    """The Sunday on or before a day (days since 1970-01-01, a Thursday)."""
    return day - (day + 4) % 7


def tallied(received: Mapping[tuple[int, int, int], int], grace: int) -> list[WeekTally]:
    """Visits by (facility, day of service, days until received or -1) as weeks. `grace`: days after the week's end."""
    found: dict[tuple[int, int], WeekTally] = {}
    for (facility, day, lag), n in received.items():
        week = week_of(day)
        came = day + lag if lag >= 0 else -1
        one = WeekTally(facility, week, n, n if 0 <= came <= week + 6 + grace else 0, came)
        known = found.get((facility, week))
        found[facility, week] = one if known is None else _sum(known, one)
    return [found[key] for key in sorted(found)]


def together(tallies: Iterable[WeekTally]) -> dict[tuple[int, int], WeekTally]:
    """By (facility, week): a week that lies in two months is one."""
    found: dict[tuple[int, int], WeekTally] = {}
    for one in tallies:
        key = one.facility, one.week
        found[key] = _sum(found[key], one) if key in found else one
    return found


def _sum(one: WeekTally, other: WeekTally) -> WeekTally:
    first = min((day for day in (one.first, other.first) if day >= 0), default=-1)
    visits, in_time = one.visits + other.visits, one.in_time + other.in_time
    return WeekTally(one.facility, one.week, visits, in_time, first)


def joined(tallies: Iterable[WeekTally]) -> dict[int, int]:
    """The day each facility's first visit came in."""
    found: dict[int, int] = {}
    for one in tallies:
        if one.first >= 0:
            found[one.facility] = min(one.first, found.get(one.facility, one.first))
    return found


def is_backfilled(tally: WeekTally, joined_on: int | None, grace: int) -> bool:
    """Whether a week was sent when the facility joined, or before the days were kept."""
    return tally.first < 0 or joined_on is None or tally.week + 6 + grace < joined_on


def state_of(
    week: int, tally: WeekTally | None, joined_on: int | None, today: int, grace: int, opens: int, closes: int
) -> str:
    """One of STATES. `opens`, `closes`: first and last day the facility is open; `joined_on` None: nothing came yet."""
    end = week + 6
    due = end + grace
    if end < opens or week > closes:
        return "not-expected"
    if tally is None:
        return "not-expected" if joined_on is None or due < joined_on else "open" if today <= due else "none"
    if is_backfilled(tally, joined_on, grace):
        return "backfilled"
    return "on-time" if tally.in_time * _SHARE[1] >= tally.visits * _SHARE[0] else "late"
