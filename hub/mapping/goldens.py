"""Samples and goldens: files as a source really sends them, and what they must become, reviewed by eye.

`sample/` holds the files and `facilities.toml`, which says which (invented) facility sends each one and its settings;
`golden/<file>.json` holds issues and resources, row by row. All are mapped at one fixed time of receipt.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.fhir import json
from hub.mapping.adapter import Adapter
from hub.mapping.mapper import map_record
from hub.mapping.report import read_any, repetitions
from hub.model import Facility, Issue

RECEIVED_MS = 1_795_312_800_000
"""2026-11-22T02:00:00Z."""

_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xls", ".json"})


def samples(adapter: Adapter) -> list[Path]:
    """The sample files, in name order."""
    folder = adapter.folder / "sample"
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES) if folder.is_dir() else []


def sample_facility(adapter: Adapter, name: str) -> Facility:
    """The invented facility that sends a sample, from `sample/facilities.toml`; else a nameless one."""
    path = adapter.folder / "sample" / "facilities.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8")).get(name, {}) if path.is_file() else {}
    return Facility(
        number=1,
        id=known.get("id", "faskes-contoh"),
        name=known.get("name", "Faskes Contoh"),
        adapter=adapter.name,
        settings=known.get("settings", {}),
    )


def golden_path(adapter: Adapter, sample: Path) -> Path:
    """Where a sample's golden lies."""
    return adapter.folder / "golden" / f"{sample.name}.json"


def produce(adapter: Adapter, sample: Path) -> bytes:
    """What a sample becomes now, as indented JSON; decimals as written."""
    facility = sample_facility(adapter, sample.name)
    table = read_any(adapter, sample.read_bytes(), sample.name, facility)
    context = adapter.context(facility, sample.name, RECEIVED_MS)
    rows: list[dict[str, Any]] = []
    repeated = repetitions(adapter, table.records)
    for record in table.records:
        if record.row in repeated:
            rows.append({"row": record.row, "issues": [_plain(repeated[record.row])], "resources": []})
            continue
        outcome = map_record(adapter, record, context)
        rows.append(
            {
                "row": record.row,
                "key": outcome.key,
                "issues": [_plain(issue) for issue in outcome.issues],
                "resources": [item.resource for item in outcome.mapped],
            }
        )
    tree = {"issues": [_plain(issue) for issue in table.issues], "rows": rows}
    return (json.write_text(tree) + "\n").encode()


def _plain(issue: Issue) -> dict[str, Any]:
    found: dict[str, Any] = {"code": issue.code, "severity": issue.severity, "row": issue.row, "column": issue.column}
    if issue.value:
        found["value"] = issue.value
    if issue.args:
        found["args"] = dict(issue.args)
    return found


def write_goldens(adapter: Adapter) -> list[Path]:
    """Write every golden anew; whoever runs this reviews the difference. Returns the files that changed."""
    changed = []
    (adapter.folder / "golden").mkdir(exist_ok=True)
    for sample in samples(adapter):
        path, now = golden_path(adapter, sample), produce(adapter, sample)
        if not path.is_file() or path.read_bytes() != now:
            path.write_bytes(now)
            changed.append(path)
    return changed


def golden_faults(adapter: Adapter) -> Iterator[str]:
    """Samples without a golden, goldens that differ, goldens without a sample."""
    expected = set()
    for sample in samples(adapter):
        path = golden_path(adapter, sample)
        expected.add(path)
        if not path.is_file():
            yield f"{path.name}: no golden; write it with: hub adapter check {adapter.name} --update"
        elif path.read_bytes() != produce(adapter, sample):
            yield f"{path.name}: the sample becomes something else now"
    folder = adapter.folder / "golden"
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if path not in expected:
            yield f"{path.name}: a golden without a sample"
