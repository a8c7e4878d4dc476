"""The labelling service against two lists: ordinary records stay ordinary, and every sensitive one is caught."""

import csv
from pathlib import Path

import pytest

from hub.consent import combine, label
from hub.model import ORDINARY, UNLABELLED, Labels
from tests.consent.records import record

ROWS = list(csv.DictReader((Path(__file__).parent / "labels.csv").read_text(encoding="utf-8").splitlines()))
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONF = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def labels_of(row):
    return label(record(row["what"], row["system"], row["code"], row["words"]))


def test_the_two_lists(capsys):
    ordinary = [row for row in ROWS if not row["expected"]]
    sensitive = [row for row in ROWS if row["expected"]]
    kept = [row for row in ordinary if labels_of(row) == ORDINARY]
    caught = [row for row in sensitive if set(row["expected"].split()) <= labels_of(row).sens]
    with capsys.disabled():
        print(f"\nlabels: {len(kept)}/{len(ordinary)} ordinary kept, {len(caught)}/{len(sensitive)} sensitive caught")
    assert len(ordinary) >= 60
    assert len(sensitive) >= 60
    assert len(kept) >= 0.95 * len(ordinary)
    assert caught == sensitive


@pytest.mark.parametrize("row", [r for r in ROWS if r["expected"] == "SDV"], ids=lambda r: r["words"] or r["code"])
def test_violence_is_sealed(row):
    assert labels_of(row).conf == "V"


UNKNOWN = [
    record("medicine", words="Obat X"),
    record("medicine", "local", "OB-99"),
    record("medicine", "kfa", "93001234"),
    record("medicine", "kfa", "93001234", "Zetamax forte"),
    record("diagnosis", words="Dx kerja"),
    record("diagnosis", "icd10", "demam"),
    record("test", "loinc", "99999-9"),
    record("diagnosis", "snomed", "123456789"),
    {"resourceType": "Condition", "subject": {"reference": "Patient/a"}},
    {"resourceType": "Binary", "contentType": "application/pdf", "data": "AA=="},
]


@pytest.mark.parametrize("resource", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_nobody_understands_stays_unlabelled(resource):
    assert label(resource) == UNLABELLED


HIDDEN = {
    "a note": {"note": [{"text": "pasien ODHA, lanjut terapi"}]},
    "the value": {"valueCodeableConcept": {"text": "HIV reaktif"}},
    "a component": {"component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "7918-6"}]}}]},
    "an extension": {"extension": [{"url": "x", "valueString": "rujukan VCT"}]},
    "an extension of a plain value": {"_status": {"extension": [{"url": "x", "valueString": "rujukan VCT"}]}},
    "contained": {"contained": [record("diagnosis", "icd10", "B20")]},
    "narrative": {"text": {"status": "generated", "div": "<div>Hasil <b>anti-HIV</b></div>"}},
    "who did it": {"performer": [{"display": "Klinik VCT Harapan"}]},
    "the reason for it": {"encounter": {"reference": "Encounter/1", "display": "kunjungan PDP"}},
}


@pytest.mark.parametrize("part", HIDDEN.values(), ids=HIDDEN)
def test_a_hint_anywhere_is_found(part):
    assert "HIV" in label(record("test", "loinc", "718-7", "Hemoglobin") | part).sens


def test_names_of_people_are_not_hints():
    assert label({"resourceType": "Patient", "name": [{"text": "Budi Jiwa"}]}) == ORDINARY
    assert label(record("test", "loinc", "718-7")) == ORDINARY


def test_a_facility_passes_its_labels_on_but_not_to_the_directory():
    vct = frozenset({"HIV"})
    assert label({"resourceType": "Patient"}, vct) == Labels("R", vct)
    assert label(record("test", "loinc", "718-7"), vct) == Labels("R", vct)
    assert label({"resourceType": "Organization", "name": "Klinik VCT"}, vct) == ORDINARY


SENDER = [
    ([(CONF, "R")], Labels("R")),
    ([(CONF, "V")], Labels("V")),
    ([(CONF, "N")], ORDINARY),
    ([(CONF, "?")], Labels("R")),
    ([(ACT, "PSY")], Labels("R", frozenset({"PSY"}))),
    ([(ACT, "SDV")], Labels("V", frozenset({"SDV"}))),
    ([("https://example.org/secret", "X")], Labels("R")),
    ([("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST")], ORDINARY),
]


@pytest.mark.parametrize(("security", "expected"), SENDER)
def test_the_sender_may_only_tighten(security, expected):
    meta = {"meta": {"security": [{"system": system, "code": code} for system, code in security]}}
    assert label(record("test", "loinc", "718-7") | meta) == expected


def test_the_sender_cannot_loosen():
    meta = {"meta": {"security": [{"system": CONF, "code": "N"}]}}
    assert label(record("diagnosis", "icd10", "B20") | meta) == Labels("R", frozenset({"HIV"}))
    assert label(record("medicine", words="Obat X") | meta) == UNLABELLED


def test_combine():
    hiv, psy = Labels("R", frozenset({"HIV"})), Labels("R", frozenset({"PSY"}))
    assert combine(hiv, psy) == combine(psy, hiv) == Labels("R", frozenset({"HIV", "PSY"}))
    assert combine(ORDINARY, hiv) == hiv
    assert combine(UNLABELLED, ORDINARY) == UNLABELLED
    assert combine(UNLABELLED, hiv) == Labels(None, frozenset({"HIV"}))
    assert combine(Labels("V"), UNLABELLED).conf == "V"
