"""An audit entry as a FHIR R4 AuditEvent in the shapes of IHE Basic Audit Log Patterns.

https://profiles.ihe.net/ITI/BALP/. One AuditEvent per patient, who appears under the hub's pseudonym, never by name or
number. A profile is claimed only where all it demands is known: callers' addresses are not kept unless an entry's
`details["address"]` holds one.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.audit.events import REST, Coding, event_of
from hub.audit.words import REASONS, printable, word
from hub.clock import instant
from hub.fhir import systems
from hub.model import AuditEntry

_HL7 = "http://terminology.hl7.org/CodeSystem"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_BALP = "https://profiles.ihe.net/ITI/BALP"

_SOURCE: Coding = (_DCM, "110153", "Source Role ID")
_DESTINATION: Coding = (_DCM, "110152", "Destination Role ID")
_SYSTEMS = ("clinic-client", "system")
_PROFILES = {
    "create": "Create",
    "read": "Read",
    "vread": "Read",
    "update": "Update",
    "delete": "Delete",
    "search": "Query",
}
_OUTCOMES = {"permit": "0", "deny": "8", "error": "8"}


@dataclass(frozen=True, slots=True)
class Observer:
    """The hub as it names itself: tenant and base address."""

    name: str
    address: str


def balp(entry: AuditEntry, event_id: str, observer: Observer, patient: int | None = None) -> dict[str, Any]:
    """The AuditEvent `event_id` (FHIR id) about one patient (its pseudonym) or none."""
    event = event_of(entry.event)
    resource: dict[str, Any] = {"resourceType": "AuditEvent", "id": event_id}
    profile = _profile(entry, patient)
    if profile:
        resource["meta"] = {"profile": [f"{_BALP}/StructureDefinition/IHE.BasicAudit.{profile}"]}
    resource["type"] = _coding(event.type)
    if event.subtype:
        resource["subtype"] = [_coding(event.subtype)]
    resource |= {"action": entry.action, "recorded": instant(entry.at_ms), "outcome": _OUTCOMES[entry.outcome]}
    if entry.outcome != "permit":
        resource["outcomeDesc"] = printable(word(REASONS, entry.reason, "en")) or entry.outcome
    if entry.purpose:
        resource["purposeOfEvent"] = [_purpose(entry)]
    resource["agent"] = _agents(entry, observer)
    resource["source"] = {
        "site": observer.address,
        "observer": _named("hub", observer.name),
        "type": [_coding((f"{_HL7}/security-source-type", "4", "Application Server"))],
    }
    entities = _entities(entry, patient)
    return resource | ({"entity": entities} if entities else {})


def balp_all(
    entry: AuditEntry, event_id: str, observer: Observer, pseudonym: Callable[[int], int]
) -> list[dict[str, Any]]:
    """One AuditEvent per patient concerned (`event_id`-1, -2, ...), or a single one when it concerns nobody."""
    if not entry.compartments:
        return [balp(entry, event_id, observer)]
    numbered = enumerate(entry.compartments, 1)
    return [balp(entry, f"{event_id}-{n}", observer, pseudonym(compartment)) for n, compartment in numbered]


def _profile(entry: AuditEntry, patient: int | None) -> str | None:
    name = _PROFILES.get(entry.event)
    is_complete = bool(entry.query if name == "Query" else entry.resource) and "address" in entry.details
    if not name or entry.outcome != "permit" or not is_complete:
        return None
    return f"Patient{name}" if patient is not None else name


def _agents(entry: AuditEntry, observer: Observer) -> list[dict[str, Any]]:
    """Client, server, the person and the facility. In a read the data flow to the client, in a query the question flows
    to the server: BALP names source and destination by that."""
    is_system = entry.role in _SYSTEMS
    is_read = entry.action == "R" and event_of(entry.event).type == REST
    client: dict[str, Any] = {
        "type": _concept(_DESTINATION if is_read else _SOURCE),
        "who": _named("klien", entry.subject) if is_system else _named("hub", f"{observer.name}/portal"),
        "requestor": is_system,
    }
    if "address" in entry.details:
        client["network"] = {"address": printable(entry.details["address"]), "type": "2"}
    server = {
        "type": _concept(_SOURCE if is_read else _DESTINATION),
        "who": _named("hub", observer.name),
        "requestor": False,
        "network": {"address": observer.address, "type": "5"},
    }
    agents = [client, server]
    if not is_system:
        part = ("IRCP", "information recipient") if entry.action in ("R", "E") else ("AUT", "author (originator)")
        user: dict[str, Any] = {
            "type": _concept((f"{_HL7}/v3-ParticipationType", *part)),
            "role": [{"text": printable(entry.role)}],
            "who": _named("pengguna", entry.subject),
            "requestor": True,
        }
        agents.append(user | ({"purposeOfUse": [_purpose(entry)]} if entry.purpose else {}))
    if entry.facility:
        provider = _concept((f"{_HL7}/v3-RoleClass", "PROV", "healthcare provider"))
        agents.append({"type": provider, "who": _named("faskes", entry.facility), "requestor": False})
    return agents


def _entities(entry: AuditEntry, patient: int | None) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    if patient is not None:
        who = {
            "type": "Patient",
            "identifier": {"system": systems.SID + "pseudonim", "value": f"{patient & (1 << 64) - 1:016x}"},
        }
        entities.append({"what": who} | _kind("1", "Person", "1", "Patient"))
    if entry.query:
        query = base64.b64encode(entry.query.encode()).decode()
        question = {"description": printable(entry.query), "query": query}
        entities.append(_kind("2", "System Object", "24", "Query") | question)
    if entry.resource:
        type_, _, id_ = printable(entry.resource).partition("/")
        what = {"reference": f"{type_}/{id_}", "type": type_} if id_ else {"type": type_, "display": type_}
        entities.append({"what": what} | _kind("2", "System Object", "4", "Domain Resource"))
    if entry.request_id:
        request = _coding((f"{_BALP}/CodeSystem/BasicAuditEntityType", "XrequestId", "X-Request-Id"))
        entities.append({"what": {"identifier": {"value": printable(entry.request_id)}}, "type": request})
    known = {"reason": entry.reason, "count": str(entry.count) if entry.count else "", **entry.details}
    detail = [
        {"type": printable(k), "valueString": printable(v)} for k, v in known.items() if k and v and k != "address"
    ]
    if detail:
        other = _coding((f"{_HL7}/audit-entity-type", "4", "Other"))
        entities.append({"type": other, "name": printable(entry.event), "detail": detail})
    return entities


def _kind(type_: str, type_display: str, role: str, role_display: str) -> dict[str, Any]:
    return {
        "type": _coding((f"{_HL7}/audit-entity-type", type_, type_display)),
        "role": _coding((f"{_HL7}/object-role", role, role_display)),
    }


def _purpose(entry: AuditEntry) -> dict[str, Any]:
    return {"coding": [{"system": f"{_HL7}/v3-ActReason", "code": printable(entry.purpose)}]}


def _named(kind: str, value: str) -> dict[str, Any]:
    return {"identifier": {"system": systems.SID + kind, "value": printable(value) or "-"}}


def _concept(coding: Coding) -> dict[str, Any]:
    return {"coding": [_coding(coding)]}


def _coding(coding: Coding) -> dict[str, str]:
    return dict(zip(("system", "code", "display"), coding, strict=True))
