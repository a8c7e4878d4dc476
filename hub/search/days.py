"""Clinical dates at day precision: days since 1970-01-01 in city time (the one thing about a visit kept in clear)."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from hub.clock import WITA

FIRST_DAY, LAST_DAY = -(2**31), 2**31 - 1
"""An open side of a period. A resource without a clinical date gets (LAST_DAY, FIRST_DAY), which no search matches."""

_EPOCH = date(1970, 1, 1).toordinal()
_MIDNIGHT = datetime(1970, 1, 1, tzinfo=WITA)
_DAY = timedelta(days=1)


def day_span(text: str) -> tuple[int, int]:
    """First and last day a FHIR date, dateTime or instant may mean; a time with an offset is moved to city time.

    Raises ValueError when it is none of these.
    """
    if len(text) <= 10:
        return _of_date(text)
    if text.endswith("+08:00"):
        day = _of_date(text[:10])[0]
        return day, day
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=WITA)
    day = (moment - _MIDNIGHT) // _DAY
    return day, day


@lru_cache(maxsize=32_768)
def _of_date(text: str) -> tuple[int, int]:
    first, last = date_span(text)
    return first.toordinal() - _EPOCH, last.toordinal() - _EPOCH


def date_span(text: str) -> tuple[date, date]:
    """First and last day of a year, month or day. Raises ValueError when it is none."""
    length = len(text)
    if length not in (4, 7, 10) or not (text.replace("-", "0").isascii() and text.replace("-", "0").isdigit()):
        raise ValueError("not a date")
    year = int(text[:4])
    if length == 10:
        day = date.fromisoformat(text)
        return day, day
    if length == 4:
        return date(year, 1, 1), date(year, 12, 31)
    if text[4] != "-":
        raise ValueError("not a date")
    month = int(text[5:])
    following = date(year + month // 12, month % 12 + 1, 1) if year < 9999 or month < 12 else date.max
    return date(year, month, 1), following - _DAY if following != date.max else following
