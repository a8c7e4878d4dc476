"""Looking at requests: a facility's queue without names, one request whole, the patient's own, the officer's counts."""

from dataclasses import replace

import msgspec

from hub.access.known import own_card
from hub.access.trace import audit
from hub.admission.counter.request import Request, open_body, shown
from hub.admission.counter.steps import at, entry, staff_of, subject_if_clear, subject_of
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import Hub

MOST_CLOSED = 30


def at_facility(hub: Hub, who: Principal) -> tuple[list[Request], list[Request]]:
    """The requests at the caller's facility that wait, the one due first at the top (so the overdue come first), and
    the newest closed ones. FORBIDDEN without a named member of staff."""
    facility, _ = staff_of(who)
    with hub.store.reading() as tx:
        waiting, closed = tx.requests(facility), tx.requests(facility, is_closed=True, limit=MOST_CLOSED)
    audit(hub, replace(entry(hub, who, "request.read", "", ()), count=len(waiting) + len(closed)))
    return [shown(hub, row) for row in waiting], [shown(hub, row) for row in closed]


def one_at_facility(hub: Hub, who: Principal, id_: str) -> Request:
    """One request of the caller's facility; the look is on the patient's page. Only once identity is confirmed does it
    say whether there is a record. One the patient made on the own page says who it is, as this facility's record has
    it: the session has proven that, and nobody can answer a stranger. NOT_FOUND for another facility's."""
    with hub.store.reading() as tx:
        row = at(tx, who, id_)
        body = open_body(hub, row)
        subject = subject_if_clear(tx, body)
        is_found = None
        if body.is_confirmed:
            try:
                is_found = subject_of(tx, body) is not None
            except HubError:  # in doubt: the steward of identities decides, and releasing says so
                is_found = None
    audit(hub, entry(hub, who, "request.read", id_, (subject,) if subject is not None else ()))
    if body.is_by_patient and subject is not None:
        name, label = own_card(hub, who, subject)
        body = msgspec.structs.replace(body, name=name, label=label)
    return shown(hub, row, body, is_found=is_found)


def own_requests(hub: Hub, who: Principal) -> list[Request]:
    """The signed-in patient's requests, newest first, with every step."""
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3250"))
    with hub.store.reading() as tx:
        person = sorted(tx.person([who.compartment]))
        rows = tx.requests_of([hub.blinder.pseudonym(compartment) for compartment in person])
    return [shown(hub, row) for row in rows]


def waiting_by_facility(hub: Hub, who: Principal) -> list[tuple[str, int, int]]:
    """(facility id, requests that wait, of these overdue) for the privacy officer: numbers, nobody's name."""
    if who.role != "privacy-officer":
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    with hub.store.reading() as tx:
        return tx.waiting_requests(hub.clock())
