"""When what meets one condition of a definition meets another: what is stricter by its meaning, not by its words.

Sound, not complete: True is certain. Not seen: what follows only from a condition and the negation of another, from
the records of one kind always having those of another, or from age bands beside ages.
"""

from collections.abc import Sequence
from itertools import groupby
from math import inf

from hub.monitor.indicators.indicator import Condition, Selection, Window

LAST = "~"
"""Ends a range of codes: after every letter and digit."""
_MONTH, _YEAR = 30, 365
"""Days between two days of a month, and of a year, at most."""


def asks_for_more(mine: Sequence[Condition], theirs: Sequence[Condition]) -> bool:
    """Whether whoever meets all of mine meets all of theirs; those of one `one_of` are alternatives."""
    return all(
        any(all(any(implies(one, other) for other in wide) for one in narrow) for narrow in _groups(mine))
        for wide in _groups(theirs)
    )


def rules_out(mine: Sequence[Condition], theirs: Sequence[Condition]) -> bool:
    """Whether whoever meets none of mine meets none of theirs."""
    return all(any(implies(other, one) for one in mine) for other in theirs)


def implies(one: Condition, other: Condition) -> bool:
    """Whether whoever meets `one` meets `other`."""
    if "itself" in (one.window.name, other.window.name):
        return one.window == other.window and selects_within(one.facts, other.facts)
    if other.newest:
        alike = (one.facts, one.window, one.same_code, one.same_facility) == (
            other.facts, other.window, other.same_code, other.same_facility,
        )  # fmt: skip
        return one.newest and alike and _values_within(one.wanted, other.wanted)
    return (
        selects_within(one.facts, other.facts, (*one.facts.values, *one.wanted))
        and _window_within(one.window, other.window)
        and (one.same_code or not other.same_code)
        and (one.same_facility or one.window.name == "visit" or not other.same_facility)
        and one.at_least >= other.at_least
    )


def selects_within(one: Selection, other: Selection, values: Sequence[tuple[str, float]] | None = None) -> bool:
    """Whether whatever `one` selects `other` selects; `values`: what is known of its value, if not only its own."""
    ages, wider = one.ages, other.ages
    is_of_ages = wider is None or (
        ages is not None
        and (wider[0] or 0) <= (ages[0] or 0)
        and (wider[1] is None or (ages[1] is not None and ages[1] <= wider[1]))
    )
    return (
        set(one.kinds) <= set(other.kinds)
        and _codes_within(one, other)
        and is_of_ages
        and all(
            not wide or (bool(mine) and set(mine) <= set(wide))
            for mine, wide in ((one.bands, other.bands), (one.facilities, other.facilities))
        )
        and _values_within(one.values if values is None else values, other.values)
        and all(
            wide in ("", mine)
            for mine, wide in ((one.sex, other.sex), (one.case, other.case), (one.ownership, other.ownership))
        )
    )


def categories(first: str, last: str) -> list[str]:
    """The categories of a range of ICD-10; one that is none where they cannot be counted off."""
    low, high = first[1:3], last[1:3]
    if first[:1] != last[:1] or not (low.isdecimal() and high.isdecimal()):
        return [""]
    return [f"{first[0]}{n:02}" for n in range(int(low), int(high) + 1)]


def _groups(conditions: Sequence[Condition]) -> list[list[Condition]]:
    """Each by itself, alternatives together."""
    named = sorted((each for each in conditions if each.one_of), key=lambda each: each.one_of)
    alternatives = [list(found) for _, found in groupby(named, key=lambda each: each.one_of)]
    return [[each] for each in conditions if not each.one_of] + alternatives


def _window_within(one: Window, other: Window) -> bool:
    if one == other:
        return True
    if other.name == "days":
        first, last = _reach(one)
        return other.first <= first and last <= other.last
    is_of_day = one.name == "visit" or (one.name == "days" and one.first == one.last == 0)
    return (other.name == "month" and is_of_day) or (other.name == "year" and (is_of_day or one.name == "month"))


def _reach(window: Window) -> tuple[int, int]:
    """How many days before and after a fact may lie at most."""
    if window.name == "days":
        return window.first, window.last
    return {"visit": (0, 0), "month": (-_MONTH, _MONTH), "year": (-_YEAR, _MONTH)}[window.name]


def _values_within(mine: Sequence[tuple[str, float]], theirs: Sequence[tuple[str, float]]) -> bool:
    if not theirs:
        return True
    low, high = _span(mine)
    wide_low, wide_high = _span(theirs)
    return bool(mine) and low >= wide_low and high <= wide_high


def _span(values: Sequence[tuple[str, float]]) -> tuple[tuple[float, int], tuple[float, int]]:
    """The least and the greatest value; beside each how far inside of it the span begins (1: it is not itself in)."""
    low = max(((each, int(sign == ">")) for sign, each in values if sign in (">", ">=", "=")), default=(-inf, 0))
    high = min(((each, -int(sign == "<")) for sign, each in values if sign in ("<", "<=", "=")), default=(inf, 0))
    return low, high


def _codes_within(one: Selection, other: Selection) -> bool:
    inside = not other.codes or (bool(one.codes) and all(_is_covered(each, other.codes) for each in one.codes))
    apart = all(
        _is_covered(each, one.not_codes)
        or (bool(one.codes) and all(each[1] < first or last < each[0] for first, last in one.codes))
        for each in other.not_codes
    )
    return inside and apart


def _is_covered(span: tuple[str, str], ranges: Sequence[tuple[str, str]]) -> bool:
    """Whether a range of codes lies in others: in one of them, or category by category."""
    if any(first <= span[0] and span[1] <= last for first, last in ranges):
        return True
    parts = categories(*span) if len(span[0]) == 3 and span[1][3:] == LAST else []
    return len(parts) > 1 and all(_is_covered((each, each + LAST), ranges) for each in parts)
