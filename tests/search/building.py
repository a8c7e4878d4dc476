"""A resource for every path of a parameter, with a value of its datatype that is awkward to ask for."""

from decimal import Decimal
from typing import Any

from hub.fhir.definitions import table
from hub.search import Parameter
from hub.search.expressions import DECEASED, Path

UCUM = {"unit": "mm[Hg] $", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
CODING = {"system": "http://contoh.id/kode|2", "code": "a,b|c$d\\e", "display": "Tekanan Darah"}
QUANTITY = {"value": Decimal("5.40"), **UCUM}
PERIOD = {"start": "2026-03-01T23:30:00+08:00", "end": "2026-03-04"}
VALUES: dict[str, Any] = {
    "CodeableConcept": {"coding": [CODING, {"code": "lokal"}], "text": "Tekanan, sistolik"},
    "Coding": CODING,
    "Identifier": {
        "type": {"coding": [{"system": "http://contoh.id/jenis", "code": "MR"}], "text": "Rekam Medis"},
        "system": "http://contoh.id/rm",
        "value": "RM,7|x",
    },
    "ContactPoint": {"system": "phone", "value": "+62 511 300"},
    "boolean": True,
    "string": "Jalan Café, 5|b$c",
    "markdown": "Étude *satu*",
    "id": "a-1",
    "uri": "http://contoh.id/a,b/c",
    "url": "http://contoh.id/a/b",
    "oid": "urn:oid:1.2.3",
    "canonical": "http://contoh.id/kuesioner|1.0",
    "HumanName": {"text": "Hj. Siti Nur'Aini", "family": "Rahmawati Kusumaningtyas", "given": ["Siti", "Ñur"]},
    "Address": {"line": ["Jl. A. Yani, km 5"], "city": "Banjarmasin", "postalCode": "70249"},
    "date": "1990-05-17",
    "dateTime": "2026-03-01T23:30:00+08:00",
    "instant": "2026-03-01T15:30:00.123Z",
    "Period": PERIOD,
    "Timing": {"event": ["2026-03-01", "2026-03-05T08:00:00Z"], "repeat": {"boundsPeriod": {"end": "2026-04"}}},
    "integer": 7,
    "positiveInt": 7,
    "unsignedInt": 0,
    "decimal": Decimal("0.250"),
    "Range": {"low": QUANTITY, "high": {"value": Decimal(9), **UCUM}},
    "Money": {"value": Decimal("150000.00"), "currency": "IDR"},
    "SampledData": {"origin": {**QUANTITY, "value": Decimal(2)}, "factor": Decimal("0.5"), "data": "4 -6 E 10.0"},
    **dict.fromkeys(("Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration"), QUANTITY),
}


def resources_for(type_name: str, parameter: Parameter) -> list[dict[str, Any]]:
    """One resource for each path, or context, of a parameter; far from valid but where the parameter looks."""
    found = []
    for path in parameter.paths:
        found.append({"resourceType": type_name})
        _put(found[-1], path, parameter)
    for context in parameter.contexts:
        found.append({"resourceType": type_name})
        place = _place(found[-1], context.path)
        for component, is_rooted in context.components:
            _put(found[-1] if is_rooted else place, component.paths[0], component)
    return found


def _put(node: dict[str, Any], path: Path, parameter: Parameter) -> None:
    *before, last = path.steps
    node = _place(node, Path(tuple(before), ""))
    value = _value(path, last.key, parameter)
    if last.equal:
        value = value | dict([last.equal])
    node[last.key] = [value] if last.is_array else value


def _place(node: dict[str, Any], path: Path) -> dict[str, Any]:
    for step in path.steps:
        inner: dict[str, Any] = dict([step.equal] if step.equal else [])
        if step.extension:
            inner["extension"] = [{"url": step.extension, "valueBoolean": True}]
        node[step.key] = [inner] if step.is_array else inner
        node = inner
    return node


def _value(path: Path, key: str, parameter: Parameter) -> Any:
    if path.datatype == "code":
        systems = table()["codes"].get(path.codes) or {"": ["text/csv"]}
        return next(iter(systems.values()))[0]
    if path.datatype == DECEASED:
        return VALUES["dateTime"] if key.endswith("DateTime") else True
    if path.datatype == "Resource":
        return {"resourceType": parameter.targets[0], "id": "b1"}
    if path.datatype == "Reference":
        text = f"{path.target or parameter.targets[0]}/a-1/_history/3"
        return {"reference": text, "identifier": VALUES["Identifier"]}
    return VALUES[path.datatype]
