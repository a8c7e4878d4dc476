"""The contract of an adapter folder, run over every folder under adapters/: a new one needs no test of its own."""

import json
from pathlib import Path

import pytest

from hub.mapping import load_adapter, load_adapters, map_record
from hub.mapping.contract import contract_faults
from hub.mapping.goldens import RECEIVED_MS, sample_facility, samples
from hub.mapping.report import read_any
from hub.validation import check_resource

ROOT = Path(__file__).parents[2] / "adapters"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/adapter.toml"))


def test_folders_are_found():
    assert NAMES
    assert list(load_adapters(ROOT)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_contract_holds(name):
    """Manifest complete, imports only hub.mapping, every field used or ignored, mapping deterministic and replayable,
    goldens equal, output accepted by our validator and by fhir.resources, template passes its own check."""
    assert contract_faults(load_adapter(ROOT / name), check_resource) == []


@pytest.mark.parametrize("name", NAMES)
def test_shape_of_output(name):
    """Patient first, Provenance last and over all; every other resource has a source identifier; references resolve."""
    adapter = load_adapter(ROOT / name)
    mapped_rows = 0
    for path in samples(adapter):
        facility = sample_facility(adapter, path.name)
        context = adapter.context(facility, path.name, RECEIVED_MS)
        for record in read_any(adapter, path.read_bytes(), path.name, facility).records:
            outcome = map_record(adapter, record, context)
            assert bool(outcome.mapped) != any(issue.severity in ("error", "fatal") for issue in outcome.issues)
            if not outcome.mapped:
                continue
            mapped_rows += 1
            types = [item.type for item in outcome.mapped]
            assert (types[0], types[-1]) == ("Patient", "Provenance")
            assert outcome.key
            own = {f"{item.type}?identifier={item.source}" for item in outcome.mapped}
            provenance = outcome.mapped[-1].resource
            assert {target["reference"] for target in provenance["target"]} == own - {
                f"Provenance?identifier={outcome.mapped[-1].source}"
            }
            assert provenance["entity"][0]["what"]["display"] == f"{path.name}, baris {record.row}"
            assert set(_references([item.resource for item in outcome.mapped])) <= own
            for item in outcome.mapped[:-1]:
                first = item.resource["identifier"][0]
                assert item.source == f"{first['system']}|{first['value']}"
                assert first["system"].startswith(f"https://jukung.id/sid/{facility.id}/")
    assert mapped_rows


@pytest.mark.parametrize("name", NAMES)
def test_goldens_name_every_refused_cell(name):
    """Each issue of a refused row says where: row, and column unless the whole row is meant."""
    for path in (ROOT / name / "golden").glob("*.json"):
        for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
            for issue in row["issues"]:
                assert issue["row"] == row["row"]
                assert issue["column"] or issue["code"] == "HUB-2010"


def _references(node):
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
