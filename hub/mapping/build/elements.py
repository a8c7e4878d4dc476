"""Datatypes that every builder needs. https://www.hl7.org/fhir/R4/datatypes.html"""

from decimal import Decimal
from typing import Any

from hub.fhir import systems
from hub.mapping.codes import Coding


def codeable(text: str | None, *codings: Coding) -> dict[str, Any]:
    """A CodeableConcept: the sender's words and, where known, their codes."""
    found: dict[str, Any] = {}
    if codings:
        found["coding"] = [
            {"system": coding.system, "code": coding.code, **({"display": coding.display} if coding.display else {})}
            for coding in codings
        ]
    if text:
        found["text"] = text
    return found


def concept(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding]}


def quantity(
    value: Decimal, unit: str | None, ucum: str | None = None, comparator: str | None = None
) -> dict[str, Any]:
    """A Quantity; the code is present only when the UCUM code is known."""
    found: dict[str, Any] = {"value": value}
    if comparator:
        found["comparator"] = comparator
    if unit:
        found["unit"] = unit
    if ucum:
        found["system"] = systems.UCUM
        found["code"] = ucum
    return found
