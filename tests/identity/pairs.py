"""Reads cases.csv, the labelled pairs: `a` as key=value parts, `b` as what differs from it (empty = unknown)."""

import csv
from pathlib import Path
from typing import Any, NamedTuple

from hub.fhir.systems import ADMINISTRATIVE_CODE, BPJS, NIK, NIK_IBU, SID

HERE = Path(__file__).parent
Fields = dict[str, str]


class Pair(NamedTuple):
    """A labelled pair; `line` is its line in cases.csv."""

    line: int
    group: str
    truth: str
    a: dict[str, Any]
    b: dict[str, Any]


def read_pairs() -> list[Pair]:
    with (HERE / "cases.csv").open(encoding="utf-8", newline="") as file:
        return [_pair(line, row) for line, row in enumerate(csv.DictReader(file), start=2)]


def patient(fields: Fields) -> dict[str, Any]:
    """A FHIR Patient from the short form."""
    system = f"{SID}{fields.get('at', 'klinik-teratai')}/pasien"
    ids = [(NIK, "nik"), (NIK_IBU, "nik_ibu"), (BPJS, "bpjs"), (system, "rm")]
    made: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [{"system": s, "value": fields[key]} for s, key in ids if fields.get(key)],
        "name": [{"text": fields["name"].replace(";", ",")}] if fields.get("name") else [],
        "telecom": [{"system": "phone", "value": fields["phone"]}] if fields.get("phone") else [],
        "address": [],
    }
    if fields.get("birth"):
        made["birthDate"] = fields["birth"]
    if fields.get("sex"):
        made["gender"] = {"L": "male", "P": "female"}[fields["sex"]]
    if fields.get("order"):
        made["multipleBirthInteger"] = int(fields["order"])
    if fields.get("single"):
        made["multipleBirthBoolean"] = False
    if fields.get("kel") or fields.get("addr"):
        code = {"url": "village", "valueCode": fields.get("kel", "")}
        extension = [{"url": ADMINISTRATIVE_CODE, "extension": [code]}]
        made["address"] = [{"line": [fields.get("addr", "")], "extension": extension}]
    return made


def _pair(line: int, row: Fields) -> Pair:
    a = _fields(row["a"])
    return Pair(line, row["group"], row["truth"], patient(a), patient(a | _fields(row["b"])))


def _fields(text: str) -> Fields:
    return dict(part.split("=", 1) for part in text.split("|") if part)
