"""Manifest, codes, records, scaffold, report, command line: what surrounds a mapping."""

import pytest
from typer.testing import CliRunner

from hub.cli.adapter import app
from hub.mapping import Incomplete, Record, check_report, load_adapter, new_adapter
from hub.mapping.codes import normalised, read_codes, substance
from hub.mapping.contract import contract_faults
from hub.mapping.goldens import RECEIVED_MS
from hub.mapping.second_opinion import second_opinion
from hub.mapping.values import number
from hub.validation import check_resource


@pytest.fixture
def made(tmp_path):
    return new_adapter(tmp_path, "klinik_baru")


def test_new_adapter_holds_the_contract(made):
    assert contract_faults(load_adapter(made), check_resource) == []


@pytest.mark.parametrize("name", ["X", "a b", "../x", "", "1a", "a" * 41])
def test_new_adapter_refuses_a_bad_name(tmp_path, name):
    with pytest.raises(ValueError, match="a name has"):
        new_adapter(tmp_path, name)


def test_new_adapter_never_overwrites(made):
    with pytest.raises(ValueError, match="exists"):
        new_adapter(made.parent, made.name)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("mapping.py", "from typing", "import os\nfrom typing", "imports os"),
        ("mapping.py", "from typing", "from hub.store import Store\nfrom typing", "imports hub.store"),
        ("mapping.py", "    if record.refused", "    open('x')\n    if record.refused", "open()"),
        ("mapping.py", '    found = record.take("diagnosis", diagnosis)', "    found = None", "diagnosis is neither"),
        ("sample/contoh.csv", "J06.9;", "J06.8;", "becomes something else"),
        ("adapter.toml", "Encounter = [1, 1]", "Encounter = [2, 2]", "expected 2-2"),
        ("README.md", "Sumber: program apa", "", ""),
        ("mapping.py", "    return resources", "    return resources[9].x", "IndexError"),
        ("mapping.py", '"1", found', "__import__('secrets').token_hex(), found", "two results"),
    ],
)
def test_contract_finds_the_fault(made, file, old, new, fault):
    path = made / file
    if file == "README.md":
        path.write_text("x", encoding="utf-8")
        fault = "README.md"
    else:
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new), encoding="utf-8")
    try:
        faults = contract_faults(load_adapter(made))
    except ModuleNotFoundError as error:
        faults = [f"imports {error.name}"]
    assert any(fault in found for found in faults), faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('key = ["nomor"]', 'key = ["lain"]', "lain is mentioned"),
        ('key = ["nomor"]', "key = []", "key names no column"),
        ('id = "Nomor kunjungan yang tetap."', "", "both languages"),
        ('type = "nik"', 'type = "ktp"', "unknown type"),
        ('reason = "Catatan', 'alasan = "Catatan', "reason"),
        ('name = "nik"', 'name = "nama"', "listed twice"),
        ("[expect]", "[harap]", "expect"),
        ('example = "CONTOH-1"', "", "needs an example"),
        ('id = "NIK pasien', 'warna = "x"\nid = "NIK pasien', "unknown entry warna"),
    ],
)
def test_manifest_faults_are_named(made, old, new, fault):
    path = made / "adapter.toml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Incomplete, match=fault):
        load_adapter(made)


def test_missing_parts_are_named(made):
    (made / "codes.csv").unlink()
    with pytest.raises(Incomplete, match=r"codes\.csv is missing"):
        load_adapter(made)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("a,b\n", "the columns must be"),
        ("kind,text,system,code,display\nlab,hb,,1,x\n", "line 2: a field is empty"),
        ("kind,text,system,code,display\nlab,hb,s,1,x\nlab,HB.,s,2,y\n", "line 3: 'hb' already means 1"),
    ],
)
def test_codes_faults(tmp_path, lines, fault):
    (tmp_path / "codes.csv").write_text(lines, encoding="utf-8")
    with pytest.raises(ValueError, match=fault):
        read_codes(tmp_path / "codes.csv")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Paracetamol 500 mg tab", "paracetamol"),
        ("PARACETAMOL TAB 500MG", "paracetamol"),
        ("As. Mefenamat 500mg", "as mefenamat"),
        ("Amoxicillin sirup 125mg/5ml", "amoxicillin sirup"),
        ("Gentamicin 0,1% salep", "gentamicin salep"),
        ("Ceftriaxone inj 1 g", "ceftriaxone inj"),
        ("Vit. B Kompleks", "vit b kompleks"),
    ],
)
def test_medicines_match_without_strength_and_solid_form(text, key):
    assert substance(normalised(text)) == key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Aspirin 80 mg", "B01AC06"),
        ("Aspirin 500 mg", "N02BA01"),
        ("Aspirin", None),
        ("Chloramphenicol 250 mg kapsul", "J01BA01"),
        ("Chloramphenicol tetes telinga", "S02AA01"),
        ("Paracetamol + kodein", None),
        ("Parasetamool", None),
        ("Acyclovir krim", "D06BB03"),
        ("OAT FDC 4", "J04AM06"),
    ],
)
def test_medicines_are_never_guessed(clinic, text, code):
    found = clinic.codes.find("obat", text)
    assert (found.code if found else None) == code


def test_code_map_is_large_enough(clinic):
    medicines = {coding.code for (kind, _), coding in clinic.codes.entries.items() if kind == "obat"}
    assert len(medicines) >= 80


def test_record_reports_leftovers():
    record = Record(2, {"a": "1", "b": "2", "c": "-", "d": ""})
    record.text("a")
    record.ignore("c")
    assert record.leftovers == ("b",)
    assert record.text("c") is None


def test_a_typed_cell_has_a_limit():
    record = Record(2, {"a": "1" * 501, "b": "x" * 501})
    assert record.take("a", number) is None
    assert [issue.code for issue in record.issues] == ["HUB-2032"]
    assert len(record.text("b")) == 501


def test_report_of_a_file(clinic, facility):
    head = "no_kunjungan;tanggal_kunjungan;nama_pasien;jenis_kelamin;tanggal_lahir;obat_1;warna\n"
    rows = "K1;18/11/2026;A;P;05/09/1990;Ramuan;biru\n" * 2 + "K1;18/11/2026;B;L;05/09/1991;;\nK2;x;C;P;1/1/1990;;\n"
    report = check_report(clinic, (head + rows).encode(), "x.csv", facility, received_ms=RECEIVED_MS)
    assert (report.rows, report.accepted, report.refused) == (4, 2, 2)
    assert report.unused == {"warna": 1}
    assert report.unmapped == {("obat_1", "Ramuan"): 1}
    found = {(issue.code, issue.row) for issue in report.issues}
    assert {("HUB-2016", 3), ("HUB-2015", 4), ("HUB-2040", 5), ("HUB-2011", 1)} <= found
    assert not report.is_clean


def test_second_opinion_names_the_place_and_not_the_value():
    assert second_opinion({"resourceType": "Patient", "birthDate": "1990-01-01"}) == []
    found = second_opinion({"resourceType": "Patient", "name": "Siti Rahasia", "colour": "x"})
    assert found
    assert all("Rahasia" not in line for line in found)
    assert second_opinion({"resourceType": "Banana"}) == ["Banana: no such resource type"]


def test_command_line(made, tmp_path):
    run = CliRunner().invoke
    root = ["--root", str(made.parent)]
    assert run(app, ["check", made.name, *root]).exit_code == 0
    file = tmp_path / "kiriman.csv"
    file.write_text(
        "nomor;tanggal;nama;L/P;tanggal_lahir;diagnosis\nA;18/11/2025;Siti;P;5/9/1990;J6.9\n", encoding="utf-8"
    )
    refused = run(app, ["check", made.name, str(file), *root])
    assert refused.exit_code == 1
    assert "HUB-2075" in refused.output
    file.write_text(file.read_text(encoding="utf-8").replace("J6.9", "J06.9"), encoding="utf-8")
    assert run(app, ["check", made.name, str(file), *root]).exit_code == 0
    out = tmp_path / "templat.xlsx"
    assert run(app, ["template", made.name, str(out), *root]).exit_code == 0
    assert run(app, ["check", made.name, str(out), *root]).exit_code == 0
    assert run(app, ["check", "tidak_ada", *root]).exit_code == 2
    assert run(app, ["check", made.name, str(tmp_path / "nihil.csv"), *root]).exit_code == 2
    assert run(app, ["new", made.name, *root]).exit_code == 2
    assert run(app, ["new", "lain", *root]).exit_code == 0
