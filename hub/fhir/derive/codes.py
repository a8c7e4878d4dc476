"""Expands the value sets of required bindings to the codes they hold, where the package itself lists them."""

from collections.abc import Iterable
from typing import Any

from hub.fhir.terminology import CodeSystem, Library, Unknown, expand

Definition = dict[str, Any]
Codes = dict[str, list[str]]
"""code system -> its codes in the value set."""


class CodeBook:
    """The code systems and value sets of a package, by canonical url."""

    def __init__(self, systems: Iterable[Definition], sets: Iterable[Definition]) -> None:
        self._systems = {each["url"]: CodeSystem(each) for each in systems}
        self._sets = {each["url"]: each for each in sets}
        self._library = Library(self._systems.get, self._set)

    def expand(self, canonical: str) -> Codes | None:
        """The codes of a value set by system, or None when the package does not list them (UCUM, mime types)."""
        value_set = self._set(canonical)
        found = expand(value_set, self._library) if value_set else None
        if found is None or isinstance(found, Unknown):
            return None
        by_system: Codes = {}
        for system, code in found:
            by_system.setdefault(system, []).append(code)
        return by_system

    def _set(self, canonical: str) -> Definition | None:
        return self._sets.get(canonical.partition("|")[0])
