"""Functions of one number or quantity, and the boundaries of what a value may mean. https://hl7.org/fhirpath/N1/#math"""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from math import ceil, floor
from typing import Any

from hub.fhir.path.comparing import amount_of
from hub.fhir.path.moments import boundary, digits_of
from hub.fhir.path.units import factor
from hub.fhir.path.values import Amount, Items, Moment, PathError, Typed, one

_LARGEST = 100
"""Magnitudes beyond 10^100 are not computed with."""
_PLACES = 8
_MOST_PLACES = 28


def _on_number(apply: Callable[..., Any]) -> Callable[..., Items]:
    """A function of a number (of a quantity: its number) and more; empty when one is missing or nothing comes out."""

    def run(items: Items, *arguments: Items) -> Items:
        value = one(items)
        others = [one(argument) for argument in arguments]
        if value is None or None in others:
            return []
        number = value.number if isinstance(value, Amount) else value
        for each in (number, *others):
            if isinstance(each, bool) or not isinstance(each, int | Decimal):
                raise PathError("a number is expected")
            if isinstance(each, Decimal) and (not each.is_finite() or each.adjusted() > _LARGEST):
                return []
        try:
            found = apply(number, *others)
        except (ArithmeticError, ValueError):
            return []
        if found is None:
            return []
        return [Amount(found, value.unit) if isinstance(value, Amount) else found]

    return run


def _power(base: int | Decimal, exponent: int | Decimal) -> int | Decimal | None:
    if not -_LARGEST <= exponent <= _LARGEST or (base < 0 and not isinstance(exponent, int)):
        return None
    if isinstance(exponent, int) and exponent >= 0:
        whole: int | Decimal = base**exponent
        return whole
    return Decimal(base) ** Decimal(exponent)


def _log(value: int | Decimal, base: int | Decimal) -> Decimal:
    return (Decimal(value).ln() / Decimal(base).ln()).quantize(Decimal(1).scaleb(-20)).normalize()


def _round(value: int | Decimal, places: int = 0) -> Decimal | None:
    if not 0 <= places <= _MOST_PLACES:
        return None
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _edge(is_high: bool) -> Callable[..., Items]:
    """`lowBoundary()` and `highBoundary()`: the least and the greatest value that would be written like this one."""

    def run(items: Items, places: Items = [None]) -> Items:  # noqa: B006 - never changed
        value, count = one(items), one(places)
        if value is None:
            return []
        if isinstance(value, str | Moment):
            is_time = type(items[0]) is Typed and items[0].type in ("dateTime", "instant")
            found = boundary(value, count, is_high, is_time)
            return [] if found is None else [found]
        return _on_number(lambda number: _bound(number, _PLACES if count is None else count, is_high))(items)

    return run


def _bound(number: int | Decimal, places: int, is_high: bool) -> Decimal | None:
    if not 0 <= places <= _MOST_PLACES:
        return None
    with localcontext() as context:
        context.prec = 2 * _LARGEST
        half = Decimal(5).scaleb(min(int(Decimal(number).as_tuple().exponent), 0) - 1)
        edge = Decimal(number) + (half if is_high else -half)
        return edge.quantize(Decimal(1).scaleb(-places), ROUND_CEILING if is_high else ROUND_FLOOR)


def _precision(items: Items) -> Items:
    value = one(items)
    if isinstance(value, str | Moment):
        found = digits_of(value)
        return [] if found is None else [found]
    return _on_number(lambda number: max(-int(Decimal(number).as_tuple().exponent), 0))(items)


def _comparable(items: Items, others: Items) -> Items:
    left, right = (amount_of(one(each)) for each in (items, others))
    return [factor(left.unit, right.unit) is not None] if left and right else []


NUMBERS: dict[str, Callable[..., Items]] = {
    "abs": _on_number(abs),
    "floor": _on_number(floor),
    "ceiling": _on_number(ceil),
    "truncate": _on_number(int),
    "round": _on_number(_round),
    "sqrt": _on_number(lambda x: Decimal(x).sqrt()),
    "exp": _on_number(lambda x: Decimal(x).exp() if x <= _LARGEST else None),
    "ln": _on_number(lambda x: Decimal(x).ln()),
    "log": _on_number(_log),
    "power": _on_number(_power),
    "lowBoundary": _edge(False),
    "highBoundary": _edge(True),
    "precision": _precision,
    "comparable": _comparable,
}
