"""Invented patients and measurements as a clinic's own program would write them."""

from typing import Any

from hub.fhir import systems

OWN = "https://klinik.example/rm"
"""A clinic's own numbering."""


def patient(number: str, name: str = "Siti Contoh", **more: Any) -> dict[str, Any]:
    """A woman born in 1990 with this medical record number."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": OWN, "value": number}],
        "name": [{"text": name, "family": name.split()[-1], "given": name.split()[:-1]}],
        "gender": "female",
        "birthDate": "1990-01-02",
        **more,
    }


def with_nik(resource: dict[str, Any], nik: str) -> dict[str, Any]:
    """The same person, with her NIK."""
    return {**resource, "identifier": [*resource["identifier"], {"system": systems.NIK, "value": nik}]}


def weight(subject: str, day: str = "2025-03-04", kg: float = 61.5) -> dict[str, Any]:
    """A body weight; `subject` is a reference."""
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": category, "code": "vital-signs"}]}],
        "code": {"coding": [{"system": systems.LOINC, "code": "29463-7"}], "text": "Berat badan"},
        "subject": {"reference": subject},
        "effectiveDateTime": day,
        "valueQuantity": {"value": kg, "unit": "kg", "system": systems.UCUM, "code": "kg"},
    }
