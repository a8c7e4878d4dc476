"""Expands the value sets of required bindings to the codes they hold, where the package itself lists them."""

from collections.abc import Iterable, Iterator
from typing import Any

Definition = dict[str, Any]
Codes = dict[str, list[str]]
"""code system -> its codes in the value set."""


class CodeBook:
    """The code systems and value sets of a package, by canonical url."""

    def __init__(self, systems: Iterable[Definition], sets: Iterable[Definition]) -> None:
        self._systems = {s["url"]: s for s in systems if s.get("content") == "complete" and s.get("concept")}
        self._sets = {s["url"]: s for s in sets}

    def expand(self, canonical: str) -> Codes | None:
        """The codes of a value set by system, or None when the package does not list them (UCUM, mime types)."""
        value_set = self._sets.get(canonical.partition("|")[0])
        compose = value_set.get("compose") if value_set else None
        if compose is None:
            return None
        found: dict[str, dict[str, None]] = {}
        for include in compose.get("include", []):
            part = self._include(include)
            if part is None:
                return None
            for system, codes in part.items():
                found.setdefault(system, {}).update(dict.fromkeys(codes))
        for exclude in compose.get("exclude", []):
            for system, codes in (self._include(exclude) or {}).items():
                for code in codes:
                    found.get(system, {}).pop(code, None)
        return {system: list(codes) for system, codes in found.items()}

    def _include(self, include: Definition) -> Codes | None:
        parts: list[Codes] = []
        if "system" in include:
            own = self._of_system(include)
            if own is None:
                return None
            parts.append({include["system"]: own})
        for canonical in include.get("valueSet", []):
            nested = self.expand(canonical)
            if nested is None:
                return None
            parts.append(nested)
        result = parts[0]
        for part in parts[1:]:  # several parts of one include are an intersection
            result = {s: [c for c in codes if c in part.get(s, [])] for s, codes in result.items()}
        return result

    def _of_system(self, include: Definition) -> list[str] | None:
        if "concept" in include:
            return [concept["code"] for concept in include["concept"]]
        system = self._systems.get(include["system"])
        if system is None:
            return None
        filters = include.get("filter", [])
        if not filters:
            return [concept["code"] for concept, _ in _walk(system["concept"], ())]
        if any(f["op"] not in ("is-a", "descendent-of", "is-not-a", "=") for f in filters):
            return None
        concepts = list(_walk(system["concept"], ()))
        for f in filters:
            concepts = [(c, above) for c, above in concepts if _passes(f, c, above)]
        return [c["code"] for c, _ in concepts]


def _passes(rule: Definition, concept: Definition, above: tuple[str, ...]) -> bool:
    if rule["op"] == "=":
        values = [p for p in concept.get("property", []) if p["code"] == rule["property"]]
        texts = [str(text).lower() for value in values for key, text in value.items() if key.startswith("value")]
        return str(rule["value"]).lower() in texts
    is_below = rule["value"] in above
    is_self = concept["code"] == rule["value"]
    return {"is-a": is_below or is_self, "descendent-of": is_below, "is-not-a": not (is_below or is_self)}[rule["op"]]


def _walk(concepts: Iterable[Definition], above: tuple[str, ...]) -> Iterator[tuple[Definition, tuple[str, ...]]]:
    """Each concept with the codes above it: nested ones, and `subsumedBy` or `parent` properties (v3 code systems)."""
    for concept in concepts:
        parents = tuple(
            p.get("valueCode", "") for p in concept.get("property", []) if p["code"] in ("subsumedBy", "parent")
        )
        chain = above + parents
        yield concept, chain
        yield from _walk(concept.get("concept", []), (*chain, concept["code"]))
