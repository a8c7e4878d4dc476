"""The labelling service: what a resource gives away, from its codes, its words and where it was made.

A resource is ordinary (N) only when its main concept is understood and nothing in it hints at a sensitive category;
what cannot be understood stays unlabelled, which the decision treats as sensitive (docs/privacy.md, labels).
"""

from typing import Any

from hub.consent.screening import judge_concept, plan_of, screen
from hub.consent.security import combine, of_sender, of_sensitivities
from hub.consent.words import NONE, names_something_ordinary
from hub.model import ORDINARY, UNLABELLED, Labels

_PUBLIC = frozenset(("Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService")) | {
    "OrganizationAffiliation",
    "Endpoint",
}
"""The city's directory: about nobody's health."""
_PERSONAL = frozenset(("Patient", "RelatedPerson", "Person"))
"""Names and addresses; their words are not screened, a family may be called Jiwa."""
_MEDICATION = ("medicationCodeableConcept", "medicationReference")
_MAIN = {
    "AllergyIntolerance": ("code",),
    "Condition": ("code",),
    "DiagnosticReport": ("code",),
    "Immunization": ("vaccineCode",),
    "Medication": ("code",),
    "MedicationAdministration": _MEDICATION,
    "MedicationDispense": _MEDICATION,
    "MedicationRequest": _MEDICATION,
    "MedicationStatement": _MEDICATION,
    "Observation": ("code",),
    "Procedure": ("code",),
    "ServiceRequest": ("code",),
}
"""Types that are about one thing, and where they say which. A reference is as sensitive as what it points to."""
_SCREENED = (
    frozenset(
        (
            "Account",
            "Appointment",
            "AppointmentResponse",
            "AuditEvent",
            "CarePlan",
            "CareTeam",
            "Claim",
            "ClaimResponse",
        )
    )
    | frozenset(("ClinicalImpression", "Composition", "Consent", "Coverage", "Device", "Encounter", "EpisodeOfCare"))
    | frozenset(("ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal", "Group", "ImagingStudy", "List"))
    | frozenset(
        ("NutritionOrder", "Provenance", "Schedule", "Slot", "Specimen", "SupplyDelivery", "SupplyRequest", "Task")
    )
)
"""Types without one main concept: ordinary unless a code or word in them hints otherwise. Others stay unlabelled."""


def label(resource: dict[str, Any], facility_labels: frozenset[str] = NONE) -> Labels:
    """The labels of a valid resource; `facility_labels` are those every record of its author inherits.

    The sender's own meta.security is combined, never loosened. Pointing to a sensitive resource is the caller's to
    propagate with `combine`.
    """
    kind = resource["resourceType"]
    if kind in _PUBLIC:
        own = ORDINARY
    elif kind in _PERSONAL:
        own = of_sensitivities(facility_labels)
    else:
        found = set(facility_labels)
        keys = _MAIN.get(kind)
        is_understood = kind in _SCREENED if keys is None else _main_concept(resource, keys, found)
        screen(resource, plan_of(kind, keys or ()), found)
        own = of_sensitivities(frozenset(found)) if found else ORDINARY if is_understood else UNLABELLED
    meta = resource.get("meta")
    if meta is None or "security" not in meta:
        return own
    return combine(own, of_sender(meta["security"]))


def _main_concept(resource: dict[str, Any], keys: tuple[str, ...], found: set[str]) -> bool:
    """Whether it is understood what the resource is about; adds what that says."""
    for key in keys:
        if key in resource:
            concept = resource[key]
            if "reference" in concept or judge_concept(concept, found):
                return True
            return "text" in concept and names_something_ordinary(concept["text"])
    return False
