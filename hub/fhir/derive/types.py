"""Turns StructureDefinitions into the compact type table of `hub/fhir/r4/types.json` (its README tells the shape)."""

from collections.abc import Iterable
from typing import Any

from hub.fhir.derive.codes import CodeBook

Definition = dict[str, Any]

_BASE = "http://hl7.org/fhir/StructureDefinition/"
_SYSTEM = "http://hl7.org/fhirpath/System."
_PROFILED = ("SimpleQuantity",)
"""The one profile the base definitions themselves use as a type."""
_SUFFIX = {"SimpleQuantity": "Quantity"}


def derive_types(structures: Iterable[Definition], book: CodeBook) -> Definition:
    """All concrete types, the constraints they use and the codes of their required bindings."""
    out = _Tables(book)
    chosen = [s for s in structures if _is_wanted(s)]
    for structure in sorted(chosen, key=lambda s: str(s["id"])):
        out.add(structure)
    return {
        "version": "4.0.1",
        "resources": sorted(s["id"] for s in chosen if s["kind"] == "resource" and not s["abstract"]),
        "primitives": sorted(s["id"] for s in structures if s["kind"] == "primitive-type"),
        "parents": {s["id"]: s["baseDefinition"].removeprefix(_BASE) for s in structures if _has_parent(s)},
        "types": out.types,
        "constraints": out.constraints,
        "codes": out.codes,
    }


def _is_wanted(structure: Definition) -> bool:
    if structure["id"] in _PROFILED:
        return True
    return structure["kind"] in ("resource", "complex-type") and structure.get("derivation") != "constraint"


def _has_parent(structure: Definition) -> bool:
    return structure.get("derivation") == "specialization" and structure["kind"] != "logical"


class _Tables:
    def __init__(self, book: CodeBook) -> None:
        self.types: dict[str, Definition] = {}
        self.constraints: dict[str, Definition] = {}
        self.codes: dict[str, Definition] = {}
        self._book = book

    def add(self, structure: Definition) -> None:
        root, *elements = structure["snapshot"]["element"]
        name = structure["id"]
        own = root["path"]
        self.types[name] = {"kind": structure["kind"], "constraints": self._rules(root), "elements": {}}
        nested = {e["path"].rpartition(".")[0] for e in elements} - {own}
        for element in elements:
            path = name + element["path"][len(own) :]
            parent, _, key = path.rpartition(".")
            if element["path"] in nested:
                self.types[path] = {"kind": "backbone", "constraints": self._rules(element), "elements": {}}
            if element["max"] != "0":
                self._element(self.types[parent], key, element, path if element["path"] in nested else None)

    def _element(self, holder: Definition, key: str, element: Definition, nested: str | None) -> None:
        """One entry, or one per type of a choice (`value[x]` -> valueQuantity, valueString...)."""
        types = _types(element, nested)
        if not key.endswith("[x]"):
            ((name, targets),) = types.items()
            holder["elements"][key] = self._entry(element, name, targets)
            if element["min"]:
                holder["elements"][key]["min"] = element["min"]
            return
        stem = key[:-3]
        names = [stem + _SUFFIX.get(name, name[0].upper() + name[1:]) for name in types]
        holder.setdefault("choices", {})[stem] = {"names": names, "min": element["min"]}
        for choice, (name, targets) in zip(names, types.items(), strict=True):
            holder["elements"][choice] = self._entry(element, name, targets) | {"choice": stem}

    def _entry(self, element: Definition, name: str, targets: list[str]) -> Definition:
        entry: Definition = {"type": name}
        if element["max"] != "1":
            entry["array"] = True
        if targets:
            entry["targets"] = targets
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and name in ("code", "Coding", "CodeableConcept", "string", "uri"):
            entry["codes"] = self._bound(binding["valueSet"])
        rules = self._rules(element)
        if rules and name != element.get("path"):
            entry["constraints"] = rules
        return entry

    def _bound(self, canonical: str) -> str:
        name = canonical.partition("|")[0]
        if name not in self.codes:
            self.codes[name] = self._book.expand(canonical) or {}
        return name

    def _rules(self, element: Definition) -> list[str]:
        """Ids of the error-level constraints. `ele-1` forbids empty elements, which the structure itself does."""
        ids = []
        for rule in element.get("constraint", []):
            if rule["severity"] != "error" or rule["key"] == "ele-1" or "expression" not in rule:
                continue
            number = rule["key"]
            while self.constraints.get(number, rule)["expression"] != rule["expression"]:
                number += "'"  # inv-1 names several different rules
            self.constraints[number] = {"expression": rule["expression"], "human": rule["human"]}
            ids.append(number)
        return ids


def _types(element: Definition, nested: str | None) -> dict[str, list[str]]:
    """Type name -> reference targets. A type with children here, or borrowed from elsewhere, is named by its path."""
    if nested:
        return {nested: []}
    if "contentReference" in element:
        return {element["contentReference"].removeprefix("#"): []}
    found: dict[str, list[str]] = {}
    for entry in element["type"]:
        code = entry["code"]
        if code.startswith(_SYSTEM):
            code = "uri" if element["path"] == "Extension.url" else "string"
            if element.get("base", {}).get("path") == "Resource.id":
                code = "id"
        profiles = [p.removeprefix(_BASE) for p in entry.get("profile", [])]
        code = next((p for p in profiles if p in _PROFILED), code)
        targets = [t.removeprefix(_BASE) for t in entry.get("targetProfile", [])] if code == "Reference" else []
        found[code] = [] if "Resource" in targets else targets
    return found
