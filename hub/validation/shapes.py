"""The type table in the form the walk reads: per type its elements, choices and rules, built when first met."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from hub.fhir import table, type_definition
from hub.validation.rules import ELSEWHERE, Rule, rule

Rules = tuple[tuple[str, Rule], ...]

_CURRENCIES = "http://hl7.org/fhir/ValueSet/currencies"


@dataclass(frozen=True, slots=True)
class Element:
    """One property of a type. `stem` is its FHIRPath name: `value` for `valueQuantity`.

    `codes`: the required value set, system -> codes (None: unbound, or not listed by R4), `value_set` its
    URL. `targets`: allowed types of a reference (empty: any).
    """

    kind: Literal["primitive", "complex", "resource"]
    type: str
    stem: str
    is_array: bool
    codes: dict[str, frozenset[str]] | None
    bare_codes: frozenset[str]
    value_set: str
    targets: frozenset[str]
    rules: Rules
    is_currency: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A type. `required`: names that must be present. `choices`: stem -> (names, whether one is required)."""

    name: str
    is_resource: bool
    elements: dict[str, Element]
    required: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...], bool], ...]
    rules: Rules


@cache
def shape(name: str) -> Shape:
    """The shape of a type or of a path with elements of its own (`Patient.contact`). KeyError when unknown."""
    found = type_definition(name)
    own = {key for key in found["constraints"] if key not in ELSEWHERE}
    return Shape(
        name=name,
        is_resource=found["kind"] == "resource",
        elements={key: _element(key, entry) for key, entry in found["elements"].items()},
        required=tuple(key for key, entry in found["elements"].items() if entry.get("min")),
        choices=tuple(
            (stem, tuple(choice["names"]), bool(choice["min"])) for stem, choice in found.get("choices", {}).items()
        ),
        rules=tuple((key, rule(key)) for key in sorted(own)),
    )


def _element(key: str, entry: dict[str, Any]) -> Element:
    kind = entry["type"]
    is_primitive = kind in table()["primitives"]
    bound = entry.get("codes")
    listed = table()["codes"].get(bound) or None
    rules = set(entry.get("constraints", ())) - ELSEWHERE
    if not is_primitive and kind != "Resource":
        rules -= set(type_definition(kind)["constraints"])  # a type's own rules are checked with the type
    return Element(
        kind="primitive" if is_primitive else "resource" if kind == "Resource" else "complex",
        type=kind,
        stem=entry.get("choice", key),
        is_array=entry.get("array", False),
        codes={system: frozenset(codes) for system, codes in listed.items()} if listed else None,
        bare_codes=frozenset(code for codes in listed.values() for code in codes) if listed else frozenset(),
        value_set=bound or "",
        targets=frozenset(entry.get("targets", ())),
        rules=tuple((each, rule(each)) for each in sorted(rules)),
        is_currency=bound == _CURRENCIES,
    )
