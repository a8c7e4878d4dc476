"""A remark of the health office on a facility's number, the facility's reply, the decision: one thread with a due day.

About a facility and its numbers, never about a patient; every entry and every look is audited.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from hub.access.case_files import is_same_person
from hub.access.free_text import free_text
from hub.access.indicators import known, released_month
from hub.access.making import making, name_for
from hub.access.monitoring import only_auditors, own_facility, tell
from hub.access.papers import city_day
from hub.access.trace import sealed_entry
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.parts import SELF, Hub
from hub.store import Conflict, FollowUpRow

OUTCOMES = ("explained", "improve", "visit")
"""How a thread ends: the reply explains it; the facility improves it; the office comes to see."""
WAITING = ("waiting", "late", "replied", "open")
"""What is not decided: all of it, what is over, what waits for the office, what waits for the facility."""
LATEST = timedelta(days=366)
MOST_REPLIES = 20
"""Of a facility in one thread: it stands on one page with all others."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was written, when, by whom. `what`: remark, reply, decision; `outcome` of OUTCOMES with a decision."""

    at_ms: int
    what: str
    by: str
    text: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as pages show it. `state`: open, replied, decided; `due` ISO day; `is_late`: not decided, and over."""

    id: str
    facility: str
    facility_name: str
    indicator: str
    month: str
    state: str
    due: str
    is_late: bool
    entries: tuple[Entry, ...]


class Undecided(NamedTuple):
    """How many threads wait for the facility, how many for the office, and how many of both are over."""

    open: int
    replied: int
    late: int


def remark(
    hub: Hub, who: Principal, facility: str, indicator: str, month: str, text: str, due: str, mark: str = ""
) -> str:
    """Begin a thread about a facility's number; returns its id. `month`: one that was released, "" for the newest;
    `due`: an ISO day within a year from now; `mark`: of the form, which sent twice begins one thread.

    HUB-4270 no such indicator, HUB-4271 it was not released for that month, HUB-4274 and HUB-4359 as `free_text`,
    HUB-4275 no such day, HUB-4278 no such facility. FORBIDDEN unless the role is auditor.
    """
    only_auditors(who)
    if indicator not in known(hub):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4270", args={"name": indicator[:41]}))
    if facility not in hub.facilities or facility == SELF:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4278", args={"name": facility[:60]}))
    about = released_month(hub, indicator, month)
    now = hub.clock()
    entry = Entry(now, "remark", who.subject, free_text(text))
    id_ = f"TL-{name_for(hub, who, mark, facility, indicator, month, text, due)[:6].hex()}"
    body = _sealed(hub, id_, (entry,))
    row = FollowUpRow(id_, facility, indicator, about, "open", now, _day(hub, due), None, 1, body)
    with making(hub, lambda tx: tx.follow_up(id_)) as tx:
        tx.add_follow_up(row)
        tx.outbox([sealed_entry(hub, _told(hub, who, "remark", row))])
    return id_


def reply(hub: Hub, who: Principal, id_: str, text: str) -> None:
    """The facility's answer to a thread of its own; it may answer again until it is decided.

    HUB-4273 (not found): no such thread of this facility; HUB-4274; HUB-4359; HUB-4277 (conflict): decided meanwhile;
    HUB-4362 (forbidden): who wrote the remark. FORBIDDEN without a facility.
    """
    facility, row = own_facility(who), _row(hub, id_)
    if row.facility != facility:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4273", args={"name": id_[:40]}))
    _require_other(hub, who, row, "remark")
    entry = Entry(hub.clock(), "reply", who.subject, free_text(text))
    _add(hub, who, row, entry, row._replace(state="replied"))


def decide(hub: Hub, who: Principal, id_: str, outcome: str, text: str) -> None:
    """The office's decision, with a reason; it closes the thread.

    HUB-4273, HUB-4274, HUB-4359, HUB-4276 (not one of OUTCOMES), HUB-4277, HUB-4362 (forbidden): who replied for
    the facility. FORBIDDEN unless the role is auditor.
    """
    only_auditors(who)
    row = _row(hub, id_)
    if outcome not in OUTCOMES:
        raise HubError(Category.INCORRECT, Issue("HUB-4276", args={"supported": ", ".join(OUTCOMES)}))
    _require_other(hub, who, row, "reply")
    now = hub.clock()
    entry = Entry(now, "decision", who.subject, free_text(text), outcome)
    _add(hub, who, row, entry, row._replace(state="decided", closed_ms=now))


def threads(
    hub: Hub, who: Principal, *, facility: str = "", indicator: str = "", state: str = ""
) -> tuple[Thread, ...]:
    """The newest hundred threads, of a facility, about an indicator, in a state: newest first; in the states of WAITING
    the first due first. A facility sees its own, the office all; FORBIDDEN to others."""
    facility = facility if who.role == "auditor" else own_facility(who)
    before = city_day(hub).isoformat() if state == "late" else ""
    with hub.store.reading() as tx:
        if state in WAITING:
            of = state if state in ("open", "replied") else ""
            rows = tx.undecided(facility=facility, indicator=indicator, state=of, before=before)
        else:
            rows = tx.follow_ups(facility=facility, indicator=indicator, state=state)
    found = tuple(_shown(hub, row) for row in rows)
    asked = {"facility": facility, "indicator": indicator} | ({"state": state} if state else {})
    tell(hub, who, "follow-up", asked, len(found))
    return found


def undecided(hub: Hub, who: Principal) -> Undecided:
    """How many threads of the whole city are not decided; audited. FORBIDDEN unless the role is auditor."""
    only_auditors(who)
    with hub.store.reading() as tx:
        counts = tx.follow_up_counts(city_day(hub).isoformat())
    found = Undecided(
        open=sum(n for (state, _), n in counts.items() if state == "open"),
        replied=sum(n for (state, _), n in counts.items() if state == "replied"),
        late=sum(n for (_, is_late), n in counts.items() if is_late),
    )
    tell(hub, who, "follow-up", {"state": "waiting"}, found.open + found.replied)
    return found


def _row(hub: Hub, id_: str) -> FollowUpRow:
    with hub.store.reading() as tx:
        row = tx.follow_up(id_)
    if row is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4273", args={"name": id_[:40]}))
    return row


def _require_other(hub: Hub, who: Principal, row: FollowUpRow, what: str) -> None:
    """Nobody speaks for both sides of a thread, however the person signed in."""
    if any(each.what == what and is_same_person(who.subject, each.by) for each in _entries(hub, row)):
        raise HubError(Category.FORBIDDEN, Issue("HUB-4362"))


def _add(hub: Hub, who: Principal, old: FollowUpRow, entry: Entry, new: FollowUpRow) -> None:
    if _is_last(hub, old, entry):
        return
    if old.closed_ms is not None:
        raise HubError(Category.CONFLICT, Issue("HUB-4277"))
    if entry.what == "reply" and sum(each.what == "reply" for each in _entries(hub, old)) >= MOST_REPLIES:
        raise HubError(Category.CONFLICT, Issue("HUB-4279", args={"most": str(MOST_REPLIES)}))
    body = _sealed(hub, old.id, (*_entries(hub, old), entry))
    try:
        with hub.store.writing() as tx:
            tx.change_follow_up(new._replace(version=old.version + 1, body=body))
            tx.outbox([sealed_entry(hub, _told(hub, who, entry.what, new))])
    except Conflict:
        if not _is_last(hub, _row(hub, old.id), entry):
            raise HubError(Category.CONFLICT, Issue("HUB-4277")) from None


def _is_last(hub: Hub, row: FollowUpRow, entry: Entry) -> bool:
    """The form was sent twice: the same person wrote the same just before."""
    return msgspec.structs.replace(_entries(hub, row)[-1], at_ms=entry.at_ms) == entry


def _told(hub: Hub, who: Principal, what: str, row: FollowUpRow) -> AuditEntry:
    return AuditEntry(
        at_ms=hub.clock(),
        event="city.follow-up",
        action="C" if what == "remark" else "U",
        outcome="permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        details={"what": what, "thread": row.id, "facility": row.facility, "indicator": row.indicator},
        request_id=who.request_id,
        is_person=who.person is not None,
    )


def _shown(hub: Hub, row: FollowUpRow) -> Thread:
    name = hub.facilities[row.facility].name if row.facility in hub.facilities else row.facility
    is_late = row.closed_ms is None and row.due < city_day(hub).isoformat()
    entries = _entries(hub, row)
    return Thread(row.id, row.facility, name, row.indicator, row.month, row.state, row.due, is_late, entries)


def _day(hub: Hub, due: str) -> str:
    try:
        day = date.fromisoformat(due)
    except ValueError:
        day = date.min
    if day.isoformat() != due or not city_day(hub) <= day <= city_day(hub) + LATEST:
        raise HubError(Category.INCORRECT, Issue("HUB-4275"))
    return day.isoformat()


def _sealed(hub: Hub, id_: str, entries: Iterable[Entry]) -> bytes:
    return hub.boxes.follow.seal(msgspec.json.encode(tuple(entries)), id_.encode())


def _entries(hub: Hub, row: FollowUpRow) -> tuple[Entry, ...]:
    return _DECODER.decode(hub.boxes.follow.open(row.body, row.id.encode()))


_DECODER = msgspec.json.Decoder(tuple[Entry, ...])
