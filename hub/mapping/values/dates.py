"""Dates and times as clinics write them: Indonesian and English months, Excel serials, two-digit years, WIB/WITA/WIT.

Day comes before month, as in Indonesia; a date that only works the other way round is refused, never turned.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from hub.clock import city_zone
from hub.mapping.values.unfit import Doubtful, Unfit

EXCEL_EPOCH = date(1899, 12, 30)
OLDEST_BIRTH_YEARS = 120
ZONES = {"wib": timezone(timedelta(hours=7)), "wita": timezone(timedelta(hours=8)), "wit": timezone(timedelta(hours=9))}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february pebruari feb peb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt agst ags aug",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_TIME = r"(?:[T ,]+(?P<clock>\d{1,2}[:.]\d{2}.*))?"
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME)
_DMY = re.compile(r"(?P<d>\d{1,2})\s?[-/. ]\s?(?P<m>\d{1,2})\s?[-/. ]\s?(?P<y>\d{4}|\d{2})" + _TIME)
_WORDS = re.compile(r"(?:[a-z']+, *)?(?P<d>\d{1,2})[ \-/.]*(?P<m>[a-z]{3,9})[ \-/.,]*(?P<y>\d{4}|\d{2})" + _TIME, re.I)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_SERIAL = re.compile(r"(\d{4,5})(?:[.,](\d+))?")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)? *(am|pm)? *(wib|wita|wit|z|[+-]\d{2}:?\d{2})?", re.I
)


class Day(NamedTuple):
    """A date as written; `clock` is the text of a time in the same cell; `is_short`: its year had two digits."""

    day: date
    clock: str | None
    is_short: bool


@lru_cache(maxsize=65536)
def read_day(text: str, pivot: int) -> Day | None:
    """The date in a cell; None for 0000-00-00. Two-digit years fall on or before the year `pivot`."""
    text = " ".join(text.split())
    if serial := _SERIAL.fullmatch(text):
        return _from_serial(int(serial[1]), serial[2])
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _DMY.fullmatch(text) or _WORDS.fullmatch(text)
    if not found:
        raise Unfit("HUB-2040")
    parts = found.groupdict()
    month = _MONTHS.get(parts["m"].casefold()) if parts["m"].isalpha() else int(parts["m"])
    if month is None:
        raise Unfit("HUB-2040")
    year, day = int(parts["y"]), int(parts["d"])
    if year == 0 and month == 0 and day == 0:
        return None
    is_short = len(parts["y"]) == 2
    if is_short:
        year += pivot - pivot % 100
        year -= 100 if year > pivot else 0
    if month > 12 and day <= 12:
        raise Unfit("HUB-2041")
    try:
        return Day(date(year, month, day), parts.get("clock"), is_short)
    except ValueError:
        raise Unfit("HUB-2040") from None


def _from_serial(whole: int, fraction: str | None) -> Day:
    if not 3654 <= whole <= 80000:  # 1910-01-01 .. 2119-01-11: below that it is a year or a typing error
        raise Unfit("HUB-2040")
    day = EXCEL_EPOCH + timedelta(days=whole)
    return Day(day, f"0.{fraction}" if fraction and fraction.strip("0") else None, False)


@lru_cache(maxsize=8)
def past_day(today: date) -> Callable[[str], date | Doubtful[date] | None]:
    """A conversion for days of care: not after `today`, not before 1950."""

    def convert(text: str) -> date | Doubtful[date] | None:
        found = read_day(text, today.year)
        if found is None:
            return None
        if found.day > today:
            raise Unfit("HUB-2042")
        if found.day.year < 1950:
            raise Unfit("HUB-2046", year="1950")
        return Doubtful(found.day, "HUB-2043") if found.is_short else found.day

    return convert


@lru_cache(maxsize=8)
def birth_day(today: date) -> Callable[[str], date | Doubtful[date] | None]:
    """A conversion for birth dates: not after `today`, at most 120 years before it."""

    def convert(text: str) -> date | Doubtful[date] | None:
        found = read_day(text, today.year)
        if found is None:
            return None
        if found.day > today:
            raise Unfit("HUB-2042")
        if found.day.year < today.year - OLDEST_BIRTH_YEARS:
            raise Unfit("HUB-2046", year=str(today.year - OLDEST_BIRTH_YEARS))
        return Doubtful(found.day, "HUB-2043") if found.is_short else found.day

    return convert


def time_in(text: str, today: date) -> str | None:
    """The time that stands in the same cell as a date ("20/11/2026 08.15"), as text for `clock_time`."""
    try:
        found = read_day(text, today.year)
    except Unfit:
        return None
    return found.clock if found else None


@lru_cache(maxsize=4096)
def clock_time(text: str) -> time | None:
    """A time of day: "08:15", "8.15", "0815", "8:15 PM", "08.15 WIB" (then with its zone), an Excel fraction."""
    text = " ".join(text.split())
    if re.fullmatch(r"0[.,]\d{3,}", text):
        seconds = round(float(text.replace(",", ".")) * 86400)
        return (datetime.min + timedelta(seconds=min(seconds, 86399))).time()
    if re.fullmatch(r"\d{4}", text):
        text = f"{text[:2]}:{text[2:]}"
    found = _CLOCK.fullmatch(text)
    if not found:
        raise Unfit("HUB-2044")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].casefold() == "pm" else 0)
    try:
        return time(hour, minute, second, tzinfo=_zone(found[5]))
    except ValueError:
        raise Unfit("HUB-2044") from None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.casefold() == "z":
        return timezone.utc  # noqa: UP017 - the type is timezone, as for the others
    if text.casefold() in ZONES:
        return ZONES[text.casefold()]
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def moment(day: date, at: time | None, offset: timezone | None = None) -> str:
    """A FHIR dateTime in city time, or only the day when no time is known.

    `offset` is the zone the sender's program keeps (default: the city's; some write WIB in a WITA city); a zone in the
    cell wins.
    """
    if at is None:
        return day.isoformat()
    local = datetime.combine(day, at, tzinfo=at.tzinfo or offset or city_zone())
    return local.astimezone(city_zone()).isoformat(timespec="seconds")
