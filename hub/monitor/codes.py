"""Codes and numbers that may enter a fact: of these systems only, and only in their system's shape, so that no free
text and no name gets in through a code."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.fhir.systems import ATC, CVX, ICD9CM, ICD10, KFA, LOINC

SHAPES = {
    ICD10: re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
    ICD9CM: re.compile(r"[0-9]{2}(?:\.[0-9]{1,2})?"),
    LOINC: re.compile(r"[0-9]{1,7}-[0-9]"),
    KFA: re.compile(r"9[0-9]{7}"),
    ATC: re.compile(r"[A-Z][0-9]{2}[A-Z]{0,2}(?:[0-9]{2})?"),
    CVX: re.compile(r"[0-9]{1,4}"),
}

CLASSES = frozenset(("AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"))
"""Classes of an Encounter (v3-ActCode)."""


def code_of(concept: object, *systems: str) -> str:
    """The first code of the concept from these systems, in the order of the systems, that has the system's shape."""
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    for system in systems:
        for coding in codings:
            if coding.get("system") == system and SHAPES[system].fullmatch(code := coding.get("code", "")):
                return str(code)
    return ""


def is_refuted(condition: Mapping[str, Any]) -> bool:
    """Whether a Condition was taken back or turned out not to be so."""
    codings = condition.get("verificationStatus", {}).get("coding", ())
    return any(coding.get("code") in ("refuted", "entered-in-error") for coding in codings)


def number_of(quantity: object) -> Decimal | None:
    """The value of a Quantity, None when there is none."""
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
