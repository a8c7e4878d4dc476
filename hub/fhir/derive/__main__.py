"""`python -m hub.fhir.derive PACKAGE.tgz`: writes the data of `hub/fhir/r4` (its README says what each file holds)."""

import json
import sys
from pathlib import Path
from typing import Any

from hub.fhir.derive.codes import CodeBook
from hub.fhir.derive.package import compartments, read_package, search_parameters
from hub.fhir.derive.summary import summary_elements
from hub.fhir.derive.terminology import terminology
from hub.fhir.derive.types import derive_types

TARGET = Path(__file__).parent.parent / "r4"


def derive(package: Path, target: Path = TARGET) -> None:
    """Writes every file; the same package always gives the same bytes."""
    definitions = read_package(package)
    book = CodeBook(definitions["CodeSystem"], definitions["ValueSet"])
    table = derive_types(definitions["StructureDefinition"], book)
    (target / "types.json").write_text(_lines(table), encoding="utf-8")
    summary = summary_elements(definitions["StructureDefinition"], table["types"])
    (target / "summary.json").write_text(_lines({"summary": summary}), encoding="utf-8")
    (target / "terminology.jsonl.zst").write_bytes(terminology(definitions))
    search = search_parameters(definitions["SearchParameter"])
    text = ",\n".join(json.dumps(d, ensure_ascii=False) for d in search)
    (target / "search.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
    members = compartments(definitions["CompartmentDefinition"])
    (target / "compartments.json").write_text(_lines(members), encoding="utf-8")


def _lines(table: dict[str, Any]) -> str:
    """JSON with one line per type, constraint and value set, so that a change can be reviewed."""
    parts = []
    for key, value in table.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m hub.fhir.derive PACKAGE.tgz")
    derive(Path(sys.argv[1]))
