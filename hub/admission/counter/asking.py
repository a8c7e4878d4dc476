"""A request begins: at a facility's counter, or on the patient's own page; the patient may take it back."""

from hub.access.making import making, name_for
from hub.access.trace import sealed_entry
from hub.admission.counter.finding import find
from hub.admission.counter.request import (
    KINDS,
    RELATIONS,
    TERM_MS,
    WAITING,
    Body,
    Proxy,
    Step,
    Wish,
    open_body,
    seal_body,
)
from hub.admission.counter.steps import entry, staff_of, subject_if_clear, take, told
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import SELF, Hub
from hub.store import RequestRow, WriteTx

LONGEST_NAME, LONGEST_TEXT = 200, 4000
MOST_OPEN = 10
"""Requests of one patient that may wait at a time, when the patient opens them."""


def ask_at_counter(hub: Hub, who: Principal, wish: Wish, mark: str = "") -> str:
    """Record what somebody asks for at the caller's counter; the request's number. The clock of 3 x 24 hours starts.
    `mark`: of the form, which sent twice opens one.

    FORBIDDEN without a named member of staff; INCORRECT when something is missing; NOT_FOUND and CONFLICT only about
    the facility's own record numbers. A NIK is answered alike whether or not anybody has it.
    """
    facility, person = staff_of(who)
    _check(wish.kind, wish.text)
    name = _written(wish.name, LONGEST_NAME, "HUB-3260")
    id_ = _id(hub, who, mark, wish)
    with making(hub, lambda tx: tx.request(id_)) as tx:
        found = find(hub, tx, facility, wish.number)
        now = hub.clock()
        body = Body(
            kind=wish.kind,
            name=name,
            label=found.label,
            text=wish.text.strip(),
            nik_token=found.nik_token,
            compartment=found.compartment,
            proxy=_proxy(wish),
            steps=(Step(now, "opened", person, facility),),
        )
        _open(hub, tx, who, facility, body, id_)
    return id_


def ask(hub: Hub, who: Principal, facility: str, kind: str, text: str, mark: str = "") -> str:
    """A request of the signed-in patient to a facility; its number. `mark`: of the form, which sent twice opens one.
    BUSY while too many of them wait."""
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3250"))
    if facility not in hub.facilities or facility == SELF:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    _check(kind, text)
    id_ = _id(hub, who, mark, facility, kind, text)
    with making(hub, lambda tx: tx.request(id_)) as tx:
        if tx.request(id_):  # before the limit: the second sending of the last one that may wait is no further one
            return id_
        mine = tx.requests_of([hub.blinder.pseudonym(c) for c in tx.person([who.compartment])])
        if sum(row.closed_ms is None for row in mine) >= MOST_OPEN:
            raise HubError(Category.BUSY, Issue("HUB-3267", args={"most": str(MOST_OPEN)}))
        now = hub.clock()
        body = Body(
            kind=kind,
            text=text.strip(),
            compartment=who.compartment,
            is_by_patient=True,
            steps=(Step(now, "opened"),),
        )
        _open(hub, tx, who, facility, body, id_)
    return id_


def withdraw(hub: Hub, who: Principal, id_: str) -> None:
    """The signed-in patient takes a request back, wherever it was made. NOT_FOUND for another's; CONFLICT when it is
    closed."""
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3250"))
    with hub.store.writing() as tx:
        person = tx.person([who.compartment])
        row = tx.request(id_)
        if row is None or row.pseudonym not in {hub.blinder.pseudonym(c) for c in person}:
            raise HubError(Category.NOT_FOUND, Issue("HUB-3265"))
        if row.state not in WAITING:
            raise HubError(Category.CONFLICT, Issue("HUB-3264"))
        take(hub, tx, row, Step(hub.clock(), "withdrawn"), "withdrawn", is_closing=True)
        subject = subject_if_clear(tx, open_body(hub, row))
        told(hub, tx, who, "request.withdraw", id_, (who.compartment if subject is None else subject,))


def _id(hub: Hub, who: Principal, mark: str, *said: object) -> str:
    return f"PM-{name_for(hub, who, mark, who.facility, *said)[:8].hex()}"


def _open(hub: Hub, tx: WriteTx, who: Principal, facility: str, body: Body, id_: str) -> None:
    now = body.steps[0].at_ms
    subject = subject_if_clear(tx, body)
    pseudonym = hub.blinder.pseudonym(subject) if subject is not None else None
    sealed = seal_body(hub, id_, body)
    tx.add_request(RequestRow(id_, facility, pseudonym, "open", now, now + TERM_MS, None, 1, sealed))
    compartments = (subject,) if subject is not None else ()
    tx.outbox([sealed_entry(hub, entry(hub, who, "request.open", id_, compartments, kind=body.kind))])


def _check(kind: str, text: str) -> None:
    if kind not in KINDS:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    if kind == "correction":
        _written(text, LONGEST_TEXT, "HUB-3261")
    elif len(text.strip()) > LONGEST_TEXT:
        raise HubError(Category.INCORRECT, Issue("HUB-3261", args={"most": str(LONGEST_TEXT)}))


def _proxy(wish: Wish) -> Proxy | None:
    if not wish.relation:
        return None
    if wish.relation not in RELATIONS:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    name = _written(wish.proxy_name, LONGEST_NAME, "HUB-3262")
    return Proxy(name, wish.relation, _written(wish.proof, LONGEST_NAME, "HUB-3262"))


def _written(text: str, most: int, code: str) -> str:
    written = text.strip()
    if not written or len(written) > most:
        raise HubError(Category.INCORRECT, Issue(code, args={"most": str(most)}))
    return written
