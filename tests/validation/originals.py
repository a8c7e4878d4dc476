"""Valid R4 resources of invented people: what the mutation suite starts from, and traps a validator must not refuse."""

import copy
from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

_PATIENT = {"reference": "Patient?identifier=https://jukung.id/sid/klinik-teratai/pasien|RM-0001"}
_ENCOUNTER = {"reference": "urn:uuid:0b7e2a5c-92a0-4b5f-8a37-5d6f6a0a9b11"}
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_CONCEPT_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def _concept(system: str, code: str, text: str | None = None) -> Resource:
    found: Resource = {"coding": [{"system": system, "code": code}]}
    return found | ({"text": text} if text else {})


def _quantity(value: Any, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": _UCUM, "code": unit}


PATIENT: Resource = {
    "resourceType": "Patient",
    "id": "pasien-1",
    "meta": {
        "lastUpdated": "2026-11-20T03:04:05.678Z",
        "profile": ["https://fhir.kemkes.go.id/r4/StructureDefinition/Patient"],
    },
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ibu &amp; anak</p></div>'},
    "identifier": [{"use": "official", "system": "https://fhir.kemkes.go.id/id/nik", "value": "6371015705900001"}],
    "active": True,
    "name": [{"use": "official", "text": "Siti Rahmah binti Sulaiman", "given": ["Siti", "Rahmah"]}],
    "telecom": [{"system": "phone", "value": "+62 811 0000 0001", "use": "mobile", "rank": 1}],
    "gender": "female",
    "birthDate": "1990-05-17",
    "deceasedBoolean": False,
    "address": [
        {
            "line": ["Jl. Sungai Jingah RT 4"],
            "city": "Banjarmasin",
            "extension": [
                {
                    "url": "https://fhir.kemkes.go.id/r4/StructureDefinition/administrativeCode",
                    "extension": [{"url": "province", "valueCode": "63"}, {"url": "city", "valueCode": "6371"}],
                }
            ],
        }
    ],
    "multipleBirthInteger": 1,
    "contact": [{"relationship": [{"text": "suami"}], "name": {"text": "Ahmad Yani"}, "period": {"start": "2015"}}],
    "generalPractitioner": [{"reference": "Practitioner/dr-1"}],
}
PRACTITIONER: Resource = {
    "resourceType": "Practitioner",
    "identifier": [{"system": "https://fhir.kemkes.go.id/id/nik", "value": "6371011203800002"}],
    "name": [{"text": "dr. Hasan Basri", "prefix": ["dr."]}],
    "qualification": [{"code": {"text": "Dokter umum"}, "period": {"start": "2010-01", "end": "2030-01"}}],
    "birthDate": "1980-03-12",
}
ENCOUNTER: Resource = {
    "resourceType": "Encounter",
    "identifier": [{"system": "https://jukung.id/sid/klinik-teratai/kunjungan", "value": "K-2026-0001"}],
    "status": "finished",
    "statusHistory": [{"status": "arrived", "period": {"start": "2026-11-20T08:00:00+08:00"}}],
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": _PATIENT,
    "participant": [{"individual": {"reference": "urn:oid:2.16.840.1.113883.4.6"}}],
    "period": {"start": "2026-11-20T08:00:00+08:00", "end": "2026-11-20T08:25:00+08:00"},
    "serviceProvider": {"reference": "https://example.id/fhir/Organization/1"},
    "length": {"value": 25, "unit": "menit", "system": _UCUM, "code": "min"},
}
CONDITION: Resource = {
    "resourceType": "Condition",
    "clinicalStatus": _concept(_CONCEPT_STATUS, "resolved"),
    "verificationStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
    "category": [_concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis")],
    "code": _concept("http://hl7.org/fhir/sid/icd-10", "J06.9"),
    "subject": _PATIENT,
    "encounter": _ENCOUNTER,
    "onsetDateTime": "2026-11-18",
    "abatementDateTime": "2026-11-20",
    "recordedDate": "2026-11-20T08:10:00+08:00",
    "stage": [{"summary": {"text": "ringan"}}],
    "evidence": [{"code": [{"text": "batuk"}]}],
}
OBSERVATION: Resource = {
    "resourceType": "Observation",
    "status": "final",
    "category": [_concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
    "code": _concept(_LOINC, "718-7", "Hemoglobin"),
    "subject": {"reference": "Patient/pasien-1", "type": "Patient"},
    "effectiveDateTime": "2026-11-20T08:12:00.5+08:00",
    "issued": "2026-11-20T08:40:00Z",
    "performer": [{"reference": "Practitioner/dr-1"}],
    "valueQuantity": _quantity(Decimal("12.30"), "g/dL"),
    "referenceRange": [{"low": _quantity(Decimal("11.5"), "g/dL"), "high": _quantity(16, "g/dL")}],
    "note": [{"text": "Sampel sedikit\nhemolisis"}],
}
PRESSURE: Resource = {
    "resourceType": "Observation",
    "status": "final",
    "code": _concept(_LOINC, "85354-9"),
    "subject": _PATIENT,
    "encounter": _ENCOUNTER,
    "effectivePeriod": {"start": "2026-11-20", "end": "2026-11-20T09:00:00+08:00"},
    "component": [
        {"code": _concept(_LOINC, "8480-6"), "valueQuantity": _quantity(128, "mm[Hg]")},
        {"code": _concept(_LOINC, "8462-4"), "dataAbsentReason": {"text": "tidak terukur"}},
    ],
}
PROCEDURE: Resource = {
    "resourceType": "Procedure",
    "status": "completed",
    "code": _concept("http://hl7.org/fhir/sid/icd-9-cm", "89.03"),
    "subject": _PATIENT,
    "performedPeriod": {"start": "2026-11-20T08:05:00+08:00", "end": "2026-11-20T08:20:00+08:00"},
    "performer": [{"actor": {"reference": "#nakes"}}],
    "contained": [{"resourceType": "Practitioner", "id": "nakes", "name": [{"text": "Bidan Noor"}]}],
}
MEDICATION_REQUEST: Resource = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": _concept("http://sys-ids.kemkes.go.id/kfa", "93000001", "Parasetamol 500 mg"),
    "subject": _PATIENT,
    "authoredOn": "2026-11-20",
    "dosageInstruction": [
        {
            "sequence": 1,
            "text": "3x1 sesudah makan",
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d", "when": ["PC"]}},
            "doseAndRate": [{"doseQuantity": _quantity(1, "{tablet}")}],
        }
    ],
    "dispenseRequest": {"quantity": _quantity(10, "{tablet}"), "numberOfRepeatsAllowed": 0},
}
IMMUNIZATION: Resource = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": _concept("http://hl7.org/fhir/sid/cvx", "08"),
    "patient": _PATIENT,
    "occurrenceDateTime": "2026-11-20",
    "primarySource": True,
    "protocolApplied": [{"doseNumberPositiveInt": 1}],
    "education": [{"documentType": "leaflet", "reference": "https://example.id/leaflet"}],
}
ALLERGY: Resource = {
    "resourceType": "AllergyIntolerance",
    "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
    "type": "allergy",
    "category": ["medication", "food"],
    "criticality": "high",
    "code": {"text": "Amoksisilin"},
    "patient": {"identifier": {"system": "https://fhir.kemkes.go.id/id/nik", "value": "6371015705900001"}},
    "reaction": [{"manifestation": [{"text": "ruam"}], "severity": "mild", "onset": "2020-05"}],
}
ORGANIZATION: Resource = {
    "resourceType": "Organization",
    "active": True,
    "name": "Klinik Pratama Teratai Putih",
    "telecom": [{"system": "email", "value": "halo@example.id", "use": "work"}],
    "address": [{"use": "work", "text": "Jl. Veteran"}],
}
DIAGNOSTIC_REPORT: Resource = {
    "resourceType": "DiagnosticReport",
    "status": "final",
    "code": _concept(_LOINC, "58410-2"),
    "subject": _PATIENT,
    "effectiveDateTime": "2026-11-20",
    "result": [{"reference": "Observation/hb-1"}, {"reference": "Observation/hb-2/_history/3"}],
    "presentedForm": [{"contentType": "application/pdf", "data": "SGFsbyBkdW5pYQ==", "title": "Hasil", "size": 10}],
}
PROVENANCE: Resource = {
    "resourceType": "Provenance",
    "target": [{"reference": "Encounter?identifier=https://jukung.id/sid/klinik-teratai/kunjungan|K-2026-0001"}],
    "recorded": "2026-11-20T10:00:00.000Z",
    "agent": [{"who": {"display": "Klinik Pratama Teratai Putih"}}],
    "entity": [{"role": "source", "what": {"display": "kunjungan.csv, baris 2"}}],
}
CONSENT: Resource = {
    "resourceType": "Consent",
    "status": "active",
    "scope": _concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
    "category": [_concept(_LOINC, "59284-0")],
    "patient": {"reference": "Patient/pasien-1"},
    "dateTime": "2026-11-21T09:00:00+08:00",
    "policyRule": {"text": "Persetujuan berbagi rekam medis"},
    "provision": {"type": "permit", "period": {"start": "2026-11-21"}, "purpose": [{"code": "TREAT"}]},
}
ORIGINALS: dict[str, Resource] = {
    "patient": PATIENT,
    "practitioner": PRACTITIONER,
    "encounter": ENCOUNTER,
    "condition": CONDITION,
    "observation": OBSERVATION,
    "pressure": PRESSURE,
    "procedure": PROCEDURE,
    "medication-request": MEDICATION_REQUEST,
    "immunization": IMMUNIZATION,
    "allergy": ALLERGY,
    "organization": ORGANIZATION,
    "diagnostic-report": DIAGNOSTIC_REPORT,
    "provenance": PROVENANCE,
    "consent": CONSENT,
}


def edited(resource: Resource, *edits: tuple[str, Any]) -> Resource:
    """A copy with values set by path (`contact.0.gender`); None removes."""
    copied = copy.deepcopy(resource)
    for path, value in edits:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        node: Any = copied
        for step in steps:
            node = node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return copied


_ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
TRAPS: dict[str, Resource] = {
    "year only": edited(PATIENT, ("birthDate", "1990")),
    "leap day": edited(PATIENT, ("birthDate", "2000-02-29")),
    "leap second": edited(OBSERVATION, ("issued", "2016-12-31T23:59:60Z")),
    "extension instead of a value": edited(PATIENT, ("birthDate", None), ("_birthDate", _ABSENT)),
    "extension instead of a required value": edited(OBSERVATION, ("status", None), ("_status", _ABSENT)),
    "null beside an extension": edited(PATIENT, ("name.0.given", ["Siti", None]), ("name.0._given", [None, _ABSENT])),
    "id of an inner element": edited(PATIENT, ("name.0.id", "nama-1")),
    "large exponent": edited(OBSERVATION, ("valueQuantity.value", Decimal("1.0E+3"))),
    "negative zero": edited(OBSERVATION, ("valueQuantity.value", Decimal("-0.0"))),
    "non-Latin text": edited(PATIENT, ("name.0.text", "Сити 李 😀 Ñ")),
    "text with spaces around": edited(PATIENT, ("name.0.text", " Siti ")),
    "offset +14:00": edited(ENCOUNTER, ("period", {"start": "2026-11-20T08:00:00+14:00"})),
    "period of one day": edited(ENCOUNTER, ("period", {"start": "2026-11-20", "end": "2026-11-20"})),
    "mixed precision": edited(ENCOUNTER, ("period", {"start": "2026-11-20T10:00:00+08:00", "end": "2026-11-20"})),
    "modifier extension": edited(
        PATIENT, ("modifierExtension", [{"url": "https://example.id/x", "valueBoolean": True}])
    ),
    "rare extension type": edited(
        PATIENT, ("extension", [{"url": "https://example.id/x", "valueTiming": {"code": {"text": "BID"}}}])
    ),
    "named character": edited(PATIENT, ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;b</div>')),
    "contained points to its container": edited(
        PROCEDURE,
        ("performer", None),
        (
            "contained",
            [
                {
                    "resourceType": "Provenance",
                    "id": "p",
                    "target": [{"reference": "#"}],
                    "recorded": "2026-11-20T10:00:00Z",
                    "agent": [{"who": {"display": "x"}}],
                }
            ],
        ),
    ),
    "unknown scheme": edited(ENCOUNTER, ("serviceProvider.reference", "ftp://example.id/org.json")),
    "logical reference only": edited(ENCOUNTER, ("serviceProvider", {"identifier": {"value": "6371001"}})),
    "erroneous condition": edited(
        CONDITION,
        ("clinicalStatus", None),
        ("abatementDateTime", None),
        ("verificationStatus.coding.0.code", "entered-in-error"),
    ),
    "several codings, one bound": edited(
        CONDITION,
        (
            "clinicalStatus.coding",
            [{"system": "https://example.id/x", "code": "1"}, {"system": _CONCEPT_STATUS, "code": "inactive"}],
        ),
    ),
    "base64 in lines": edited(DIAGNOSTIC_REPORT, ("presentedForm.0.data", "SGFs\r\nbyBk\r\ndQ==")),
}
