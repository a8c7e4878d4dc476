"""Case review step by step: asked, withdrawn or decided by a second person, findings, closed, the facility's reply.

The four eyes are two persons, however they signed in; the facility is told once a case is approved. Every step is in
the trail, an approval in that of each patient whose record was drawn (trust: tiers T3 and T4, docs/privacy.md).
"""

import secrets

import msgspec

from hub.access.case_charts import find, own_case
from hub.access.case_drawing import draw
from hub.access.case_files import (
    MOST_RECORDS,
    OPEN_MS,
    OUTCOMES,
    REASONS,
    VERDICTS,
    Case,
    File,
    Question,
    Step,
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
    sealed,
    state_of,
)
from hub.access.free_text import free_text
from hub.access.indicators import known
from hub.access.making import making, name_for
from hub.access.monitoring import tell
from hub.access.trace import audit, sealed_entry
from hub.clock import city_time
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.monitor.question import days_of, read_codes, write_codes
from hub.parts import SELF, Hub
from hub.store import CaseReviewRow

MOST_REPLIES = 20


def ask(hub: Hub, who: Principal, facility: str, asked: Question, mark: str = "") -> str:
    """A new request; returns the case's id. Nothing is looked up yet. `mark`: of the form, which sent twice asks once.

    HUB-4350 (not found) no such facility; HUB-4355 (incorrect) a question that can't be put; HUB-4274 and HUB-4359
    (incorrect) as `free_text`. FORBIDDEN unless the role is auditor.
    """
    person = only_office(who)
    if facility not in hub.facilities or facility == SELF:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4350", args={"name": facility[:40]}))
    question = _question(hub, asked)
    id_, now = f"AM-{name_for(hub, who, mark, facility, asked)[:5].hex()}", hub.clock()
    file = File(secrets.token_bytes(32), question, (Step(now, "asked", person),))
    row = CaseReviewRow(id_, facility, "asked", now, now + OPEN_MS, 1, sealed(hub, id_, file))
    with making(hub, lambda tx: tx.case_review(id_)) as tx:
        tx.add_case_review(row)
        tx.outbox([sealed_entry(hub, entry_of(hub, who, "case.ask", row))])
    return id_


def approve(hub: Hub, who: Principal, id_: str) -> int:
    """A second auditor approves: the records are drawn and the case is open; returns how many there are.

    HUB-4352 (forbidden) the person who asked; HUB-4351 (conflict) no longer asked; HUB-4360 (conflict) no record can be
    shown; HUB-4356 (too large). FORBIDDEN unless the role is auditor.
    """
    row, file = _to_decide(hub, who, id_, "case.grant")
    drawn = draw(hub, row, file)
    if not drawn:
        audit(hub, entry_of(hub, who, "case.grant", row, reason="no-such-record", is_denied=True))
        raise HubError(Category.CONFLICT, Issue("HUB-4360"))
    now = hub.clock()
    steps = (*file.steps, Step(now, "approved", who.person or ""))
    new = msgspec.structs.replace(file, steps=steps, drawn=drawn)
    homes = tuple(sorted({home for each in drawn for home in each.homes}))
    entry = entry_of(hub, who, "case.grant", row, homes)
    change(hub, row, row._replace(state="open", expires_ms=now + OPEN_MS), new, entry)
    return len(drawn)


def refuse(hub: Hub, who: Principal, id_: str, text: str) -> None:
    """A second auditor refuses, with a reason. Errors as for `approve`, and HUB-4359."""
    row, file = _to_decide(hub, who, id_, "case.refuse")
    steps = (*file.steps, Step(hub.clock(), "refused", who.person or "", free_text(text)))
    new = msgspec.structs.replace(file, steps=steps)
    change(hub, row, row._replace(state="refused"), new, entry_of(hub, who, "case.refuse", row))


def withdraw(hub: Hub, who: Principal, id_: str) -> None:
    """Who asked takes the request back before it is decided. HUB-4364 (forbidden) somebody else; HUB-4351 (conflict)
    no longer asked. FORBIDDEN unless the role is auditor."""
    person, row = only_office(who), case_row(hub, id_)
    file = opened(hub, row)
    if not is_same_person(person, file.steps[0].by):
        audit(hub, entry_of(hub, who, "case.withdraw", row, reason="aggregate-only", is_denied=True))
        raise HubError(Category.FORBIDDEN, Issue("HUB-4364"))
    if state_of(hub, row) != "asked":
        raise HubError(Category.CONFLICT, Issue("HUB-4351"))
    new = msgspec.structs.replace(file, steps=(*file.steps, Step(hub.clock(), "withdrawn", person)))
    change(hub, row, row._replace(state="withdrawn"), new, entry_of(hub, who, "case.withdraw", row))


def note(hub: Hub, who: Principal, id_: str, number: int, verdict: str, text: str) -> None:
    """A finding in one record. HUB-4361 (incorrect) not one of VERDICTS; HUB-4359; errors as for `chart`."""
    if verdict not in VERDICTS:
        raise HubError(Category.INCORRECT, Issue("HUB-4361", args={"supported": ", ".join(VERDICTS)}))
    find(hub, who, id_, number, verdict, free_text(text, least=0))


def close(hub: Hub, who: Principal, id_: str, outcome: str, text: str) -> None:
    """The findings of the whole case; its records are shut at once. For the auditor who asked for it, while it is open.

    HUB-4353 (forbidden), HUB-4354 (gone), HUB-4361 (incorrect) not one of OUTCOMES, HUB-4359.
    """
    row, file = own_case(hub, who, id_, "case.close")
    if outcome not in OUTCOMES:
        raise HubError(Category.INCORRECT, Issue("HUB-4361", args={"supported": ", ".join(OUTCOMES)}))
    steps = (*file.steps, Step(hub.clock(), "closed", who.person or "", free_text(text)))
    new = msgspec.structs.replace(file, steps=steps, outcome=outcome)
    change(hub, row, row._replace(state="done"), new, entry_of(hub, who, "case.close", row))


def reply(hub: Hub, who: Principal, id_: str, text: str) -> None:
    """The facility's reply to a case it was told of; it may reply again. HUB-4350, HUB-4358 (gone), HUB-4359."""
    row = case_row(hub, id_, only_facility(who))
    file = opened(hub, row)
    if not is_answerable(hub, file):
        raise HubError(Category.GONE, Issue("HUB-4358"))
    require_other(who, file)
    step = Step(hub.clock(), "replied", who.person or "", free_text(text))
    if msgspec.structs.replace(file.steps[-1], at_ms=step.at_ms) == step:  # the form was sent twice
        return
    if sum(each.what == "replied" for each in file.steps) >= MOST_REPLIES:
        raise HubError(Category.CONFLICT, Issue("HUB-4363", args={"most": str(MOST_REPLIES)}))
    new = msgspec.structs.replace(file, steps=(*file.steps, step))
    change(hub, row, row, new, entry_of(hub, who, "case.reply", row))


def office_cases(hub: Hub, who: Principal, facility: str = "") -> tuple[Case, ...]:
    """The newest cases, all or a facility's. FORBIDDEN unless the role is auditor; audited."""
    only_office(who)
    with hub.store.reading() as tx:
        rows = tx.case_reviews(facility=facility)
    tell(hub, who, "case-reviews", {"facility": facility} if facility else {}, len(rows))
    return tuple(case_of(hub, who, row) for row in rows)


def waiting_cases(hub: Hub, who: Principal) -> tuple[Case, ...]:
    """The cases that wait for a second person, the first to lapse first. Audited. FORBIDDEN unless auditor."""
    only_office(who)
    with hub.store.reading() as tx:
        rows = tx.asked_case_reviews(hub.clock())
    tell(hub, who, "case-reviews", {"state": "asked"}, len(rows))
    return tuple(case_of(hub, who, row) for row in rows)


def facility_cases(hub: Hub, who: Principal) -> tuple[Case, ...]:
    """The cases a facility was told of, newest first. FORBIDDEN unless the role is clinician; audited."""
    facility = only_facility(who)
    with hub.store.reading() as tx:
        rows = tx.case_reviews(facility=facility, is_told=True)
    tell(hub, who, "case-reviews", {"facility": facility}, len(rows))
    return tuple(case_of(hub, who, row) for row in rows)


def one_case(hub: Hub, who: Principal, id_: str) -> Case:
    """One case as the office, or its facility, sees it; audited. HUB-4350."""
    facility = "" if who.role == "auditor" else only_facility(who)
    if not facility:
        only_office(who)
    row = case_row(hub, id_, facility)
    audit(hub, entry_of(hub, who, "case.read", row))
    return case_of(hub, who, row)


def _to_decide(hub: Hub, who: Principal, id_: str, event: str) -> tuple[CaseReviewRow, File]:
    person = only_office(who)
    row = case_row(hub, id_)
    file = opened(hub, row)
    if is_same_person(person, file.steps[0].by):
        audit(hub, entry_of(hub, who, event, row, reason="aggregate-only", is_denied=True))
        raise HubError(Category.FORBIDDEN, Issue("HUB-4352"))
    if state_of(hub, row) != "asked":
        raise HubError(Category.CONFLICT, Issue("HUB-4351"))
    return row, file


def _question(hub: Hub, asked: Question) -> Question:
    this_month = city_time(hub.clock())[:7]
    try:
        codes = write_codes(read_codes(asked.codes))
        days_of(asked.first, asked.last)
    except ValueError:
        codes = ""
    is_known = asked.indicator in ("", *known(hub)) and asked.reason in REASONS
    if not codes or asked.last > this_month or not 1 <= asked.most <= MOST_RECORDS or not is_known:
        raise HubError(Category.INCORRECT, Issue("HUB-4355", args={"most": str(MOST_RECORDS)}))
    return msgspec.structs.replace(asked, codes=codes, why=free_text(asked.why))
