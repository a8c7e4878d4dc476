"""AllergyIntolerance. https://www.hl7.org/fhir/R4/allergyintolerance.html"""

from typing import Any, Literal

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding

Category = Literal["food", "medication", "environment"]
_NONE_KNOWN = Coding(systems.SNOMED, "716186003", "No known allergy")
_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def allergy(
    visit: Visit, part: str, *, text: str, code: Coding | None = None, category: Category | None = None
) -> dict[str, Any]:
    """An allergy as this visit recorded it: its words as sent, its code when known. The visit's own: what another visit
    says of the same substance stays beside it, so that withdrawing one visit takes nothing from the others."""
    found: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "identifier": visit.identifier("alergi", part),
        "clinicalStatus": concept(_CLINICAL, "active", "Active"),
    }
    if category:
        found["category"] = [category]
    found["code"] = codeable(text, *([code] if code else []))
    found["patient"] = visit.subject()
    found |= visit.encounter()
    found["recordedDate"] = visit.start
    if performer := visit.performer():
        found["recorder"] = performer
    return found


def no_known_allergy(visit: Visit, text: str) -> dict[str, Any]:
    """The statement of this visit that no allergy is known; not the same as having asked nothing."""
    return allergy(visit, "tidak-ada", text=text, code=_NONE_KNOWN)
