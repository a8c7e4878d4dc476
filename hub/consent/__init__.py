"""Privacy: the labels of a resource, and whether a request may see it. Pure; docs/privacy.md is its reference."""

from hub.consent.cases import decide_case
from hub.consent.choices import NAMEABLE, Choice, choice_consent, withdrawn
from hub.consent.decision import decide, is_fine, needs_resource
from hub.consent.labelling import label
from hub.consent.policy import SAFE, Policy
from hub.consent.reading import from_fhir
from hub.consent.security import combine

__all__ = [
    "NAMEABLE",
    "SAFE",
    "Choice",
    "Policy",
    "choice_consent",
    "combine",
    "decide",
    "decide_case",
    "from_fhir",
    "is_fine",
    "label",
    "needs_resource",
    "withdrawn",
]
