"""A code system that can be asked: its concepts, and which lies below which."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

Definition = dict[str, Any]

_PARENT = ("parent", "subsumedBy")


class Concept(NamedTuple):
    """A code with what is said of it. `parents`: the codes right above; `raw`: the concept as defined."""

    system: str
    code: str
    display: str = ""
    parents: tuple[str, ...] = ()
    raw: Mapping[str, Any] = {}

    @property
    def is_abstract(self) -> bool:
        """Only there to group others."""
        return _value(self.raw, "notSelectable") is True

    @property
    def is_inactive(self) -> bool:
        """Retired: no longer to be used."""
        return _value(self.raw, "inactive") is True or _value(self.raw, "status") == "retired"


class CodeSystem:
    """The concepts of a CodeSystem by code, in its order. https://www.hl7.org/fhir/R4/codesystem.html"""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.url: str = definition["url"]
        self.is_complete = definition.get("content") == "complete" and bool(definition.get("concept"))

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """Every code; those below others come after them."""
        found = {each.code: each for each in self._walk(self.definition.get("concept", ()), ())}
        for code, parents in self._children(found):
            found[code] = found[code]._replace(parents=(*found[code].parents, *parents))
        return found

    def is_below(self, code: str, ancestor: str) -> bool:
        """Whether a code lies anywhere below another."""
        seen: set[str] = set()
        open_ = [code]
        while open_:
            for parent in self.concepts[open_.pop()].parents:
                if parent == ancestor:
                    return True
                if parent in self.concepts and parent not in seen:
                    seen.add(parent)
                    open_.append(parent)
        return False

    def _walk(self, concepts: list[Definition] | tuple[()], above: tuple[str, ...]) -> Iterator[Concept]:
        for raw in concepts:
            named = (value for name in _PARENT for value in _values(raw, name))
            yield Concept(self.url, raw["code"], raw.get("display", ""), (*above, *map(str, named)), raw)
            yield from self._walk(raw.get("concept", ()), (raw["code"],))

    def _children(self, found: Mapping[str, Concept]) -> list[tuple[str, list[str]]]:
        """The parents that say so themselves: v3 code systems name further children in a property."""
        above: dict[str, list[str]] = {}
        for concept in found.values():
            for child in _values(concept.raw, "child"):
                if child in found:
                    above.setdefault(str(child), []).append(concept.code)
        return list(above.items())


def _values(raw: Mapping[str, Any], name: str) -> list[Any]:
    properties = [each for each in raw.get("property", ()) if each["code"] == name]
    return [value for each in properties for key, value in each.items() if key.startswith("value")]


def _value(raw: Mapping[str, Any], name: str) -> Any:
    return next(iter(_values(raw, name)), None)
