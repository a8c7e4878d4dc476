"""Functions that turn one value into another type: toInteger() and its kin. https://hl7.org/fhirpath/N1/#conversion"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.fhir.path.moments import parts
from hub.fhir.path.parser import unescape
from hub.fhir.path.units import WORDS
from hub.fhir.path.values import Amount, Items, Moment, one, plain

_QUANTITY = re.compile(r"(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:'(?P<unit>(?:[^'\\]|\\.)+)'|(?P<word>[a-z]+))?")


def text_of(item: Any) -> str | None:
    """An item as text; None when it has none."""
    value = plain(item)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.text.removeprefix("T")
    if isinstance(value, Amount):
        return f"{text_of(value.number)} " + (value.unit if value.unit in WORDS else f"'{value.unit}'")
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 1000 else str(value)
    return str(value) if isinstance(value, str | int) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool | int):
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,30}", value) else None


def _decimal(value: Any) -> int | Decimal | None:
    if isinstance(value, bool):
        return int(value)
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return number if number.is_finite() else None


def _boolean(value: Any) -> bool | None:
    folded = str(value).lower()
    if folded in ("true", "t", "yes", "y", "1", "1.0"):
        return True
    return False if folded in ("false", "f", "no", "n", "0", "0.0") else None


def _quantity(value: Any) -> Amount | None:
    if isinstance(value, Amount):
        return value
    if isinstance(value, bool | int | Decimal):
        return Amount(int(value) if isinstance(value, bool) else value, "1")
    found = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    word = found["word"].removesuffix("s") if found["word"] else None
    if word and word not in WORDS:
        return None
    number = Decimal(found["number"]) if "." in found["number"] else int(found["number"])
    return Amount(number, unescape(found["unit"]) if found["unit"] else word or "1")


def _moment(kind: str) -> Callable[[Any], Moment | None]:
    def convert(value: Any) -> Moment | None:
        text = value.text if isinstance(value, Moment) else value
        found = parts(text) if isinstance(text, str) else None
        if found is None or (found.kind == "time") != (kind == "time"):
            return None
        if kind == "date":
            return Moment(text.partition("T")[0])
        return Moment(text if kind != "time" or text[0] == "T" else "T" + text)

    return convert


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Integer": _integer,
    "Decimal": _decimal,
    "Boolean": _boolean,
    "String": text_of,
    "Quantity": _quantity,
    "Date": _moment("date"),
    "DateTime": _moment("dateTime"),
    "Time": _moment("time"),
}


def _to(convert: Callable[[Any], Any]) -> Callable[..., Items]:
    def run(items: Items, *_: Items) -> Items:
        value = one(items)
        found = None if value is None else convert(value)
        return [] if found is None else [found]

    return run


def _converts(convert: Callable[[Any], Any]) -> Callable[..., Items]:
    return lambda items, *_: [] if one(items) is None else [convert(one(items)) is not None]


CONVERSIONS: dict[str, Callable[..., Items]] = {
    **{f"to{name}": _to(convert) for name, convert in _CONVERSIONS.items()},
    **{f"convertsTo{name}": _converts(convert) for name, convert in _CONVERSIONS.items()},
}
