"""What a case review holds, sealed in its row, and how it stands.

Asked by one auditor, approved by another, then open to the one who asked for fourteen days (docs/privacy.md,
"Case review").
"""

import hmac
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

import msgspec

from hub.access.trace import sealed_entry
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.parts import Hub
from hub.store import CaseReviewRow, Conflict

DAY_MS = 86_400_000
OPEN_MS = 14 * DAY_MS
"""For so long a request waits for its second person, and for so long the records are shown."""
REPLY_MS = 60 * DAY_MS
"""For so long after the approval the facility can match numbers and reply."""
MOST_RECORDS = 20
REASONS = ("indicator", "complaint", "incident", "routine")
VERDICTS = ("in-order", "minor", "serious", "unclear")
OUTCOMES = ("in-order", "improve", "visit")


class Question(msgspec.Struct, frozen=True):
    """`codes` as `hub.monitor.question` writes them; `first`, `last` YYYY-MM; `indicator`: id or ""; `reason` one of
    REASONS, `why` in words; `most` records."""

    codes: str
    first: str
    last: str
    indicator: str
    reason: str
    why: str
    most: int


class Step(msgspec.Struct, frozen=True):
    """What was done when, by whom; `what`: asked, withdrawn, approved, refused, closed, replied."""

    at_ms: int
    what: str
    by: str
    text: str = ""


class Drawn(msgspec.Struct, frozen=True):
    """A record of the case: its number in it, its pseudonym, the compartments and the case's own day."""

    number: int
    name: str
    homes: tuple[int, ...]
    day: int


class Finding(msgspec.Struct, frozen=True):
    """What was found in a record; `verdict` one of VERDICTS."""

    number: int
    verdict: str
    text: str


class File(msgspec.Struct, frozen=True):
    """A case's sealed content. `key`: of its pseudonyms and its draw, of this case alone."""

    key: bytes
    question: Question
    steps: tuple[Step, ...]
    drawn: tuple[Drawn, ...] = ()
    findings: tuple[Finding, ...] = ()
    outcome: str = ""


State = Literal["asked", "lapsed", "withdrawn", "refused", "open", "expired", "done"]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as pages show it. `until_ms`: of the state asked or open; `reply_until_ms`: so long the facility can match
    and reply, 0 before the approval; `is_own`: the viewer asked for it (and alone
    sees its records). How many persons were left out nobody is told: two questions would tell who has something
    sensitive."""

    id: str
    facility: str
    facility_name: str
    state: State
    created_ms: int
    until_ms: int
    reply_until_ms: int
    question: Question
    steps: tuple[Step, ...]
    records: tuple[tuple[int, str], ...]
    findings: dict[int, Finding]
    outcome: str
    is_own: bool
    may_approve: bool
    may_reply: bool


def only_office(who: Principal) -> str:
    """The auditor's stable name. FORBIDDEN for every other role and for a system."""
    if who.role != "auditor" or not who.person:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    return who.person


def only_facility(who: Principal) -> str:
    """The facility whose clinician asks. FORBIDDEN for every other role and for a system."""
    if who.role != "clinician" or who.facility is None or not who.person:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    return who.facility


def is_same_person(one: str, other: str) -> bool:
    """Whether two sign-ins are of one person, however the name was typed."""
    return _plain(one) == _plain(other)


def require_other(who: Principal, file: File) -> None:
    """FORBIDDEN (HUB-4362) for who asked for the case or approved it, also when signed in at the facility: nobody
    audits and answers, and the office never learns whose records they are."""
    if any(each.what in ("asked", "approved") and is_same_person(who.person or "", each.by) for each in file.steps):
        raise HubError(Category.FORBIDDEN, Issue("HUB-4362"))


def _plain(name: str) -> str:
    return " ".join(normalize("NFKC", name).casefold().split())


def case_row(hub: Hub, id_: str, facility: str = "") -> CaseReviewRow:
    """A case's row. HUB-4350 (not found) when there is none, or (with `facility`) none that this facility was told
    of."""
    with hub.store.reading() as tx:
        row = tx.case_review(id_) if len(id_) <= 40 else None
    if row is None or (facility and (row.facility != facility or row.state not in ("open", "done"))):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4350", args={"name": id_[:40]}))
    return row


def opened(hub: Hub, row: CaseReviewRow) -> File:
    """A row's content. Raises hub.crypto.Tampered."""
    return _DECODER.decode(hub.boxes.case.open(row.body, row.id.encode()))


def sealed(hub: Hub, id_: str, file: File) -> bytes:
    """A case's content, bound to its id."""
    return hub.boxes.case.seal(msgspec.msgpack.encode(file), id_.encode())


def change(hub: Hub, old: CaseReviewRow, new: CaseReviewRow, file: File, entry: AuditEntry) -> None:
    """The next step, with its entry in the trail. HUB-4351 (conflict) when somebody was faster."""
    row = new._replace(version=old.version + 1, body=sealed(hub, old.id, file))
    try:
        with hub.store.writing() as tx:
            tx.change_case_review(row)
            tx.outbox([sealed_entry(hub, entry)])
    except Conflict:
        raise HubError(Category.CONFLICT, Issue("HUB-4351")) from None


def state_of(hub: Hub, row: CaseReviewRow) -> State:
    """How a case stands now: what is over is over without anybody's doing."""
    if row.state in ("asked", "open") and hub.clock() >= row.expires_ms:
        return "lapsed" if row.state == "asked" else "expired"
    return row.state  # type: ignore[return-value]


def case_of(hub: Hub, who: Principal, row: CaseReviewRow) -> Case:
    """A case as this person sees it; the facility reads the findings once the auditor is done."""
    file, state, person = opened(hub, row), state_of(hub, row), who.person or ""
    asked, is_office = file.steps[0], who.role == "auditor"
    is_own = is_office and is_same_person(person, asked.by)
    return Case(
        id=row.id,
        facility=row.facility,
        facility_name=hub.facilities[row.facility].name if row.facility in hub.facilities else row.facility,
        state=state,
        created_ms=row.created_ms,
        until_ms=row.expires_ms,
        reply_until_ms=approved_ms(file) and approved_ms(file) + REPLY_MS,
        question=file.question,
        steps=file.steps
        if is_office
        else tuple(step for step in file.steps if step.what in ("approved", "closed", "replied")),
        records=tuple((drawn.number, drawn.name) for drawn in file.drawn),
        findings={each.number: each for each in file.findings if is_office or state != "open"},
        outcome=file.outcome,
        is_own=is_own,
        may_approve=is_office and not is_own and state == "asked",
        may_reply=not is_office and is_answerable(hub, file),
    )


def is_answerable(hub: Hub, file: File) -> bool:
    """Whether the facility may still match numbers and reply."""
    return hub.clock() < approved_ms(file) + REPLY_MS


def approved_ms(file: File) -> int:
    """When the case was approved; 0 when it was not."""
    return next((step.at_ms for step in file.steps if step.what == "approved"), 0)


def keyed(file: File, purpose: str, home: int) -> bytes:
    """HMAC-SHA-256 of a compartment under the case's own key: the same record has another name in every case."""
    return hmac.digest(file.key, purpose.encode() + home.to_bytes(8, "big", signed=True), "sha256")


def entry_of(
    hub: Hub,
    who: Principal,
    event: str,
    row: CaseReviewRow,
    homes: tuple[int, ...] = (),
    *,
    number: int = 0,
    reason: str = "case-review",
    is_denied: bool = False,
) -> AuditEntry:
    """One step for the trail: of a quality review, whatever the person's own duty; `homes`: whose record was seen."""
    details = {"case": row.id, "facility": row.facility} | ({"record": str(number)} if number else {})
    return AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="R" if event in ("case.read", "case.look", "case.reidentify") else "C" if event == "case.ask" else "U",
        outcome="deny" if is_denied else "permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose="HQUALIMP",
        reason=reason,
        compartments=homes,
        request_id=who.request_id,
        is_person=True,
        details=details,
    )


_DECODER = msgspec.msgpack.Decoder(File)
