"""The privacy officer's page: what they may do, and whether the trail is whole; nothing clinical."""

from starlette.responses import Response

from hub.access import audit
from hub.admission.counter import waiting_by_facility
from hub.model import AuditEntry
from hub.parts import Hub
from hub.upkeep.verifying import verify
from hub.web.call import Call
from hub.web.render import HOME, go, page


def board(hub: Hub, call: Call) -> Response:
    """GET /petugas; the steward's and the auditor's work is on pages of their own."""
    if call.caller.role != "privacy-officer":
        return go(HOME[call.caller.role])
    return page(hub.config, call, "officer.html", finding=None, faults=(), waiting=_waiting(hub, call))


def check_trail(hub: Hub, call: Call) -> Response:
    """POST /petugas/periksa: the whole audit trail against its tree and signed checkpoints; itself in the trail."""
    who = call.caller
    audit(
        hub,
        AuditEntry(
            at_ms=hub.clock(),
            event="audit.verify",
            action="E",
            outcome="permit",
            subject=who.subject,
            role=who.role,
            facility=who.facility or "",
            purpose=who.purpose,
            is_person=True,
        ),
    )
    finding = verify(hub)
    faults = [fault.text(call.lang) for fault in finding.verdict.faults]
    return page(hub.config, call, "officer.html", finding=finding, faults=faults, waiting=_waiting(hub, call))


def _waiting(hub: Hub, call: Call) -> list[tuple[str, int, int]]:
    """Requests at the counters that wait and are overdue, by facility's name."""
    return sorted((hub.facilities[id_].name, n, late) for id_, n, late in waiting_by_facility(hub, call.caller))
