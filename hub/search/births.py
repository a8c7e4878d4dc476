"""Birth dates are tokenised, never kept in clear: a day, its month and its year are values; a range is a set of them.

A birth date known only to the month or year also gets a value with a tilde, so that ranges find it where it overlaps.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from hub.fhir.dates import EPOCH, date_range

EARLIEST, LATEST = date(1850, 1, 1), date(2100, 12, 31)
"""Open ranges end here, which bounds the values of one search to some 350."""

_DAY = timedelta(days=1)


def values(text: str) -> list[str]:
    """What a birth date is found by: 1990-05-17 -> itself, 1990-05, 1990; 1990-05 -> itself, 1990, ~1990-05."""
    known = [text[:length] for length in (10, 7, 4) if length <= len(text)]
    return known if len(text) == 10 else [*known, f"~{text}"]


def interval(prefix: str, text: str) -> tuple[date, date]:
    """The first and last birth date a prefixed value (gt, ge, lt, le, sa, eb) means. Raises ValueError."""
    first, last = date_span(text)
    if prefix in ("gt", "sa"):
        return min(last, LATEST) + _DAY, LATEST
    if prefix in ("lt", "eb"):
        return EARLIEST, max(first, EARLIEST) - _DAY
    return (first, LATEST) if prefix == "ge" else (EARLIEST, last)


def cover(first: date, last: date, *, is_overlap: bool = True) -> list[str]:
    """The values that make up a range: whole years, then whole months, then days at its ends.

    With `is_overlap` also those of imprecise birth dates that reach into it.
    """
    first, last = max(first, EARLIEST), min(last, LATEST)
    found: list[str] = []
    if first > last:
        return found
    for year in range(first.year, last.year + 1):
        if _is_inside(f"{year:04}", first, last):
            found.append(f"{year:04}")
        else:
            found += [f"~{year:04}"] if is_overlap else []
            found += _of_year(year, first, last, is_overlap=is_overlap)
    return found


def _of_year(year: int, first: date, last: date, *, is_overlap: bool) -> Iterator[str]:
    for month in range(1, 13):
        text = f"{year:04}-{month:02}"
        start, end = date_span(text)
        if end < first or start > last:
            continue
        if _is_inside(text, first, last):
            yield text
            continue
        if is_overlap:
            yield f"~{text}"
        for offset in range((min(end, last) - max(start, first)).days + 1):
            yield (max(start, first) + offset * _DAY).isoformat()


def _is_inside(text: str, first: date, last: date) -> bool:
    start, end = date_span(text)
    return first <= start and end <= last


def date_span(text: str) -> tuple[date, date]:
    """First and last day of a FHIR date. Raises ValueError for anything else, also for one with a time."""
    if len(text) > 10:
        raise ValueError("a birth date has no time")
    first, last = date_range(text)
    return EPOCH + first * _DAY, EPOCH + last * _DAY
