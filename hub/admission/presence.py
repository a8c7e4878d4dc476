"""Presence: the patient hands a short code over the counter, and the clinic may ask for the record for a while.

A facility's own word never proves a relationship; the patient's code does.
"""

from collections.abc import Callable

from hub.access.trace import audit, sealed_entry
from hub.admission.stays import until_of
from hub.auth import code_hash, new_code, normal_code
from hub.clock import instant
from hub.errors import Category, HubError
from hub.model import PATIENT_RID, AuditEntry, Issue, Key, Principal
from hub.parts import Hub
from hub.store import Conflict, ReadTx, Relationship, WriteTx

KIND = "presence"
_ATTEMPTS = 5
Also = Callable[[WriteTx, dict[str, str]], None]
"""What else is written in the transaction that uses a code up, of its answer."""


def new_presence_code(hub: Hub, who: Principal) -> tuple[str, int]:
    """A code for the signed-in patient (8 characters, once) and when it expires (epoch ms). FORBIDDEN to others."""
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    report = sealed_entry(hub, _entry(hub, who, "presence.code", (who.compartment,), ""))
    key, until = _key(hub), hub.clock() + 1000 * hub.config.presence_code_s
    for attempt in range(_ATTEMPTS):
        code = new_code()
        try:
            with hub.store.writing() as tx:
                tx.add_presence(code_hash(code, key), who.compartment, until)
                tx.outbox([report])
            return code, until
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


def presence(hub: Hub, who: Principal, code: str, also: Also | None = None) -> dict[str, str]:
    """Use a code up for the caller's facility: the patient's id there and until when the relationship holds.

    `patient`, `reference` and `until` (instant). NOT_FOUND for a wrong, used or expired code: all the same.
    """
    if who.role not in ("clinic-client", "clinician") or who.facility is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    typed = normal_code(code)
    answer = _prove(hub, who, who.facility, typed, also) if typed is not None else None
    if answer is None:
        audit(hub, _entry(hub, who, "presence", (), "code"))
        raise HubError(Category.NOT_FOUND, Issue("HUB-5101"))
    return answer


def presence_hash(hub: Hub, text: str) -> bytes | None:
    """What the store knows a typed presence code by; None for what cannot be one."""
    typed = normal_code(text)
    return code_hash(typed, _key(hub)) if typed is not None else None


def _prove(hub: Hub, who: Principal, facility_id: str, code: str, also: Also | None) -> dict[str, str] | None:
    """One transaction: the code is used up, the relationship begins, the trail says so; None for no such code."""
    facility, now = hub.facilities[facility_id].number, hub.clock()
    hashed = code_hash(code, _key(hub))
    with hub.store.writing() as tx:
        compartment = tx.use_presence(hashed, used_by=facility_id, now_ms=now)
        if compartment is None:
            return None
        person = tx.person([compartment])
        until = max(now + 3_600_000 * hub.config.presence_h, until_of(hub, tx, person, facility, now))
        tx.add_relationships([Relationship(compartment, facility, KIND, now, until)])
        tx.outbox([sealed_entry(hub, _entry(hub, who, "presence", (compartment,), ""))])
        patient = hub.ids.encode(Key(_own(tx, person, facility) or compartment, PATIENT_RID))
        answer = {"patient": patient, "reference": f"Patient/{patient}", "until": instant(until)}
        if also is not None:
            also(tx, answer)
    return answer


def _own(tx: ReadTx, person: set[int], facility: int) -> int | None:
    """The facility's own compartment of the person, if it has one: the id it knows the patient by."""
    rows = tx.compartments(person)
    return min((number for number, row in rows.items() if row.author == facility), default=None)


def _key(hub: Hub) -> bytes:
    return hub.keyring.derived("presence-code")


def _entry(hub: Hub, who: Principal, event: str, compartments: tuple[int, ...], reason: str) -> AuditEntry:
    return AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="E",
        outcome="deny" if reason else "permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        reason=reason,
        compartments=compartments,
        request_id=who.request_id,
        is_person=who.person is not None or who.role == "clinic-client",
    )
