"""The patient's switches: each becomes a Consent, comes back as a rule, and decides what its label promises."""

import pytest

from hub.consent import NAMEABLE, choice_consent, decide, from_fhir, withdrawn
from hub.validation import check_resource
from tests.consent.rules import LATER, LATEST, OLD, PATIENT, ask, record

KNOWN = {"Organization/klinik-b": "org:b"}


def switch(kind, at=OLD, **more):
    resource = choice_consent(kind, patient_reference="Patient/x", when="2026-02-01T08:00:00+08:00", **more)
    return from_fhir(resource, patient=PATIENT, accepted=at, is_verified=True, auth=2, resolve=KNOWN.get)


ALL = [
    ("optin", {}),
    ("optout", {}),
    ("facility", {"facility_id": "klinik-b"}),
    ("not-facility", {"facility_id": "klinik-b"}),
    ("sensitive", {"facility_id": "klinik-b", "labels": ["HIV", "ETH"]}),
]


@pytest.mark.parametrize(("kind", "more"), ALL)
def test_each_is_a_valid_consent(kind, more):
    resource = choice_consent(kind, patient_reference="Patient/x", when="2026-02-01", **more)
    issues = [i for i in check_resource(resource | {"id": "c1"}) if i.severity in ("fatal", "error")]
    assert issues == []
    assert {"policy", "organization", "dateTime", "sourceAttachment", "category"} <= resource.keys()
    assert not switch(kind, **more).provision.unknown


def outcome(*rules, subject=None, **change):
    return decide(ask(**change), subject or record(), rules).effect


def test_sharing_everywhere_and_back():
    assert outcome(switch("optin")) == "PERMIT"
    assert outcome(switch("optin"), switch("optout", LATER)) == "DENY"
    assert outcome(switch("optin"), switch("optout", LATER), switch("optin", LATEST)) == "PERMIT"


def test_one_facility():
    b = {"facility_id": "klinik-b"}
    assert outcome(switch("optout"), switch("facility", LATER, **b)) == "PERMIT"
    assert outcome(switch("optout"), switch("facility", LATER, **b), org="c") == "DENY"
    assert outcome(switch("optin"), switch("not-facility", LATER, **b)) == "DENY"
    assert outcome(switch("optin"), switch("not-facility", LATER, **b), org="c") == "PERMIT"
    assert outcome(switch("not-facility", **b), switch("optin", LATER)) == "DENY"
    assert outcome(switch("not-facility", **b), switch("facility", LATER, **b)) == "PERMIT"


@pytest.mark.parametrize("label", NAMEABLE)
def test_sensitive_only_where_named(label):
    secret = record("R", label)
    named = switch("sensitive", LATER, facility_id="klinik-b", labels=[label])
    assert outcome(switch("optin"), subject=secret) == "DENY"
    assert outcome(switch("optin"), named, subject=secret) == "PERMIT"
    assert outcome(switch("optin"), named, subject=secret, org="c") == "DENY"
    others = [other for other in NAMEABLE if other != label]
    assert all(outcome(named, subject=record("R", label, other)) == "DENY" for other in others)


def test_withdrawal():
    resource = choice_consent("optin", patient_reference="Patient/x", when="2026-02-01")
    assert withdrawn(resource)["status"] == "inactive"
    assert resource["status"] == "active"


@pytest.mark.parametrize(
    ("kind", "more"),
    [("facility", {}), ("sensitive", {"facility_id": "b"}), ("sensitive", {"facility_id": "b", "labels": ["SDV"]})],
)
def test_incomplete_choices(kind, more):
    with pytest.raises(ValueError):
        choice_consent(kind, patient_reference="Patient/x", when="2026-02-01", **more)
