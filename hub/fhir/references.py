"""Finds and reads references. https://www.hl7.org/fhir/R4/references.html"""

import re
from typing import Any, NamedTuple

from hub.fhir.definitions import RESOURCE_TYPES

_KEYS = frozenset({"reference", "type", "identifier", "display", "id", "extension", "_reference", "_type", "_display"})
_SIMPLE = frozenset(("coding", "valueQuantity", "period", "effectivePeriod", "telecom", "security", "tag"))
_FLAT = frozenset(("system", "version", "code", "display", "value", "unit", "start", "end", "use", "rank"))
"""Frequent elements in which only extensions can hold a reference, and what they consist of without any."""
_TYPES = frozenset(RESOURCE_TYPES)
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/([A-Za-z0-9.-]{1,64}))?")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(\S+)")


Holder = tuple[dict[str, Any], str]
"""A Reference and its text."""


class Reference(NamedTuple):
    """A relative literal reference."""

    type: str
    id: str
    version: str | None = None


def references(resource: dict[str, Any]) -> list[Holder]:
    """Every Reference in the tree, contained resources too, with its text; the dict may be rewritten in place.

    `Expression.reference` and `Immunization.education.reference` are plain uris and are left out.
    """
    found: list[Holder] = []
    pending: list[dict[str, Any]] = [resource]
    for node in pending:  # grows while it is walked
        for key, value in node.items():
            kind = type(value)
            if kind is dict:
                if "reference" in value and _is_reference(value):
                    found.append((value, value["reference"]))
                elif key in _SIMPLE and value.keys() <= _FLAT:
                    continue
                pending.append(value)
            elif kind is list and key != "education":
                for item in value:
                    if type(item) is dict:
                        if "reference" in item and _is_reference(item):
                            found.append((item, item["reference"]))
                        elif key in _SIMPLE and item.keys() <= _FLAT:
                            continue
                        pending.append(item)
    return found


def _is_reference(node: dict[str, Any]) -> bool:
    return type(node["reference"]) is str and node.keys() <= _KEYS


def parse_reference(text: str) -> Reference | None:
    """`Type/id` or `Type/id/_history/version`; None for anything else (absolute, urn, `#local`, conditional)."""
    found = _RELATIVE.fullmatch(text)
    if found is None or found[1] not in _TYPES:
        return None
    return Reference(found[1], found[2], found[3])


def parse_conditional(text: str) -> tuple[str, str] | None:
    """`Type?query` as (type, query), None for anything else."""
    found = _CONDITIONAL.fullmatch(text)
    if found is None or found[1] not in _TYPES:
        return None
    return found[1], found[2]
