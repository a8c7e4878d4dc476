"""Vital signs that no living person has: more likely a slipped digit or a wrong unit than a finding.

Ranges are wide on purpose (our own choice): they mark typing errors, never judge health.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from hub.fhir.systems import LOINC

Number = int | float | Decimal


class Range(NamedTuple):
    """Smallest and largest believable value in a UCUM unit."""

    low: Number
    high: Number
    unit: str


SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
RANGES = {
    SYSTOLIC: Range(40, 300, "mm[Hg]"),
    DIASTOLIC: Range(20, 200, "mm[Hg]"),
    "8867-4": Range(20, 300, "/min"),
    "9279-1": Range(4, 100, "/min"),
    "8310-5": Range(30, 44, "Cel"),
    "2708-6": Range(40, 100, "%"),
    "59408-5": Range(40, 100, "%"),
    "8302-2": Range(20, 250, "cm"),
    "29463-7": Range(Decimal("0.3"), 400, "kg"),
}


def out_of_range(observation: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The values outside their range: place and the range."""
    for path, node in _parts(observation):
        limits = RANGES.get(_loinc(node))
        value = _value(node, limits.unit) if limits else None
        if limits and value is not None and not limits.low <= value <= limits.high:
            yield f"{path}value.value", {"low": str(limits.low), "high": str(limits.high), "unit": limits.unit}


def inverted_pressure(observation: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """A diastolic pressure that is not below the systolic one."""
    found = {_loinc(node): (path, _value(node, "mm[Hg]")) for path, node in _parts(observation)}
    _, systolic = found.get(SYSTOLIC, ("", None))
    path, diastolic = found.get(DIASTOLIC, ("", None))
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        yield f"{path}value.value", {}


def _parts(observation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", observation
    for at, component in enumerate(observation.get("component", ())):
        yield f"component[{at}].", component


def _loinc(node: dict[str, Any]) -> str:
    codings = node["code"].get("coding", ()) if "code" in node else ()
    return next((str(c.get("code", "")) for c in codings if c.get("system") == LOINC), "")


def _value(node: dict[str, Any], unit: str) -> Number | None:
    quantity = node.get("valueQuantity")
    if quantity is None or quantity.get("code") != unit:
        return None
    value: Number | None = quantity.get("value")
    return value
