"""`hub load`: what another server left, and where each record went."""

import csv
import json
from pathlib import Path

PATIENT = {"resourceType": "Patient", "id": "77", "name": [{"text": "Rekaan Satu"}], "birthDate": "1990-02-01"}
CONDITION = {"resourceType": "Condition", "id": "d-1", "subject": {"reference": "Patient/77"}, "code": {"text": "x"}}
NOBODYS = CONDITION | {"id": "d-2", "subject": {"display": "Rekaan Satu"}}


def test_old_and_new_references_are_written(run, clinic, tmp_path: Path) -> None:
    lines, table = tmp_path / "semua.ndjson", tmp_path / "id.csv"
    lines.write_text("\n".join(json.dumps(each) for each in (CONDITION, PATIENT, NOBODYS)))
    first = run("load", str(lines), "--facility", clinic, "--ids", str(table))
    assert first.returncode == 1, first.stderr
    assert "semua.ndjson:3: HUB-6012" in first.stdout
    with table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["old", "new"]
    assert {old for old, _ in rows} == {"Patient/77", "Condition/d-1"}
    assert all(new.startswith(f"{old.partition('/')[0]}/") and new != old for old, new in rows)
    run("load", str(lines), "--facility", clinic, "--ids", str(table))
    with table.open(encoding="utf-8", newline="") as file:
        assert sorted(csv.reader(file)) == sorted([header, *rows])
