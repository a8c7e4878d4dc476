"""The puskesmas' report beyond the contract: what each cell means, what is refused, what stays text."""

from pathlib import Path
from typing import Any

import pytest

from hub.fhir.systems import CASE_TYPE, ICD10, KK, NIK, NIK_IBU
from hub.mapping import Outcome, load_adapter, map_record, read_file
from hub.mapping.goldens import RECEIVED_MS
from hub.mapping.record import Record
from hub.model import Facility
from hub.validation import check_resource

ROOT = Path(__file__).parents[2] / "adapters"
ADAPTER = load_adapter(ROOT / "epuskesmas")
FACILITY = Facility(1, "puskesmas-uji", "Puskesmas Uji", adapter="epuskesmas")
ROW = {
    "no_erm": "0001",
    "nama_pasien": "Siti Contoh",
    "jenis_kelamin": "Perempuan",
    "tgl_lahir": "05-09-1990",
    "tgl_periksa": "17-11-2026 08.15",
    "poli": "Umum",
    "icd_1": "J06.9",
    "kasus_1": "BARU",
}
MAN = {"nama_pasien": "Rusdi", "jenis_kelamin": "L"}


def read(**cells: str) -> Outcome:
    row = {name: value for name, value in (ROW | cells).items() if value}
    return map_record(ADAPTER, Record(2, row), ADAPTER.context(FACILITY, "uji.csv", RECEIVED_MS))


def of(outcome: Outcome, type_: str) -> list[dict[str, Any]]:
    assert outcome.mapped, outcome.issues
    for each in outcome.mapped:
        assert [issue for issue in check_resource(each.resource) if issue.severity in ("error", "fatal")] == []
    return [each.resource for each in outcome.mapped if each.type == type_]


def codes(outcome: Outcome) -> list[tuple[str, str, str | None]]:
    return [(issue.code, issue.severity, issue.column) for issue in outcome.issues]


def test_all_86_columns_are_used_or_ignored_with_a_reason() -> None:
    columns, ignored = ADAPTER.manifest.columns, ADAPTER.manifest.ignored
    assert len(columns) + len(ignored) == 87, "86 and the empty column at the end of the report"
    assert all(len(column.reason) > 20 for column in ignored)


def test_a_header_of_two_lines_below_24_lines_of_filters_is_read() -> None:
    path = ROOT / "epuskesmas" / "sample" / "sungai_jati_2026-11.xlsx"
    table = read_file(ADAPTER, path.read_bytes(), path.name, FACILITY)
    assert [record.row for record in table.records] == [27, 28, 29, 30, 31]
    assert table.records[0].cell("soap_o") == "Faring hiperemis, ronki -/-"
    assert table.suggestions == ()


# who


def test_the_family_card_in_the_nik_column_is_kept_as_such() -> None:
    outcome = read(nik="6371011508109006", no_kk="6371 0115 0810 9006")
    identifiers = {i["system"]: i["value"] for i in of(outcome, "Patient")[0]["identifier"]}
    assert identifiers[KK] == "6371011508109006"
    assert NIK not in identifiers
    assert ("HUB-2276", "warning", "nik") in codes(outcome)


@pytest.mark.parametrize(
    ("name", "nik", "is_mothers"),
    [
        ("By. Ny. Fitriani", "6371025203959013", True),
        ("BAYI NY FITRIANI", "6371025203959013", True),
        ("By Ny Fitriani", "6371025203959013", True),
        ("Fitriani", "6371025203959013", False),
        ("By. Ny. Fitriani", "6371021203959013", False),
        ("By. Ny. Fitriani", "6371025203199013", False),
    ],
    ids=["newborn", "without dots", "half a dot", "a name of its own", "a man's NIK", "a child's NIK"],
)
def test_the_mothers_nik(name: str, nik: str, is_mothers: bool) -> None:
    outcome = read(nama_pasien=name, tgl_lahir="12-09-2026", nik=nik)
    identifiers = {i["system"]: i["value"] for i in of(outcome, "Patient")[0]["identifier"]}
    assert identifiers.get(NIK_IBU) == (nik if is_mothers else None)
    assert identifiers.get(NIK) == (None if is_mothers else nik)
    assert (("HUB-2279" if is_mothers else "HUB-2064"), "warning", "nik") in codes(outcome)


@pytest.mark.parametrize(
    ("years", "months", "birth", "is_odd"),
    [
        ("36 Tahun", "2 Bulan", "05-09-1990", False),
        ("37", "", "05-09-1990", False),
        ("40 Tahun", "", "05-09-1990", True),
        ("0 Tahun", "2 Bulan", "12-09-2026", False),
        ("0 Tahun", "9 Bulan", "12-09-2026", True),
    ],
)
def test_ages_beside_birth_dates(years: str, months: str, birth: str, is_odd: bool) -> None:
    outcome = read(umur_tahun=years, umur_bulan=months, tgl_lahir=birth)
    assert ("HUB-2277" in {issue.code for issue in outcome.issues}) == is_odd
    assert outcome.mapped


def test_neighbourhood_and_mother() -> None:
    outcome = read(alamat="Jl. Contoh 1", rt="03", rw="1", kelurahan="PEKAUMAN", nama_ibu="Masliani")
    patient = of(outcome, "Patient")[0]
    parts = {e["url"]: e["valueCode"] for e in patient["address"][0]["extension"][0]["extension"]}
    assert parts == {
        "province": "63", "city": "6371", "district": "637101", "village": "6371011003", "rt": "03", "rw": "1"
    }  # fmt: skip
    assert patient["address"][0]["line"] == ["Jl. Contoh 1", "RT 03 RW 1", "Kel. PEKAUMAN"]
    assert patient["contact"][0]["name"] == {"text": "Masliani"}


def test_only_a_bpjs_number_is_kept() -> None:
    def numbers(**cells: str) -> set[str]:
        return {i["value"] for i in of(read(**cells), "Patient")[0]["identifier"]}

    assert "0001234567011" in numbers(asuransi="BPJS Kesehatan", no_asuransi="0001234567011")
    assert numbers(asuransi="Asuransi Lain", no_asuransi="0001234567011") == {"0001"}


def test_the_nurse_stands_beside_the_doctor() -> None:
    outcome = read(dokter="dr. Contoh Dokter", perawat="Ns. Rahimah")
    assert [each["name"][0]["text"] for each in of(outcome, "Practitioner")] == ["dr. Contoh Dokter", "Ns. Rahimah"]
    assert len(of(outcome, "Encounter")[0]["participant"]) == 2
    alone = read(perawat="Ns. Rahimah")
    assert len(of(alone, "Encounter")[0]["participant"]) == 1


# which visit


def test_the_key_of_a_visit() -> None:
    def number(**cells: str) -> str:
        return str(of(read(**cells), "Encounter")[0]["identifier"][0]["value"])

    assert number() == "0001/20261117T0815/umum"
    assert number(tgl_periksa="2026-11-17 08:15:00") == number()
    assert number(tgl_periksa="17-11-2026", poli="Poli Gigi & Mulut") == "0001/20261117/poli-gigi-mulut"
    assert number(icd_1="I10", nama_pasien="Siti C.") == number(), "what else is edited makes a new version of it"


@pytest.mark.parametrize("column", ["no_erm", "tgl_periksa", "poli", "nama_pasien", "jenis_kelamin", "tgl_lahir"])
def test_what_a_row_must_have(column: str) -> None:
    outcome = read(**{column: ""})
    assert not outcome.mapped
    assert ("HUB-2030", "error", column) in codes(outcome)


def test_the_length_of_a_visit() -> None:
    met = of(read(lama_pemeriksaan="0 hari 1 jam 10 menit", jenis_kunjungan="LAMA", triage="Kuning"), "Encounter")[0]
    assert (met["length"]["value"], met["length"]["code"]) == (70, "min")
    assert met["priority"] == {"text": "Kuning"}
    assert "length" not in of(read(lama_pemeriksaan="sebentar"), "Encounter")[0]


@pytest.mark.parametrize(
    ("day", "length", "start", "end"),
    [
        ("17-11-2026 08.15", "0 hari 1 jam 10 menit", "2026-11-17T08:15:00+08:00", "2026-11-17T09:25:00+08:00"),
        ("17-11-2026 08.15", "", "2026-11-17T08:15:00+08:00", "2026-11-17T08:15:00+08:00"),
        ("17-11-2026 08.15", "999 hari", "2026-11-17T08:15:00+08:00", "2026-11-17T08:15:00+08:00"),
        ("17-11-2026", "0 hari 1 jam 10 menit", "2026-11-17", "2026-11-17"),
    ],
    ids=["start and length", "only a start", "a length past today", "only a day"],
)
def test_a_visit_that_is_over_has_an_end_as_precise_as_its_start(day: str, length: str, start: str, end: str) -> None:
    met = of(read(tgl_periksa=day, lama_pemeriksaan=length), "Encounter")[0]
    assert met["period"] == {"start": start, "end": end}


def test_another_day_of_registration_is_said() -> None:
    assert ("HUB-2275", "warning", "tanggal") in codes(read(tanggal="16-11-2026"))


# diagnoses


@pytest.mark.parametrize(
    ("cells", "code", "text", "case"),
    [
        ({"icd_1": "J06.9", "kasus_1": "1"}, "J06.9", None, "new"),
        ({"icd_1": "j069", "kasus_1": "lama"}, "J06.9", None, "existing"),
        ({"icd_1": "I10", "diagnosa_1": "Hipertensi (I10)", "kasus_1": ""}, "I10", "Hipertensi", None),
        ({"icd_1": "", "diagnosa_1": "Dyspepsia (K30)", "kasus_1": "BARU"}, "K30", "Dyspepsia", "new"),
        ({"icd_1": "J06", "diagnosa_1": "ISPA (J06.9)", "kasus_1": "2"}, "J06", "ISPA", "existing"),
        ({"icd_1": "", "diagnosa_1": "Pemeriksaan umum", "kasus_1": "BARU"}, None, "Pemeriksaan umum", "new"),
    ],
)
def test_diagnoses(cells: dict[str, str], code: str | None, text: str | None, case: str | None) -> None:
    outcome = read(**cells)
    found = of(outcome, "Condition")[0]
    codings = found["code"].get("coding", [])
    assert [coding["code"] for coding in codings if coding["system"] == ICD10] == ([code] if code else [])
    assert found["code"].get("text") == text
    assert found.get("extension", []) == ([{"url": CASE_TYPE, "valueCode": case}] if case else [])
    assert ("HUB-2281" in {issue.code for issue in outcome.issues}) == (code is None)


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"diagnosa_1": "Dyspepsia (K30)"}, "HUB-2282", "icd_1"),
        ({"kasus_1": "KKL"}, "HUB-2283", "kasus_1"),
        ({"kasus_2": "BARU"}, "HUB-2083", "kasus_2"),
        ({"icd_1": "ISPA"}, "HUB-2070", "icd_1"),
        ({"sistole": "120 mmHg"}, "HUB-2083", "sistole"),
        ({"sistole": "80", "diastole": "120"}, "HUB-2055", "sistole"),
        ({"skala_nyeri": "11"}, "HUB-2052", "skala_nyeri"),
        ({"tinggi": "1580 cm"}, "HUB-2052", "tinggi"),
        ({"tindakan": "331 - prosedur"}, "HUB-2072", "tindakan"),
        ({"tgl_lahir": "18-11-2026"}, "HUB-2045", "tgl_lahir"),
    ],
)
def test_refused_at_its_column(cells: dict[str, str], code: str, column: str) -> None:
    outcome = read(**cells)
    assert outcome.mapped == []
    assert (code, "error", column) in codes(outcome)


def test_up_to_five_diagnoses() -> None:
    five = {f"icd_{n}": code for n, code in enumerate(("J06.9", "I10", "E11.9", "K30", "R51"), 1)}
    assert len(of(read(**five), "Condition")) == 5


# measured


@pytest.mark.parametrize(
    ("cells", "loinc", "value"),
    [
        ({"suhu": "36,7 °C"}, "8310-5", "36.7"),
        ({"berat": "55,5 kg"}, "29463-7", "55.5"),
        ({"lingkar_perut": "88 cm"}, "8280-0", "88"),
        ({"imt": "22,2"}, "39156-5", "22.2"),
        ({"skala_nyeri": "0"}, "72514-3", "0"),
        ({"detak_jantung": "84 x/menit"}, "8867-4", "84"),
        ({"nadi": "80", "detak_jantung": "84"}, "8867-4", "80"),
    ],
)
def test_measurements(cells: dict[str, str], loinc: str, value: str) -> None:
    found = [each for each in of(read(**cells), "Observation") if each["code"]["coding"][0]["code"] == loinc]
    assert [str(each["valueQuantity"]["value"]) for each in found] == [value]


def test_pressure_in_one_cell() -> None:
    for cells in ({"sistole": "120/80"}, {"sistole": "120 mmHg", "diastole": "80 mmHg"}):
        panel = of(read(**cells), "Observation")[0]
        assert [str(part["valueQuantity"]["value"]) for part in panel["component"]] == ["120", "80"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"nadi": "80", "detak_jantung": "84"}, "HUB-2278"),
        ({"imt": "30", "tinggi": "160", "berat": "55"}, "HUB-2284"),
        ({"no_kk": "12345"}, "HUB-2288"),
        ({"alergi": "Ya"}, "HUB-2285"),
    ],
)
def test_accepted_with_a_word(cells: dict[str, str], code: str) -> None:
    outcome = read(**cells)
    assert outcome.mapped
    assert code in {issue.code for issue in outcome.issues}
