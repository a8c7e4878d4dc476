"""Times of a consent as comparable values: a FHIR dateTime names a span, its first and its last moment in city time."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from hub.clock import city_zone

Moments = tuple[datetime, datetime]

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_TICK = timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def span(text: str) -> Moments:
    """The first and last moment a FHIR date or dateTime may mean. ValueError or TypeError when it is neither."""
    date = _DATE.fullmatch(text)
    if date:
        year, month, day = (int(part) if part else 0 for part in date.groups())
        first = datetime(year, month or 1, day or 1)
        if day:
            following = first + timedelta(days=1)
        elif month:
            following = datetime(year + month // 12, month % 12 + 1, 1)
        else:
            following = datetime(year + 1, 1, 1)
        return first, following - _TICK
    time = _TIME.fullmatch(text)
    if not time:
        raise ValueError("not a FHIR dateTime")
    first = datetime.fromisoformat(text)
    if first.tzinfo is not None:
        first = first.astimezone(city_zone()).replace(tzinfo=None)
    width = timedelta(0) if time[2] else timedelta(seconds=1) if time[1] else timedelta(minutes=1)
    return first, (first + width - _TICK if width else first)


def first(text: str) -> datetime:
    """The earliest moment `text` may mean."""
    return span(text)[0]


def last(text: str) -> datetime:
    """The latest moment `text` may mean: the end of a period is inclusive."""
    return span(text)[1]


def window(period: tuple[str | None, str | None]) -> Moments:
    """A period as its first and last moment; an open side reaches to the end of time."""
    start, end = period
    return (first(start) if start is not None else datetime.min), (last(end) if end is not None else datetime.max)
