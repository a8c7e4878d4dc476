"""FHIR's date prefixes at day precision, on the stored period [day, day_end]; day 0 means "no date" and never matches.

https://www.hl7.org/fhir/R4/search.html#prefix
"""

from collections.abc import Sequence

from hub.model import DayRange

_CONDITIONS: dict[str, tuple[str, str]] = {
    # prefix: (condition, which bounds it takes: f = first, l = last)
    "eq": ("r.day BETWEEN ? AND ? AND r.day_end <= ?", "fll"),
    "ne": ("(r.day < ? OR r.day_end > ?)", "fl"),
    "gt": ("r.day_end > ?", "l"),
    "lt": ("r.day < ?", "f"),
    "ge": ("(r.day_end > ? OR r.day >= ?)", "lf"),
    "le": ("(r.day < ? OR r.day_end <= ?)", "fl"),
    "sa": ("r.day > ?", "l"),
    "eb": ("r.day < ? AND r.day_end < ?", "ff"),
    "ap": ("r.day <= ? AND r.day_end >= ?", "lf"),
}


def day_condition(alternatives: Sequence[DayRange]) -> tuple[str, list[int]]:
    """SQL for "one of these holds", and its parameters. `ap` overlaps the range as given: the caller has widened it.

    A period never ends before it begins. So `ge` need not repeat the upper bound of `eq` (what starts on or after
    the first day either ends after the last, or lies within), nor `le` the lower; and where the end is bounded the
    beginning is bounded too, which is said as well because the index is on the beginning.
    """
    terms = []
    params: list[int] = []
    for wanted in alternatives:
        condition, bounds = _CONDITIONS[wanted.prefix]
        terms.append(f"({condition})")
        params.extend(wanted.first if bound == "f" else wanted.last for bound in bounds)
    return f"(r.day <> 0 AND ({' OR '.join(terms)}))" if terms else "FALSE", params


def span(alternatives: Sequence[DayRange]) -> tuple[int, int]:
    """The first and last day on which what "one of these" holds for begins, long periods left aside."""
    low = min(FIRST if wanted.prefix in _OPEN_BELOW else wanted.first for wanted in alternatives)
    return low, max(_LAST if wanted.prefix in _OPEN_ABOVE else wanted.last for wanted in alternatives)


FIRST, _LAST = -(2**31), 2**31 - 1
_OPEN_BELOW, _OPEN_ABOVE = ("ne", "lt", "le", "eb"), ("ne", "gt", "ge", "sa")
