"""Every date prefix on every arrangement of two periods."""

import itertools

import pytest

from hub.model import DayRange, Reach, Selection
from hub.store import Store
from hub.store.periods import day_condition
from tests.store.rows_made import sealed
from tests.store.test_select import PREFIXES, day_holds

DAYS = range(1, 6)
PERIODS = [(first, last) for first in DAYS for last in DAYS if first <= last]


def test_every_prefix_on_every_arrangement(store: Store) -> None:
    with store.writing() as tx:
        tx.put([sealed(1, n + 1, day=first, day_end=last) for n, (first, last) in enumerate(PERIODS)])
        tx.put([sealed(2, 1)])  # without a date: never found
    with store.reading() as tx:
        for prefix, (first, last) in itertools.product(PREFIXES, PERIODS):
            wanted = DayRange(prefix, first, last)  # type: ignore[arg-type]
            page = tx.select(Selection(1, (Reach(1, None, None),), days=((wanted,),), limit=99))
            found = [(row.day, row.day_end) for row in page.rows]
            assert found == [period for period in PERIODS if day_holds(wanted, *period)], wanted


def test_no_alternative_holds_nothing() -> None:
    assert day_condition(()) == ("FALSE", [])


def test_an_unknown_prefix_is_a_bug() -> None:
    with pytest.raises(KeyError):
        day_condition([DayRange("xx", 1, 1)])  # type: ignore[arg-type]
