"""The patient's switches as FHIR R4 Consents in the shape of IHE Privacy Consent on FHIR (PCF 1.1.0)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hub.fhir.systems import ACT_CODE, ACT_REASON, CONFIDENTIALITY, CONSENT_SCOPE, LOINC, PARTICIPATION

Choice = Literal["optin", "optout", "facility", "not-facility", "sensitive"]

POLICY = "https://jukung.id/kebijakan/privasi"
_CATEGORY = {"system": LOINC, "code": "59284-0", "display": "Consent Document"}
_TITLES: dict[str, str] = {
    "optin": "Persetujuan berbagi untuk perawatan",
    "optout": "Penolakan berbagi",
    "facility": "Izin untuk satu fasilitas",
    "not-facility": "Larangan untuk satu fasilitas",
    "sensitive": "Izin data sensitif untuk satu fasilitas",
}
_FAMILIES = {"ETH": ("ETH", "ETHUD", "OPIOIDUD", "SUD")}
NAMEABLE = ("HIV", "PSY", "ETH", "SEX", "STD")
"""What a patient can open to a facility. Sexual violence is not among them, it takes a named person and record."""


def choice_consent(
    kind: Choice,
    *,
    patient_reference: str,
    when: str,
    facility_id: str | None = None,
    labels: Iterable[str] = (),
    source: Mapping[str, Any] | None = None,
    keeper: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A valid active Consent for one switch.

    `optin` and `optout` hold for every facility; `facility`, `not-facility` and `sensitive` need `facility_id`
    (Organization/{facility_id}), `sensitive` also `labels` out of NAMEABLE. `when` is a FHIR dateTime. `source` is a
    Reference to the signed form; without it a titled attachment names the switch. `keeper` is the Organization that
    keeps the consent (a Reference), the city's hub unless given. Raises ValueError for an incomplete choice.
    """
    consent: dict[str, Any] = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": CONSENT_SCOPE, "code": "patient-privacy"}]},
        "category": [{"coding": [dict(_CATEGORY)]}],
        "patient": {"reference": patient_reference},
        "dateTime": when,
        "organization": [dict(keeper) if keeper else {"display": "Jukung"}],
        "policy": [{"uri": POLICY}],
        "provision": _provision(kind, facility_id, tuple(labels)),
    }
    if source:
        consent["sourceReference"] = dict(source)
    else:
        consent["sourceAttachment"] = {"title": _TITLES[kind]}
    return consent


def withdrawn(consent: Mapping[str, Any]) -> dict[str, Any]:
    """The same Consent, no longer in force (status inactive); its history stays readable."""
    return {**consent, "status": "inactive"}


def _provision(kind: Choice, facility_id: str | None, labels: tuple[str, ...]) -> dict[str, Any]:
    if kind == "optin":
        return {"type": "permit", "purpose": [_treatment()]}
    if kind == "optout":
        return {"type": "deny"}
    if not facility_id:
        raise ValueError(f"the choice {kind!r} needs a facility")
    actor = [_recipient(facility_id)]
    if kind == "not-facility":
        return {"type": "deny", "actor": actor}
    permit: dict[str, Any] = {"type": "permit", "actor": actor, "purpose": [_treatment()]}
    if kind == "sensitive":
        if not labels or not set(labels) <= set(NAMEABLE):
            raise ValueError(f"sensitive categories are {', '.join(NAMEABLE)}")
        codes = [code for label in labels for code in _FAMILIES.get(label, (label,))]
        permit["securityLabel"] = [{"system": ACT_CODE, "code": code} for code in codes]
        permit["securityLabel"].append({"system": CONFIDENTIALITY, "code": "R"})
    elif kind != "facility":
        raise ValueError(f"unknown choice {kind!r}")
    return permit


def _treatment() -> dict[str, str]:
    return {"system": ACT_REASON, "code": "TREAT"}


def _recipient(facility_id: str) -> dict[str, Any]:
    role = {"coding": [{"system": PARTICIPATION, "code": "IRCP"}]}
    return {"role": role, "reference": {"reference": f"Organization/{facility_id}"}}
