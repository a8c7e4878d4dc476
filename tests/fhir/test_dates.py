"""hub.fhir.dates: partial dates span what they cover; days are days in the city."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import city_zone
from hub.fhir import city_day, date_range, day_text, instant_range, moment, period_range
from hub.fhir.dates import EPOCH, FIRST_DAY, LAST_DAY


def days(first: str, last: str) -> tuple[int, int]:
    return (date.fromisoformat(first) - EPOCH).days, (date.fromisoformat(last) - EPOCH).days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("2026-11-22", "2026-11-22", "2026-11-22"),
        ("2026-11-22T07:59:59+08:00", "2026-11-22", "2026-11-22"),
        ("2026-11-21T16:00:00Z", "2026-11-22", "2026-11-22"),
        ("2026-11-21T15:59:59.999Z", "2026-11-21", "2026-11-21"),
        ("2026-11-22T00:30:00", "2026-11-22", "2026-11-22"),
        ("2026-11-22T23:59:60+08:00", "2026-11-22", "2026-11-22"),
        ("1969-12-31T15:59:59Z", "1969-12-31", "1969-12-31"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    assert date_range(text) == days(first, last)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-1", "2026-02-30", "2026-13", "2026-11-22T25:00:00Z", "x", "2026-11-22T10:00:00+25:00", "20261122"],
)
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError):
        date_range(text)


def test_moments_to_the_millisecond() -> None:
    assert instant_range("1970-01-01T00:00:00Z") == (0, 999)
    assert instant_range("1970-01-01T00:00Z") == (0, 59_999)
    assert instant_range("1970-01-01T00:00:00.5Z") == (500, 599)
    assert instant_range("1970-01-01T00:00:00.5005Z") == (500, 500)
    assert instant_range("1970-01-01T08:00:00+08:00") == (0, 999)
    assert moment("2026-11-22T00:00:00Z") == datetime(2026, 11, 22, 8, tzinfo=city_zone())


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-12 * 4, 14 * 4))
def test_a_moment_lies_in_its_city_day(when: datetime, quarters: int) -> None:
    offset = timedelta(minutes=15 * quarters)
    sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
    text = f"{when:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02}:{minutes % 60:02}"
    city = when - offset + timedelta(hours=8)
    assert date_range(text).first == (city.date() - EPOCH).days
    assert city_day(instant_range(text).first) == date_range(text).first
    assert day_text(date_range(text).first) == f"{city:%Y-%m-%d}"


def test_periods() -> None:
    assert period_range({"start": "2026-01", "end": "2026-02"}) == days("2026-01-01", "2026-02-28")
    assert period_range({"start": "2026"}).last == LAST_DAY
    assert period_range({}).first == FIRST_DAY
