"""MedicationRequest. https://www.hl7.org/fhir/R4/medicationrequest.html"""

from typing import Any

from hub.mapping.build.elements import codeable, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding
from hub.mapping.values.numbers import Amount


def medication_request(
    visit: Visit, part: str, *, text: str, code: Coding | None, dosage: str | None, dispensed: Amount | None
) -> dict[str, Any]:
    """A prescribed medicine: its words as sent, its code when known, directions as text, quantity to dispense."""
    found: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "identifier": visit.identifier("resep", part),
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": codeable(text, *([code] if code else [])),
        "subject": visit.subject(),
        **visit.encounter(),
        "authoredOn": visit.start,
    }
    if performer := visit.performer():
        found["requester"] = performer
    if dosage:
        found["dosageInstruction"] = [{"text": dosage}]
    if dispensed:
        found["dispenseRequest"] = {"quantity": quantity(dispensed.value, dispensed.unit)}
    return found
