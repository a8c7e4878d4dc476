"""The shipped code systems and value sets, ready to be asked; the 64 last used of each are kept."""

from functools import lru_cache

from hub.fhir.terminology.code_system import CodeSystem
from hub.fhir.terminology.expansion import Expansion, Library, Unknown, expand
from hub.fhir.terminology.shelf import definition


@lru_cache(maxsize=64)
def code_system(url: str) -> CodeSystem | None:
    """The shipped code system of a canonical address, or None."""
    found = definition("CodeSystem", url)
    return CodeSystem(found) if found else None


@lru_cache(maxsize=64)
def expansion(url: str) -> Expansion | Unknown | None:
    """The concepts of a shipped value set by (system, code); Unknown when it draws on what is not shipped; None when
    the hub does not ship the value set. Not to be changed."""
    found = definition("ValueSet", url)
    return expand(found, LIBRARY) if found else None


def members(url: str) -> frozenset[tuple[str, str]] | None:
    """The (system, code) pairs of a value set, None when the hub can't list them all (LOINC, SNOMED CT, UCUM ...)."""
    found = expansion(url)
    return frozenset(found) if isinstance(found, dict) else None


LIBRARY = Library(code_system, lambda url: definition("ValueSet", url))
