"""R4's prefixes: what a value asked for and a value found have to do with each other.

https://www.hl7.org/fhir/R4/search.html#prefix, https://www.hl7.org/fhir/R4/search.html#number
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import NamedTuple

from hub.fhir.dates import Span
from hub.search.typed import Amount

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_NUMBER = re.compile(r"[-+]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?", re.ASCII)
_EXACT = Context(prec=200)
_HALF, _TENTH = Decimal(5), Decimal("0.1")


class Number(NamedTuple):
    """A number as asked for: 5.40 is anything that rounds to it, `half` of its last digit up or down."""

    value: Decimal
    half: Decimal


def read_number(text: str) -> Number:
    """Raises ValueError for what is no number, or is written with more than 80 digits or three of exponent."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Number(value, _HALF.scaleb(exponent - 1))


def spans_hold(prefix: str, asked: Span, found: Span) -> bool:
    """Dates, at the precision of both. `ap` is any overlap."""
    is_in = asked.first <= found.first and found.last <= asked.last
    return _SPANS[prefix](asked, found, is_in)


_SPANS: dict[str, Callable[[Span, Span, bool], bool]] = {
    "eq": lambda _asked, _found, is_in: is_in,
    "ne": lambda _asked, _found, is_in: not is_in,
    "gt": lambda asked, found, _is_in: found.last > asked.last,
    "lt": lambda asked, found, _is_in: found.first < asked.first,
    "ge": lambda asked, found, is_in: is_in or found.last > asked.last,
    "le": lambda asked, found, is_in: is_in or found.first < asked.first,
    "sa": lambda asked, found, _is_in: found.first > asked.last,
    "eb": lambda asked, found, _is_in: found.last < asked.first,
    "ap": lambda asked, found, _is_in: found.first <= asked.last and asked.first <= found.last,
}


def amounts_hold(prefix: str, asked: Number, found: Amount) -> bool:
    """Numbers: `eq` and `ne` at the precision asked for, the other prefixes exactly; `ap` within a tenth."""
    value, half = asked
    if prefix in ("eq", "ne"):
        return _is_within(found, _EXACT.subtract(value, half), _EXACT.add(value, half)) is (prefix == "eq")
    if prefix == "ap":
        reach = max(half, _EXACT.multiply(abs(value), _TENTH))
        return _reaches(found, _EXACT.subtract(value, reach), _EXACT.add(value, reach))
    low, high, is_low_in, is_high_in = found[:4]
    if prefix in ("gt", "ge"):
        return high is None or high > value or (prefix == "ge" and high == value and is_high_in)
    if prefix in ("lt", "le"):
        return low is None or low < value or (prefix == "le" and low == value and is_low_in)
    if prefix == "sa":
        return low is not None and (low > value or (low == value and not is_low_in))
    return high is not None and (high < value or (high == value and not is_high_in))


def _is_within(found: Amount, low: Decimal, high: Decimal) -> bool:
    """Whether all of it lies in [low, high)."""
    if found.low is None or found.high is None:
        return False
    return low <= found.low and (found.high < high or (found.high == high and not found.is_high_in))


def _reaches(found: Amount, low: Decimal, high: Decimal) -> bool:
    """Whether some of it lies in [low, high]."""
    is_above = found.low is None or found.low < high or (found.low == high and found.is_low_in)
    is_below = found.high is None or found.high > low or (found.high == low and found.is_high_in)
    return is_above and is_below
