"""The parameters that shape the answer (https://www.hl7.org/fhir/R4/search.html#return)."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from hub.fhir.definitions import RESOURCE_TYPES, table
from hub.search.parameters import Parameter, served
from hub.search.query import Include, Order, SortKey
from hub.search.refusals import bad_value, printable, refuse, refuse_name

DEFAULT_COUNT, MOST_COUNT = 20, 200
MOST_INCLUDES = 4
MOST_SORT_KEYS = 5
RESULT = (
    "_count",
    "_elements",
    "_explain",
    "_format",
    "_include",
    "_pretty",
    "_revinclude",
    "_sort",
    "_summary",
    "_total",
)
INCLUDES = ("_include", "_revinclude")

_FORMATS = ("json", "application/json", "application/fhir+json")
_CHOICES = {
    "_summary": ("true", "text", "data", "count", "false"),
    "_total": ("none", "estimate", "accurate"),
    "_explain": ("true", "false"),
    "_pretty": ("true", "false"),
    "_format": _FORMATS,
}
_COMMON_ORDERS: dict[str, Order] = {"_id": "rid", "_lastUpdated": "updated", "-_lastUpdated": "-updated"}
_TYPES = frozenset(RESOURCE_TYPES)


@cache
def orders(type_name: str) -> Mapping[str, Order]:
    """The values of `_sort` that the store orders a type by itself."""
    found = dict(_COMMON_ORDERS)
    for parameter in served(type_name).values():
        if parameter.kept == "days":
            found |= {parameter.name: "day", f"-{parameter.name}": "-day"}
    return MappingProxyType(found)


def shape(type_name: str, name: str, text: str) -> dict[str, Any]:
    """The fields of the Query that a parameter of the answer sets. INCORRECT for a value that is not supported."""
    if name == "_count":
        if not (text.isascii() and text.isdigit()):
            raise bad_value(name, "count")
        return {"count": min(int(text), MOST_COUNT) if len(text) < 10 else MOST_COUNT}
    if name == "_sort":
        return _sorted(type_name, text)
    if name == "_elements":
        return {"elements": _elements(type_name, text)}
    if name == "_format":
        text = text.replace(" ", "+")
    if text not in _CHOICES[name]:
        raise refuse("HUB-4008", name=name, supported=", ".join(_CHOICES[name]))
    if name == "_explain":
        return {"is_explain": text == "true"}
    return {name[1:]: text} if name in ("_summary", "_total") else {}


def include(type_name: str, name: str, text: str) -> Include:
    """An `_include` or `_revinclude`, `Type:parameter[:target]`. INCORRECT naming what there is."""
    directive, _, modifier = name.partition(":")
    is_reverse, is_iterate = directive == "_revinclude", modifier == "iterate"
    if modifier and not is_iterate:
        raise refuse_name("HUB-4002", name=printable(name), supported="iterate")
    source, _, rest = text.partition(":")
    param, _, target = rest.partition(":")
    if "*" in text:
        raise refuse("HUB-4016", name=name)
    if source not in _TYPES or (target and target not in _TYPES):
        raise refuse("HUB-4014", name=name, supported="Type:parameter, Type:parameter:Target")
    if not (is_iterate or is_reverse) and source != type_name:
        raise refuse("HUB-4014", name=name, supported=", ".join(_includes(type_name)))
    known = _referring(source)
    parameter = known.get(param)
    if is_reverse and not is_iterate:
        known = {each: found for each, found in known.items() if type_name in found.targets}
    if parameter is None or param not in known or (target and target not in parameter.targets):
        raise refuse("HUB-4014", name=name, supported=", ".join(f"{source}:{each}" for each in sorted(known)))
    if is_reverse and not is_iterate and target and target != type_name:
        raise refuse("HUB-4014", name=name, supported=f"{source}:{param}:{type_name}")
    return Include(source, param, target or None, is_reverse, is_iterate)


def _includes(type_name: str) -> Iterable[str]:
    return (f"{type_name}:{each}" for each in sorted(_referring(type_name)))


def _referring(type_name: str) -> dict[str, Parameter]:
    return {name: parameter for name, parameter in served(type_name).items() if parameter.type == "reference"}


def _sorted(type_name: str, text: str) -> dict[str, Any]:
    keys = text.split(",")
    known = served(type_name)
    names = [key.removeprefix("-") for key in keys]
    if len(keys) > MOST_SORT_KEYS or not all(name in known and known[name].type != "composite" for name in names):
        supported = ", ".join(sorted(name for name, parameter in known.items() if parameter.type != "composite"))
        raise refuse("HUB-4007", type=type_name, limit=str(MOST_SORT_KEYS), supported=supported)
    stored = orders(type_name)
    if keys[0] in stored and (keys[0] == "_id" or keys[1:] in ([], ["_id"])):
        return {"order": stored[keys[0]]}
    return {"sort": tuple(SortKey(name, key != name) for key, name in zip(keys, names, strict=True))}


def _elements(type_name: str, text: str) -> tuple[str, ...]:
    """The names of elements; that of a choice stands for all its types, and `resourceType`, which is always there, for
    none (fhirpy names it)."""
    definition = table()["types"][type_name]
    choices = {name: choice["names"] for name, choice in definition.get("choices", {}).items()}
    known = {**{name: [name] for name in definition["elements"]}, **choices, "resourceType": []}
    asked = [name.removesuffix("[x]") for name in text.split(",")]
    if not all(name in known for name in asked):
        raise refuse("HUB-4020", type=type_name, supported=", ".join(sorted(known)))
    return tuple(dict.fromkeys(each for name in asked for each in known[name]))
