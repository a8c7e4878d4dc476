"""Condition and Procedure. https://www.hl7.org/fhir/R4/condition.html, https://www.hl7.org/fhir/R4/procedure.html"""

from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding
from hub.mapping.values.codes import Coded


def condition(visit: Visit, part: str, diagnosis: Coded) -> dict[str, Any]:
    """A diagnosis of this visit. `part` tells it from the visit's others and stays the same when it is corrected."""
    found: dict[str, Any] = {
        "resourceType": "Condition",
        "identifier": visit.identifier("diagnosis", part),
        "clinicalStatus": concept(systems.CONDITION_CLINICAL, "active", "Active"),
        "category": [concept(systems.CONDITION_CATEGORY, "encounter-diagnosis", "Encounter Diagnosis")],
        "code": codeable(diagnosis.words, Coding(systems.ICD10, diagnosis.code, "")),
        "subject": visit.subject(),
        **visit.encounter(),
        "recordedDate": visit.start,
    }
    if performer := visit.performer():
        found["recorder"] = performer
    return found


def performed_procedure(visit: Visit, part: str, done: Coded) -> dict[str, Any]:
    """A procedure done at this visit (ICD-9-CM volume 3)."""
    found: dict[str, Any] = {
        "resourceType": "Procedure",
        "identifier": visit.identifier("tindakan", part),
        "status": "completed",
        "code": codeable(done.words, Coding(systems.ICD9CM, done.code, "")),
        "subject": visit.subject(),
        **visit.encounter(),
        "performedDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [{"actor": performer}]
    return found
