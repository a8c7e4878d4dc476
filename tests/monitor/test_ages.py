"""Age bands at their edges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.monitor.ages import BANDS, age_band

ON = date(2026, 3, 15)
EPOCH = date(1970, 1, 1)
DAY = (ON - EPOCH).days


@pytest.mark.parametrize(
    ("birth", "band"),
    [
        ("2026-03-15", "0-7d"),
        ("2026-03-08", "0-7d"),
        ("2026-03-07", "8-28d"),
        ("2026-02-15", "8-28d"),
        ("2026-02-14", "29d-11m"),
        ("2025-03-16", "29d-11m"),
        ("2025-03-15", "1-4"),
        ("2021-03-16", "1-4"),
        ("2021-03-15", "5-9"),
        ("2006-03-16", "15-19"),
        ("2006-03-15", "20-44"),
        ("1981-03-15", "45-54"),
        ("1956-03-15", "70+"),
        ("1980", "45-54"),
        ("1980-07", "45-54"),
        ("2026-03-16", ""),
        ("1980-13-01", ""),
        ("kemarin", ""),
        (None, ""),
        ("", ""),
    ],
)
def test_band(birth: str | None, band: str) -> None:
    assert age_band(birth, DAY) == band


@given(st.dates(date(1900, 1, 1), ON), st.integers(0, 3000))
def test_nobody_grows_younger(born: date, later: int) -> None:
    then = ON + timedelta(days=later)
    assert BANDS.index(age_band(born.isoformat(), DAY)) <= BANDS.index(age_band(born.isoformat(), (then - EPOCH).days))
