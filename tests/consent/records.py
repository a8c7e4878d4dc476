"""Builds the small resources the label tables speak of."""

from typing import Any

SYSTEMS = {
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icd9cm": "http://hl7.org/fhir/sid/icd-9-cm",
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "atc": "http://www.whocc.no/atc",
    "kfa": "http://sys-ids.kemkes.go.id/kfa",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "local": "https://jukung.id/sid/klinik-contoh/kode",
}
_PLACES = {
    "diagnosis": ("Condition", "code"),
    "test": ("Observation", "code"),
    "medicine": ("MedicationRequest", "medicationCodeableConcept"),
    "vaccine": ("Immunization", "vaccineCode"),
    "procedure": ("Procedure", "code"),
}


def concept(system: str, code: str, words: str) -> dict[str, Any]:
    """A CodeableConcept; with a code the words are its display, without one its text."""
    if not code:
        return {"text": words}
    coding = {"system": SYSTEMS[system], "code": code} | ({"display": words} if words else {})
    return {"coding": [coding]}


def record(what: str, system: str = "", code: str = "", words: str = "") -> dict[str, Any]:
    """A resource about one thing; a visit carries the words as the name of its clinic or as its reason."""
    subject = {"reference": "Patient/a", "display": "Siti Jiwa"}
    if what == "visit":
        place = {"location": {"display": words}}
        return {"resourceType": "Encounter", "status": "finished", "subject": subject, "location": [place]}
    kind, key = _PLACES[what]
    return {"resourceType": kind, "subject": subject, key: concept(system, code, words)}
