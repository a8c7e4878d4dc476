"""Parts of a resource: `_summary` and `_elements`. https://www.hl7.org/fhir/R4/search.html#summary

What belongs to a summary is what the official definitions mark so (`isSummary`). Whatever is asked, mandatory elements
stay, and so do `implicitRules` and `modifierExtension`, without which the rest could be misread.
"""

from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import msgspec

from hub.fhir.definitions import table

Summary = Literal["false", "count", "true", "text", "data"]
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""The tag of a resource that is not whole, so that nobody sends it back as an update."""
_ALWAYS = frozenset(("resourceType", "id", "meta", "implicitRules", "modifierExtension"))


def trimmed(resource: Mapping[str, Any], summary: Summary = "false", elements: Collection[str] = ()) -> dict[str, Any]:
    """A copy with what was asked for, tagged SUBSETTED; the resource as it is when nothing is asked.

    `true`: the summary elements, in data types too; `text`: the narrative; `data`: all but the narrative. `elements`:
    names of top-level elements (`value` for any `value[x]`); with both, `elements` decides.
    """
    type_ = str(resource["resourceType"])
    if elements:
        asked = _ALWAYS | mandatory(type_) | {name.removeprefix(f"{type_}.") for name in elements}
        found = {name: value for name, value in resource.items() if _stem(type_, name) & asked}
    elif summary == "true":
        found = _summary(type_, resource)
    elif summary == "text":
        asked = _ALWAYS | mandatory(type_) | {"text"}
        found = {name: value for name, value in resource.items() if _stem(type_, name) & asked}
    elif summary == "data":
        found = {name: value for name, value in resource.items() if name not in ("text", "_text")}
    else:
        return dict(resource)
    return found | {"meta": _tagged(resource.get("meta", {}))}


def _tagged(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}


def mandatory(type_: str) -> frozenset[str]:
    """The elements a type can't be without; a choice by its stem (`medication`)."""
    return _plan(type_).mandatory


def _stem(type_: str, name: str) -> set[str]:
    """The names an element goes by: its own, without the underscore of a primitive's sibling, and its choice's."""
    plain = name.removeprefix("_")
    return {plain, _plan(type_).stems.get(plain, plain)}


class _Plan(NamedTuple):
    """What a summary keeps of one type: element -> the type to go on with (None: as it is)."""

    kept: Mapping[str, str | None]
    mandatory: frozenset[str]
    stems: Mapping[str, str]


@cache
def _plan(type_: str) -> _Plan:
    types = table()["types"]
    definition = types[type_]
    elements: Mapping[str, Any] = definition["elements"]
    choices: Mapping[str, Any] = definition.get("choices", {})
    needed = {name for name, element in elements.items() if element.get("min")}
    needed |= {stem for stem, choice in choices.items() if choice["min"]}
    stems = {name: element["choice"] for name, element in elements.items() if "choice" in element}
    chosen = {*_summaries().get(type_, ()), *(name for name in elements if {name, stems.get(name)} & needed)}
    chosen |= (_ALWAYS if definition["kind"] == "resource" else {"modifierExtension"}) & elements.keys()
    kept = {name: elements[name]["type"] for name in chosen}
    whole = ("meta", "implicitRules", "modifierExtension")
    plans = {name: None if name in whole or type_ not in types else type_ for name, type_ in kept.items()}
    return _Plan(plans, frozenset(needed), stems)


@cache
def _summaries() -> dict[str, list[str]]:
    data = files("hub.fhir").joinpath("r4", "summary.json").read_bytes()
    found: dict[str, list[str]] = msgspec.json.decode(data)["summary"]
    return found


def _summary(type_: str, node: Mapping[str, Any]) -> dict[str, Any]:
    plan = _plan(type_)
    found: dict[str, Any] = {}
    for name, value in node.items():
        if name == "resourceType":
            found[name] = value
        elif name in plan.kept:
            below = plan.kept[name]
            kept = value if below is None else _below(below, value)
            if kept or plan.stems.get(name, name) in plan.mandatory:
                found[name] = kept if kept else value
        elif name[0] == "_" and name[1:] in plan.kept and _speaks(node.get(name[1:])):
            found[name] = value
    return found


def _below(type_: str, value: Any) -> Any:
    """A value of a complex type, or a list of such; what has nothing left is left out."""
    if isinstance(value, list):
        return [kept for kept in (_below(type_, each) for each in value) if kept]
    if not isinstance(value, dict):
        return value
    if "resourceType" in value:
        return value
    return _summary(type_, value)


def _speaks(primitive: Any) -> bool:
    """Whether the sibling of a primitive says what the value itself does not (why it is absent)."""
    return primitive is None or (isinstance(primitive, list) and None in primitive)
