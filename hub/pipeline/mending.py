"""Quarantined rows sent again: with corrected cells, or as they are when what stood in the way was mended on our side.

They go the same way as a file's rows. A row is never taken in over newer content: when the visit it speaks of arrived
in good shape since (or in the same file), what is stored stays and the row is closed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from hub.access.trace import audit
from hub.mapping import Adapter, Record
from hub.model import AuditEntry, Issue, Key, Mapped, Origin
from hub.parts import Hub
from hub.pipeline.part import Stored, store_part
from hub.pipeline.place import Placed
from hub.pipeline.quarantine import Held, Waiting, open_waiting, row_token, seal_waiting, waiting
from hub.pipeline.submissions import mapped_part, outcomes_of, refused_of
from hub.pipeline.wording import Words, note_words
from hub.store import QuarantineRow, WriteTx

PART_ROWS = 200
State = Literal["accepted", "waiting", "superseded", "closed"]
"""What became of a row: taken in; still refused; overtaken by newer content; no longer open when its turn came."""


@dataclass(slots=True)
class Case:
    """A waiting row with the cells it is to be sent with."""

    row: QuarantineRow
    held: Waiting
    raw: dict[str, str]
    state: State = "waiting"
    issues: list[Issue] = field(default_factory=list)


class _Overtaken(Exception):
    """These rows (by number) must not be taken in: newer content is stored, or somebody closed them meanwhile."""

    def __init__(self, rows: Mapping[int, State]) -> None:
        super().__init__(len(rows))
        self.rows = rows


def replay(hub: Hub, facility: str, subject: str, code: str | None = None) -> tuple[int, int]:
    """Send the open rows of a facility (those with an issue of this code) again: (accepted, still waiting)."""
    cases = [
        Case(row, held, held.raw)
        for row, held in waiting(hub, facility)
        if code is None or any(issue.code == code for issue in held.issues)
    ]
    mend(hub, facility, subject, cases)
    audit(hub, entry_of(hub, facility, subject, "quarantine.replay", len(cases)))
    left = sum(case.state == "waiting" for case in cases)
    return sum(case.state == "accepted" for case in cases), left


def mend(hub: Hub, facility: str, subject: str, cases: Sequence[Case]) -> None:
    """Send rows through the pipeline with their new cells and note in each case what became of it."""
    for part in _parts(cases):
        adapter = hub.adapters.get(part[0].held.adapter)
        if adapter is None:
            for case in part:
                case.issues = case.held.issues
            continue
        standing = {case.row.row: case for case in part}
        while standing:
            try:
                _send(hub, facility, subject, adapter, standing)
                break
            except _Overtaken as overtaken:
                for row, state in overtaken.rows.items():
                    standing.pop(row).state = state
        _close_overtaken(hub, [case for case in part if case.state == "superseded"])


def entry_of(hub: Hub, facility: str, subject: str, event: str, count: int) -> AuditEntry:
    """The audit entry of work on a facility's quarantine; the records it yields have entries of their own."""
    return AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="R" if event == "quarantine.read" else "U",
        outcome="permit",
        subject=subject,
        role="clinic-client",
        facility=facility,
        purpose="TREAT",
        reason="author-submission",
        count=count,
    )


def _parts(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Rows of one submission together: they share file and adapter, and no row number occurs twice."""
    by_submission: dict[str, list[Case]] = {}
    for case in cases:
        by_submission.setdefault(case.row.submission, []).append(case)
    for found in by_submission.values():
        for start in range(0, len(found), PART_ROWS):
            yield found[start : start + PART_ROWS]


def _send(hub: Hub, facility: str, subject: str, adapter: Adapter, cases: Mapping[int, Case]) -> None:
    """One part, one transaction. _Overtaken when rows must be left out."""
    first = next(iter(cases.values()))
    now = hub.clock()
    origin = Origin(facility, hub.facilities[facility].number, adapter.name, first.row.submission, now, subject)
    records = {number: Record.from_raw(number, case.raw) for number, case in cases.items()}
    words: Words = {}
    items, held, _, _ = mapped_part(hub, origin, adapter, first.held.file, list(records.values()), {}, words)

    def guard(placed: Placed) -> None:
        newer = {
            linked.validated.mapped.row: "superseded"
            for linked in placed.linked
            if linked is not None and _is_newer(placed, linked.key, linked.validated.mapped, cases)
        }
        if newer:
            raise _Overtaken(newer)  # type: ignore[arg-type]

    def also(tx: WriteTx, results: list[Stored]) -> None:
        closed = {number: "closed" for number, case in cases.items() if not _is_open(tx, case)}
        if closed:
            raise _Overtaken(closed)  # type: ignore[arg-type]
        refused = dict(held)
        for number, issues in refused_of(results).items():
            refused[number] = Held(records[number], issues, row_token(hub, origin, adapter, records[number]))
        for number, case in cases.items():
            _note(hub, tx, case, refused.get(number), now)
        fresh = {number for number, outcome in outcomes_of(results).items() if outcome != "unchanged"}
        note_words(hub, tx, origin, words, fresh)

    store_part(hub, origin, items, guard=guard, also=also)


def _is_newer(placed: Placed, key: Key, mapped: Mapped, cases: Mapping[int, Case]) -> bool:
    """Whether the visit a row speaks of was stored when the row was refused, or later."""
    row = placed.known.get(key)
    if mapped.type != "Provenance" or row is None or row.is_deleted or mapped.row is None:
        return False
    return row.updated_ms >= cases[mapped.row].row.created_ms


def _is_open(tx: WriteTx, case: Case) -> bool:
    now = tx.quarantined(case.row.submission, case.row.row)
    return now is not None and now.state == "open"


def _note(hub: Hub, tx: WriteTx, case: Case, refused: Held | None, now: int) -> None:
    """The row's own record of what became of it, in the part's transaction."""
    submission, number = case.row.submission, case.row.row
    held = changed(case.held, case.raw, refused.issues if refused is not None else case.held.issues)
    body = seal_waiting(hub, submission, held)
    if refused is None:
        case.state, case.issues = "accepted", []
        state = "replayed" if held.sent is None else "mended"
        tx.close_quarantine(submission, number, state=state, resolved_ms=now, body=body)
    else:
        case.state, case.issues = "waiting", refused.issues
        tx.change_quarantine(submission, number, source=refused.token or None, body=body)


def changed(held: Waiting, raw: dict[str, str], issues: list[Issue]) -> Waiting:
    """A waiting row with other cells; what the sender sent is kept beside them."""
    sent = held.sent if held.sent is not None or raw == held.raw else held.raw
    return msgspec.structs.replace(held, raw=raw, issues=issues, sent=sent)


def _close_overtaken(hub: Hub, cases: Sequence[Case]) -> None:
    if not cases:
        return
    with hub.store.writing() as tx:
        for case in cases:
            if _is_open(tx, case):
                tx.close_quarantine(case.row.submission, case.row.row, state="superseded", resolved_ms=hub.clock())


def open_case(hub: Hub, row: QuarantineRow) -> Case:
    """A quarantined row as a case, with its cells as they stand."""
    held = open_waiting(hub, row)
    return Case(row, held, dict(held.raw), issues=held.issues)
