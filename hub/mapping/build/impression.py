"""What an examiner wrote and found: ClinicalImpression from SOAP notes, and findings that are not vital signs.

https://www.hl7.org/fhir/R4/clinicalimpression.html. Notes are free text: the hub's labelling reads them like any other
words, so an ordinary note stays ordinary and one that names a sensitive thing is labelled.
"""

from decimal import Decimal
from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding

_GCS = Coding(systems.LOINC, "9269-2", "Glasgow coma score total")
_RESPONSE = Coding(systems.LOINC, "67775-7", "Level of responsiveness")
_WAIST = Coding(systems.LOINC, "8280-0", "Waist Circumference at umbilicus by Tape measure")


def clinical_impression(
    visit: Visit,
    part: str = "",
    *,
    subjective: str | None = None,
    objective: str | None = None,
    assessment: str | None = None,
    plan: str | None = None,
    instruction: str | None = None,
    evaluation: str | None = None,
) -> dict[str, Any] | None:
    """A SOAP note: S is `description`, A is `summary`, the rest are notes under their letter. None for an empty one."""
    notes = [
        {"text": f"{letter}: {words}"}
        for letter, words in (("O", objective), ("P", plan), ("Instruksi", instruction), ("Evaluasi", evaluation))
        if words
    ]
    if not (notes or subjective or assessment):
        return None
    found: dict[str, Any] = {
        "resourceType": "ClinicalImpression",
        "identifier": visit.identifier("soap", part),
        "status": "completed",
    }
    if subjective:
        found["description"] = subjective
    found["subject"] = visit.subject()
    found |= visit.encounter()
    found["effectiveDateTime"] = visit.start
    if performer := visit.performer():
        found["assessor"] = performer
    if assessment:
        found["summary"] = assessment
    if notes:
        found["note"] = notes
    return found


def coma_score(visit: Visit, score: int) -> dict[str, Any]:
    """The sum of the Glasgow Coma Scale, 3 to 15."""
    return _finding(visit, _GCS) | {"valueQuantity": quantity(Decimal(score), "{score}", "{score}")}


def consciousness(visit: Visit, words: str, meaning: Coding | None) -> dict[str, Any]:
    """The level of consciousness as the examiner chose it from the list of the source."""
    return _finding(visit, _RESPONSE) | {"valueCodeableConcept": codeable(words, *([meaning] if meaning else []))}


def waist(visit: Visit, centimetres: Decimal) -> dict[str, Any]:
    """The waist, in cm."""
    return _finding(visit, _WAIST) | {"valueQuantity": quantity(centimetres, "cm", "cm")}


def _finding(visit: Visit, code: Coding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "identifier": visit.identifier("observasi", code.code),
        "status": "final",
        "category": [concept(systems.OBSERVATION_CATEGORY, "exam", "Exam")],
        "code": codeable(None, code),
        "subject": visit.subject(),
        **visit.encounter(),
        "effectiveDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [performer]
    return found
