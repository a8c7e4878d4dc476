"""Facility by week as it is kept for the pages: what each week is called, and what is odd about its content; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from hub.model import Facility
from hub.monitor.calendar import Opening
from hub.monitor.doubts import is_empty, is_few
from hub.monitor.faults import Fault
from hub.monitor.tally import Content
from hub.monitor.weeks import STATES, WeekTally, is_backfilled, joined, states_of, together

WEEKS = 26
"""How many weeks are kept: half a year."""
FLAGS = ("", "few", "empty")
"""Of a week that was reported: nothing odd; far fewer visits than this facility usually has; half of the visits lack
what counting needs."""


class WeekContent(msgspec.Struct, frozen=True, array_like=True):
    """A facility's content of a week, kept sealed: never shown, only judged."""

    facility: int
    week: int
    visits: int
    area: int
    birth: int
    sex: int
    diagnosis: int
    vital: int

    def as_content(self) -> Content:
        """The same as a tally has it."""
        return Content(self.visits, self.area, self.birth, self.sex, self.diagnosis, self.vital)


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A facility's weeks: indexes into STATES and FLAGS, one byte a week, oldest first. `joined_on`: -1 never.

    `bands`, `doubts`: of the newest released month (hub.monitor.own, hub.monitor.doubts). `sent_ms`: its last
    submission, 0 none.
    """

    facility: str
    states: bytes
    flags: bytes
    joined_on: int = -1
    bands: dict[str, str] = {}
    doubts: tuple[str, ...] = ()
    sent_ms: int = 0


class Matrix(msgspec.Struct, frozen=True, array_like=True):
    """All facilities; `weeks` are Sundays (days since 1970-01-01), the current week last. `faults`: see
    hub.monitor.faults; `waiting` rows are rounded."""

    weeks: list[int]
    lines: list[Line]
    faults: list[Fault] = []
    waiting: int = 0


class Known(NamedTuple):
    """What is known of all weeks: tallies and contents by facility's number, then week."""

    tallies: Mapping[int, Mapping[int, WeekTally]]
    contents: Mapping[int, Mapping[int, Content]]


def known_of(tallies: Iterable[WeekTally], contents: Iterable[WeekContent]) -> Known:
    """Sorted by facility; a week that lies in two months is one."""
    by_week: dict[int, dict[int, WeekTally]] = {}
    for (facility, week), one in together(tallies).items():
        by_week.setdefault(facility, {})[week] = one
    said: dict[int, dict[int, Content]] = {}
    for each in contents:
        own_weeks = said.setdefault(each.facility, {})
        added = each.as_content()
        own_weeks[each.week] = own_weeks[each.week].plus(added) if each.week in own_weeks else added
    return Known(by_week, said)


def line_of(
    facility: Facility, opening: Opening, known: Known, weeks: Sequence[int], today: int, grace: int, k: int
) -> Line:
    """A facility's line of the matrix."""
    tallies = known.tallies.get(facility.number, {})
    contents = known.contents.get(facility.number, {})
    joined_on = joined(tallies.values()).get(facility.number)
    states = states_of(opening, tallies, weeks, joined_on, today, grace)
    flags = []
    for week, state in zip(weeks, states, strict=True):
        flag, content = "", contents.get(week)
        if content is not None and state in ("on-time", "late") and week + 6 < today:
            before = [
                each.visits
                for each in tallies.values()
                if week - 7 * WEEKS <= each.week < week and not is_backfilled(each, joined_on, grace)
            ]
            is_thin = is_few(content.visits, before, opening.days_open(week) / (len(opening.weekdays) or 1), k)
            flag = "empty" if is_empty(content, facility.kind, k) else "few" if is_thin else ""
        flags.append(flag)
    return Line(
        facility.id,
        bytes(map(STATES.index, states)),
        bytes(map(FLAGS.index, flags)),
        -1 if joined_on is None else joined_on,
    )
