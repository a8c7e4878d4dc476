"""A FHIR R4 Consent as the engine's short form. An element it does not understand only ever restricts.

https://www.hl7.org/fhir/R4/consent.html; IHE Privacy Consent on FHIR 1.1.0.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from hub.consent.tree import UNRESOLVED
from hub.fhir.systems import ACT_CODE, ACT_REASON, CONFIDENTIALITY, CONSENT_SCOPE
from hub.model import ConsentRule, Provision

Resolve = Callable[[str], str | None]
"""A reference ("Organization/x") to the engine's name ("org:klinik-teratai", "person:…"), None when nobody knows it."""

ACTION = "http://terminology.hl7.org/CodeSystem/consentaction"
RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"

_ROOT = (
    frozenset(("resourceType", "id", "meta", "language", "text", "identifier", "status", "scope", "category"))
    | frozenset(("patient", "dateTime", "performer", "organization", "sourceAttachment", "sourceReference"))
    | frozenset(("policy", "policyRule", "verification", "provision"))
)
_NODE = frozenset(("id", "type", "period", "actor", "action", "securityLabel", "purpose", "class", "code")) | {
    "dataPeriod",
    "data",
    "provision",
}
_RECIPIENTS = frozenset(("IRCP", "PRCP", "DELEGATEE"))
_BASES: dict[str, Literal["permit", "deny"]] = {"OPTIN": "permit", "OPTOUT": "deny"}
_NO_PERMIT_POLICIES = ("/Policy-deny", "/Policy-break-glass-only")


class _UnclearError(Exception):
    """A part of a provision the engine has no word for."""


def from_fhir(
    consent: Mapping[str, Any], *, patient: str, accepted: str, is_verified: bool, auth: int, resolve: Resolve
) -> ConsentRule:
    """The rule of a structurally valid Consent.

    `accepted` is the hub's acceptance time (ISO, city time or with offset), never Consent.dateTime; `auth` 2 patient,
    1 witnessed, 0 asserted. `resolve` names actors; named records are held by their logical id.
    """
    provision = _node(consent.get("provision") or {}, resolve)
    base, is_base_clear = _base(consent.get("policyRule"))
    is_clear = is_base_clear and consent.keys() <= _ROOT and not _forbids_permit(consent, provision)
    if not is_clear:
        provision = replace(provision, unknown=True)
    return ConsentRule(
        id=str(consent.get("id") or ""),
        patient=patient,
        status=str(consent.get("status") or ""),
        accepted=accepted,
        provision=provision,
        scope=_scope(consent.get("scope") or {}),
        is_verified=is_verified and not any(v.get("verified") is not True for v in consent.get("verification", ())),
        auth=auth,
        base=base,
    )


def _scope(scope: Mapping[str, Any]) -> str:
    codes = [c.get("code", "") for c in scope.get("coding", ()) if c.get("system", CONSENT_SCOPE) == CONSENT_SCOPE]
    return str(codes[0]) if len(codes) == 1 else ""


def _base(rule: Mapping[str, Any] | None) -> tuple[Literal["permit", "deny"] | None, bool]:
    """The default a policyRule sets, and whether it was understood."""
    if rule is None:
        return None, True
    bases = {_BASES.get(c.get("code", "")) for c in rule.get("coding", ()) if c.get("system", ACT_CODE) == ACT_CODE}
    if len(bases) != 1 or None in bases:
        return None, False
    return bases.pop(), rule.keys() <= {"coding", "text"}


def _forbids_permit(consent: Mapping[str, Any], provision: Provision) -> bool:
    """A policy that shares nothing contradicts a permit; the stricter of the two counts."""
    uris = [str(policy.get("uri", "")) for policy in consent.get("policy", ())]
    return provision.type == "permit" and any(uri.endswith(_NO_PERMIT_POLICIES) for uri in uris)


def _node(node: Mapping[str, Any], resolve: Resolve) -> Provision:
    is_unknown = not node.keys() <= _NODE
    parts: dict[str, tuple[str, ...]] = {}
    readers: dict[str, Callable[[Any], str | Iterable[str]]] = {
        "actor": lambda actor: _actor(actor, resolve),
        "purpose": lambda coding: _coding(coding, ACT_REASON),
        "class": lambda coding: _coding(coding, RESOURCE_TYPES),
        "code": _concept,
        "securityLabel": lambda coding: _coding(coding, ACT_CODE, CONFIDENTIALITY),
        "data": _data,
        "action": lambda concept: (_coding(c, ACTION) for c in concept["coding"]),
    }
    for key, read in readers.items():
        values: list[str] = []
        for element in node.get(key, ()):
            try:
                found = read(element)
                values.extend([found] if isinstance(found, str) else found)
            except (_UnclearError, KeyError, TypeError, AttributeError):
                is_unknown = True
        if key == "actor" and len(values) < len(node.get(key, ())):
            values.append(UNRESOLVED)
        parts[key] = tuple(values)
    kind = node.get("type")
    return Provision(
        type=kind if kind in ("permit", "deny") else None,
        period=_period(node.get("period")),
        data_period=_period(node.get("dataPeriod")),
        actor=parts["actor"],
        purpose=parts["purpose"],
        klass=parts["class"],
        code=parts["code"],
        security_label=parts["securityLabel"],
        data=parts["data"],
        action=parts["action"],
        unknown=is_unknown or (kind is not None and kind not in ("permit", "deny")),
        nested=tuple(_node(child, resolve) for child in node.get("provision", ())),
    )


def _period(period: Mapping[str, Any] | None) -> tuple[str | None, str | None] | None:
    return None if period is None else (period.get("start"), period.get("end"))


def _actor(actor: Mapping[str, Any], resolve: Resolve) -> str:
    roles = {c.get("code") for c in actor["role"]["coding"]}
    name = resolve(str(actor["reference"]["reference"]))
    if not actor.keys() <= {"id", "role", "reference"} or not roles <= _RECIPIENTS or not name:
        raise _UnclearError
    return name


def _coding(coding: Mapping[str, Any], *systems: str) -> str:
    if coding.get("system", systems[0]) not in systems or not coding.keys() <= {"system", "version", "code", "display"}:
        raise _UnclearError
    return str(coding["code"])


def _concept(concept: Mapping[str, Any]) -> list[str]:
    """Each coding as "system|code"; a code given in words only cannot be compared."""
    if not concept.get("coding"):
        raise _UnclearError
    return [f"{c['system']}|{c['code']}" for c in concept["coding"]]


def _data(data: Mapping[str, Any]) -> str:
    reference = str(data["reference"]["reference"])
    kind, _, logical_id = reference.partition("/")
    if data["meaning"] != "instance" or not kind.isalpha() or not logical_id or "/" in logical_id:
        raise _UnclearError
    return logical_id
