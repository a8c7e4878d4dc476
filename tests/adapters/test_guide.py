"""docs/adapters.md is enough: its laboratory, written into a folder exactly as printed, is a working adapter."""

import re
from pathlib import Path

from hub.mapping import load_adapter, new_adapter
from hub.mapping.contract import contract_faults
from hub.mapping.goldens import RECEIVED_MS, sample_facility, write_goldens
from hub.mapping.report import check_report
from hub.validation import check_resource

GUIDE = Path(__file__).parents[2] / "docs" / "adapters.md"
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.M | re.S)


def follow_the_guide(root):
    folder = new_adapter(root, "lab_sungai")
    for old in [*folder.glob("sample/*"), *folder.glob("golden/*")]:
        old.unlink()
    for name, content in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        (folder / name).write_text(content, encoding="utf-8")
    return load_adapter(folder)


def test_guide_makes_an_adapter_that_holds_the_contract(tmp_path):
    adapter = follow_the_guide(tmp_path)
    assert len(write_goldens(adapter)) == 1
    assert contract_faults(adapter, check_resource) == []


def test_guide_laboratory_maps_and_refuses(tmp_path):
    adapter = follow_the_guide(tmp_path)
    path = adapter.folder / "sample" / "hasil_november.csv"
    facility = sample_facility(adapter, path.name)
    report = check_report(adapter, path.read_bytes(), path.name, facility, received_ms=RECEIVED_MS)
    assert (report.rows, report.accepted) == (4, 3)
    assert report.resources["DiagnosticReport"] == 3
    assert report.unmapped == {("KODE", "LDH"): 1}
    refused = {(issue.row, issue.column, issue.code) for issue in report.issues if issue.severity == "error"}
    assert refused == {
        (5, "TGL AMBIL", "HUB-2040"),
        (5, "NIK", "HUB-2060"),
        (5, "PEMERIKSAAN", "HUB-2030"),
    }
