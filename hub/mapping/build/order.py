"""ServiceRequest: what was asked for. https://www.hl7.org/fhir/R4/servicerequest.html"""

from collections.abc import Sequence
from typing import Any, Literal

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding

OrderStatus = Literal["active", "completed"]
_LABORATORY = ("108252007", "Laboratory procedure")
_REFERRAL = Coding(systems.SNOMED, "3457005", "Patient referral")
_REFERRALS = ("3457005", "Patient referral")


def laboratory_order(
    visit: Visit,
    part: str,
    *,
    status: OrderStatus,
    text: str,
    code: Coding | None,
    reason: str | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """One test or panel asked of the laboratory; `reason` is the clinical question in words."""
    found = _order(visit, "permintaan", part, status, codeable(text, *([code] if code else [])), _LABORATORY)
    return found | _reasons(reason, note)


def referral(
    visit: Visit, part: str, *, to: str | None, reason: str | None = None, note: str | None = None
) -> dict[str, Any]:
    """The patient sent to another facility, which `to` names in words."""
    found = _order(visit, "rujukan", part, "completed", codeable(None, _REFERRAL), _REFERRALS)
    if to:
        found["performer"] = [{"display": to}]
    return found | _reasons(reason, note)


def based_on(found: dict[str, Any], orders: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The resource with references to the ServiceRequests of the same row that it answers."""
    firsts = [order["identifier"][0] for order in orders]
    references = [{"reference": f"ServiceRequest?identifier={first['system']}|{first['value']}"} for first in firsts]
    return found | {"basedOn": references} if references else found


def _order(
    visit: Visit, kind: str, part: str, status: OrderStatus, code: dict[str, Any], category: tuple[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "identifier": visit.identifier(kind, part),
        "status": status,
        "intent": "order",
        "category": [concept(systems.SNOMED, *category)],
        "code": code,
        "subject": visit.subject(),
        **visit.encounter(),
        "authoredOn": visit.start,
    }
    if performer := visit.performer():
        found["requester"] = performer
    return found


def _reasons(reason: str | None, note: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reason:
        found["reasonCode"] = [{"text": reason}]
    if note:
        found["note"] = [{"text": note}]
    return found
