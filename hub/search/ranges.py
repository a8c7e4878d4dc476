"""Dates asked for, as what the store keeps of them: days, times of change, values of birth dates."""

from hub.fhir.dates import Span, date_range, day_text
from hub.model import DayRange
from hub.search import births
from hub.search.asked import read_prefixed
from hub.search.parameters import Parameter
from hub.search.query import Values
from hub.search.refusals import bad_value
from hub.search.typed import FIRST_MS, LAST_MS

_TIMED = {"gt": ("gt", -1), "ge": ("gt", -1), "sa": ("sa", -1), "lt": ("lt", 1), "le": ("lt", 1), "eb": ("eb", 1)}
"""A time of day is looked up by its day, so a bound has to let that day in: what begins or ends there may meet it."""
_NEAR = {"gt": "ge", "ge": "ge", "sa": "ge", "lt": "le", "le": "le", "eb": "le"}
"""The bound that lets the whole day of a time in."""
NOBODY: Values = (("birthdate", "-"),)
"""A value no resource has."""


def day_of(parameter: Parameter, text: str) -> DayRange:
    """The days that a date's own days have to do with as the prefix says: exact but for a time of day."""
    prefix, value = read_prefixed(parameter, text)
    try:
        first, last = date_range(value)
    except (ValueError, OverflowError):
        raise bad_value(parameter.name, "date") from None
    shift = 0
    if "T" in value:
        prefix, shift = _TIMED.get(prefix, (prefix, 0))
    return DayRange(prefix, first + shift, last + shift)  # type: ignore[arg-type]


def birth_values(prefix: str, value: str) -> list[str]:
    """The values of birth dates that meet it; with a time, those of which any may. Raises ValueError for no date."""
    if "T" in value:
        prefix, value = _NEAR.get(prefix, "ap"), day_text(date_range(value).first)
    first, last = births.date_span(value)
    if prefix in ("eq", "ne"):
        return [value]
    if prefix == "ap":
        return births.cover(first, last)
    return births.cover(*births.interval(prefix, value), is_overlap=prefix not in ("sa", "eb"))


def between(bounds: list[tuple[str, str]]) -> Values:
    """The values of birth dates that meet all of several bounds."""
    intervals = [births.interval(prefix, value) for prefix, value in bounds]
    found = births.cover(max(first for first, _ in intervals), min(last for _, last in intervals))
    return tuple(("birthdate", value) for value in found) or NOBODY


def moments(prefix: str, span: Span) -> tuple[int, int] | None:
    """The times of change that meet it; None when they are not one range."""
    first, last = span
    return {
        "gt": (last + 1, LAST_MS),
        "sa": (last + 1, LAST_MS),
        "lt": (FIRST_MS, first - 1),
        "eb": (FIRST_MS, first - 1),
        "ge": (first, LAST_MS),
        "le": (FIRST_MS, last),
        "ne": None,
    }.get(prefix, (first, last))
