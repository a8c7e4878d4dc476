"""A year so far: the sum of an indicator's released months."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.access.indicators import Seen, Value, comparable
from hub.monitor.indicators import Indicator


@dataclass(frozen=True, slots=True)
class Year:
    """A year so far as the sum of its released months, from `first` to `last`. `left_out`: months between that are
    closed on this line, or of which nothing is released; they are not in the sum."""

    first: str
    last: str
    value: Value
    left_out: tuple[str, ...]


def year_so_far(seen: Sequence[Seen], one: Indicator, month: str) -> Year | None:
    """The year up to a month, of a line's series. Nothing but released numbers is added up, so that it tells nothing
    they do not tell. None where months cannot be added (people who count once in each), or none is shown.

    Where the denominator is a number of people for the year it is that of the newest month.
    """
    if one.unit == "person" and one.every == "month" and not one.self_reported:
        return None
    shown = [
        each
        for each in comparable([each for each in seen if each.month <= month])
        if each.month[:4] == month[:4] and each.value.numerator is not None
        if each.value.denominator is not None or one.needs
    ]
    if not shown:
        return None
    some = sum(each.value.numerator or 0 for each in shown)
    whole = shown[-1].value.denominator if one.needs else sum(each.value.denominator or 0 for each in shown)
    known_months = {each.month for each in shown}
    between = [f"{month[:4]}-{n:02}" for n in range(int(shown[0].month[5:]), int(month[5:]) + 1)]
    return Year(shown[0].month, month, Value(some, whole), tuple(each for each in between if each not in known_months))
