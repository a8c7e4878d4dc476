"""What type an item has, and the questions `is`, `as`, `ofType` and `type()` ask about it.

Types of FHIR are written small where they are primitive (`string`), those of FHIRPath itself large (`String`).
https://hl7.org/fhirpath/N1/#types, https://www.hl7.org/fhir/R4/fhirpath.html#types
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from hub.fhir.definitions import is_a, table
from hub.fhir.path.moments import parts
from hub.fhir.path.values import Amount, Items, Moment, PathError, Typed, one, plain

_SYSTEM: dict[type, str] = {bool: "Boolean", str: "String", int: "Integer", Decimal: "Decimal", Amount: "Quantity"}
_MOMENTS = {"date": "Date", "dateTime": "DateTime", "time": "Time"}
_SYSTEM_NAMES = frozenset({*_SYSTEM.values(), *_MOMENTS.values(), "Any"})
_ABSTRACT = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})


def kind_of(item: Any) -> str | None:
    """The FHIR type of an item; None for a literal, and where nothing tells."""
    if type(item) is Typed:
        return item.type if item.type is not None else kind_of(item.value)
    return str(item["resourceType"]) if isinstance(item, dict) and "resourceType" in item else None


def system_kind(item: Any) -> str | None:
    """The FHIRPath type of a literal or a computed value, or None."""
    if isinstance(item, Moment):
        found = parts(item.text)
        return _MOMENTS[found.kind] if found else None
    return _SYSTEM.get(type(item))


def asked(question: str, name: str) -> Callable[[Items], Items]:
    """`is`, `as` or `ofType` with a type's name. PathError when there is no such type."""
    space, _, local = name.rpartition(".")
    if space != "System" and local not in _known() and (space == "FHIR" or local not in _SYSTEM_NAMES):
        raise PathError(f"unknown type {name}")
    if question == "is":
        return lambda items: [] if not items else [_is(_only(items), space, local)]
    # As R4's own search parameters apply `as` to collections, it filters here, like ofType.
    return lambda items: [item for item in items if _is(item, space, local, exact=True)]


def reflect(items: Items) -> Items:
    """`type()`: namespace and name."""
    found: Items = []
    for item in items:
        system = None if type(item) is Typed else system_kind(item)
        name = system or kind_of(item) or "Element"
        found.append({"namespace": "System" if system else "FHIR", "name": name})
    return found


@cache
def suffixes() -> dict[str, str]:
    """`Quantity` -> Quantity, `DateTime` -> dateTime: what may follow the stem of a choice."""
    names = [*table()["primitives"], *(name for name in table()["types"] if "." not in name)]
    return {name[0].upper() + name[1:]: name for name in names}


@cache
def _known() -> frozenset[str]:
    return frozenset(table()["parents"]) | frozenset(table()["parents"].values()) | _ABSTRACT | {"SimpleQuantity"}


def _only(items: Items) -> Any:
    one(items)
    return items[0]


def _is(item: Any, space: str, name: str, exact: bool = False) -> bool:
    """`exact`: for `as` a code is no string, though it is one for `is`; a Patient stays a DomainResource."""
    system = None if type(item) is Typed else system_kind(item)
    if system is not None:
        return space != "FHIR" and name in (system, "Any")
    kind = kind_of(item)
    if space == "System":
        return False
    if kind is None:
        return isinstance(plain(item), dict) and name == "Element"
    if exact and name in table()["primitives"]:
        return kind == name
    return is_a("BackboneElement" if "." in kind else kind, name)
