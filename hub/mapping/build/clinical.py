"""Condition and Procedure. https://www.hl7.org/fhir/R4/condition.html, https://www.hl7.org/fhir/R4/procedure.html"""

from typing import Any, Literal

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding
from hub.mapping.values.codes import Coded

CaseType = Literal["new", "existing"]
"""The values of the extension systems.CASE_TYPE."""


def condition(visit: Visit, part: str, diagnosis: Coded, case: CaseType | None = None) -> dict[str, Any]:
    """A diagnosis of this visit. `part` tells it from the visit's others and stays the same when it is corrected.

    A diagnosis the source has no code for is kept in its words alone (`Coded("", words)`).
    `case`: "new" (kasus baru) or "existing" (kasus lama) in this patient; None: the source does not say.
    """
    found: dict[str, Any] = {
        "resourceType": "Condition",
        "identifier": visit.identifier("diagnosis", part),
        "clinicalStatus": concept(systems.CONDITION_CLINICAL, "active", "Active"),
        "category": [concept(systems.CONDITION_CATEGORY, "encounter-diagnosis", "Encounter Diagnosis")],
        "code": codeable(diagnosis.words, *_coded(systems.ICD10, diagnosis)),
        "subject": visit.subject(),
        **visit.encounter(),
        "recordedDate": visit.start,
    }
    if performer := visit.performer():
        found["recorder"] = performer
    if case is not None:
        found["extension"] = [{"url": systems.CASE_TYPE, "valueCode": case}]
    return found


def performed_procedure(visit: Visit, part: str, done: Coded) -> dict[str, Any]:
    """A procedure done at this visit: ICD-9-CM volume 3, or words alone as in `condition`."""
    found: dict[str, Any] = {
        "resourceType": "Procedure",
        "identifier": visit.identifier("tindakan", part),
        "status": "completed",
        "code": codeable(done.words, *_coded(systems.ICD9CM, done)),
        "subject": visit.subject(),
        **visit.encounter(),
        "performedDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [{"actor": performer}]
    return found


def _coded(system: str, found: Coded) -> list[Coding]:
    return [Coding(system, found.code, "")] if found.code else []
