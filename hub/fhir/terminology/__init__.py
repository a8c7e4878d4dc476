"""The code systems, value sets and concept maps that the hub ships, and what they say.

https://www.hl7.org/fhir/R4/terminology-service.html
"""

from hub.fhir.terminology.answers import (
    Code,
    Wanted,
    expanded,
    lookup,
    subsumes,
    validate_in_set,
    validate_in_system,
)
from hub.fhir.terminology.capabilities import capabilities
from hub.fhir.terminology.code_system import CodeSystem, Concept
from hub.fhir.terminology.expansion import Library, Unknown, expand
from hub.fhir.terminology.library import code_system, expansion, members
from hub.fhir.terminology.own import names
from hub.fhir.terminology.shelf import Head, Kind, definition, shipped
from hub.fhir.terminology.translation import Asked, matches, translated

__all__ = [
    "Asked",
    "Code",
    "CodeSystem",
    "Concept",
    "Head",
    "Kind",
    "Library",
    "Unknown",
    "Wanted",
    "capabilities",
    "code_system",
    "definition",
    "expand",
    "expanded",
    "expansion",
    "lookup",
    "matches",
    "members",
    "names",
    "shipped",
    "subsumes",
    "translated",
    "validate_in_set",
    "validate_in_system",
]
