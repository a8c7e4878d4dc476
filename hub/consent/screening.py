"""Looks through a resource for sensitive codes and words, guided by the R4 types: only where either can stand."""

from functools import cache
from typing import Any

from hub.consent.codes import judge
from hub.consent.words import sensitivities
from hub.fhir.definitions import table

TEXT, CONCEPT, CODING, REFERENCE, PART, RESOURCE = range(6)
Plan = dict[str, tuple[int, str]]
"""Element name -> what to do with it, and its type."""

_SKIPPED_KEYS = frozenset(
    ("id", "meta", "subject", "patient", "identifier", "telecom", "address", "reference", "unit", "linkId")
) | frozenset(("versionId", "referenceRange", "agent", "target", "who", "onBehalfOf", "contentType", "hash"))
_SKIPPED_TYPES = frozenset(
    ("Quantity", "SimpleQuantity", "Age", "Duration", "Count", "Distance", "Range", "Ratio", "Period", "Timing")
) | frozenset(("Money", "HumanName", "Address", "ContactPoint", "Identifier", "Meta", "SampledData", "Signature"))
_TEXT_TYPES = frozenset(("string", "markdown", "xhtml"))
_KINDS = {"CodeableConcept": CONCEPT, "Coding": CODING, "Reference": REFERENCE, "Resource": RESOURCE}


def screen(node: dict[str, Any], plan: Plan, found: set[str]) -> None:
    """Adds to `found` what the codes and words of the node hint at."""
    for key, value in node.items():
        step = plan.get(key)
        if step is None:
            continue
        kind, name = step
        items = value if type(value) is list else (value,)
        if kind == CONCEPT:
            for item in items:
                judge_concept(item, found)
        elif kind == PART:
            below = plan_of(name)
            for item in items:
                if item is not None:  # (an element's extensions, where only some of a list have any)
                    screen(item, below, found)
        else:
            for item in items:
                if item is not None:
                    _screen_leaf(item, kind, found)


def _screen_leaf(item: Any, kind: int, found: set[str]) -> None:
    if kind == REFERENCE:
        if "display" in item:
            found |= sensitivities(item["display"])
    elif kind == TEXT:
        found |= sensitivities(item)
    elif kind == CODING:
        found |= judge(item.get("system"), item.get("code"), item.get("display"))[0]
    else:
        screen(item, plan_of(item["resourceType"]), found)


def judge_concept(concept: dict[str, Any], found: set[str]) -> bool:
    """Adds what a CodeableConcept says; returns whether one of its codings is understood."""
    is_understood = False
    display = None
    if "coding" in concept:
        for coding in concept["coding"]:
            display = coding.get("display")
            labels, is_known = judge(coding.get("system"), coding.get("code"), display)
            is_understood = is_understood or is_known
            if labels:
                found |= labels
    if "text" in concept and concept["text"] != display:
        found |= sensitivities(concept["text"])
    if "extension" in concept:
        screen(concept, plan_of("Element"), found)
    return is_understood


@cache
def plan_of(name: str, without: tuple[str, ...] = ()) -> Plan:
    """The plan of a type; an unknown type looks at nothing but its extensions."""
    plan: Plan = {"extension": (PART, "Extension"), "modifierExtension": (PART, "Extension")}
    known = table()
    primitives = set(known["primitives"])
    definition = known["types"].get(name, {"elements": {}})
    for key, element in definition["elements"].items():
        kind = element["type"]
        if key in without or key in _SKIPPED_KEYS or kind in _SKIPPED_TYPES:
            continue
        if kind in primitives:
            plan["_" + key] = (PART, "Element")
        if kind in _TEXT_TYPES:
            plan[key] = (TEXT, kind)
        elif kind not in primitives:
            plan[key] = (_KINDS.get(kind, PART), kind)
    return plan
