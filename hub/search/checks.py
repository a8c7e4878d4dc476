"""Conditions that only an opened resource answers; each is a `query.Check`."""

from dataclasses import dataclass
from typing import Any

from hub.search import names
from hub.search.asked import Test
from hub.search.parameters import Parameter
from hub.search.typed import elements, values


@dataclass(frozen=True, slots=True)
class Matches:
    """One of the tests holds for one of the parameter's values; or, `is_negated`, none does for any."""

    name: str
    parameter: Parameter
    tests: tuple[Test, ...]
    is_negated: bool = False

    def holds(self, resource: dict[str, Any]) -> bool:
        """Whether the resource meets it."""
        found = values(self.parameter, resource)
        return any(any(map(test, found)) for test in self.tests) is not self.is_negated


@dataclass(frozen=True, slots=True)
class Missing:
    """The resource has nothing that the parameter is about; or, not `is_missing`, it has."""

    name: str
    parameter: Parameter
    is_missing: bool

    def holds(self, resource: dict[str, Any]) -> bool:
        """Whether the resource meets it."""
        found = elements(self.parameter, resource) or values(self.parameter, resource)
        return bool(found) is not self.is_missing


@dataclass(frozen=True, slots=True)
class Words:
    """Every word of one of the names asked for begins some word of the resource's names."""

    name: str
    parameter: Parameter
    asked: tuple[tuple[str, ...], ...]

    def holds(self, resource: dict[str, Any]) -> bool:
        """Whether the resource meets it."""
        found = [word for text in values(self.parameter, resource) for word in names.words(str(text))]
        return any(all(any(word.startswith(each) for word in found) for each in words) for words in self.asked)
