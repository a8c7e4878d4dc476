"""What a resource is found by: its (parameter, value) pairs, its outgoing references and its clinical days."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from hub.fhir.dates import FIRST_DAY, LAST_DAY, date_range, period_range
from hub.fhir.references import parse_reference
from hub.search.compiler import Extractor, compile_extractor
from hub.search.parameters import CLINICAL_DATES, INDEXED, served

REFERENCE = "_ref"
"""The parameter of every outgoing local reference ("Type/id"); no search parameter, it carries label propagation."""

_BARE = frozenset(("coding", "valueQuantity", "period", "effectivePeriod", "telecom", "security", "tag"))
"""Elements that hold a reference only inside an extension of their own."""

NO_DAYS = (LAST_DAY, FIRST_DAY)
"""Of a resource without a clinical date: no date search matches it."""


@dataclass(frozen=True, slots=True)
class Extract:
    """`values`: all pairs, each once. `indexed`: those that also get an index row. `day`, `day_end`: the first and last
    city day (days since 1970-01-01) of the clinical date, NO_DAYS when there is none."""

    values: list[tuple[str, str]]
    indexed: frozenset[tuple[str, str]]
    day: int
    day_end: int


def extract(type_name: str, resource: dict[str, Any]) -> Extract:
    """The search values of a valid resource. Never raises for one; a date that cannot be read counts as absent."""
    found: list[tuple[str, str]] = []
    _extractor(type_name)(resource, found)
    _add_references(resource, found)
    values = list(dict.fromkeys(found))
    indexed = frozenset([pair for pair in values if pair[0] in INDEXED and is_indexed(*pair)])
    day, day_end = clinical_days(type_name, resource)
    return Extract(values, indexed, day, day_end)


def is_indexed(param: str, value: str) -> bool:
    """Whether a pair gets an index row: of tokens the form without a system, of names and birth dates all."""
    return param in ("name", "birthdate") or (param in INDEXED and value.startswith("*|"))


def clinical_days(type_name: str, resource: dict[str, Any]) -> tuple[int, int]:
    """The days of the type's clinical date (parameters.CLINICAL_DATES)."""
    if type_name in CLINICAL_DATES:
        for key in CLINICAL_DATES[type_name][1]:
            if key in resource:
                try:
                    return _days(resource[key])
                except (ValueError, OverflowError):
                    continue
    return NO_DAYS


def _days(value: Any) -> tuple[int, int]:
    if type(value) is dict:
        return period_range(value)
    if value.endswith("+08:00"):
        value = value[:10]  # the city's own zone: the day is as written, and the short text is often in the cache
    return date_range(value)


def _add_references(resource: dict[str, Any], found: list[tuple[str, str]]) -> None:
    """Every local reference in the tree; written out, not taken from `references`, because it runs per resource."""
    pending: list[Any] = [resource]
    while pending:
        for key, value in pending.pop().items():
            kind = type(value)
            if kind is dict:
                if type(value.get("reference")) is str:  # (a Consent's actor holds an object of that name)
                    found += _local(value["reference"])
                    if len(value) == 1:
                        continue
                if key not in _BARE or "extension" in value:
                    pending.append(value)
            elif kind is list:
                for item in value:
                    if type(item) is dict and (key not in _BARE or "extension" in item):
                        if type(item.get("reference")) is str:
                            found += _local(item["reference"])
                        pending.append(item)


@lru_cache(maxsize=8_192)
def _local(text: str) -> list[tuple[str, str]]:
    local = parse_reference(text)
    return [(REFERENCE, f"{local.type}/{local.id}")] if local else []


@cache
def _extractor(type_name: str) -> Extractor:
    return compile_extractor(served(type_name).values())
