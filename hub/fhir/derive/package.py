"""Reads the official R4 package (hl7.fhir.r4.core 4.0.1, CC0-1.0)."""

import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Definition = dict[str, Any]

KINDS = ("StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter", "CompartmentDefinition")


def read_package(path: Path) -> dict[str, list[Definition]]:
    """The definitions in the archive by kind, in order of file name. ValueError for another package than R4 4.0.1."""
    found: dict[str, dict[str, Definition]] = {kind: {} for kind in KINDS}
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            kind = name.partition("-")[0]
            if name == "package.json" or kind in found:
                file = archive.extractfile(member)
                assert file is not None
                content = json.load(file)
                if name == "package.json":
                    _expect_r4(content)
                else:
                    found[kind][name] = content
    return {kind: [files[name] for name in sorted(files)] for kind, files in found.items()}


def search_parameters(definitions: Iterable[Definition]) -> list[Definition]:
    """What search needs of each official SearchParameter; the specification's examples and extensions are left out."""
    kept = [
        {
            "code": d["code"],
            "base": d["base"],
            "type": d["type"],
            "expression": d["expression"],
            "target": d.get("target", []),
            "url": d["url"],
        }
        | ({"component": d["component"]} if d["type"] == "composite" else {})
        for d in definitions
        if d.get("expression") and "extension" not in d["expression"] and "example" not in d["id"]
    ]
    return sorted(kept, key=lambda d: (d["code"], d["base"]))


def compartments(definitions: Iterable[Definition]) -> dict[str, dict[str, list[str]]]:
    """By compartment and type in it, the reference parameters that put a resource there; `{def}` is its own one."""
    return {
        d["code"]: {each["code"]: each["param"] for each in d["resource"] if each.get("param")}
        for d in definitions
        if d["id"] != "example"
    }


def _expect_r4(package: Definition) -> None:
    if (package.get("name"), package.get("version")) != ("hl7.fhir.r4.core", "4.0.1"):
        raise ValueError(f"expected hl7.fhir.r4.core 4.0.1, found {package.get('name')} {package.get('version')}")
