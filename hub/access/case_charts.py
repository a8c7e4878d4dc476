"""The records of a case review: shown without a person, matched by the facility alone.

Consent: docs/privacy.md, "Case review". Every look is in the trail of the patient it concerns before anything is shown.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from hub.access.case_drawing import labels_of, shown_rows
from hub.access.case_files import (
    Case,
    Drawn,
    File,
    Finding,
    approved_ms,
    case_of,
    case_row,
    change,
    entry_of,
    is_answerable,
    is_same_person,
    only_facility,
    only_office,
    opened,
    require_other,
    state_of,
)
from hub.access.opening import open_resources
from hub.access.sight import consent_rules, decide_for, has_deny, sight_of
from hub.access.trace import audit
from hub.clock import city_time, instant
from hub.consent import decide
from hub.errors import Category, HubError
from hub.fhir import day_text, type_name
from hub.fhir.systems import SID
from hub.model import (
    PATIENT_RID,
    Grant,
    Issue,
    Key,
    Principal,
    Request,
    Row,
    Subject,
)
from hub.monitor.pack import Pack, pack
from hub.monitor.question import is_asked, read_codes
from hub.parts import Hub
from hub.store import CaseReviewRow, ReadTx


@dataclass(frozen=True, slots=True)
class Chart:
    """A record as the case's auditor sees it."""

    case: Case
    number: int
    name: str
    pack: Pack


def chart(hub: Hub, who: Principal, id_: str, number: int) -> Chart:
    """A record of an open case, for the auditor who asked for it.

    HUB-4350 no such case; HUB-4353 (forbidden) not the one who asked; HUB-4354 (gone) over, or not open; HUB-4357 (not
    found) no such record, or it can no longer be shown. FORBIDDEN unless the role is auditor.
    """
    row, file = own_case(hub, who, id_, "case.look")
    drawn = _record(file, number)
    found = _looked_at(hub, who, "case.look", row, file, drawn)
    patient = next((each for each, _ in found if each["resourceType"] == "Patient"), {})
    made = pack(patient, dict(enumerate(found)), drawn.day, day_text(drawn.day)[:7])
    return Chart(case_of(hub, who, row), number, drawn.name, made)


def find(hub: Hub, who: Principal, id_: str, number: int, verdict: str, text: str) -> None:
    """What the auditor found in a record that can be shown; it can be changed while the case is open."""
    row, file = own_case(hub, who, id_, "case.finding")
    drawn = _record(file, number)
    _looked_at(hub, who, "case.finding", row, file, drawn)
    others = tuple(each for each in file.findings if each.number != number)
    findings = sorted((*others, Finding(number, verdict, text)), key=lambda each: each.number)
    entry = entry_of(hub, who, "case.finding", row, drawn.homes, number=number)
    change(hub, row, row, msgspec.structs.replace(file, findings=tuple(findings)), entry)


def own_case(hub: Hub, who: Principal, id_: str, event: str) -> tuple[CaseReviewRow, File]:
    """An open case for the auditor who asked for it; a refusal is in the trail. Errors as for `chart`."""
    person = only_office(who)
    row = case_row(hub, id_)
    file = opened(hub, row)
    problem = None
    if not is_same_person(person, file.steps[0].by):
        problem = HubError(Category.FORBIDDEN, Issue("HUB-4353"))
    elif state_of(hub, row) != "open":
        problem = HubError(Category.GONE, Issue("HUB-4354"))
    if problem is not None:
        audit(hub, entry_of(hub, who, event, row, reason="aggregate-only", is_denied=True))
        raise problem
    return row, file


def own_numbers(hub: Hub, who: Principal, id_: str, number: int) -> tuple[str, ...]:
    """The facility's own record numbers behind a record of a case (tier T4): for its clinicians alone.

    HUB-4350 no such case of this facility; HUB-4357; HUB-4358 (gone) the time to match is over. FORBIDDEN unless the
    role is clinician.
    """
    facility = only_facility(who)
    row = case_row(hub, id_, facility)
    file = opened(hub, row)
    if not is_answerable(hub, file):
        raise HubError(Category.GONE, Issue("HUB-4358"))
    require_other(who, file)
    drawn = _record(file, number)
    with hub.store.reading() as tx:
        sight = sight_of(hub, tx, who, drawn.homes)
        found = tx.get([Key(home, PATIENT_RID) for home in drawn.homes])
    rows = [
        each
        for each in found.values()
        if not each.is_deleted
        and (labels := sight.labels.get((each.compartment, each.tag))) is not None
        and decide_for(hub, who, sight, each.author, labels).effect == "PERMIT"
    ]
    reason = "author-facility" if rows else "no-such-record"
    entry = entry_of(hub, who, "case.reidentify", row, drawn.homes, number=number, reason=reason, is_denied=not rows)
    audit(hub, entry)
    system = f"{SID}{facility}/pasien"
    identifiers = [i for patient in open_resources(hub, rows).values() for i in patient.get("identifier", ())]
    own = [i.get("value", "") for i in identifiers if i.get("system") == system]
    coded = [
        i.get("value", "") for i in identifiers if "MR" in {c.get("code") for c in i.get("type", {}).get("coding", ())}
    ]
    if not own and not coded:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4357", args={"number": str(number)}))
    return tuple(dict.fromkeys(filter(None, own or coded)))


def _record(file: File, number: int) -> Drawn:
    found = next((each for each in file.drawn if each.number == number), None)
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4357", args={"number": str(number)}))
    return found


def _looked_at(
    hub: Hub, who: Principal, event: str, row: CaseReviewRow, file: File, drawn: Drawn
) -> list[tuple[dict[str, Any], int]]:
    """A record's resources with their days, as they may be shown now. HUB-4357 (not found), one answer for every
    reason, which only the trail tells: its Patient or the diagnosis it was drawn for is gone, its key was destroyed, it
    has become sensitive, or the patient has withdrawn a consent or refused something since the approval."""
    with hub.store.reading() as tx:
        rows = _permitted(hub, tx, who, row, file, drawn)
        has_objected = _has_objected(hub, tx, file, drawn)
    resources = open_resources(hub, rows)
    ranges = read_codes(file.question.codes)
    is_there = len(resources) == len(rows) and any(
        each["resourceType"] == "Condition" and is_asked(ranges, each) for each in resources.values()
    )
    denied = "consent-deny" if has_objected else "sensitive-not-granted" if not rows else "no-such-record"
    if has_objected or not is_there:
        audit(hub, entry_of(hub, who, event, row, drawn.homes, number=drawn.number, reason=denied, is_denied=True))
        raise HubError(Category.NOT_FOUND, Issue("HUB-4357", args={"number": str(drawn.number)}))
    if event == "case.look":
        audit(hub, entry_of(hub, who, event, row, drawn.homes, number=drawn.number))
    at = {Key(each.compartment, each.rid): each.day for each in rows}
    return [(resource, at[key]) for key, resource in resources.items()]


def _has_objected(hub: Hub, tx: ReadTx, file: File, drawn: Drawn) -> bool:
    """Whether the patient withdrew a consent, or refused anything to anybody, since the case was approved."""
    since = instant(approved_ms(file))
    return any(
        rule.accepted > since and (rule.status != "active" or rule.base == "deny" or has_deny(rule))
        for rule in consent_rules(hub, tx, tx.person(drawn.homes))
    )


def _permitted(hub: Hub, tx: ReadTx, who: Principal, row: CaseReviewRow, file: File, drawn: Drawn) -> list[Row]:
    """What a record shows, each row decided by itself under the case's grant; none when it has become sensitive since
    it was drawn, or is gone."""
    labels = labels_of(hub, tx, drawn.homes)
    rows = shown_rows(hub, tx, drawn.homes, labels)
    approver = next(step.by for step in file.steps if step.what == "approved")
    ids = {Key(each.compartment, each.rid): hub.ids.encode(Key(each.compartment, each.rid)) for each in rows}
    grant = Grant(frozenset(ids.values()), city_time(row.expires_ms), approver)
    request = Request(city_time(hub.clock()), "HQUALIMP", who.person, role=who.role, op="read", case_grant=grant)
    for each in rows:
        id_ = ids[Key(each.compartment, each.rid)]
        subject = Subject("subject", row.facility, labels[each.compartment, each.tag], id_, type_name(each.type))
        if decide(request, subject, [], hub.policy).effect != "PERMIT":
            return []
    return rows if {each.compartment for each in rows if each.rid == PATIENT_RID} == set(drawn.homes) else []
