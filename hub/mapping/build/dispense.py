"""MedicationDispense: what the pharmacy handed out. https://www.hl7.org/fhir/R4/medicationdispense.html"""

from typing import Any

from hub.mapping.build.elements import codeable, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding
from hub.mapping.values.numbers import Amount


def medication_dispense(
    visit: Visit,
    part: str,
    *,
    text: str,
    code: Coding | None,
    dispensed: Amount | None,
    dosage: str | None = None,
    request: dict[str, Any] | None = None,
    place: str | None = None,
) -> dict[str, Any]:
    """A medicine handed out: its words as sent, its code when known, how much, when, and from which store (`place`, the
    number of a Location). `request` is the MedicationRequest of the same row that it fulfils, if any."""
    found: dict[str, Any] = {
        "resourceType": "MedicationDispense",
        "identifier": visit.identifier("penyerahan", part),
        "status": "completed",
        "medicationCodeableConcept": codeable(text, *([code] if code else [])),
        "subject": visit.subject(),
    }
    if context := visit.encounter():
        found["context"] = context["encounter"]
    if place:
        found["location"] = visit.source.reference("Location", "lokasi", place)
    if request:
        first = request["identifier"][0]
        found["authorizingPrescription"] = [
            {"reference": f"MedicationRequest?identifier={first['system']}|{first['value']}"}
        ]
    if dispensed:
        found["quantity"] = quantity(dispensed.value, dispensed.unit)
    found["whenHandedOver"] = visit.start
    if dosage:
        found["dosageInstruction"] = [{"text": dosage}]
    return found
