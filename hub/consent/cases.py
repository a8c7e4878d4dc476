"""The short form in which consent cases are written down (`hub consent simulate`), turned into the engine's nouns."""

from collections.abc import Mapping
from typing import Any

from hub.consent.decision import decide
from hub.consent.policy import Policy
from hub.model import ConsentRule, Decision, Grant, Labels, Provision, Request, Subject

CASE_POLICY = Policy(adolescent_age=12)
"""The choices the published cases assume; a case may bring its own as `policy`."""

_NODE = frozenset(
    (
        "type",
        "period",
        "dataPeriod",
        "actor",
        "purpose",
        "klass",
        "code",
        "securityLabel",
        "data",
        "action",
        "provision",
    )
)


def decide_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """{"id", "decision", "reason"} of a case {id, request, resource, consents[, policy]}.

    A malformed case is DENY `engine-error`.
    """
    decision = _decide(case)
    return {"id": case.get("id"), "decision": decision.effect, "reason": decision.reason}


def _decide(case: Mapping[str, Any]) -> Decision:
    try:
        policy = Policy(**case["policy"]) if "policy" in case else CASE_POLICY
        arguments = _request(case["request"]), _subject(case["resource"]), [_rule(c) for c in case["consents"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        return Decision("DENY", "engine-error")
    return decide(*arguments, policy)


def _request(short: Mapping[str, Any]) -> Request:
    actor = short.get("actor") or {}
    return Request(
        now=short["now"],
        purpose=short.get("purpose"),
        person=actor.get("person"),
        org=actor.get("org"),
        role=actor.get("role"),
        op=short.get("op"),
        rel=short.get("rel") is True,
        btg=short.get("btg"),
        case_grant=_grant(short.get("case_grant")),
        guardian=short.get("guardian"),
        age=short.get("age"),
    )


def _grant(short: Mapping[str, Any] | None) -> Grant | None:
    if short is None:
        return None
    return Grant(frozenset(short["data"]), short["until"], short["approver"], frozenset(short.get("labels", ())))


def _subject(short: Mapping[str, Any]) -> Subject:
    return Subject(
        patient=short["patient"],
        author=short["author"],
        labels=Labels(short.get("conf"), frozenset(short.get("sens") or ())),
        id=short.get("id"),
        type=short.get("type"),
        date=short.get("date"),
        code=short.get("code"),
        is_notifiable=short.get("notifiable") is True,
        withheld_until=short.get("withheld_until"),
    )


def _rule(short: Mapping[str, Any]) -> ConsentRule:
    return ConsentRule(
        id=short["id"],
        patient=short["patient"],
        status=short["status"],
        accepted=short["dt"],
        provision=_provision(short.get("prov") or {}),
        scope=short.get("scope") or "patient-privacy",
        is_verified=short.get("verified", True) is True,
        auth=short.get("auth", 2),
        base=short.get("base"),
    )


def _provision(short: Mapping[str, Any]) -> Provision:
    return Provision(
        type=short.get("type"),
        period=_period(short.get("period")),
        data_period=_period(short.get("dataPeriod")),
        actor=tuple(short.get("actor") or ()),
        purpose=tuple(short.get("purpose") or ()),
        klass=tuple(short.get("klass") or ()),
        code=tuple(short.get("code") or ()),
        security_label=tuple(short.get("securityLabel") or ()),
        data=tuple(short.get("data") or ()),
        action=tuple(short.get("action") or ()),
        unknown=not short.keys() <= _NODE,
        nested=tuple(_provision(child) for child in short.get("provision") or ()),
    )


def _period(short: Any) -> tuple[str | None, str | None] | None:
    """None when absent. AttributeError when it is no object, which makes the case an engine error."""
    return None if short is None else (short.get("start"), short.get("end"))
