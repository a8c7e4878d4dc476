"""Which codes a value set holds, where the code systems it draws on are at hand.

https://www.hl7.org/fhir/R4/valueset.html#compositions
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hub.fhir.terminology.code_system import CodeSystem, Concept

Definition = dict[str, Any]
Expansion = dict[tuple[str, str], Concept]
"""Concepts by (system, code), in the value set's order."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a value set can't be expanded: the code system or value set that is not at hand, or the filter."""

    what: str


@dataclass(frozen=True, slots=True)
class Library:
    """Where definitions are looked up, by canonical url."""

    code_system: Callable[[str], CodeSystem | None]
    value_set: Callable[[str], Definition | None]


def expand(value_set: Definition, library: Library) -> Expansion | Unknown:
    """Everything that is included less everything that is excluded; inactive and abstract codes are part of it."""
    found: Expansion = {}
    compose = value_set.get("compose", {})
    if not compose.get("include"):
        return Unknown(str(value_set.get("url", "")))
    for include in compose["include"]:
        part = _included(include, library)
        if isinstance(part, Unknown):
            return part
        for key, concept in part.items():
            found.setdefault(key, concept)
    for exclude in compose.get("exclude", ()):
        part = _included(exclude, library)
        if isinstance(part, Unknown):
            return part
        for key in part:
            found.pop(key, None)
    return found


def _included(include: Definition, library: Library) -> Expansion | Unknown:
    """One include: the codes of its system that are also in each of its value sets."""
    parts: list[Expansion] = []
    if "system" in include:
        own = _of_system(include, library)
        if isinstance(own, Unknown):
            return own
        parts.append(own)
    for canonical in include.get("valueSet", ()):
        nested = library.value_set(canonical)
        part = expand(nested, library) if nested else Unknown(canonical)
        if isinstance(part, Unknown):
            return part
        parts.append(part)
    first, *others = parts
    return {key: concept for key, concept in first.items() if all(key in other for other in others)}


def _of_system(include: Definition, library: Library) -> Expansion | Unknown:
    url = include["system"]
    system = library.code_system(url)
    if "concept" in include:
        return {(url, each["code"]): _listed(url, each, system) for each in include["concept"]}
    if system is None or not system.is_complete:
        return Unknown(url)
    chosen: Iterable[Concept] = system.concepts.values()
    for rule in include.get("filter", ()):
        passes = _RULES.get(rule["op"])
        if passes is None:
            return Unknown(f"{rule['property']} {rule['op']} {rule['value']}")
        chosen = [concept for concept in chosen if passes(system, concept, rule)]
    return {(url, concept.code): concept for concept in chosen}


def _listed(url: str, listed: Definition, system: CodeSystem | None) -> Concept:
    """A code that is named one by one; the value set's own display goes before the system's."""
    known = system.concepts.get(listed["code"]) if system else None
    concept = known or Concept(url, listed["code"])
    return concept._replace(display=listed["display"]) if listed.get("display") else concept


def _is_a(system: CodeSystem, concept: Concept, rule: Definition) -> bool:
    return concept.code == rule["value"] or system.is_below(concept.code, rule["value"])


def _descends(system: CodeSystem, concept: Concept, rule: Definition) -> bool:
    return system.is_below(concept.code, rule["value"])


def _is_not_a(system: CodeSystem, concept: Concept, rule: Definition) -> bool:
    return not _is_a(system, concept, rule)


def _equals(_system: CodeSystem, concept: Concept, rule: Definition) -> bool:
    named = [each for each in concept.raw.get("property", ()) if each["code"] == rule["property"]]
    values = [value for each in named for key, value in each.items() if key.startswith("value")]
    return str(rule["value"]).lower() in [str(value).lower() for value in values]


_RULES: dict[str, Callable[[CodeSystem, Concept, Definition], bool]] = {
    "is-a": _is_a,
    "descendent-of": _descends,
    "is-not-a": _is_not_a,
    "=": _equals,
}
