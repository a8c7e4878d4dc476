"""The operations (`$…`), each declared by the module that does it; routes and CapabilityStatement derive from that.

https://www.hl7.org/fhir/R4/operations.html
"""

from typing import NamedTuple

from hub.api.fhir import everything, exporting, importing, matching, summary, terminology, validating
from hub.api.site import Methods, Site

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


def operations_of(type_: str) -> list[Operation]:
    """Those of a type; "" for those of the system."""
    if not type_:
        return [each for each in OPERATIONS if each.level == "system"]
    return [each for each in OPERATIONS if each.level != "system" and each.type in ("", type_)]
