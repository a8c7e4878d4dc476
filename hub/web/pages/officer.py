"""The auditor's and the privacy officer's page: what they may do, and whether the trail is whole; nothing clinical."""

from starlette.responses import Response

from hub.access import audit
from hub.model import AuditEntry
from hub.parts import Hub
from hub.upkeep.verifying import verify
from hub.web.call import Call
from hub.web.render import page


def board(hub: Hub, call: Call) -> Response:
    """GET /petugas"""
    return page(hub.config, call, "officer.html", finding=None, faults=())


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
    return page(hub.config, call, "officer.html", finding=finding, faults=faults)
