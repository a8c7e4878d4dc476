"""Epidemiological weeks and what a facility's week is called."""

from datetime import date

import pytest

from hub.monitor.weeks import STATES, WeekTally, joined, state_of, tallied, together, week_of

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


def tally(visits: int, in_time: int, first: int = SUNDAY) -> WeekTally:
    return WeekTally(7, SUNDAY, visits, in_time, first)


@pytest.mark.parametrize(
    ("own", "joined_on", "today", "opens", "closes", "expected"),
    [
        (tally(5, 4), 0, SUNDAY + 30, 0, 10**6, "on-time"),
        (tally(5, 3), 0, SUNDAY + 30, 0, 10**6, "late"),
        (None, 0, SUNDAY + 30, 0, 10**6, "none"),
        (None, 0, SUNDAY + 8, 0, 10**6, "open"),
        (None, None, SUNDAY + 30, 0, 10**6, "not-expected"),
        (None, SUNDAY + 9, SUNDAY + 30, 0, 10**6, "not-expected"),
        (tally(5, 0, SUNDAY + 9), SUNDAY + 9, SUNDAY + 30, 0, 10**6, "backfilled"),
        (tally(5, 0, -1), 0, SUNDAY + 30, 0, 10**6, "backfilled"),
        (None, 0, SUNDAY + 30, SUNDAY + 7, 10**6, "not-expected"),
        (None, 0, SUNDAY + 30, SUNDAY + 6, 10**6, "none"),
        (None, 0, SUNDAY + 30, 0, SUNDAY - 1, "not-expected"),
        (None, 0, SUNDAY + 30, 0, SUNDAY, "none"),
    ],
)
def test_the_state_of_a_week(
    own: WeekTally | None, joined_on: int | None, today: int, opens: int, closes: int, expected: str
) -> None:
    assert state_of(SUNDAY, own, joined_on, today, 2, opens, closes) == expected
    assert expected in STATES
