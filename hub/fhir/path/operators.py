"""The operators of the FHIRPath subset, with its three-valued logic: an empty collection is an unknown."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hub.fhir.path.functions import PLAIN
from hub.fhir.path.values import Amount, Items, Moment, compare, equal, plain


def _known(value: bool | None) -> Items:
    return [] if value is None else [value]


def _and(a: bool | None, b: Callable[[], bool | None]) -> Items:
    if a is False:
        return [False]
    c = b()
    return [False] if c is False else _known(None if a is None or c is None else True)


def _or(a: bool | None, b: Callable[[], bool | None]) -> Items:
    if a is True:
        return [True]
    c = b()
    return [True] if c is True else _known(None if a is None or c is None else False)


def _xor(a: bool | None, b: Callable[[], bool | None]) -> Items:
    c = b()
    return _known(None if a is None or c is None else a is not c)


def _implies(a: bool | None, b: Callable[[], bool | None]) -> Items:
    return [True] if a is False else _or(None if a is None else False, b)


def _equals(a: Items, b: Items) -> Items:
    if not a or not b:
        return []
    if len(a) != len(b):
        return [False]
    answers = [equal(x, y) for x, y in zip(a, b, strict=True)]
    return [False] if False in answers else _known(None if None in answers else True)


def _differs(a: Items, b: Items) -> Items:
    return [not answer for answer in _equals(a, b)]


def _ordered(accept: Callable[[int], bool]) -> Callable[[Items, Items], Items]:
    def run(a: Items, b: Items) -> Items:
        order = compare(a[0], b[0]) if a and b else None
        return [] if order is None else [accept(order)]

    return run


def _similar(a: Items, b: Items) -> Items:
    def fold(item: Any) -> Any:
        value = plain(item)
        return " ".join(value.lower().split()) if isinstance(value, str) else value

    rest = [fold(item) for item in b]
    for item in a:
        match = next((at for at, each in enumerate(rest) if equal(fold(item), each)), None)
        if match is None:
            return [False]
        del rest[match]
    return [not rest]


def _inside(a: Items, b: Items) -> Items:
    return [any(equal(a[0], each) is True for each in b)] if a else []


def arithmetic(sign: str) -> Callable[[Items, Items], Items]:
    if sign == "&":
        return lambda a, b: [str(plain(a[0]) if a else "") + str(plain(b[0]) if b else "")]

    def run(a: Items, b: Items) -> Items:
        if not a or not b:
            return []
        x, y = plain(a[0]), plain(b[0])
        if sign == "+" and isinstance(x, str) and isinstance(y, str):
            return [x + y]
        if isinstance(x, Moment | Amount | str | bool | dict) or isinstance(y, Moment | Amount | str | bool | dict):
            return []
        if sign in ("/", "div", "mod") and y == 0:
            return []
        if sign == "/":
            return [Decimal(x) / Decimal(y)]
        if sign == "div":
            return [int(Decimal(x) / Decimal(y))]
        if sign == "mod":
            return [x - y * int(Decimal(x) / Decimal(y))]
        return [{"+": x + y, "-": x - y, "*": x * y}[sign]]

    return run


LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
OPERATORS: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equals,
    "!=": _differs,
    "~": _similar,
    "!~": lambda a, b: [not _similar(a, b)[0]],
    "<": _ordered(lambda order: order < 0),
    ">": _ordered(lambda order: order > 0),
    "<=": _ordered(lambda order: order <= 0),
    ">=": _ordered(lambda order: order >= 0),
    "in": _inside,
    "contains": lambda a, b: _inside(b, a),
    "|": lambda a, b: PLAIN["distinct"](a + b),
}
