"""A table of searches over a few resources: what finds them and what does not."""

import pytest

from hub.fhir.dates import date_range
from hub.search import NO_DAYS, extract
from tests.search.matching import search

PATIENT = {
    "resourceType": "Patient",
    "identifier": [
        {"system": "https://fhir.kemkes.go.id/id/nik", "value": "6371010101900001"},
        {"value": "RM,7|x"},
    ],
    "name": [{"text": "Hj. Siti Nur'Aini Rahmawati", "family": "Rahmawati", "given": ["Siti", "Nur'Aini"]}],
    "telecom": [{"system": "phone", "value": "0511-300"}, {"system": "email", "value": "siti@example.org"}],
    "gender": "female",
    "birthDate": "1990-05-17",
    "active": True,
    "generalPractitioner": [{"reference": "Organization/klinik/_history/3"}],
}
OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "category": [{"coding": [{"system": "http://hl7.org/obs", "code": "laboratory"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}, {"code": "HB"}], "text": "Hb"},
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "effectiveDateTime": "2026-03-01T23:30:00+08:00",
    "performer": [{"reference": "Practitioner/d1"}, {"reference": "#inside"}, {"display": "somebody"}],
    "component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]}}],
    "note": [{"authorReference": {"reference": "Practitioner/d2"}, "text": "x"}],
}
ENCOUNTER = {
    "resourceType": "Encounter",
    "status": "in-progress",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-03-01T15:30:00Z"},
    "participant": [
        {"individual": {"reference": "Practitioner/d1"}},
        {"individual": {"reference": "RelatedPerson/r1"}},
    ],
}
CASES = [
    (PATIENT, "identifier=https://fhir.kemkes.go.id/id/nik|6371010101900001", True),
    (PATIENT, "identifier=6371010101900001", True),
    (PATIENT, "identifier=https://other|6371010101900001", False),
    (PATIENT, "identifier=|6371010101900001", False),
    (PATIENT, r"identifier=|RM\,7\|x", True),
    (PATIENT, r"identifier=RM\,7\|x", True),
    (PATIENT, "identifier=zzz,6371010101900001", True),
    (PATIENT, "identifier=zzz&identifier=6371010101900001", False),
    (PATIENT, "name=siti", True),
    (PATIENT, "name=SITI nuraini", True),
    (PATIENT, "name=nur'aini", True),
    (PATIENT, "name=rahmaw", True),
    (PATIENT, "name=mawati", False),
    (PATIENT, "name=siti budi", False),
    (PATIENT, "name=budi,siti", True),
    (PATIENT, "family=siti", False),
    (PATIENT, "family=rahma", True),
    (PATIENT, "given=siti&family=rahmawati", True),
    (PATIENT, "given=rahmawati", False),
    (PATIENT, "birthdate=1990-05-17", True),
    (PATIENT, "birthdate=1990-05", True),
    (PATIENT, "birthdate=1990", True),
    (PATIENT, "birthdate=1991,1990", True),
    (PATIENT, "birthdate=1990-05-18", False),
    (PATIENT, "birthdate=gt1990-05-16T00:00:00Z", True),
    (PATIENT, "birthdate=ge1990-05-17T00:00:00+08:00", True),
    (PATIENT, "birthdate=gt1990-05-17T12:00:00Z", True),
    (PATIENT, "birthdate=lt1990-05-17T12:00:00Z", True),
    (PATIENT, "birthdate=sa1990-05-17T12:00:00Z", False),
    (PATIENT, "birthdate=sa1990-05-16T15:59:59Z", True),
    (PATIENT, "birthdate=eb1990-05-17T16:00:00Z", True),
    (PATIENT, "birthdate=lt1990-05-16T16:00:00Z", False),
    (PATIENT, "birthdate=1990-05-17T00:00:00Z", False),
    (PATIENT, "birthdate=ne1990-05-17T00:00:00Z", True),
    (PATIENT, "birthdate=1990-05-17T00:00:00Z,1990-05-17", True),
    (PATIENT, "birthdate=ge1990-05-17&birthdate=le1990-05-17", True),
    (PATIENT, "birthdate=gt1990-05-17", False),
    (PATIENT, "birthdate=ge1985&birthdate=lt1990", False),
    (PATIENT, "birthdate=gt1989-12-31&birthdate=lt1990-06", True),
    (PATIENT, "birthdate=ge2000&birthdate=lt1980", False),
    (PATIENT, "birthdate=lt1980,gt1990-01-01", True),
    (PATIENT, "gender=female", True),
    (PATIENT, "gender=http://hl7.org/fhir/administrative-gender|female", True),
    (PATIENT, "gender=http://hl7.org/fhir/other|female", False),
    (PATIENT, "gender=male,female", True),
    (PATIENT, "phone=0511-300", True),
    (PATIENT, "phone=siti@example.org", False),
    (PATIENT, "active=true", True),
    (PATIENT, "active=false", False),
    (PATIENT, "general-practitioner=Organization/klinik", True),
    (PATIENT, "general-practitioner=klinik", True),
    (PATIENT, "general-practitioner:Practitioner=klinik", False),
    (OBSERVATION, "code=http://loinc.org|718-7", True),
    (OBSERVATION, "code=718-7", True),
    (OBSERVATION, "code=|HB", True),
    (OBSERVATION, "code=|718-7", False),
    (OBSERVATION, "code=http://snomed.info/sct|718-7", False),
    (OBSERVATION, "code=http://snomed.info/sct|718-7,HB", True),
    (OBSERVATION, "code=777-3", False),
    (OBSERVATION, "combo-code=777-3", True),
    (OBSERVATION, "category=laboratory&status=final", True),
    (OBSERVATION, "category=laboratory&status=amended", False),
    (OBSERVATION, "encounter=Encounter/e1", True),
    (OBSERVATION, "encounter=e1", True),
    (OBSERVATION, "encounter=Encounter/e2", False),
    (OBSERVATION, "performer=Practitioner/d1", True),
    (OBSERVATION, "performer=Patient/d1", False),
    (OBSERVATION, "date=2026-03-01", True),
    (OBSERVATION, "date=2026-03", True),
    (OBSERVATION, "date=2026-03-02", False),
    (OBSERVATION, "date=2026-03-01T15:30:00Z", True),
    (OBSERVATION, "date=gt2026-03-01", False),
    (OBSERVATION, "date=gt2026-03-01T08:00:00+08:00", True),
    (OBSERVATION, "date=lt2026-03-01T08:00:00+08:00", False),
    (OBSERVATION, "date=ge2026-03-01&date=lt2026-03-02", True),
    (OBSERVATION, "date=lt2026,ge2026-02-28", True),
    (OBSERVATION, "date=ne2026-03-01", False),
    (OBSERVATION, "date=sa2026-02-28", True),
    (OBSERVATION, "date=eb2026-03", False),
    (ENCOUNTER, "class=AMB", True),
    (ENCOUNTER, "date=ge2027", True),
    (ENCOUNTER, "date=2026-03-01", False),
    (ENCOUNTER, "date=2026", False),
    (ENCOUNTER, "date=le2026-03-01", False),
    (ENCOUNTER, "practitioner=d1", True),
    (ENCOUNTER, "practitioner=Practitioner/r1", None),
    (ENCOUNTER, "participant=RelatedPerson/r1", True),
]


@pytest.mark.parametrize(
    ("resource", "text", "expected"),
    [c for c in CASES if c[2] is not None],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_table(resource, text, expected):
    assert search(resource, text) is expected


def test_values_of_an_observation():
    extracted = extract("Observation", OBSERVATION)
    values = extracted.values
    assert len(values) == len(set(values))
    assert ("code", "http://loinc.org|718-7") in values
    assert extracted.indexed == {("code", "*|718-7"), ("code", "*|HB")}
    refs = {value for param, value in values if param == "_ref"}
    assert refs == {"Patient/p1", "Encounter/e1", "Practitioner/d1", "Practitioner/d2"}
    assert not any(param in ("subject", "patient") for param, _ in values)
    assert (extracted.day, extracted.day_end) == date_range("2026-03-01")


def test_a_subject_that_is_no_patient_is_a_value():
    group = OBSERVATION | {"subject": {"reference": "Group/g1"}}
    assert search(group, "subject=Group/g1")
    assert not search(OBSERVATION, "subject=Group/g1")


def test_references_in_extensions_and_codings_count():
    inside = {"extension": [{"url": "x", "valueReference": {"reference": "Condition/c1"}}]}
    for part in (
        inside,
        {"code": {"coding": [{"code": "x"} | inside]}},
        {"valueQuantity": inside},
        {"_status": inside},
    ):
        assert ("_ref", "Condition/c1") in extract("Observation", OBSERVATION | part).values


def test_without_a_clinical_date_no_date_search_finds_it():
    undated = {k: v for k, v in OBSERVATION.items() if k != "effectiveDateTime"}
    extracted = extract("Observation", undated)
    assert (extracted.day, extracted.day_end) == NO_DAYS
    assert not any(search(undated, f"date={prefix}2026") for prefix in ("", "ne", "ge", "le", "gt", "lt", "sa", "eb"))
    assert extract("Observation", undated | {"issued": "2026-01-05T01:00:00Z"}).day == date_range("2026-01-05").first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("birthdate=1990-05", True),
        ("birthdate=1990", True),
        ("birthdate=1990-05-17", False),
        ("birthdate=ge1990-05-20", True),
        ("birthdate=lt1990-05-02", True),
        ("birthdate=gt1990-05-31", False),
        ("birthdate=sa1990-05-10", False),
        ("birthdate=sa1990-04", True),
    ],
)
def test_a_birth_date_known_to_the_month(text, expected):
    assert search(PATIENT | {"birthDate": "1990-05"}, text) is expected
