"""One step of a request in one transaction: read, judge, append the step, seal, and tell the patient."""

from dataclasses import replace

import msgspec

from hub.access.trace import sealed_entry
from hub.admission.counter.request import Body, Step, open_body, seal_body
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.parts import Hub
from hub.store import Conflict, ReadTx, RequestRow, WriteTx

STAFF = ("clinician", "clinic-client")


def staff_of(who: Principal) -> tuple[str, str]:
    """(facility, member of staff). FORBIDDEN for anybody but a named person of a facility."""
    if who.role not in STAFF or who.facility is None or not who.person:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3250"))
    return who.facility, who.person


def waiting_at(tx: ReadTx, who: Principal, id_: str) -> RequestRow:
    """A request of the caller's facility that waits. NOT_FOUND for another's; CONFLICT when it is closed."""
    row = at(tx, who, id_)
    if row.closed_ms is not None:
        raise HubError(Category.CONFLICT, Issue("HUB-3264"))
    return row


def at(tx: ReadTx, who: Principal, id_: str) -> RequestRow:
    """A request of the caller's facility, closed or not. NOT_FOUND for another's."""
    facility, _ = staff_of(who)
    row = tx.request(id_)
    if row is None or row.facility != facility:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3265"))
    return row


def subject_of(tx: ReadTx, body: Body) -> int | None:
    """The patient's compartment as the index knows it now; None when there is none.

    CONFLICT when several people carry the number: whose record it is, the steward of identities has to find out.
    """
    if body.compartment is not None:
        return body.compartment
    token = bytes.fromhex(body.nik_token)
    found = tx.mpi([token]).get(token, [])
    if found and not set(found) <= tx.person(found[:1]):
        raise HubError(Category.CONFLICT, Issue("HUB-3259"))
    return min(found, default=None)


def subject_if_clear(tx: ReadTx, body: Body) -> int | None:
    """The same, None while it is in doubt."""
    try:
        return subject_of(tx, body)
    except HubError:
        return None


def take(hub: Hub, tx: WriteTx, row: RequestRow, step: Step, state: str, *, is_closing: bool = False) -> Body:
    """Append a step; the patient sees it. CONFLICT when somebody else took one meanwhile."""
    body = open_body(hub, row)
    body = msgspec.structs.replace(body, steps=(*body.steps, step))
    subject = subject_if_clear(tx, body)
    closed_ms = row.closed_ms if row.closed_ms is not None else (step.at_ms if is_closing else None)
    next_ = row._replace(
        pseudonym=hub.blinder.pseudonym(subject) if subject is not None else row.pseudonym,
        state=state,
        closed_ms=closed_ms,
        version=row.version + 1,
        body=seal_body(hub, row.id, body),
    )
    try:
        tx.change_request(next_)
    except Conflict as error:
        raise HubError(Category.CONFLICT, Issue("HUB-3254")) from error
    return body


def told(
    hub: Hub, tx: WriteTx, who: Principal, event: str, request_id: str, compartments: tuple[int, ...], **more: str
) -> None:
    """The audit entry of a step, in its transaction."""
    tx.outbox([sealed_entry(hub, entry(hub, who, event, request_id, compartments, **more))])


def entry(
    hub: Hub, who: Principal, event: str, request_id: str, compartments: tuple[int, ...], **details: str
) -> AuditEntry:
    """A step as the trail keeps it: at the patient's request, facility and person named; nothing that was typed."""
    made = AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="R" if event == "request.read" else "U",
        outcome="permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose="PATRQT",
        compartments=compartments,
        request_id=who.request_id,
        is_person=True,
        details={"request": request_id, "person": who.person or "", **details},
    )
    return replace(made, reason="own-record") if who.role == "patient" else made
