"""The operators, with FHIRPath's three-valued logic: an empty collection is an unknown."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hub.fhir.path.comparing import all_similar, equal, order
from hub.fhir.path.moments import later
from hub.fhir.path.sets import distinct, holder
from hub.fhir.path.units import factor
from hub.fhir.path.values import Amount, Items, Moment, PathError, one


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
        left, right = one(a), one(b)
        found = None if left is None or right is None else order(left, right)
        return [] if found is None else [accept(found)]

    return run


def _inside(a: Items, b: Items) -> Items:
    value = one(a)
    return [] if value is None else [holder(b)(value)]


def arithmetic(sign: str) -> Callable[[Items, Items], Items]:
    """`+ - * / div mod &` of single values. PathError for kinds that do not go together."""

    def run(a: Items, b: Items) -> Items:
        x, y = one(a), one(b)
        if sign == "&":
            return [("" if x is None else str(x)) + ("" if y is None else str(y))]
        if x is None or y is None:
            return []
        if sign == "+" and isinstance(x, str) and isinstance(y, str):
            return [x + y]
        if isinstance(x, Moment | str) and isinstance(y, Amount) and sign in "+-":
            moved = later(x, y, 1 if sign == "+" else -1)
            return [] if moved is None else [moved]
        if isinstance(x, Amount) or isinstance(y, Amount):
            found = _amounts(sign, x, y)
            return [] if found is None else [found]
        value = _numbers(sign, x, y)
        return [] if value is None else [value]

    return run


def _numbers(sign: str, x: Any, y: Any) -> int | Decimal | None:
    for each in (x, y):
        if isinstance(each, bool) or not isinstance(each, int | Decimal):
            raise PathError(f"{sign} does not go with these")
    if sign in ("/", "div", "mod") and y == 0:
        return None
    if sign == "/":
        return Decimal(x) / Decimal(y)
    if sign == "div":
        return int(Decimal(x) / Decimal(y))
    found: int | Decimal
    if sign == "mod":
        found = x - y * int(Decimal(x) / Decimal(y))
    else:
        found = x + y if sign == "+" else x - y if sign == "-" else x * y
    return found


def _amounts(sign: str, x: Any, y: Any) -> Amount | None:
    """Sums in the unit of the first; products and quotients in a unit made of both. None when units do not convert."""
    left, right = (each if isinstance(each, Amount) else Amount(each, "1") for each in (x, y))
    if sign in ("*", "/"):
        number = _numbers(sign, left.number, right.number)
        return None if number is None else Amount(number, _unit(sign, left.unit, right.unit))
    ratio = factor(right.unit, left.unit)
    if ratio is None:
        return None
    other = right.number if ratio == 1 else Decimal(right.number) * ratio.numerator / ratio.denominator
    return Amount(_numbers(sign, left.number, other) or 0, left.unit)


def _unit(sign: str, left: str, right: str) -> str:
    if right == "1":
        return left
    if sign == "*":
        return right if left == "1" else f"({left}).({right})"
    return f"({left})/({right})"


LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
OPERATORS: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equals,
    "!=": _differs,
    "~": lambda a, b: [all_similar(a, b)],
    "!~": lambda a, b: [not all_similar(a, b)],
    "<": _ordered(lambda found: found < 0),
    ">": _ordered(lambda found: found > 0),
    "<=": _ordered(lambda found: found <= 0),
    ">=": _ordered(lambda found: found >= 0),
    "in": _inside,
    "contains": lambda a, b: _inside(b, a),
    "|": lambda a, b: distinct(a + b),
}
