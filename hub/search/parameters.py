"""The search parameters of each type: all official ones with an expression, and how the store knows their values.

What the store keeps of a resource answers token and reference parameters, names of people and places, birth dates, the
clinical date, ids and times of change; every other parameter is answered from opened resources.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from hub.fhir.definitions import RESOURCE_TYPES, search_parameters
from hub.search.clinical import CLINICAL_DATES
from hub.search.expressions import DECEASED, Path, paths

SearchType = Literal["number", "date", "string", "token", "reference", "composite", "quantity", "uri"]
Kept = Literal["", "tokens", "names", "births", "days", "updated", "ids"]
"""What the store keeps of a parameter's values; nothing for ""."""

NAMED = ("Patient", "Practitioner", "RelatedPerson", "Person", "Organization", "Location", "HealthcareService")
NAMES = ("name", "family", "given")
CODES = frozenset(("code", "class", "vaccine-code"))
"""What a thing is: by it, and by who took part, lists of a whole facility are asked for."""
INDEXED = CODES | {"identifier", "name", "birthdate", "participant"}
"""Parameters whose values also get index rows, so that a search needs no patient to be fast."""

_URIS = frozenset(("uri", "url", "canonical", "oid", "uuid"))
PLAIN = frozenset(("ContactPoint", "boolean", "string", "id", DECEASED)) | _URIS
"""The datatypes of a token that has no system."""
DATATYPES: dict[str, frozenset[str]] = {
    "token": PLAIN | {"CodeableConcept", "Coding", "Identifier", "code"},
    "reference": frozenset(("Reference", "Resource", "canonical", "uri", "url")),
    "string": frozenset(("string", "markdown", "HumanName", "Address")),
    "date": frozenset(("date", "dateTime", "instant", "Period", "Timing")),
    "number": frozenset(("integer", "positiveInt", "unsignedInt", "decimal", "Range")),
    "quantity": frozenset(
        ("Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration", "Money", "Range", "SampledData")
    ),
    "uri": _URIS,
}
"""The R4 datatypes that a parameter's values are taken from; what else an expression selects can't be compared."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of a type. `targets`: the types that a reference may point to. `paths`: where its values
    stand; of a clinical date (`kept` is "days") `instead` are read, the first present one, when those are absent.
    `contexts`: of a composite, in place of paths, where its components stand together."""

    name: str
    type: SearchType
    url: str
    kept: Kept = ""
    targets: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    instead: tuple[Path, ...] = ()
    contexts: tuple["Context", ...] = ()


class Component(NamedTuple):
    """One part of a composite: a parameter whose paths start at the context, or at the resource (`is_rooted`)."""

    parameter: Parameter
    is_rooted: bool


class Context(NamedTuple):
    """A place whose elements hold the components of a composite."""

    path: Path
    components: tuple[Component, ...]


def parameters(type_name: str) -> list[Parameter]:
    """The parameters of a type, by name. KeyError for no type of R4."""
    if type_name not in RESOURCE_TYPES:
        raise KeyError(type_name)
    return sorted(served(type_name).values(), key=lambda p: p.name)


_MODIFIERS: dict[str, tuple[str, ...]] = {
    "token": ("missing", "not", "text", "in", "not-in"),
    "string": ("missing", "exact", "contains"),
    "reference": ("missing", "identifier"),
    "uri": ("missing", "below", "above"),
}


def modifiers(parameter: Parameter) -> tuple[str, ...]:
    """The modifiers a parameter takes; a reference also takes each of its target types
    (https://www.hl7.org/fhir/R4/search.html#modifiers)."""
    if parameter.kept in ("ids", "updated"):
        return ()
    found = _MODIFIERS.get(parameter.type, ("missing",))
    if any(path.datatype == "Identifier" for path in parameter.paths):
        found += ("of-type",)
    return found + parameter.targets


OWN: list[dict[str, Any]] = []
"""The city's own definitions, in the form of the official ones; `own.adopt` alone changes them."""


@cache
def served(type_name: str) -> dict[str, Parameter]:
    """The parameters of a type by name: the official ones and the city's own."""
    own = [_parameter(definition, type_name) for definition in OWN if type_name in definition["base"]]
    return official(type_name) | {parameter.name: parameter for parameter in own if parameter is not None}


@cache
def official(type_name: str) -> dict[str, Parameter]:
    """The parameters that R4 gives a type, and `date` for its clinical date."""
    found: dict[str, Parameter] = {}
    for definition in search_parameters():
        if type_name in definition["base"] or "Resource" in definition["base"]:
            parameter = _parameter(definition, type_name)
            if parameter is not None:
                found[parameter.name] = parameter
    if type_name in CLINICAL_DATES and "date" not in found:
        same = found[CLINICAL_DATES[type_name][0]]
        url = f"https://jukung.id/fhir/SearchParameter/{type_name}-date"
        found["date"] = Parameter("date", "date", url, "days", paths=same.paths, instead=same.instead)
    return found


def _parameter(definition: dict[str, Any], type_name: str) -> Parameter | None:
    name, type_, url = definition["code"], definition["type"], definition["url"]
    if type_ == "composite":
        contexts = tuple(_context(definition, place, type_name) for place in paths(definition["expression"], type_name))
        return Parameter(name, type_, url, contexts=contexts)
    if type_ not in DATATYPES:
        return None
    places = tuple(p for p in paths(definition["expression"], type_name) if p.datatype in DATATYPES[type_])
    targets = tuple(definition["target"])
    if type_ == "reference" and all(place.target for place in places):
        targets = tuple(sorted({place.target for place in places if place.target}))
    elif type_ == "reference" and not targets and any(place.datatype == "Reference" for place in places):
        targets = RESOURCE_TYPES  # the definition names none
    kept = _kept(name, type_, type_name, places)
    return Parameter(name, type_, url, kept, targets, places, _instead(type_name, places) if kept == "days" else ())


def _kept(name: str, type_: str, type_name: str, places: tuple[Path, ...]) -> Kept:
    if name in ("_id", "_lastUpdated"):
        return "ids" if name == "_id" else "updated"
    if type_ in ("token", "reference"):
        return "" if any(place.datatype == "Resource" for place in places) else "tokens"
    if type_ == "string":
        return "names" if name in NAMES and type_name in NAMED else ""
    if type_ == "date":
        if CLINICAL_DATES.get(type_name, ("",))[0] == name:
            return "days"
        return "births" if name == "birthdate" else ""
    return "tokens" if name == "_profile" else ""


def _instead(type_name: str, places: tuple[Path, ...]) -> tuple[Path, ...]:
    official = {place.steps[0].key for place in places}
    others = (key for key in CLINICAL_DATES[type_name][1] if key not in official)
    return tuple(path for key in others for path in paths(key, type_name))


def _context(definition: dict[str, Any], place: Path, type_name: str) -> Context:
    parts = definition["component"]
    known = [_by_url()[part["definition"]] for part in parts]
    return Context(
        place,
        tuple(
            _component(part["expression"], [own, *known], place.datatype, type_name)
            for part, own in zip(parts, known, strict=True)
        ),
    )


def _component(expression: str, known: list[dict[str, Any]], context: str, type_name: str) -> Component:
    """A component by the first definition that takes what its expression selects: its own, but for
    DocumentReference.relationship, where the two are crossed."""
    name = expression.removeprefix("%resource.")
    found = paths(name, context if name == expression else type_name)
    for definition in known:
        type_, targets = definition["type"], tuple(definition["target"])
        places = tuple(path for path in found if path.datatype in DATATYPES[type_])
        if places:
            parameter = Parameter(definition["code"], type_, definition["url"], targets=targets, paths=places)
            return Component(parameter, name != expression)
    raise ValueError(expression)  # no official definition is like that (a test reads them all)


@cache
def _by_url() -> dict[str, dict[str, Any]]:
    return {definition["url"]: definition for definition in search_parameters()}
