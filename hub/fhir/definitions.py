"""The official R4 4.0.1 definitions, derived (hub/fhir/r4/README.md): types, constraints, codes, search parameters."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


@cache
def table() -> dict[str, Any]:
    """The whole type table; callers must not change it."""
    found: dict[str, Any] = msgspec.json.decode(_read("types.json"))
    return found


@cache
def search_parameters() -> list[dict[str, Any]]:
    """The official search parameters: {code, base: [types], type, expression (FHIRPath), target: [types], url}."""
    found: list[dict[str, Any]] = msgspec.json.decode(_read("search.json"))
    return found


@cache
def compartments() -> dict[str, dict[str, list[str]]]:
    """The official compartments: by compartment and type in it, the reference parameters that put a resource there
    (`{def}`: the compartment's own resource). https://www.hl7.org/fhir/R4/compartmentdefinition.html"""
    found: dict[str, dict[str, list[str]]] = msgspec.json.decode(_read("compartments.json"))
    return found


def type_definition(name: str) -> dict[str, Any]:
    """One type (`Patient`, `Patient.contact`, `HumanName`): kind, elements, choices, constraints; or KeyError."""
    found: dict[str, Any] = table()["types"][name]
    return found


def is_a(name: str, ancestor: str) -> bool:
    """Whether a type is, or specialises, another (`id` is a `string`, `Patient` a `DomainResource`)."""
    parents = table()["parents"]
    while name != ancestor:
        if name not in parents:
            return False
        name = parents[name]
    return True


def _read(name: str) -> bytes:
    return files("hub.fhir").joinpath("r4", name).read_bytes()


RESOURCE_TYPES: tuple[str, ...] = tuple(table()["resources"])
"""The concrete types of R4 4.0.1. Their order is frozen: index + 1 is the number stored in every row."""

_NUMBERS = {name: number for number, name in enumerate(RESOURCE_TYPES, 1)}


def type_number(name: str) -> int:
    """The stored number of a resource type. KeyError when there is no such type."""
    return _NUMBERS[name]


def type_name(number: int) -> str:
    """The resource type of a stored number. IndexError when there is none."""
    if number < 1:
        raise IndexError(number)
    return RESOURCE_TYPES[number - 1]
