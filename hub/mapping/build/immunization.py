"""Immunization. https://www.hl7.org/fhir/R4/immunization.html"""

from typing import Any

from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding


def immunization(visit: Visit, part: str, *, text: str, code: Coding | None, dose: int | None = None) -> dict[str, Any]:
    """A vaccine given at this visit: its words as sent, its code when known, the dose number when stated.

    The lot number that SATUSEHAT asks for is no part of what is read here.
    """
    found: dict[str, Any] = {
        "resourceType": "Immunization",
        "identifier": visit.identifier("imunisasi", part),
        "status": "completed",
        "vaccineCode": codeable(text, *([code] if code else [])),
        "patient": visit.subject(),
        **visit.encounter(),
        "occurrenceDateTime": visit.start,
        "primarySource": True,
    }
    if performer := visit.performer():
        function = concept("http://terminology.hl7.org/CodeSystem/v2-0443", "AP", "Administering Provider")
        found["performer"] = [{"function": function, "actor": performer}]
    if dose is not None:
        found["protocolApplied"] = [{"doseNumberPositiveInt": dose}]
    return found
