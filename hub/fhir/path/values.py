"""Values of FHIRPath: plain JSON values, wrapped only where a type or an extension must travel with them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

Items = list[Any]

_DATE = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T(?:[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?T?|T?[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
)
_PARTS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ZONE = re.compile(r"(Z|[+-][0-9]{2}:[0-9]{2})$")


class Typed(NamedTuple):
    """A value with its FHIR type (of a choice element) and, for a primitive, the object beside it (`_birthDate`)."""

    value: Any
    type: str | None
    beside: Any = None


class Amount(NamedTuple):
    """A quantity literal: `4 days`, `1.5 'mg'`."""

    number: int | Decimal
    unit: str


class Moment(NamedTuple):
    """A date, dateTime or time literal, without the `@`."""

    text: str


@dataclass(slots=True)
class Env:
    """What `%resource`, `%rootResource`, `%context` and `$this` stand for."""

    resource: Any
    root: Any
    this: Any
    index: int = 0
    total: Any = None

    def at(self, item: Any, index: int = 0) -> "Env":
        """The same with another `$this`."""
        return Env(self.resource, self.root, item, index, self.total)


def plain(item: Any) -> Any:
    """The value without its wrapping; None when there is only an extension."""
    return item.value if type(item) is Typed else item


def is_true(items: Sequence[Any]) -> bool | None:
    """A collection as a boolean: None when empty; a single non-boolean counts as true."""
    if not items:
        return None
    value = plain(items[0])
    return value if isinstance(value, bool) else True


def equal(left: Any, right: Any) -> bool | None:
    """FHIRPath `=` of two items; None when their precision does not allow an answer."""
    left, right = plain(left), plain(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Moment) or isinstance(right, Moment) or (_is_date(left) and _is_date(right)):
        order = compare(left, right)
        return None if order is None else order == 0
    if isinstance(left, Amount) or isinstance(right, Amount):
        order = compare(left, right)
        return order == 0 if order is not None else None
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None when they cannot be compared (different precision, unit or kind)."""
    left, right = _amount(plain(left)), _amount(plain(right))
    if isinstance(left, Amount) and isinstance(right, Amount):
        if left.unit != right.unit:
            return None
        left, right = left.number, right.number
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal):
        return (left > right) - (left < right)
    if isinstance(left, Moment) or isinstance(right, Moment) or (_is_date(left) and _is_date(right)):
        return _compare_dates(_text(left), _text(right))
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    return None


def _amount(value: Any) -> Any:
    """A FHIR Quantity compares by its code, else its unit."""
    if isinstance(value, dict) and "value" in value:
        return Amount(value["value"], value.get("code") or value.get("unit") or "1")
    return value


def _text(value: Any) -> str:
    return value.text if isinstance(value, Moment) else value if isinstance(value, str) else ""


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _compare_dates(left: str, right: str) -> int | None:
    """By parts from the year down; undecided when one stops earlier, or only one has a time zone."""
    if not (_is_date(left) and _is_date(right)) or (left[0] == "T" or left[2:3] == ":") != (
        right[0] == "T" or right[2:3] == ":"
    ):
        return None
    zones = [_ZONE.search(text) if "T" in text[4:] else None for text in (left, right)]
    if all(zones) and ":" in left and ":" in right:
        try:
            moments = [datetime.fromisoformat(_whole(text)).astimezone(UTC).isoformat() for text in (left, right)]
        except (ValueError, OverflowError):
            return None
        left, right = (moment.partition("+")[0] for moment in moments)
    elif any(zones) and "T" in left and "T" in right:
        return None
    mine, theirs = _numbers(left), _numbers(right)
    for a, b in zip(mine, theirs, strict=False):
        if a != b:
            return -1 if a < b else 1
    return 0 if len(mine) == len(theirs) else None


def _whole(text: str) -> str:
    zone = _ZONE.search(text)
    assert zone is not None
    body = text[: zone.start()]
    if body.count(":") == 1:
        body += ":00"
    head, _, fraction = body.partition(".")
    return (head.replace(":60", ":59") + (f".{fraction[:6]:<06}" if fraction else "")) + zone[0]


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(part) for part in _PARTS.findall(_ZONE.sub("", text) if "T" in text[4:] else text)]
