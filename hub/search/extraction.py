"""What a resource is found by: its (parameter, value) pairs, its outgoing references and its clinical days."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub.fhir.references import parse_reference, references
from hub.search.clinical import clinical_days
from hub.search.compiler import Extractor, compile_extractor
from hub.search.parameters import INDEXED, served

_WHOLE = ("name", "birthdate", "participant")
REFERENCE = "_ref"
"""The parameter of every outgoing local reference ("Type/id"); no search parameter, it carries label propagation."""


@dataclass(frozen=True, slots=True)
class Extract:
    """`values`: all pairs, each once. `indexed`: those that also get an index row. `day`, `day_end`: the first and last
    city day (days since 1970-01-01) of the clinical date, NO_DAYS when there is none."""

    values: list[tuple[str, str]]
    indexed: frozenset[tuple[str, str]]
    day: int
    day_end: int


def extract(type_name: str, resource: dict[str, Any], named: Iterable[str] | None = None) -> Extract:
    """The search values of a valid resource. Never raises for one; a date that cannot be read counts as absent.

    `named`: the local references in the tree (`Type/id`), if the caller has them; else they are looked for."""
    found: list[tuple[str, str]] = []
    extractor(type_name)(resource, found)
    found += [(REFERENCE, text) for text in (local_references(resource) if named is None else named)]
    values = list(dict.fromkeys(found))
    indexed = frozenset([pair for pair in values if pair[0] in INDEXED and is_indexed(*pair)])
    day, day_end = clinical_days(type_name, resource)
    return Extract(values, indexed, day, day_end)


def is_indexed(param: str, value: str) -> bool:
    """Whether a pair gets an index row: of tokens the form without a system, of names, days and references all."""
    return param in _WHOLE or (param in INDEXED and value.startswith("*|"))


def local_references(resource: dict[str, Any]) -> list[str]:
    """Every local reference in the tree, without its version."""
    parsed = (parse_reference(text) for _, text in references(resource))
    return [f"{each.type}/{each.id}" for each in parsed if each is not None]


@cache
def extractor(type_name: str) -> Extractor:
    """The compiled extraction of a type's own values."""
    return compile_extractor(served(type_name).values())
