"""Equality, equivalence and order of two values. https://hl7.org/fhirpath/N1/#operations"""

from collections.abc import Hashable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hub.fhir.path.moments import compare_moments, in_utc, moment_of
from hub.fhir.path.units import factor
from hub.fhir.path.values import Amount, Moment, PathError, plain

_NUMBERS = (int, Decimal, float)


def equal(left: Any, right: Any) -> bool | None:
    """FHIRPath `=` of two items; None when their precision or units do not allow an answer."""
    left, right = plain(left), plain(right)
    if type(left) is str and type(right) is str:
        if left == right:
            return True
        if not (left[:1].isdigit() and right[:1].isdigit()):
            return False
        return _equal_moments(left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Moment) or isinstance(right, Moment):
        return _equal_moments(left, right)
    if isinstance(left, Amount) or isinstance(right, Amount):
        difference = compare_amounts(left, right)
        return None if difference is None else difference == 0
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def _equal_moments(left: Any, right: Any) -> bool | None:
    mine, theirs = moment_of(left), moment_of(right)
    if mine is None or theirs is None or (mine.kind == "time") != (theirs.kind == "time"):
        return False
    difference = compare_moments(mine, theirs)
    return None if difference is None else difference == 0


def key(value: Any) -> Hashable:
    """What two values share exactly when they are `equal`: so that a collection needs no comparison of each with each.
    Amounts, which equal what has another unit, have none: PathError."""
    value = plain(value)
    if isinstance(value, str | Moment):
        found = moment_of(value)
        if found is None:
            return ("text", value) if isinstance(value, str) else object()  # what is no moment equals nothing
        is_zoned = len(found.fields) > 4 and bool(found.zone)
        return found.kind == "time", is_zoned, in_utc(found) if is_zoned else found.fields
    if isinstance(value, bool) or value is None:
        return "truth", value
    if isinstance(value, Amount):
        raise PathError("a quantity has no key")
    if isinstance(value, dict):
        return frozenset((name, key(each)) for name, each in value.items())
    return tuple(map(key, value)) if isinstance(value, list) else ("number", value)


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None when precision or units do not tell. PathError when the two are of different kinds."""
    left, right = plain(left), plain(right)
    if isinstance(left, bool) or isinstance(right, bool):
        raise PathError("true and false have no order")
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str) and not (moment_of(left) and moment_of(right)):
        return (left > right) - (left < right)
    mine, theirs = moment_of(left), moment_of(right)
    if mine and theirs and (mine.kind == "time") == (theirs.kind == "time"):
        return compare_moments(mine, theirs)
    if amount_of(left) and amount_of(right):
        return compare_amounts(left, right)
    raise PathError("these two cannot be compared")


def compare_amounts(left: Any, right: Any) -> int | None:
    """Two quantities (literals or FHIR's, a bare number has unit 1): -1, 0, 1, or None when units do not convert."""
    mine, theirs = amount_of(left), amount_of(right)
    if mine is None or theirs is None:
        return None
    a, b = mine.number, _in_unit(theirs, mine.unit)
    return None if b is None else (a > b) - (a < b)


def _in_unit(amount: Amount, target: str) -> int | Decimal | Fraction | None:
    if amount.unit == target:
        return amount.number
    ratio = factor(amount.unit, target)
    if ratio is None or (isinstance(amount.number, Decimal) and abs(amount.number.adjusted()) > 100):
        return None
    return Fraction(amount.number) * ratio


def amount_of(value: Any) -> Amount | None:
    """A quantity literal, FHIR's Quantity (by its code, else its unit) or a bare number as an Amount, or None."""
    if isinstance(value, Amount):
        return value
    if isinstance(value, dict) and isinstance(value.get("value"), int | Decimal):
        return Amount(value["value"], str(value.get("code") or value.get("unit") or "1"))
    return Amount(value, "1") if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def similar(left: Any, right: Any) -> bool:
    """FHIRPath `~` of two items: texts without case and spacing, numbers to the lesser precision, always an answer."""
    left, right = plain(left), plain(right)
    if isinstance(left, str) and isinstance(right, str) and not (moment_of(left) and moment_of(right)):
        return " ".join(left.lower().split()) == " ".join(right.lower().split())
    if isinstance(left, Amount) or isinstance(right, Amount):
        mine, theirs = amount_of(left), amount_of(right)
        other = _in_unit(theirs, mine.unit) if mine and theirs else None
        if mine is None or theirs is None or other is None:
            return False
        exact = other if isinstance(other, int | Decimal) else Decimal(other.numerator) / Decimal(other.denominator)
        return _nearly(mine.number, exact, min(_places(mine.number), _places(theirs.number)))
    if type(left) in (int, Decimal) and type(right) in (int, Decimal):
        return _nearly(left, right, min(_places(left), _places(right)))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(similar(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return all_similar(left, right)
    return equal(left, right) is True


def all_similar(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether two collections hold similar items, in any order."""
    rest = list(right)
    for item in left:
        match = next((at for at, each in enumerate(rest) if similar(item, each)), None)
        if match is None:
            return False
        del rest[match]
    return not rest


def _places(number: int | Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent)) if isinstance(number, Decimal) else 0


def _nearly(left: int | Decimal, right: int | Decimal, places: int) -> bool:
    if left == right:
        return True
    a, b = Decimal(left), Decimal(right)
    if not (a.is_finite() and b.is_finite()) or max(a.adjusted(), b.adjusted()) + places > 25:
        return False
    unit = Decimal(1).scaleb(-places)
    return a.quantize(unit, ROUND_HALF_UP) == b.quantize(unit, ROUND_HALF_UP)
