"""When a facility is open: kinds, settings, and the holidays as they were decreed."""

from datetime import date, timedelta

import pytest

from hub.monitor.calendar import NEVER, Opening, holidays, opening

EPOCH = date(1970, 1, 1)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


@pytest.mark.parametrize(("year", "national", "joint"), [(2025, 17, 11), (2026, 17, 8), (2027, 18, 8)])
def test_the_years_hold_what_the_decrees_count(year: int, national: int, joint: int) -> None:
    found = holidays(year).values()
    assert sum(not each.is_joint for each in found) == national
    assert sum(each.is_joint for each in found) == joint
    assert all(each.decree.startswith("SKB 3 Menteri") for each in found)
    assert {each.calendar for each in found} == {"fixed", "islamic", "chinese", "saka", "christian", "buddhist"}
    assert all((EPOCH + timedelta(days=each.day)).year == year for each in found)
    assert all(each.names["id"] and each.names["en"] for each in found)


@pytest.mark.parametrize("text", ["2025-03-31", "2026-03-21", "2027-03-10"])
def test_eid_is_where_it_was_decreed(text: str) -> None:
    assert holidays(int(text[:4]))[day(text)].names["en"] == "Eid al-Fitr"


def test_good_friday_and_ascension_follow_easter() -> None:
    for year in (2025, 2026, 2027):
        by_name = {each.names["en"]: each.day for each in holidays(year).values()}
        assert by_name["Easter"] - by_name["Good Friday"] == 2
        assert by_name["Ascension Day"] - by_name["Easter"] == 39
        assert (EPOCH + timedelta(days=by_name["Easter"])).isoweekday() == 7


def test_a_year_nobody_put_in_has_no_holidays() -> None:
    assert holidays(2031) == {}


@pytest.mark.parametrize(
    ("kind", "settings", "text", "expected"),
    [
        ("puskesmas", {}, "2026-11-21", True),
        ("puskesmas", {}, "2026-11-22", False),
        ("rumah-sakit", {}, "2026-11-22", True),
        ("klinik", {}, "2026-08-17", False),
        ("rumah-sakit", {}, "2026-08-17", True),
        ("klinik", {"open_on_holidays": "ya"}, "2026-08-17", True),
        ("rumah-sakit", {"open_on_holidays": "tidak"}, "2026-08-17", False),
        ("klinik", {"open_days": "1-5"}, "2026-11-21", False),
        ("klinik", {"open_days": "7"}, "2026-11-22", True),
        ("klinik", {"open_days": "every day"}, "2026-11-21", True),
        ("klinik", {"closed_on": "2026-11-20"}, "2026-11-21", False),
        ("klinik", {"open_from": "2026-11-21"}, "2026-11-20", False),
        ("klinik", {"closed_between": "2026-11-02/2026-11-07, 2026-11-20/2026-11-21"}, "2026-11-21", False),
        ("klinik", {"closed_between": "soon"}, "2026-11-21", True),
    ],
)
def test_kind_and_settings_say_when_it_is_open(kind: str, settings: dict[str, str], text: str, expected: bool) -> None:
    assert opening(kind, settings).is_open(day(text)) is expected


def test_what_the_registry_knows_wins() -> None:
    found = opening("klinik", {"closed_on": "2020-01-01"}, day("2026-01-01"), NEVER)
    assert (found.opens, found.closes) == (day("2026-01-01"), NEVER)


def test_a_week_counts_its_open_days_and_names_its_holidays() -> None:
    eid = day("2026-03-15")
    assert Opening().days_open(eid) == 2
    assert Opening().holidays_in(eid)[0].names["id"] == "Cuti bersama Nyepi"
    assert Opening(on_holidays=True).days_open(eid) == 6
    assert Opening(on_holidays=True).holidays_in(eid) == []
