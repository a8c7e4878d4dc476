"""What the Khanza adapter decides about a visit and its patient, case by case."""

import json
from functools import cache

import pytest

from hub.mapping import load_adapter, map_record, read_json
from hub.model import Facility
from hub.validation import check_resource
from tests.adapters.test_khanza import ADAPTER, RECEIVED_MS

ADULT = {"nm_pasien": "Siti Contoh", "jk": "P", "tgl_lahir": "1990-09-05"}
BABY = {"nm_pasien": "By. Ny. Siti Contoh", "jk": "L", "tgl_lahir": "2026-11-10", "bayi": "000001"}
CHILD = {"nm_pasien": "Nabila Contoh", "jk": "P", "tgl_lahir": "2021-06-30"}
WOMAN, MAN = "6371014509909001", "6371010509909002"


@cache
def khanza():
    return load_adapter(ADAPTER)


def mapped(**fields):
    row = {
        "no_rawat": "2026/11/18/000001",
        "tgl_registrasi": "2026-11-18",
        "jam_reg": "08:00:00",
        "stts": "Sudah",
        "status_lanjut": "Ralan",
        "no_rkm_medis": "000001",
        **ADULT,
        **fields,
    }
    adapter = khanza()
    facility = Facility(number=1, id="rsud-contoh", name="RSUD Contoh", adapter="simrs_khanza")
    (record,) = read_json(adapter, json.dumps([row]).encode(), facility).records
    outcome = map_record(adapter, record, adapter.context(facility, "uji", RECEIVED_MS))
    issues = [issue for item in outcome.mapped for issue in check_resource(item.resource)]
    assert [issue for issue in issues if issue.severity != "warning"] == []
    assert outcome.leftovers == ()
    return outcome


def one(outcome, type_):
    return next(item.resource for item in outcome.mapped if item.type == type_)


def all_of(outcome, type_):
    return [item.resource for item in outcome.mapped if item.type == type_]


def codes(outcome):
    return {issue.code for issue in outcome.issues}


def bed(day_in, day_out, outcome, name="A-01"):
    return {
        "kd_kamar": name,
        "tgl_masuk": day_in,
        "jam_masuk": "10:00:00",
        "tgl_keluar": day_out,
        "jam_keluar": "12:00:00",
        "stts_pulang": outcome,
    }


@pytest.mark.parametrize(
    ("stts", "status", "disposition"),
    [
        ("Belum", "arrived", None),
        ("Berkas Diterima", "arrived", None),
        ("Sudah", "finished", None),
        ("Batal", "cancelled", None),
        ("Dirujuk", "finished", "other-hcf"),
        ("Meninggal", "finished", "exp"),
        ("Dirawat", "in-progress", None),
        ("Pulang Paksa", "finished", "aadvice"),
    ],
)
def test_state_of_an_outpatient(stts, status, disposition):
    outcome = mapped(stts=stts)
    encounter = one(outcome, "Encounter")
    assert (encounter["status"], encounter["class"]["code"]) == (status, "AMB")
    coding = encounter.get("hospitalization", {}).get("dischargeDisposition", {}).get("coding", [{}])
    assert coding[0].get("code") == disposition
    assert ("deceasedBoolean" in one(outcome, "Patient")) == (disposition == "exp")


@pytest.mark.parametrize(
    ("beds", "status", "disposition", "end"),
    [
        ([bed("2026-11-18", "", "-")], "in-progress", None, None),
        ([bed("2026-11-18", "2026-11-20", "Sembuh")], "finished", "home", "2026-11-20T12:00:00+08:00"),
        ([bed("2026-11-18", "2026-11-20", "+")], "finished", "exp", "2026-11-20T12:00:00+08:00"),
        ([bed("2026-11-18", "2026-11-20", "APS")], "finished", "aadvice", "2026-11-20T12:00:00+08:00"),
        ([bed("2026-11-18", "2026-11-20", "Status Belum Lengkap")], "finished", None, "2026-11-20T12:00:00+08:00"),
        ([bed("2026-11-18", "2026-11-20", "Pindah Kamar")], "in-progress", None, None),
        (
            [bed("2026-11-18", "2026-11-19", "Naik Kelas"), bed("2026-11-19", "2026-11-21", "Membaik", "A-02")],
            "finished",
            "home",
            "2026-11-21T12:00:00+08:00",
        ),
        (
            [bed("2026-11-18", "2026-11-19", "Titip Kelas"), bed("2026-11-19", "", "-", "A-02")],
            "in-progress",
            None,
            None,
        ),
    ],
)
def test_moves_are_no_discharges(beds, status, disposition, end):
    encounter = one(
        mapped(stts="Dirawat", status_lanjut="Ranap", kd_poli="IGDK", nm_poli="IGD", kamar=beds), "Encounter"
    )
    assert (encounter["status"], encounter["class"]["code"]) == (status, "IMP")
    coding = encounter.get("hospitalization", {}).get("dischargeDisposition", {}).get("coding", [{}])
    assert coding[0].get("code") == disposition
    assert encounter["period"].get("end") == end
    assert [phase["class"]["code"] for phase in encounter["classHistory"]] == ["EMER", "IMP"]
    assert len([place for place in encounter["location"] if "kamar" in place["location"]["reference"]]) == len(beds)


def exam(day, clock):
    return {"tgl_perawatan": day, "jam_rawat": clock, "suhu_tubuh": "36.8"}


def recipe(day, clock):
    return {"no_resep": "1", "tgl_peresepan": day, "jam_peresepan": clock, "kode_brng": "B1", "nama_brng": "Obat"}


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({}, "2026-11-18T08:00:00+08:00"),
        ({"jam_reg": ""}, "2026-11-18"),
        ({"ralan": [exam("2026-11-18", "09:20:00")]}, "2026-11-18T09:20:00+08:00"),
        ({"jam_reg": "", "ralan": [exam("2026-11-18", "09:20:00")]}, "2026-11-18"),
        ({"ralan": [exam("2026-11-18", "08:20:00")], "resep": [recipe("2026-11-18", "10:00:00")]},
         "2026-11-18T10:00:00+08:00"),
        ({"ralan": [exam("2026-11-18", "07:00:00"), exam("2026-11-20", "07:00:00")]}, "2026-11-18T08:00:00+08:00"),
        ({"jam_reg": "23:40:00", "kd_poli": "IGDK", "nm_poli": "IGD", "ralan": [exam("2026-11-19", "00:30:00")]},
         "2026-11-19T00:30:00+08:00"),
        ({"stts": "Batal"}, "2026-11-18T08:00:00+08:00"),
        ({"stts": "Belum"}, None),
        ({"stts": "Sudah", "status_lanjut": "Ranap"}, None),
    ],
    ids=["a start", "a day", "examined", "a day and a time", "prescribed", "before and long after", "past midnight",
         "cancelled", "waiting", "admitted, no bed"],
)  # fmt: skip
def test_a_visit_without_a_bed_ends_with_the_last_that_is_known_of_it(fields, end):
    assert one(mapped(**fields), "Encounter")["period"].get("end") == end


def test_a_cancelled_admission_is_cancelled():
    outcome = mapped(stts="Batal", status_lanjut="Ranap", kamar=[bed("2026-11-18", "2026-11-18", "Sembuh")])
    assert one(outcome, "Encounter")["status"] == "cancelled"


def test_a_booked_visit_is_planned_and_a_past_one_cannot_lie_ahead():
    booked = mapped(stts="Belum", tgl_registrasi="2026-12-01", no_rawat="2026/12/01/000001")
    assert one(booked, "Encounter")["status"] == "planned"
    assert "HUB-2042" in codes(mapped(stts="Sudah", tgl_registrasi="2026-12-01"))


@pytest.mark.parametrize(
    ("person", "written", "system", "code"),
    [
        (ADULT, WOMAN, "nik", None),
        (ADULT, "-", None, None),
        (ADULT, "0", None, None),
        (ADULT, "A1234567", "paspor", None),
        (ADULT, "63710145099", None, "HUB-2060"),
        (ADULT, "6371010101850003", "nik", "HUB-2064"),
        (BABY, WOMAN, "nik-ibu", None),
        (BABY, MAN, None, "HUB-2251"),
        (CHILD, WOMAN, "nik-ibu", "HUB-2250"),
        (CHILD, "6371017006219004", "nik", None),
    ],
)
def test_whose_number_stands_in_no_ktp(person, written, system, code):
    outcome = mapped(**person, no_ktp=written)
    found = [each["system"] for each in one(outcome, "Patient")["identifier"][1:]]
    assert found == ([f"https://fhir.kemkes.go.id/id/{system}"] if system else [])
    assert (codes(outcome) & {"HUB-2060", "HUB-2064", "HUB-2250", "HUB-2251"}) == ({code} if code else set())


@pytest.mark.parametrize(
    ("visit", "patient", "is_card"),
    [
        ("BPJS Kesehatan", "BPJS Kesehatan", True),
        ("JKN PBI", "UMUM", True),
        ("UMUM", "BPJS Kesehatan", True),
        ("UMUM", "Asuransi Lain", False),
    ],
)
def test_a_card_is_a_bpjs_card_only_with_a_bpjs_payer(visit, patient, is_card):
    outcome = mapped(no_peserta="0001234567890", penjamin_kunjungan=visit, penjamin_pasien=patient)
    assert any("bpjs" in each["system"] for each in one(outcome, "Patient")["identifier"]) == is_card


@pytest.mark.parametrize(
    ("kelurahan", "kecamatan", "city", "code"),
    [
        ("PEMURUS DALAM", "BANJARMASIN SELATAN", "KOTA BANJARMASIN", "6371011010"),
        ("Kel. Pemurus Dalam", "Kec. Banjarmasin Selatan", "Banjarmasin", "6371011010"),
        ("PEMURUS DALAM", "BJM SELATAN", "BANJARMASIN", "6371011010"),
        ("PEMURUS DALAM", "BANJARMASIN UTARA", "KOTA BANJARMASIN", None),
        ("PEMURUS DALAM", "-", "KOTA BANJARMASIN", None),
        ("PEMURUS DALAM", "BANJARMASIN SELATAN", "KAB. BANJAR", None),
    ],
)
def test_a_kelurahan_needs_its_kecamatan_and_city(kelurahan, kecamatan, city, code):
    home = one(mapped(nm_kel=kelurahan, nm_kec=kecamatan, nm_kab=city), "Patient")["address"][0]
    villages = [part["valueCode"] for each in home.get("extension", ()) for part in each["extension"]]
    assert (villages[-1] if villages else None) == code


@pytest.mark.parametrize(
    ("name", "remark", "expected"),
    [
        ("By. Ny. Siti Contoh I", "-", {"multipleBirthInteger": 1}),
        ("By. Ny. Siti Contoh II", "Gemelli", {"multipleBirthInteger": 2}),
        ("By. Ny. Siti Contoh", "kembar", {"multipleBirthBoolean": True}),
        ("By. Ny. Siti Contoh", "-", {}),
    ],
)
def test_twins(name, remark, expected):
    patient = one(mapped(**{**BABY, "nm_pasien": name}, ket_lahir=remark), "Patient")
    assert {key: value for key, value in patient.items() if key.startswith("multiple")} == expected
