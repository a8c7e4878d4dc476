"""Short ways to write requests, resources and consents in the tests."""

from typing import Any

from hub.consent.decision import decide
from hub.consent.policy import Policy
from hub.model import ConsentRule, Decision, Labels, Provision, Request, Subject

NOW = "2026-11-22T10:00:00"
PATIENT = "pasien"
OLD, LATER, LATEST = "2026-02-01", "2026-04-01T09:30:00", "2026-08-15T07:00:00+08:00"


def ask(purpose: str | None = "TREAT", **change: Any) -> Request:
    """A doctor of clinic B with a care relationship, unless changed."""
    return Request(
        **{"now": NOW, "purpose": purpose, "person": "dr-b", "org": "b", "role": "doctor", "rel": True} | change
    )


def record(conf: Any = "N", *sens: str, **change: Any) -> Subject:
    """An observation that clinic A made in May 2025, unless changed."""
    fixed = {"patient": PATIENT, "author": "a", "id": "o1", "type": "Observation", "date": "2025-05-20"}
    return Subject(**fixed | {"labels": Labels(conf, frozenset(sens))} | change)


def node(type: Any = None, *nested: Provision, **parts: Any) -> Provision:  # noqa: A002 - FHIR's own name
    """A provision; single strings stand for tuples of one."""
    return Provision(type, nested=nested, **{k: (v,) if isinstance(v, str) else v for k, v in parts.items()})


def rule(provision: Provision, at: str = OLD, **change: Any) -> ConsentRule:
    """An active, verified consent of the patient's own."""
    fixed = {"id": f"c-{at}-{provision.type}", "patient": PATIENT, "status": "active", "accepted": at}
    return ConsentRule(**fixed | {"provision": provision} | change)


def permit(at: str = OLD, **parts: Any) -> ConsentRule:
    """A consent with one permit."""
    return rule(node("permit", **parts), at)


def deny(at: str = OLD, **parts: Any) -> ConsentRule:
    """A consent with one deny."""
    return rule(node("deny", **parts), at)


def decided(request: Request, subject: Subject, *consents: ConsentRule, policy: Policy | None = None) -> Decision:
    """`decide` with the given policy, the safe one by default."""
    return decide(request, subject, consents, policy or Policy())
