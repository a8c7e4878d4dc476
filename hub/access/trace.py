"""Audit or nothing: the event is durable before the first byte leaves (architecture decision 11)."""

from hub.audit import encode_entry
from hub.model import AuditEntry, Decision, Principal
from hub.parts import Hub
from hub.store import Entry


def audit(hub: Hub, *entries: AuditEntry) -> None:
    """Make the entries durable; returns only after the commit. Raises when it can't: then nothing may be answered."""
    hub.outbox.append([sealed_entry(hub, entry) for entry in entries])


def sealed_entry(hub: Hub, entry: AuditEntry) -> Entry:
    """An entry as an outbox row: sealed body and the pseudonyms of the patients who will see it."""
    pseudonyms = tuple(hub.blinder.pseudonym(compartment) for compartment in entry.compartments)
    return Entry(entry.at_ms, hub.boxes.audit.seal(encode_entry(entry), b"audit"), pseudonyms)


def looked(
    hub: Hub,
    who: Principal,
    event: str,
    decision: Decision,
    compartments: tuple[int, ...],
    resource: str = "",
    count: int = 0,
    query: str = "",
    *,
    request_id: str | None = None,
) -> AuditEntry:
    """The entry of a look at patient data, permitted or refused. `request_id`: where it is not the principal's."""
    return AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="R" if event != "search" else "E",
        outcome="permit" if decision.effect == "PERMIT" else "deny",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        reason=decision.reason,
        compartments=compartments,
        resource=resource,
        count=count,
        query=query,
        request_id=who.request_id if request_id is None else request_id,
        is_person=who.person is not None or who.role == "clinic-client",
    )
