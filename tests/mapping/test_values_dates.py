"""Dates and times as they are typed."""

from datetime import date, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import city_zone
from hub.mapping.values import Doubtful, Unfit, birth_day, clock_time, moment, past_day, time_in
from hub.mapping.values.dates import EXCEL_EPOCH

TODAY = date(2026, 11, 22)
MARCH_25 = date(2026, 3, 25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/03/2026", MARCH_25),
        ("25-03-2026", MARCH_25),
        ("25.3.2026", MARCH_25),
        ("25 Mar 2026", MARCH_25),
        ("25 Maret 2026", MARCH_25),
        ("Rabu, 25 Maret 2026", MARCH_25),
        ("25-Mar-2026", MARCH_25),
        ("25mar2026", MARCH_25),
        ("2026-03-25", MARCH_25),
        ("2026/3/25", MARCH_25),
        ("20260325", MARCH_25),
        ("2026-03-25 08:15:00", MARCH_25),
        ("2026-03-25T08:15:00+07:00", MARCH_25),
        ("25/03/2026 08.15", MARCH_25),
        ("46106", MARCH_25),
        ("46106.5", MARCH_25),
        ("1 Agt 2026", date(2026, 8, 1)),
        ("1 Mei 2026", date(2026, 5, 1)),
        ("1 May 2026", date(2026, 5, 1)),
        ("14 Nop 2025", date(2025, 11, 14)),
        ("31 Des 2025", date(2025, 12, 31)),
        ("2 Pebruari 2026", date(2026, 2, 2)),
        ("0000-00-00", None),
        ("00/00/0000", None),
    ],
)
def test_day_of_care(text, expected):
    assert past_day(TODAY)(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/25/2026", "HUB-2041"),
        ("31/11/2026", "HUB-2040"),
        ("29/02/2026", "HUB-2040"),
        ("kemarin", "HUB-2040"),
        ("25 Foo 2026", "HUB-2040"),
        ("2026", "HUB-2040"),
        ("99999", "HUB-2040"),
        ("23/11/2026", "HUB-2042"),
        ("25/03/1026", "HUB-2046"),
        ("25/13/2026", "HUB-2040"),
    ],
)
def test_day_refused(text, code):
    with pytest.raises(Unfit) as refusal:
        past_day(TODAY)(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "year"), [("15/03/89", 1989), ("15-3-05", 2005), ("15 Mar 26", 2026), ("15/03/27", 1927)]
)
def test_two_digit_years_are_read_and_doubted(text, year):
    assert birth_day(TODAY)(text) == Doubtful(date(year, 3, 15), "HUB-2043")


def test_oldest_birth():
    assert birth_day(TODAY)("01/01/1910") == date(1910, 1, 1)
    with pytest.raises(Unfit, match="HUB-2046"):
        birth_day(TODAY)("01/01/1880")


@given(st.dates(date(1920, 1, 1), TODAY))
def test_every_form_of_a_date_means_the_same(day):
    forms = (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d %b %Y}", f"{day:%d %B %Y}")
    read = birth_day(TODAY)
    assert {read(form) for form in forms} == {day}
    assert read(str((day - EXCEL_EPOCH).days)) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:15", time(8, 15)),
        ("8.15", time(8, 15)),
        ("0815", time(8, 15)),
        ("08:15:30", time(8, 15, 30)),
        ("8:15 PM", time(20, 15)),
        ("12:05 am", time(0, 5)),
        ("08.15 WITA", time(8, 15, tzinfo=city_zone())),
        ("08.15 wib", time(8, 15, tzinfo=timezone(timedelta(hours=7)))),
        ("0.34375", time(8, 15)),
    ],
)
def test_clock(text, expected):
    assert clock_time(text) == expected


@pytest.mark.parametrize("text", ["25:00", "pagi", "8", "08:75"])
def test_clock_refused(text):
    with pytest.raises(Unfit, match="HUB-2044"):
        clock_time(text)


def test_moment_is_city_time():
    assert moment(MARCH_25, None) == "2026-03-25"
    assert moment(MARCH_25, time(8, 15)) == "2026-03-25T08:15:00+08:00"
    assert moment(MARCH_25, clock_time("08.15 WIB")) == "2026-03-25T09:15:00+08:00"
    assert moment(MARCH_25, time(23, 30), timezone(timedelta(hours=7))) == "2026-03-26T00:30:00+08:00"


def test_time_in_the_date_cell():
    assert time_in("20/11/2026 08.15", TODAY) == "08.15"
    assert time_in("20/11/2026", TODAY) is None
    assert time_in("x", TODAY) is None
