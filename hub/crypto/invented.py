"""Invented FHIR records in the style of the clinic template, to train compression dictionaries on.

A dictionary is kept for ever and cannot be shredded with a patient's key, so it must never see a real record. Everybody
here is made up from short lists; the values only have to look like the ones the hub stores.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from hub.cities import areas, city

_SID = "https://jukung.id/sid"
_KEMKES = "https://fhir.kemkes.go.id"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_LOINC, _UCUM, _ICD10 = "http://loinc.org", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10"

_CLINICS = ("klinik-anggrek", "klinik-sasirangan", "praktik-melati", "klinik-kuini")
_NAMES = (
    "Aminah",
    "Budi",
    "Siti",
    "Rahman",
    "Nor",
    "Hidayah",
    "Fauzan",
    "Rusdi",
    "Mahmudah",
    "Syahrul",
    "Yulia",
    "Ardi",
)
_DIAGNOSES = (
    ("I10", "Essential (primary) hypertension"),
    ("J06.9", "Acute upper respiratory infection, unspecified"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("K30", "Functional dyspepsia"),
    ("A09", "Infectious gastroenteritis and colitis, unspecified"),
    ("R50.9", "Fever, unspecified"),
    ("L30.9", "Dermatitis, unspecified"),
    ("M79.1", "Myalgia"),
)
_VITALS = (
    ("8867-4", "Heart rate", "/min", "x/menit", 60, 110),
    ("8310-5", "Body temperature", "Cel", "°C", 36, 40),
    ("9279-1", "Respiratory rate", "/min", "x/menit", 14, 28),
    ("2708-6", "Oxygen saturation in Arterial blood", "%", "%", 92, 100),
    ("8302-2", "Body height", "cm", "cm", 90, 180),
    ("29463-7", "Body weight", "kg", "kg", 12, 95),
)
_TESTS = (
    ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL", 70, 320),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 7, 17),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 120, 300),
    ("3084-1", "Urate [Mass/volume] in Serum or Plasma", "mg/dL", 3, 10),
)
_PROCEDURES = (("93.94", "Respiratory medication administered by nebulizer"), ("86.59", "Closure of skin, other sites"))
_MEDICINES = ("Parasetamol 500 mg", "Amoksisilin 500 mg", "Amlodipin 5 mg", "Metformin 500 mg", "Antasida DOEN")
_DOSES = ("3 x 1 sesudah makan", "2 x 1 sebelum makan", "1 x 1 malam hari")


def invented_records(seed: int, visits: int) -> Iterator[bytes]:
    """The records of so many visits as the hub would store them, one JSON document each; repeatable by `seed`."""
    random = Random(seed)  # noqa: S311 - invented people need a repeatable source, not a secret one
    for _ in range(visits):
        for resource in _visit(random):
            yield json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def _visit(random: Random) -> list[dict[str, Any]]:
    clinic, day = random.choice(_CLINICS), _day(random, 2024)
    at = f"{day}T{random.randrange(7, 21):02}:{random.randrange(60):02}:00+08:00"
    number = f"{random.randrange(10**6):06}"
    ids = {name: f"{random.getrandbits(128):032x}" for name in ("Patient", "Practitioner", "Encounter")}
    subject = {"subject": {"reference": f"Patient/{ids['Patient']}"}}
    encounter = {"encounter": {"reference": f"Encounter/{ids['Encounter']}"}}
    about = subject | encounter

    def record(type_: str, kind: str, value: str, **fields: Any) -> dict[str, Any]:
        meta = {"versionId": "1", "lastUpdated": f"{day}T{random.randrange(24):02}:12:45.{random.randrange(999):03}Z"}
        identifier = [{"system": f"{_SID}/{clinic}/{kind}", "value": value}]
        id_ = ids.get(type_) or f"{random.getrandbits(128):032x}"
        return {"resourceType": type_, "id": id_, "meta": meta, "identifier": identifier} | fields

    out = [_patient(random, record), _practitioner(random, record)]
    out.append(
        record(
            "Encounter",
            "kunjungan",
            number,
            status="finished",
            **subject,
            **_visit_kind(random, at, ids["Practitioner"]),
        )
    )
    out += [
        record("Condition", "diagnosis", f"{number}-{rank}", **_condition(random, day), **about)
        for rank in range(1, random.randrange(2, 4))
    ]
    observed = {"status": "final", "effectiveDateTime": at} | about
    out.append(record("Observation", "observasi", f"{number}-td", **observed, **_blood_pressure(random)))
    for code, display, unit, shown, low, high in random.sample(_VITALS, random.randrange(2, 6)):
        fields = _measured(code, display, unit, shown, random.randrange(low * 10, high * 10) / 10)
        out.append(
            record("Observation", "observasi", f"{number}-{code}", **observed, **_category("vital-signs"), **fields)
        )
    for code, display, unit, low, high in random.sample(_TESTS, random.randrange(2)):
        fields = _measured(code, display, unit, unit, random.randrange(low * 10, high * 10) / 10)
        out.append(record("Observation", "lab", f"{number}-{code}", **observed, **_category("laboratory"), **fields))
    if random.random() < 0.2:
        code, display = random.choice(_PROCEDURES)
        done = _coded("http://hl7.org/fhir/sid/icd-9-cm", code, display)
        out.append(
            record("Procedure", "tindakan", f"{number}-1", status="completed", code=done, performedDateTime=at, **about)
        )
    out += [
        record("MedicationRequest", "resep", f"{number}-{rank}", **_medicine(random, at), **about)
        for rank in range(1, random.randrange(1, 4))
    ]
    out.append(_provenance(random, clinic, at, number, [f"{r['resourceType']}/{r['id']}" for r in out]))
    if random.random() < 0.1:
        out.append(_consent(random, at, ids["Patient"]))
    return out


def _patient(random: Random, record: Any) -> dict[str, Any]:
    born, gender = _day(random, random.randrange(1940, 2024)), random.choice(["male", "female"])
    own, area = city(), random.choice(areas())
    patient: dict[str, Any] = record("Patient", "pasien", f"RM{random.randrange(10**6):06}")
    if random.random() < 0.9:
        nik = f"{area.kecamatan_code}{born[8:10]}{born[5:7]}{born[2:4]}{random.randrange(1, 9999):04}"
        patient["identifier"].append({"use": "official", "system": f"{_KEMKES}/id/nik", "value": nik})
    if random.random() < 0.5:
        bpjs = f"{random.randrange(10**13):013}"
        patient["identifier"].append({"system": f"{_KEMKES}/id/nomor-bpjs", "value": bpjs})
    code = {"url": "village", "valueCode": area.code}
    parts = [{"url": "province", "valueCode": own.code[:2]}, {"url": "city", "valueCode": own.code}, code]
    return patient | {
        "active": True,
        "name": [{"use": "official", "text": " ".join(random.sample(_NAMES, 2)).upper()}],
        "telecom": [{"system": "phone", "value": f"+628{random.randrange(10**9):09}", "use": "mobile"}],
        "gender": gender,
        "birthDate": born,
        "address": [
            {
                "use": "home",
                "line": [f"Jl. {random.choice(_NAMES)} RT {random.randrange(30):02}"],
                "city": own.title["id"],
                "district": area.kecamatan,
                "country": "ID",
                "extension": [{"url": f"{_KEMKES}/r4/StructureDefinition/administrativeCode", "extension": parts}],
            }
        ],
    }


def _practitioner(random: Random, record: Any) -> dict[str, Any]:
    sip = f"446/{random.randrange(999):03}/SIP/2024"
    person: dict[str, Any] = record("Practitioner", "nakes", sip)
    nik = f"{city().code}{random.randrange(10**12):012}"
    person["identifier"].append({"system": f"{_KEMKES}/id/nik", "value": nik})
    return person | {"active": True, "name": [{"text": f"dr. {' '.join(random.sample(_NAMES, 2))}"}]}


def _visit_kind(random: Random, at: str, practitioner: str) -> dict[str, Any]:
    performer = {"coding": [{"system": f"{_TERMS}/v3-ParticipationType", "code": "ATND", "display": "attender"}]}
    return {
        "class": {"system": f"{_TERMS}/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "serviceType": {"text": random.choice(["Poli Umum", "Poli Gigi", "KIA", "IGD"])},
        "participant": [{"type": [performer], "individual": {"reference": f"Practitioner/{practitioner}"}}],
        "period": {"start": at, "end": at},
        "reasonCode": [
            {"text": random.choice(["demam sejak 3 hari", "batuk pilek", "kontrol tensi", "nyeri ulu hati"])}
        ],
        "serviceProvider": {"reference": f"Organization/{random.getrandbits(128):032x}"},
    }


def _condition(random: Random, day: str) -> dict[str, Any]:
    active = {"coding": [{"system": f"{_TERMS}/condition-clinical", "code": "active", "display": "Active"}]}
    sure = {"coding": [{"system": f"{_TERMS}/condition-ver-status", "code": "confirmed", "display": "Confirmed"}]}
    kind = _coded(f"{_TERMS}/condition-category", "encounter-diagnosis", "Encounter Diagnosis")
    code = _coded(_ICD10, *random.choice(_DIAGNOSES))
    return {"clinicalStatus": active, "verificationStatus": sure, "category": [kind], "code": code, "recordedDate": day}


def _blood_pressure(random: Random) -> dict[str, Any]:
    sides = (("8480-6", "Systolic blood pressure", 95, 190), ("8462-4", "Diastolic blood pressure", 55, 115))
    parts = [
        _measured(code, display, "mm[Hg]", "mmHg", random.randrange(low, high)) for code, display, low, high in sides
    ]
    panel = _coded(_LOINC, "85354-9", "Blood pressure panel with all children optional")
    return _category("vital-signs") | {"code": panel, "component": parts}


def _measured(code: str, display: str, unit: str, shown: str, value: float) -> dict[str, Any]:
    quantity = {"value": value, "unit": shown, "system": _UCUM, "code": unit}
    return {"code": _coded(_LOINC, code, display), "valueQuantity": quantity}


def _medicine(random: Random, at: str) -> dict[str, Any]:
    supply = {"quantity": {"value": random.randrange(3, 31), "unit": "tablet"}}
    return {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": random.choice(_MEDICINES)},
        "authoredOn": at,
        "dosageInstruction": [{"text": random.choice(_DOSES)}],
        "dispenseRequest": supply,
    }


def _provenance(random: Random, clinic: str, at: str, number: str, targets: list[str]) -> dict[str, Any]:
    agent = {"type": _coded(f"{_TERMS}/provenance-participant-type", "author", "Author")}
    row = {"identifier": {"system": f"{_SID}/{clinic}/berkas", "value": f"kunjungan.csv#baris={int(number) % 900}"}}
    return {
        "resourceType": "Provenance",
        "id": f"{random.getrandbits(128):032x}",
        "meta": {"versionId": "1", "lastUpdated": at},
        "target": [{"reference": target} for target in targets],
        "recorded": at,
        "activity": _coded(f"{_TERMS}/v3-DataOperation", "CREATE", "create"),
        "agent": [agent | {"who": {"identifier": {"system": f"{_SID}/faskes", "value": clinic}}}],
        "entity": [{"role": "source", "what": row}],
    }


def _consent(random: Random, at: str, patient: str) -> dict[str, Any]:
    treatment = {"system": f"{_TERMS}/v3-ActReason", "code": "TREAT", "display": "treatment"}
    policy = _coded("http://loinc.org", "59284-0", "Consent Document")
    return {
        "resourceType": "Consent",
        "id": f"{random.getrandbits(128):032x}",
        "meta": {"versionId": "1", "lastUpdated": at},
        "status": "active",
        "scope": _coded(f"{_TERMS}/consentscope", "patient-privacy", "Privacy Consent"),
        "category": [policy],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": at,
        "policyRule": _coded(f"{_TERMS}/v3-ActCode", "OPTIN", "opt-in"),
        "provision": {"type": random.choice(["permit", "deny"]), "purpose": [treatment]},
    }


def _category(code: str) -> dict[str, Any]:
    display = code.replace("-", " ").title()
    return {"category": [_coded(f"{_TERMS}/observation-category", code, display)]}


def _coded(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _day(random: Random, year: int) -> str:
    return f"{year}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
