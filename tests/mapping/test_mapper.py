"""Rows to resources: the whole way through the clinic adapter, and the promises of the port."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import catalogue, fix, text
from hub.mapping import Record, map_record
from hub.mapping.manifest import read_manifest
from hub.model import Facility

ROOT = Path(__file__).parents[2] / "adapters"

GOOD = {
    "no_kunjungan": "K 1",
    "tanggal_kunjungan": "18/11/2026",
    "jam_kunjungan": "08.15",
    "no_rm": "RM|7",
    "nama_pasien": "Siti Contoh",
    "jenis_kelamin": "P",
    "tanggal_lahir": "05/09/1990",
    "tekanan_darah": "120/80",
    "suhu": "36,50",
    "diagnosis_1": "J06.9",
}


def row(**changes):
    return Record(7, {**GOOD, **changes})


def by_type(outcome, type_):
    return [item.resource for item in outcome.mapped if item.type == type_]


def found(outcome):
    return [(issue.code, issue.column) for issue in outcome.issues]


def test_a_visit(clinic, context):
    outcome = map_record(clinic, row(), context)
    assert found(outcome) == []
    assert outcome.key == "K_1"
    assert [item.type for item in outcome.mapped] == [
        "Patient", "Encounter", "Observation", "Observation", "Condition", "Provenance",
    ]  # fmt: skip
    patient, encounter = outcome.mapped[0], outcome.mapped[1]
    assert patient.source == "https://jukung.id/sid/klinik-uji/pasien|RM_7"
    assert patient.asof_day == 20775
    assert encounter.asof_day == 0
    assert encounter.resource["period"] == {"start": "2026-11-18T08:15:00+08:00", "end": "2026-11-18T08:15:00+08:00"}
    temperature = by_type(outcome, "Observation")[1]["valueQuantity"]
    assert str(temperature["value"]) == "36.50"
    assert temperature["code"] == "Cel"
    components = by_type(outcome, "Observation")[0]["component"]
    assert [part["valueQuantity"]["value"] for part in components] == [Decimal(120), Decimal(80)]


def test_all_errors_of_a_row_at_once_in_column_order(clinic, context):
    outcome = map_record(
        clinic,
        row(tanggal_kunjungan="31/11/2026", nik="123", nama_pasien="", suhu="365", diagnosis_2="J6.9", jumlah_2="3"),
        context,
    )
    assert found(outcome) == [
        ("HUB-2040", "tanggal_kunjungan"),
        ("HUB-2060", "nik"),
        ("HUB-2030", "nama_pasien"),
        ("HUB-2052", "suhu"),
        ("HUB-2075", "diagnosis_2"),
        ("HUB-2083", "jumlah_2"),
    ]
    assert outcome.mapped == []
    assert {issue.row for issue in outcome.issues} == {7}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"no_rm": "", "nik": "6371014509900001"}, "6371014509900001"),
        ({"no_rm": "", "no_bpjs": "0001827364551"}, "0001827364551"),
        ({"no_rm": ""}, "1ad65b6e"),
    ],
)
def test_what_a_patient_is_known_by(clinic, context, changes, number):
    source = map_record(clinic, row(**changes), context).mapped[0].source
    kind, _, value = source.partition("pasien|")
    assert kind
    assert value.startswith(number) or (number == "1ad65b6e" and len(value) == 36)


def test_nobody_without_numbers_is_the_same_person_however_written(clinic, context):
    def source(name, birth, sex):
        record = row(no_rm="", nama_pasien=name, tanggal_lahir=birth, jenis_kelamin=sex)
        return map_record(clinic, record, context).mapped[0].source

    assert source("Siti Contoh", "05/09/1990", "P") == source("Hj.  SITI CONTOH", "5 Sep 1990", "Perempuan")
    assert source("Siti Contoh", "05/09/1990", "P") != source("Siti Contoh", "06/09/1990", "P")


def test_row_without_identity(clinic, context):
    manifest = replace(clinic.manifest, identity=(("nik",), ("no_bpjs",), ("no_rm",)))
    adapter = replace(clinic, manifest=manifest)
    assert found(map_record(adapter, row(no_rm="-", nik="0"), context)) == [("HUB-2069", "nik")]
    assert found(map_record(adapter, row(no_rm="-", no_bpjs="0001827364551"), context)) == []
    assert found(map_record(clinic, row(no_rm="", nama_pasien="-"), context)) == [("HUB-2030", "nama_pasien")]


def test_birth_after_visit(clinic, context):
    assert ("HUB-2045", "tanggal_lahir") in found(map_record(clinic, row(tanggal_lahir="19/11/2026"), context))


def test_time_zone_of_a_facility_and_of_a_cell(clinic):
    late = Facility(2, "b", "B", settings={"utc_offset": "+07:00"})
    context = clinic.context(late, "x", 1_795_312_800_000)
    start = by_type(map_record(clinic, row(), context), "Encounter")[0]["period"]["start"]
    assert start == "2026-11-18T09:15:00+08:00"
    start = by_type(map_record(clinic, row(jam_kunjungan="08.15 WITA"), context), "Encounter")[0]["period"]["start"]
    assert start == "2026-11-18T08:15:00+08:00"


def test_facility_words_and_unknown_words(clinic):
    sender = Facility(2, "b", "B", settings={"codes": "obat/pct forte=paracetamol; poli/bilik 1=umum"})
    context = clinic.context(sender, "x", 1_795_312_800_000)
    outcome = map_record(clinic, row(obat_1="PCT Forte", obat_2="Ramuan A", poli="Bilik 1"), context)
    known, unknown = (item["medicationCodeableConcept"] for item in by_type(outcome, "MedicationRequest"))
    assert known["coding"][0]["code"] == "N02BE01"
    assert unknown == {"text": "Ramuan A"}
    assert found(outcome) == [("HUB-2080", "obat_2")]
    assert by_type(outcome, "Encounter")[0]["serviceType"]["coding"][0]["code"] == "394814009"


def test_newborn_under_the_mothers_nik(clinic, context):
    outcome = map_record(clinic, row(nama_pasien="By. Ny. Siti", nik_ibu="6371014509900001"), context)
    patient = outcome.mapped[0].resource
    assert patient["name"] == [{"use": "temp", "text": "By. Ny. Siti", "prefix": ["By.", "Ny."]}]
    assert {i["system"]: i["value"] for i in patient["identifier"]}["https://fhir.kemkes.go.id/id/nik-ibu"]


def test_an_adapter_that_breaks_its_promise_stores_nothing(clinic, context):
    broken = replace(clinic, map=lambda record, context: clinic.map(record, context)[1:])
    outcome = map_record(broken, row(), context)
    assert [issue.code for issue in outcome.issues] == ["HUB-2090"]
    assert outcome.mapped == []


def test_an_adapter_that_fails_costs_its_row_and_not_the_file(clinic, context):
    broken = replace(clinic, map=lambda record, context: [][0])
    outcome = map_record(broken, row(), context)
    assert [(issue.code, issue.args["error"]) for issue in outcome.issues if issue.args] == [("HUB-2091", "IndexError")]
    assert outcome.mapped == []


CELL = st.text(max_size=30) | st.sampled_from(["-", "0", "36,5", "120/80", "J06.9", "31/12/2026", "=1+1", "12 - 3"])


NAMES = [column.name for column in read_manifest(ROOT / "klinik_csv" / "adapter.toml").columns]


@given(st.dictionaries(st.sampled_from(NAMES), CELL, max_size=12))
def test_any_row_is_mapped_or_refused_with_reasons_and_replays(clinic, context, cells):
    record = Record(3, {**cells, **dict(list(GOOD.items())[:2])})
    outcome = map_record(clinic, record, context)
    errors = [issue for issue in outcome.issues if issue.severity == "error"]
    assert bool(outcome.mapped) != bool(errors)
    for issue in outcome.issues:
        assert issue.code in catalogue()
        assert "…" not in text(issue) + fix(issue) + text(issue, "en") + fix(issue, "en")
    again = map_record(clinic, Record.from_raw(3, record.raw()), context)
    assert again.mapped == outcome.mapped
    assert outcome.leftovers == ()


def test_no_issue_text_holds_the_cell(clinic, context):
    secret = "6371014509900999X"
    outcome = map_record(clinic, row(nik=secret, diagnosis_1="zzrahasia", suhu="rahasia"), context)
    for issue in outcome.issues:
        for words in (text(issue), fix(issue), text(issue, "en"), fix(issue, "en"), repr(issue)):
            assert "rahasia" not in words
            assert secret not in words
