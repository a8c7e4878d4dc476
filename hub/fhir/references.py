"""Finds and reads references. https://www.hl7.org/fhir/R4/references.html"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from hub.fhir.definitions import RESOURCE_TYPES

_KEYS = frozenset({"reference", "type", "identifier", "display", "id", "extension", "_reference", "_type", "_display"})
_TYPES = frozenset(RESOURCE_TYPES)
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/([A-Za-z0-9.-]{1,64}))?")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(\S+)")


class Reference(NamedTuple):
    """A relative literal reference."""

    type: str
    id: str
    version: str | None = None


def references(resource: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every Reference in the tree, contained resources too, with its text; the dict may be rewritten in place.

    `Expression.reference` and `Immunization.education.reference` are plain uris and are left out.
    """
    pending: list[Any] = [resource]
    while pending:
        node = pending.pop()
        if type(node) is list:
            pending += [value for value in node if type(value) is dict or type(value) is list]
            continue
        text = node.get("reference")
        if type(text) is str and node.keys() <= _KEYS:
            yield node, text
        for key, value in node.items():
            kind = type(value)
            if (kind is dict or kind is list) and key != "education":
                pending.append(value)


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
