"""On which days a facility is expected to be open, from its kind, its settings and the decreed holidays; pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from hub.fhir import day_text

_EPOCH = date(1970, 1, 1)
NEVER, EVER = 1 << 30, 0
"""The day (since 1970-01-01) that a facility which is not closed closes, and the day one without a date opened."""
_WEEKDAYS = frozenset([1, 2, 3, 4, 5, 6])
_KINDS = {"rumah-sakit": (_WEEKDAYS | {7}, True)}
"""By kind: ISO weekdays (Monday = 1) it is open, and whether on holidays too. The others: Monday to Saturday, not on
holidays or collective leave; who differs says so in its settings `open_days` and `open_on_holidays`."""
_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, as decreed. `calendar`: what moves it (fixed, islamic, chinese, saka, christian, buddhist)."""

    day: int
    names: Mapping[str, str]
    calendar: str
    is_joint: bool
    decree: str


@dataclass(frozen=True, slots=True)
class Opening:
    """When a facility is open: ISO weekdays, holidays or not, first and last day, and times it is closed between."""

    weekdays: frozenset[int] = _WEEKDAYS
    on_holidays: bool = False
    opens: int = EVER
    closes: int = NEVER
    closed: tuple[tuple[int, int], ...] = ()

    def is_open(self, day: int) -> bool:
        """Whether it is open on a day (since 1970-01-01, a Thursday)."""
        return (
            self.opens <= day <= self.closes
            and (day + 3) % 7 + 1 in self.weekdays
            and (self.on_holidays or day not in _holidays_about(day))
            and not any(first <= day <= last for first, last in self.closed)
        )

    def days_open(self, week: int) -> int:
        """On how many days of the week from this Sunday it is open."""
        return sum(map(self.is_open, range(week, week + 7)))

    def holidays_in(self, week: int) -> list[Holiday]:
        """The holidays of the week that keep it closed on a day it would be open."""
        if self.on_holidays:
            return []
        found = ((day, _holidays_about(day).get(day)) for day in range(week, week + 7))
        return [holiday for day, holiday in found if holiday is not None and (day + 3) % 7 + 1 in self.weekdays]


def opening(kind: str, settings: Mapping[str, str], opens: int | None = None, closes: int | None = None) -> Opening:
    """A facility's opening. Settings: `open_days` ("1-6", "1,3,5"; Monday = 1), `open_on_holidays` ("yes"),
    `open_from`, `closed_on` (ISO dates), `closed_between` ("2026-03-18/2026-03-24, ..."). One that cannot be read
    counts as not given; `opens` and `closes`, where known to the registry, win."""
    weekdays, on_holidays = _KINDS.get(kind, (_WEEKDAYS, False))
    said = settings.get("open_on_holidays", "").strip().lower()
    return Opening(
        _weekdays(settings.get("open_days", "")) or weekdays,
        said in ("yes", "ya", "true", "1") if said else on_holidays,
        _day(settings.get("open_from", ""), EVER) if opens is None else opens,
        _day(settings.get("closed_on", ""), NEVER) if closes is None else closes,
        tuple((_day(a, NEVER), _day(b, EVER)) for a, b in _SPAN.findall(settings.get("closed_between", ""))),
    )


@cache
def holidays(year: int) -> Mapping[int, Holiday]:
    """The holidays and collective leave of a year by day; none for a year nobody has put in (`holidays/YEAR.toml`)."""
    file = files("hub.monitor").joinpath("holidays", f"{year}.toml")
    if not file.is_file():
        return {}
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    decrees = [each["title"] for each in data["decree"]]
    days = ((_since(each["date"]), each) for each in data["day"])
    return {
        day: Holiday(day, each["name"], each["calendar"], each["is_joint"], decrees[each["decree"] - 1])
        for day, each in days
    }


def _holidays_about(day: int) -> Mapping[int, Holiday]:
    return holidays(int(day_text(day)[:4]))


def _weekdays(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in text.split(","))):
        span = re.fullmatch(r"([1-7])(?:-([1-7]))?", part)
        if span is None:
            return frozenset()
        found |= set(range(int(span[1]), int(span[2] or span[1]) + 1))
    return frozenset(found)


def _day(text: str, default: int) -> int:
    try:
        return _since(date.fromisoformat(text))
    except ValueError:
        return default


def _since(day: date) -> int:
    return (day - _EPOCH).days
