"""Habits and pregnancy as Observations of the category social-history.

https://hl7.org/fhir/uv/ips/STU1.1/StructureDefinition-Observation-tobaccouse-uv-ips.html and its neighbours.
"""

from decimal import Decimal
from typing import Any, Literal, NamedTuple

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding

Habit = Literal["smoking", "alcohol", "activity", "few-vegetables"]
_KIND = "riwayat-sosial"
_YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
_YES, _NO = Coding(_YES_NO, "Y", "Yes"), Coding(_YES_NO, "N", "No")
_PREGNANCY = Coding(systems.LOINC, "82810-3", "Pregnancy status")
_PREGNANT = Coding(systems.LOINC, "LA15173-0", "Pregnant")
_GESTATION = Coding(systems.LOINC, "18185-9", "Gestational age")


class _Asked(NamedTuple):
    """What is asked about a habit, and what yes and no mean."""

    text: str
    code: Coding | None
    yes: Coding
    no: Coding


_ASKED: dict[Habit, _Asked] = {
    "smoking": _Asked(
        "Merokok",
        Coding(systems.LOINC, "72166-2", "Tobacco smoking status"),
        Coding(systems.SNOMED, "77176002", "Smoker"),
        Coding(systems.SNOMED, "8392000", "Non-smoker"),
    ),
    "alcohol": _Asked("Konsumsi alkohol", Coding(systems.LOINC, "11331-6", "History of Alcohol use"), _YES, _NO),
    "activity": _Asked("Aktivitas fisik", Coding(systems.LOINC, "73985-4", "Exercise activity"), _YES, _NO),
    "few-vegetables": _Asked("Kurang makan sayur dan buah", None, _YES, _NO),
}


def habit(visit: Visit, kind: Habit, words: str, answer: bool | None) -> dict[str, Any]:
    """What the patient said about a habit: the words as sent, coded when they plainly mean yes or no (`answer`)."""
    asked = _ASKED[kind]
    coded = () if answer is None else (asked.yes,) if answer else (asked.no,)
    found = _observation(visit, kind, codeable(asked.text, *([asked.code] if asked.code else [])))
    found["valueCodeableConcept"] = codeable(words, *coded)
    return found


def pregnancy(visit: Visit, words: str) -> dict[str, Any]:
    """The patient is pregnant, as `words` of the visit say."""
    found = _observation(visit, "kehamilan", codeable("Status kehamilan", _PREGNANCY))
    found["valueCodeableConcept"] = codeable(words, _PREGNANT)
    return found


def gestational_age(visit: Visit, weeks: Decimal) -> dict[str, Any]:
    """How many weeks she is pregnant. It points to the `pregnancy` of the visit, so that it is labelled as that is."""
    found = _observation(visit, "usia-kehamilan", codeable("Usia kehamilan", _GESTATION))
    found["valueQuantity"] = quantity(weeks, "minggu", "wk")
    found["derivedFrom"] = [visit.source.reference("Observation", _KIND, f"{visit.number}/kehamilan")]
    return found


def _observation(visit: Visit, part: str, code: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "identifier": visit.identifier(_KIND, part),
        "status": "final",
        "category": [concept(systems.OBSERVATION_CATEGORY, "social-history", "Social History")],
        "code": code,
        "subject": visit.subject(),
        **visit.encounter(),
        "effectiveDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [performer]
    return found
