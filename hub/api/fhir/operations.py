"""The operations (`$…`), each declared by the module that does it; routes and CapabilityStatement derive from that.

https://www.hl7.org/fhir/R4/operations.html
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from starlette.types import Scope

from hub.api.fhir import everything, exporting, importing, matching, summary, terminology, validating
from hub.api.fhir.address import known_type
from hub.api.site import Handler, Methods, Site
from hub.errors import Category, HubError
from hub.model import Issue

_NAME = re.compile(r"[A-Za-z-]{1,40}")
_BOTH, _POST = ("GET", "POST"), ("POST",)
_DECLARED = (
    (validating.Validating, validating.OPERATIONS, _POST),
    (everything.Everything, everything.OPERATIONS, _BOTH),
    (terminology.Terminology, terminology.OPERATIONS, _BOTH),
    (exporting.Exporting, exporting.OPERATIONS, _BOTH),
    (importing.Importing, importing.OPERATIONS, _POST),
    (matching.Matching, matching.OPERATIONS, _POST),
    (summary.Summary, summary.OPERATIONS, _BOTH),
)


class Operation(NamedTuple):
    """`level` is system, type or instance; `type` "" for every type."""

    level: str
    type: str
    code: str
    definition: str
    methods: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """Its address."""
        place = {"system": "", "type": "/" + (self.type or "{type}"), "instance": f"/{self.type or '{type}'}/{{id}}"}
        return f"/fhir{place[self.level]}/${self.code}"


OPERATIONS = tuple(
    Operation(level, type_, code, definition, methods)
    for _, declared, methods in _DECLARED
    for level, type_, code, definition, _ in declared
)


def operation_routes(site: Site) -> list[Methods]:
    """An address for each operation, those of one type before those of every type."""
    found = []
    for make, declared, methods in _DECLARED:
        handlers = make(site)
        for level, type_, code, definition, name in declared:
            operation = Operation(level, type_, code, definition, methods)
            found.append(Methods(operation.pattern, **dict.fromkeys(methods, getattr(handlers, name))))
    return sorted(found, key=lambda route: "{type}" in route.pattern)


class Unoffered(Methods):
    """The addresses of operations that are not there: told by name, with those that are offered at the place."""

    def handler(self, scope: Scope) -> Handler:
        """NOT_FOUND, always."""
        place: dict[str, str] = scope["path_params"]
        level = "instance" if "id" in place else "type" if "type" in place else "system"
        type_ = known_type(place["type"]) if "type" in place else ""
        name = place["operation"] if _NAME.fullmatch(place["operation"]) else "…"
        here = [each for each in OPERATIONS if each.level == level and each.type in ("", type_)]
        elsewhere = [each for each in OPERATIONS if each.code == name]
        args = {"operation": name, "offered": _addresses(here, type_), "elsewhere": _addresses(elsewhere, "")}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4408", args=args))


def _addresses(operations: Iterable[Operation], type_: str) -> str:
    patterns = dict.fromkeys(each.pattern.replace("{type}", type_ or "{type}") for each in operations)
    return ", ".join(patterns) or "–"


def operations_of(type_: str) -> list[Operation]:
    """Those of a type; "" for those of the system."""
    if not type_:
        return [each for each in OPERATIONS if each.level == "system"]
    return [each for each in OPERATIONS if each.level != "system" and each.type in ("", type_)]
