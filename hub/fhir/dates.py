"""FHIR dates as ranges of days and milliseconds. https://www.hl7.org/fhir/R4/datatypes.html#dateTime

A day is a day in the city; a date without a time zone is taken as city time.
A partial date spans all it covers.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Any, NamedTuple

from hub.clock import city_zone

EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(1, 1, 1) - EPOCH).days
LAST_DAY = (date(9999, 12, 31) - EPOCH).days
DAY_MS = 86_400_000

_FORM = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?",
)


class Span(NamedTuple):
    """Both ends inclusive."""

    first: int
    last: int


@lru_cache(maxsize=8192)
def instant_range(text: str) -> Span:
    """The milliseconds since the epoch (UTC) that a date, dateTime or instant covers. ValueError when it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a FHIR date")
    part = found.groupdict()
    year, month, day = int(part["year"]), int(part["month"] or 1), int(part["day"] or 1)
    if part["hour"] is None:
        start = date(year, month, day)
        first = (start - EPOCH).days * DAY_MS - _city_ms()
        return Span(first, first + _days_covered(start, part) * DAY_MS - 1)
    second = int(part["second"] or 0)
    leap = second == 60  # 23:59:60 is the last moment of its minute
    when = datetime(year, month, day, int(part["hour"]), int(part["minute"]), 59 if leap else second)
    seconds = (when.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    first = seconds * 1000 - _offset_ms(part["zone"])
    if part["second"] is None:
        return Span(first, first + 59_999)
    if leap:
        return Span(first + 999, first + 999)
    if part["fraction"] is None:
        return Span(first, first + 999)
    digits = part["fraction"][1:4]
    width: int = 10 ** (3 - len(digits))
    first += int(digits) * width
    return Span(first, first + width - 1)


@lru_cache(maxsize=8192)
def date_range(text: str) -> Span:
    """The first and last city day (days since 1970-01-01) of a date, dateTime or instant. Raises ValueError."""
    first, last = instant_range(text)
    return Span(city_day(first), city_day(last))


def period_range(period: Mapping[str, Any]) -> Span:
    """The days of a Period; an open end reaches to FIRST_DAY or LAST_DAY."""
    start, end = period.get("start"), period.get("end")
    return Span(date_range(start).first if start else FIRST_DAY, date_range(end).last if end else LAST_DAY)


def city_day(ms: int) -> int:
    """The city's calendar day (days since 1970-01-01) of a moment."""
    return (ms + _city_ms()) // DAY_MS


@cache
def _city_ms() -> int:
    return int(city_zone().utcoffset(None).total_seconds()) * 1000


def day_text(day: int) -> str:
    """Days since 1970-01-01 as `YYYY-MM-DD`."""
    return (EPOCH + timedelta(days=day)).isoformat()


def moment(text: str) -> datetime:
    """The first moment a date or dateTime covers, in city time. ValueError when it is none."""
    return datetime.fromtimestamp(instant_range(text).first / 1000, city_zone())


def _days_covered(start: date, part: Mapping[str, str | None]) -> int:
    if part["day"]:
        return 1
    if part["month"] is None:
        return (date(start.year, 12, 31) - start).days + 1
    following = date(start.year + start.month // 12, start.month % 12 + 1, 1) if start.year < 9999 else None
    return (following - start).days if following else 31 - (start.month in (4, 6, 9, 11)) - 3 * (start.month == 2)


def _offset_ms(zone: str | None) -> int:
    if zone is None:
        return _city_ms()
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    timezone(timedelta(hours=hours, minutes=minutes))  # refuses an impossible offset
    return (hours * 60 + minutes) * 60_000 * (-1 if zone[0] == "-" else 1)
