"""Dates, times and what is done with them: comparison, addition, boundaries. https://hl7.org/fhirpath/N1/#datetime"""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import floor
from typing import Any, NamedTuple

from hub.fhir.path.units import WORDS
from hub.fhir.path.values import Amount, Moment, PathError

_FORM = re.compile(
    r"(?:(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?)?"
    r"(?P<mark>T)?(?:(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,12})?))?)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_LOWEST: tuple[int | Decimal, ...] = (1, 1, 1, 0, 0, Decimal("0.000"))
_HIGHEST: tuple[int | Decimal, ...] = (9999, 12, 31, 23, 59, Decimal("59.999"))
_DATE_DIGITS = (4, 6, 8, 10, 12, 14, 17)
_TIME_DIGITS = (2, 4, 6, 9)
_UCUM = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
_COARSER = {5: 60, 4: 60, 3: 24, 2: 30, 1: 12}
"""How many of a field make one of the field before it; days make a year by 365."""
_SECONDS = {2: 86_400, 3: 3_600, 4: 60, 5: 1}


class Parts(NamedTuple):
    """A moment taken apart: `date`, `dateTime` or `time`; numbers from the year (or hour) down; zone or ""."""

    kind: str
    fields: tuple[int | Decimal, ...]
    zone: str


def parts(text: str) -> Parts | None:
    """A date, dateTime or time (`T08:00` or `08:00`), or None. Bounds of the fields are checked, days by the month."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    part = found.groupdict()
    names = ("year", "month", "day", "hour", "minute")
    fields: list[int | Decimal] = [int(part[name]) for name in names if part[name]]
    if part["second"]:
        fields.append(Decimal(part["second"]))
    zone = part["zone"] or ""
    if part["year"]:
        is_gapped = part["hour"] is not None and (part["day"] is None or not part["mark"])
        if is_gapped or (zone and part["hour"] is None) or not _is_real(fields):
            return None
        return Parts("dateTime" if part["mark"] else "date", tuple(fields), zone)
    if zone or not fields or not _is_real([2000, 1, 1, *fields]):
        return None
    return Parts("time", tuple(fields), "")


def _is_real(fields: Sequence[int | Decimal]) -> bool:
    for value, low, end in zip(fields, (1, 1, 1, 0, 0, 0), (10_000, 13, 32, 24, 60, 61), strict=False):
        if not low <= value < end:
            return False
    return len(fields) < 3 or fields[2] <= calendar.monthrange(int(fields[0]), int(fields[1]))[1]


def moment_of(value: Any) -> Parts | None:
    """The moment a literal or a text is, or None."""
    if isinstance(value, Moment):
        return parts(value.text)
    return parts(value) if isinstance(value, str) and value[:1].isdigit() else None


def compare_moments(left: Parts, right: Parts) -> int | None:
    """By fields from the largest down; None when one stops earlier, or only one of two times has a zone."""
    mine, theirs = left.fields, right.fields
    if len(mine) > 4 and len(theirs) > 4 and left.kind == right.kind == "dateTime":
        if left.zone and right.zone:
            mine, theirs = in_utc(left), in_utc(right)
        elif left.zone or right.zone:
            return None
    for a, b in zip(mine, theirs, strict=False):
        if a != b:
            return -1 if a < b else 1
    return 0 if len(mine) == len(theirs) else None


def in_utc(found: Parts) -> tuple[int | Decimal, ...]:
    """The fields of a dateTime that has a zone, as they are in UTC."""
    if found.zone == "Z":
        return found.fields
    sign = -1 if found.zone[0] == "+" else 1
    shift = timedelta(hours=sign * int(found.zone[1:3]), minutes=sign * int(found.zone[4:6]))
    year, month, day, hour, minute = (int(field) for field in found.fields[:5])
    try:
        when = datetime(year, month, day, hour, minute, tzinfo=UTC) + shift
    except OverflowError:
        return found.fields
    return (when.year, when.month, when.day, when.hour, when.minute, *found.fields[5:])


def later(value: Any, amount: Amount, sign: int) -> Moment | None:
    """A moment moved by a duration, in its own precision; None outside the calendar, PathError for other units."""
    found = moment_of(value)
    unit = _UCUM.get(amount.unit, amount.unit)
    if found is None or unit not in WORDS:
        raise PathError("only a date and a duration can be added")
    number = Decimal(amount.number) * sign
    if unit == "millisecond":
        number, unit = number / 1000, "second"
    if unit != "second":
        number = Decimal(int(number))
    if unit == "week":
        number, unit = number * 7, "day"
    at = ("year", "month", "day", "hour", "minute", "second").index(unit)
    fields = list(found.fields)
    if found.kind == "time":
        if at < 3:
            raise PathError("a time has no days")
        fields = [2000, 1, 1, *fields]
    while at >= len(fields):
        step = 365 if at == 2 and len(fields) == 1 else _COARSER[at]
        number, at = Decimal(int(number / step)), 0 if step == 365 else at - 1
    try:
        moved = _moved(fields, at, number)
    except OverflowError:
        return None
    return Moment(_text(moved[3:] if found.kind == "time" else moved, found))


def _moved(fields: list[int | Decimal], at: int, number: Decimal) -> list[int | Decimal]:
    if abs(number) > 10**12:
        raise OverflowError
    year, month, day, hour, minute = (int(each) for each in [*fields, *_LOWEST[len(fields) :]][:5])
    if at < 2:
        months = year * 12 + month - 1 + int(number) * (12 if at == 0 else 1)
        year, month = months // 12, months % 12 + 1
        if not 1 <= year <= 9999:
            raise OverflowError
        day = min(day, calendar.monthrange(year, month)[1])
        return [year, month, day, *fields[3:]][: len(fields)]
    second = Decimal(fields[5]) if len(fields) > 5 else Decimal(0)
    total = (second if second < 60 else _HIGHEST[5]) + number * _SECONDS[at]
    minutes = floor(total / 60)
    when = datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(minutes=minutes)
    moved: list[int | Decimal] = [when.year, when.month, when.day, when.hour, when.minute]
    return [*moved, total - minutes * 60][: len(fields)]


def boundary(value: Any, digits: int | None, is_high: bool, is_time: bool) -> Moment | None:
    """The first or last moment a partial one covers, to so many digits (2014-01 has six); None when it has no such."""
    found = moment_of(value)
    if found is None:
        return None
    if found.kind == "time":
        digits = 9 if digits is None else digits
        if digits not in _TIME_DIGITS:
            return None
        count = 3 if digits == 9 else _TIME_DIGITS.index(digits) + 1
        fields = [*found.fields, *(_HIGHEST if is_high else _LOWEST)[3 + len(found.fields) :]][:count]
        return Moment(_text(fields, found, digits == 9))
    digits = (17 if is_time or found.kind == "dateTime" else 8) if digits is None else digits
    if digits not in _DATE_DIGITS:
        return None
    count = 6 if digits == 17 else _DATE_DIGITS.index(digits) + 1
    fields = [*found.fields, *(_HIGHEST if is_high else _LOWEST)[len(found.fields) :]]
    if is_high and len(found.fields) < 3:
        fields[2] = calendar.monthrange(int(fields[0]), int(fields[1]))[1]
    zone = found.zone or ("-12:00" if is_high else "+14:00")
    shown = Parts("dateTime" if count > 3 else "date", (), zone if count > 3 else "")
    return Moment(_text(fields[:count], shown, digits == 17))


def digits_of(value: Any) -> int | None:
    """How many digits a moment is given with: a year has 4, a millisecond 17 (9 in a time)."""
    found = moment_of(value)
    if found is None:
        return None
    steps = _TIME_DIGITS if found.kind == "time" else _DATE_DIGITS
    return steps[-1] if _places(found) else steps[len(found.fields) - 1]


def _text(fields: Sequence[int | Decimal], like: Parts, is_full: bool = False) -> str:
    """Fields in the form of `like`; `is_full` shows milliseconds even when there were none."""
    clock = list(fields if like.kind == "time" else fields[3:])
    day = "" if like.kind == "time" else "-".join(f"{int(n):0{w}}" for n, w in zip(fields[:3], (4, 2, 2), strict=False))
    shown = [f"{int(n):02}" for n in clock[:2]]
    if len(clock) > 2:
        seconds = Decimal(clock[2])
        places = max(-int(seconds.normalize().as_tuple().exponent), _places(like), 3 if is_full else 0)
        shown.append(f"{seconds:0{places + 3}.{places}f}" if places else f"{int(seconds):02}")
    if not shown:
        return day + ("T" if like.kind == "dateTime" else "")
    return f"{day}T{':'.join(shown)}{like.zone}"


def _places(like: Parts) -> int:
    last = like.fields[-1] if like.fields else 0
    return -int(last.as_tuple().exponent) if isinstance(last, Decimal) else 0
