"""FHIR Consents into the engine's short form: what is understood, and that the rest only restricts."""

import pytest

from hub.consent import decide, from_fhir
from tests.consent.rules import LATER, PATIENT, ask, permit, record

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
CONF = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
TYPES = "http://hl7.org/fhir/resource-types"
KNOWN = {"Organization/b": "org:b", "Practitioner/9": "person:dr-b"}


def consent(provision, **more):
    return {
        "resourceType": "Consent",
        "id": "c1",
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": "Patient/x"},
        "dateTime": "2020-01-01",
        "policy": [{"uri": "https://jukung.id/kebijakan/privasi"}],
        "provision": provision,
    } | more


def read(provision, **more):
    return from_fhir(
        consent(provision, **more), patient=PATIENT, accepted=LATER, is_verified=True, auth=1, resolve=KNOWN.get
    )


def actor(reference, role="IRCP"):
    system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
    return {"role": {"coding": [{"system": system, "code": role}]}, "reference": {"reference": reference}}


FULL = {
    "type": "permit",
    "period": {"start": "2026-01-01", "end": "2027-01-01"},
    "actor": [actor("Organization/b"), actor("Practitioner/9")],
    "securityLabel": [{"system": ACT, "code": "HIV"}, {"system": CONF, "code": "R"}],
    "purpose": [{"system": REASON, "code": "TREAT"}],
    "class": [{"system": TYPES, "code": "Observation"}],
    "code": [{"coding": [{"system": "http://loinc.org", "code": "718-7"}]}],
    "dataPeriod": {"start": "2025-01-01"},
    "data": [{"meaning": "instance", "reference": {"reference": "Observation/o1"}}],
    "action": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentaction", "code": "access"}]}],
    "provision": [{"type": "deny", "actor": [actor("Organization/b")]}],
}


def test_every_understood_element():
    rule = read(FULL)
    node = rule.provision
    assert (rule.id, rule.patient, rule.accepted, rule.auth, rule.scope) == ("c1", PATIENT, LATER, 1, "patient-privacy")
    assert node.type == "permit"
    assert node.period == ("2026-01-01", "2027-01-01")
    assert node.actor == ("org:b", "person:dr-b")
    assert node.security_label == ("HIV", "R")
    assert (node.purpose, node.klass, node.code) == (("TREAT",), ("Observation",), ("http://loinc.org|718-7",))
    assert (node.data_period, node.data, node.action) == (("2025-01-01", None), ("o1",), ("access",))
    assert node.nested[0].actor == ("org:b",)
    assert not node.unknown


STRANGE = {
    "extension": {"extension": [{"url": "https://example.org/limit", "valueBoolean": True}]},
    "modifier extension": {"modifierExtension": [{"url": "https://example.org/not", "valueBoolean": True}]},
    "unknown actor": {"actor": [actor("Organization/elsewhere")]},
    "actor in an unknown role": {"actor": [actor("Organization/b", "AUT")]},
    "purpose of another system": {"purpose": [{"system": "https://example.org", "code": "TREAT"}]},
    "code in words": {"code": [{"text": "tes HIV"}]},
    "related records": {"data": [{"meaning": "related", "reference": {"reference": "Observation/o1"}}]},
    "another action": {"action": [{"coding": [{"code": "correct"}]}]},
    "a document class": {"class": [{"system": "urn:ietf:bcp:13", "code": "application/hl7-cda+xml"}]},
}


@pytest.mark.parametrize("part", STRANGE.values(), ids=STRANGE)
def test_what_is_not_understood_restricts(part):
    rule = read({"type": "permit"} | part)
    assert decide(ask(), record(), [rule]).effect == "DENY"
    assert decide(ask(), record(), [permit("2026-01-01"), rule]).effect == "DENY"
    assert decide(ask(), record(), [permit("2026-01-01"), read({"type": "deny"} | part)]).effect == "DENY"


ROOTS = {
    "implicit rules": {"implicitRules": "https://example.org/rules"},
    "extension": {"extension": [{"url": "https://example.org/x", "valueString": "?"}]},
    "opt-in with restrictions": {"policyRule": {"coding": [{"system": ACT, "code": "OPTINR"}]}},
    "a policy that shares nothing": {"policy": [{"uri": "https://profiles.ihe.net/ITI/PCF/Policy-deny"}]},
    "the base says no": {"policyRule": {"coding": [{"system": ACT, "code": "OPTOUT"}]}},
    "not verified": {"verification": [{"verified": False}]},
    "another scope": {"scope": {"coding": [{"code": "research"}]}},
    "withdrawn": {"status": "inactive"},
}


@pytest.mark.parametrize("part", ROOTS.values(), ids=ROOTS)
def test_a_root_that_limits(part):
    assert decide(ask(), record(), [read({"type": "permit"})]).effect == "PERMIT"
    assert decide(ask(), record(), [read({"type": "permit"}, **part)]).effect == "DENY"


def test_base_rule_alone():
    assert (
        decide(ask(), record(), [read({}, policyRule={"coding": [{"system": ACT, "code": "OPTIN"}]})]).effect
        == "PERMIT"
    )
    assert decide(ask(), record(), [read({})]).reason == "no-consent"


def test_a_deny_of_somebody_unknown_holds_for_all():
    rule = read({"type": "deny", "actor": [actor("Practitioner/unknown")]})
    assert decide(ask(), record(), [permit("2026-01-01"), rule]).reason == "consent-deny"
