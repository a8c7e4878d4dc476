"""Epidemiological weeks and what a facility's week is called."""

from datetime import date

import pytest

from hub.monitor.calendar import NEVER, Opening
from hub.monitor.weeks import STATES, WeekTally, joined, states_of, tallied, together, week_of

EPOCH = date(1970, 1, 1)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


SUNDAY = day("2026-10-04")


def test_a_week_begins_on_sunday() -> None:
    for offset in range(7):
        assert week_of(SUNDAY + offset) == SUNDAY
    assert date.fromordinal(EPOCH.toordinal() + week_of(day("2026-01-01"))).strftime("%A") == "Sunday"


def test_visits_are_tallied_by_the_week_of_service_and_the_day_they_came_in() -> None:
    received = {
        (7, SUNDAY, 1): 3,
        (7, SUNDAY + 6, 2): 2,
        (7, SUNDAY + 6, 3): 1,
        (7, SUNDAY + 7, -1): 4,
        (8, SUNDAY, 0): 1,
    }
    assert tallied(received, 2) == [
        WeekTally(7, SUNDAY, 6, 5, SUNDAY + 1),
        WeekTally(7, SUNDAY + 7, 4, 0, -1),
        WeekTally(8, SUNDAY, 1, 1, SUNDAY),
    ]
    halves = together([WeekTally(7, SUNDAY, 2, 1, SUNDAY + 3), WeekTally(7, SUNDAY, 3, 3, SUNDAY + 1)])
    assert halves == {(7, SUNDAY): WeekTally(7, SUNDAY, 5, 4, SUNDAY + 1)}
    assert joined([*halves.values(), WeekTally(9, SUNDAY, 1, 0, -1)]) == {7: SUNDAY + 1}


def test_a_hospital_that_loads_old_stays_joins_the_day_it_loads_them() -> None:
    """Of a stay the days since its end are kept: those of ten days seem to have come in while they went on."""
    loaded = SUNDAY + 60
    stays = {(7, SUNDAY + day, 50 - day): 1 for day in range(4)} | {(7, SUNDAY + 7, 43): 2}
    found = tallied({(7, SUNDAY + 2, 58): 1} | stays, 2, stays)
    assert [one.is_rough for one in found] == [False, True], "the second week knows of stays only"
    assert joined(found) == {7: loaded}
    assert states_of(Opening(), {SUNDAY: found[0]}, [SUNDAY], loaded, loaded, 2) == ["backfilled"]
    assert joined(tallied(stays, 2, stays)) == {7: SUNDAY + 50}, "nothing surer is known"


def tally(visits: int, in_time: int, first: int = SUNDAY) -> WeekTally:
    return WeekTally(7, SUNDAY, visits, in_time, first)


@pytest.mark.parametrize(
    ("own", "joined_on", "today", "opens", "closes", "expected"),
    [
        (tally(5, 4), 0, SUNDAY + 30, 0, NEVER, "on-time"),
        (tally(5, 3), 0, SUNDAY + 30, 0, NEVER, "late"),
        (None, 0, SUNDAY + 30, 0, NEVER, "none"),
        (None, 0, SUNDAY + 8, 0, NEVER, "open"),
        (None, None, SUNDAY + 30, 0, NEVER, "not-expected"),
        (None, SUNDAY + 9, SUNDAY + 30, 0, NEVER, "not-expected"),
        (None, SUNDAY + 7, SUNDAY + 30, 0, NEVER, "not-expected"),
        (None, SUNDAY + 6, SUNDAY + 30, 0, NEVER, "none"),
        (tally(5, 5, SUNDAY + 7), SUNDAY + 7, SUNDAY + 30, 0, NEVER, "on-time"),
        (tally(5, 0, SUNDAY + 9), SUNDAY + 9, SUNDAY + 30, 0, NEVER, "backfilled"),
        (tally(5, 0, -1), 0, SUNDAY + 30, 0, NEVER, "backfilled"),
        (None, 0, SUNDAY + 30, SUNDAY + 7, NEVER, "not-expected"),
        (None, 0, SUNDAY + 30, SUNDAY + 6, NEVER, "none"),
        (None, 0, SUNDAY + 30, 0, SUNDAY - 1, "closed"),
        (None, 0, SUNDAY + 30, 0, SUNDAY, "closed"),
        (None, 0, SUNDAY + 30, 0, SUNDAY + 1, "none"),
        (tally(5, 4), 0, SUNDAY + 30, 0, SUNDAY - 1, "on-time"),
    ],
)
def test_the_state_of_a_week(
    own: WeekTally | None, joined_on: int | None, today: int, opens: int, closes: int, expected: str
) -> None:
    known = {} if own is None else {SUNDAY: own}
    assert states_of(Opening(opens=opens, closes=closes), known, [SUNDAY], joined_on, today, 2) == [expected]
    assert expected in STATES


def states(opening: Opening, visits: list[int]) -> list[str]:
    """Of weeks with so many visits each, all received in time."""
    weeks = [SUNDAY + 7 * n for n in range(len(visits))]
    known = {week: WeekTally(7, week, n, n, week + 1) for week, n in zip(weeks, visits, strict=True) if n}
    return states_of(opening, known, weeks, SUNDAY - 30, weeks[-1] + 30, 2)


def test_a_busy_facility_is_missed_at_once_and_one_with_rare_visits_only_when_it_is_long_silent() -> None:
    assert states(Opening(), [40, 40, 0, 0])[2:] == ["none", "none"]
    assert states(Opening(), [1, 0, 1, 0, 1, 0, 0])[3:] == ["quiet", "on-time", "quiet", "quiet"]
    assert states(Opening(), [1, 0, 1, 0, 1, *[0] * 12])[-1] == "none"


def test_a_week_whose_only_open_days_are_holidays_is_closed_not_missing() -> None:
    eid = day("2026-03-15")
    weekdays = Opening(frozenset([3, 4, 5]))
    assert states_of(weekdays, {}, [eid], 0, eid + 60, 2) == ["closed"], "18-20 March 2026: leave, Nyepi, leave"
    known = {eid - 7: WeekTally(7, eid - 7, 30, 30, eid)}
    assert states_of(Opening(), known, [eid], 0, eid + 60, 2) == ["none"], "open on Monday and Tuesday"
    assert states_of(Opening(frozenset([3, 4, 5]), on_holidays=True), known, [eid], 0, eid + 60, 2) == ["none"]
