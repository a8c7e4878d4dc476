"""For each of the city's rules a resource that breaks it and nothing else, on 22 November 2026. Invented people."""

from typing import Any

from hub.fhir import systems

Resource = dict[str, Any]
Example = tuple[Resource, ...]


def _patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "gender": "female", "birthDate": "1990-05-17", **more}


def _identified(system: str, value: str, **more: Any) -> Example:
    return (_patient(identifier=[{"system": system, "value": value}], **more),)


def _encounter(start: str) -> Resource:
    kind = {"system": systems.ACT_CODE, "code": "AMB"}
    subject = {"reference": "urn:uuid:6f2c5d0e-2f6b-4a57-9d5c-0c5b6c8f7a10"}
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": kind,
        "subject": subject,
        "period": {"start": start},
    }


def _quantity(value: int, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": systems.UCUM, "code": unit}


def _loinc(code: str) -> Resource:
    return {"coding": [{"system": systems.LOINC, "code": code}]}


FUTURE_VISIT: Example = (_encounter("2026-11-24T08:00:00+08:00"),)
VISIT_BEFORE_BIRTH: Example = (_patient(birthDate="2026-03-02"), _encounter("2026-02-27T08:00:00+08:00"))
FUTURE_BIRTH: Example = (_patient(birthDate="2027-01-01"),)
TOO_OLD: Example = (_patient(birthDate="1850-01-01"),)
SHORT_NIK: Example = _identified(systems.NIK, "110001570590001")
IMPOSSIBLE_NIK: Example = _identified(systems.NIK, "1100017213900001")
OTHER_NIK: Example = _identified(systems.NIK, "1100011705900001")
SHORT_BPJS: Example = _identified(systems.BPJS, "000123456789")
ICD10: Example = (
    {
        "resourceType": "Condition",
        "subject": {"reference": "urn:uuid:6f2c5d0e-2f6b-4a57-9d5c-0c5b6c8f7a10"},
        "code": {"coding": [{"system": systems.ICD10, "code": "demam"}]},
    },
)
STRANGE_VITAL: Example = (
    {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "urn:uuid:6f2c5d0e-2f6b-4a57-9d5c-0c5b6c8f7a10"},
        "code": _loinc("8310-5"),
        "valueQuantity": _quantity(365, "Cel"),
    },
)
INVERTED_PRESSURE: Example = (
    {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "urn:uuid:6f2c5d0e-2f6b-4a57-9d5c-0c5b6c8f7a10"},
        "code": _loinc("85354-9"),
        "component": [
            {"code": _loinc("8480-6"), "valueQuantity": _quantity(80, "mm[Hg]")},
            {"code": _loinc("8462-4"), "valueQuantity": _quantity(120, "mm[Hg]")},
        ],
    },
)
NAMED_ONLY: Example = (
    {
        "resourceType": "Condition",
        "subject": {"identifier": {"system": systems.NIK, "value": "1100015705900001"}},
        "code": {"text": "Demam"},
    },
)
NOBODYS: Example = ({"resourceType": "Observation", "status": "final", "code": _loinc("8310-5")},)
SUBSCRIPTION: Example = (
    {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Kabar kunjungan baru",
        "criteria": "Encounter?status=finished",
        "channel": {"type": "rest-hook", "endpoint": "https://klinik.example/kabar"},
    },
)
