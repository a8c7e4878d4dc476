"""The sections of a patient's document (https://hl7.org/fhir/uv/ips/STU1.1/StructureDefinition-Composition-uv-ips.html)."""

from collections.abc import Mapping
from typing import NamedTuple

from hub.record.elements import Resource, codings


class Section(NamedTuple):
    """A section: its key in the words, its LOINC code, and whether it must be there even when empty."""

    key: str
    code: str
    display: str
    is_required: bool = False

    def title(self, texts: Mapping[str, str]) -> str:
        """Its heading, which the narratives carry under `{key}.title`."""
        return texts[f"{self.key}.title"]


SECTIONS = (
    Section("allergies", "48765-2", "Allergies and adverse reactions Document", True),
    Section("medicines", "10160-0", "History of Medication use Narrative", True),
    Section("diagnoses", "11450-4", "Problem list - Reported", True),
    Section("immunizations", "11369-6", "History of Immunization Narrative"),
    Section("results", "30954-2", "Relevant diagnostic tests/laboratory data Narrative"),
    Section("vitals", "8716-3", "Vital signs"),
    Section("procedures", "47519-4", "History of Procedures Document"),
    Section("visits", "46240-8", "History of Hospitalizations+Outpatient visits Narrative"),
    Section("other", "55107-7", "Addendum Document"),
)

_BY_TYPE = {
    "AllergyIntolerance": "allergies",
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
    "Condition": "diagnoses",
    "Immunization": "immunizations",
    "DiagnosticReport": "results",
    "Procedure": "procedures",
    "Encounter": "visits",
}


def section_of(resource: Resource) -> str:
    """The key of the section that lists this resource."""
    if resource["resourceType"] != "Observation":
        return _BY_TYPE.get(resource["resourceType"], "other")
    categories = {code for concept in resource.get("category", ()) for _, code, _ in codings(concept)}
    if "vital-signs" in categories:
        return "vitals"
    return "results" if "laboratory" in categories else "other"
