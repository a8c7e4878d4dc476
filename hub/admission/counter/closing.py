"""A request ends: what was asked for is handed over, answered, or refused with a reason.

What is handed over is what the patient's own page shows, under the patient's authority; it is made in memory, given to
the one who releases it, and kept nowhere.
"""

from dataclasses import dataclass, field
from typing import Any

from hub.access.own import open_own, own_rows, seen
from hub.admission.counter.request import FORMS, REFUSALS, Body, Step, open_body
from hub.admission.counter.steps import at, staff_of, subject_if_clear, subject_of, take, told, waiting_at
from hub.admission.links import mint_login_link, patient_principal
from hub.errors import Category, HubError
from hub.model import Issue, Principal, Row, Seen
from hub.parts import Hub
from hub.store import RequestRow, WriteTx

AGAIN_MS = 15 * 60_000
"""Paper jams: as long after the release may the same request be printed again, each time as a step of its own."""
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Released:
    """What leaves: resources of the record, or looks of the access log, or a sign-in link (a secret: show it once)."""

    kind: str
    form: str
    resources: list[dict[str, Any]] = field(default_factory=list, repr=False)
    looks: list[Seen] = field(default_factory=list, repr=False)
    link: str = field(default="", repr=False)


def release(hub: Hub, who: Principal, id_: str, form: str, lang: str = "id") -> Released:
    """Hand over a copy of the record or the access log, on paper, as PDF, or as a one-time sign-in link.

    CONFLICT while identity is not confirmed, or it is in doubt whose number it is; NOT_FOUND when there is no record;
    FORBIDDEN for what a proxy may not have: a sign-in link in any case, the access log without the patient's own code.
    A proxy without that code gets ordinary records only.
    """
    facility, person = staff_of(who)
    if form not in FORMS:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    with hub.store.reading() as tx:
        is_patient_here = _may_release(hub, at(tx, who, id_), form)
        subject = subject_of(tx, open_body(hub, at(tx, who, id_)))
    if subject is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3258"))
    patient = patient_principal(hub, subject)
    # minted first: a link nobody was shown opens nothing, a release without its link would be none
    link = mint_login_link(hub, "patient", compartment=subject, by=who) if form == "link" else ""
    rows: list[Row] = []
    with hub.store.writing() as tx:
        row = at(tx, who, id_)
        _may_release(hub, row, form)
        compartments, rows = own_rows(hub, tx, patient, is_ordinary=not is_patient_here)
        step = Step(hub.clock(), "released", person, facility, form)
        body = take(hub, tx, row, step, "released", is_closing=True)
        count = str(0 if link else len(rows))
        told(hub, tx, who, "request.release", id_, compartments, kind=body.kind, form=form, count=count)
    if link:
        return Released(body.kind, form, link=link)
    if body.kind == "copy":
        return Released(body.kind, form, resources=open_own(hub, rows))
    return Released(body.kind, form, looks=seen(hub, patient, lang))


def answer(hub: Hub, who: Principal, id_: str, text: str) -> None:
    """Close a correction with an answer in words. CONFLICT while identity is not confirmed, unless the patient asked on
    the own page; INCORRECT without words, or for a request that is not one for correction."""
    facility, person = staff_of(who)
    written = _written(text)
    with hub.store.writing() as tx:
        row = waiting_at(tx, who, id_)
        body = open_body(hub, row)
        if body.kind != "correction":
            raise HubError(Category.INCORRECT, Issue("HUB-3263"))
        if not (body.is_confirmed or body.is_by_patient):
            raise HubError(Category.CONFLICT, Issue("HUB-3256"))
        _close(hub, tx, who, row, Step(hub.clock(), "answered", person, facility, text=written))


def refuse(hub: Hub, who: Principal, id_: str, reason: str, text: str) -> None:
    """Close a request without fulfilling it: a reason of the list and words. INCORRECT when one is missing."""
    facility, person = staff_of(who)
    if reason not in REFUSALS:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    written = _written(text)
    with hub.store.writing() as tx:
        row = waiting_at(tx, who, id_)
        _close(hub, tx, who, row, Step(hub.clock(), "refused", person, facility, reason, written))


def _close(hub: Hub, tx: WriteTx, who: Principal, row: RequestRow, step: Step) -> None:
    body = take(hub, tx, row, step, step.what, is_closing=True)
    subject = subject_if_clear(tx, body)
    event = "request.answer" if step.what == "answered" else "request.refuse"
    told(hub, tx, who, event, row.id, (subject,) if subject is not None else (), reason=step.detail)


def _may_release(hub: Hub, row: RequestRow, form: str) -> bool:
    """Whether the whole record may leave (the patient, or a proxy with the patient's own code), once anything may."""
    body = open_body(hub, row)
    if row.closed_ms is not None and not _is_again(hub, row, body, form):
        raise HubError(Category.CONFLICT, Issue("HUB-3264"))
    if body.kind == "correction":
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    if not body.is_confirmed:
        raise HubError(Category.CONFLICT, Issue("HUB-3256"))
    is_patient_here = body.proxy is None or body.is_coded
    if body.proxy is not None and (form == "link" or (body.kind == "access-log" and not is_patient_here)):
        raise HubError(Category.FORBIDDEN, Issue("HUB-3257"))
    return is_patient_here


def _is_again(hub: Hub, row: RequestRow, body: Body, form: str) -> bool:
    last = body.steps[-1]
    is_same = row.state == "released" and last.detail == form and form != "link"
    return is_same and row.closed_ms is not None and hub.clock() - row.closed_ms < AGAIN_MS


def _written(text: str) -> str:
    written = text.strip()
    if not 5 <= len(written) <= LONGEST_TEXT:
        raise HubError(Category.INCORRECT, Issue("HUB-3266", args={"most": str(LONGEST_TEXT)}))
    return written
