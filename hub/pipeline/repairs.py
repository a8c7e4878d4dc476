"""A facility's own waiting rows: look, correct cells, replace one value in many rows, give a row up with a reason.

Cells are the facility's patients' data: shown to that facility alone, and every look is audited.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.mapping import Adapter
from hub.mapping.context import pairs
from hub.mapping.readers.header import IGNORED, known_names, plain
from hub.model import Facility, Issue, Principal
from hub.parts import Hub
from hub.pipeline.mending import Case, entry_of, mend, open_case
from hub.pipeline.quarantine import Waiting, seal_waiting, waiting
from hub.store import QuarantineRow

LONGEST_CELL, LONGEST_REASON = 2000, 500
CLOSED_SHOWN = 200
_ID = re.compile(r"(KJ-[0-9a-f]{1,32})\.([0-9]{1,7})")
_MEMBER = re.compile(r"(.+)\[([0-9]+)\]\.(.+)")
_SHAPE = "§"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A refused row as its facility sees it. `columns` are those at fault, by the adapter's names; `cells` all that was
    sent; `sent` what the changed ones were before. `state`: open, or how it ended (`closed_ms`, `reason`, `by`)."""

    id: str
    submission: str
    file: str
    row: int
    adapter: str
    state: str
    since_ms: int
    closed_ms: int | None
    issues: tuple[Issue, ...]
    columns: tuple[str, ...]
    cells: Mapping[str, str]
    sent: Mapping[str, str]
    reason: str = ""
    by: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of what stands in the way, each once."""
        return tuple(dict.fromkeys(issue.code for issue in self.issues))


class Repaired(NamedTuple):
    """What became of a row: accepted, waiting (with its issues now), superseded or closed."""

    state: str
    issues: tuple[Issue, ...] = ()


class Tally(NamedTuple):
    """What became of many."""

    accepted: int
    waiting: int
    superseded: int


def waiting_rows(hub: Hub, who: Principal, code: str | None = None) -> list[WaitingRow]:
    """The caller's facility's open rows, oldest first; those with an issue of this code."""
    facility = _facility(hub, who)
    found = [_shown(hub, row, held) for row, held in waiting(hub, facility.id)]
    wanted = [each for each in found if code is None or code in each.codes]
    audit(hub, entry_of(hub, facility.id, who.subject, "quarantine.read", len(wanted)))
    return wanted


def waiting_row(hub: Hub, who: Principal, id_: str) -> WaitingRow:
    """One row, whatever its state. NOT_FOUND when it is not the facility's own, whether or not it exists."""
    case = _case(hub, who, id_)
    audit(hub, entry_of(hub, case.row.facility, who.subject, "quarantine.read", 1))
    return _shown(hub, case.row, case.held)


def closed_rows(hub: Hub, who: Principal, limit: int = CLOSED_SHOWN) -> list[WaitingRow]:
    """How the newest rows that no longer wait ended, without their cells."""
    with hub.store.reading() as tx:
        rows = tx.quarantine_closed(_facility(hub, who).id, limit)
    shown = (_shown(hub, row, open_case(hub, row).held) for row in rows)
    return [replace(each, cells={}, sent={}) for each in shown]


def repair(hub: Hub, who: Principal, id_: str, cells: Mapping[str, str]) -> Repaired:
    """Send a row with these cells changed (blank = emptied). What is still refused keeps the changes and goes on
    waiting. INCORRECT for a column the row can't have or a cell that is too long."""
    case = _case(hub, who, id_)
    case.raw = _with(hub, case, cells)
    return _repaired(hub, who, [case])[0]


def replace_value(hub: Hub, who: Principal, code: str, column: str, old: str, new: str) -> Tally:
    """Change one value of one column in every waiting row with this code, and send those rows."""
    facility = _facility(hub, who)
    cases = []
    for row, held in waiting(hub, facility.id):
        if held.raw.get(column, "") == old and code in {issue.code for issue in held.issues}:
            case = Case(row, held, dict(held.raw))
            case.raw = _with(hub, case, {column: new})
            cases.append(case)
    return _tally(_repaired(hub, who, cases))


def replay_rows(hub: Hub, who: Principal, code: str | None = None) -> Tally:
    """Send the facility's waiting rows again as they are: all, or those with an issue of this code."""
    facility = _facility(hub, who)
    found = waiting(hub, facility.id)
    cases = [Case(row, held, held.raw) for row, held in found if code is None or code in {i.code for i in held.issues}]
    return _tally(_repaired(hub, who, cases))


def discard(hub: Hub, who: Principal, id_: str, reason: str) -> None:
    """Give a row up: it is closed with the reason and stays in the history. Giving it up twice is harmless; CONFLICT
    when it ended otherwise."""
    case = _case(hub, who, id_)
    text = " ".join(reason.split())
    if not 3 <= len(text) <= LONGEST_REASON:
        raise HubError(Category.INCORRECT, Issue("HUB-3322", args={"limit": str(LONGEST_REASON)}))
    if case.row.state == "discarded":
        return
    body = msgspec.structs.replace(case.held, reason=text, by=who.person or who.subject)
    with hub.store.writing() as tx:
        now = tx.quarantined(case.row.submission, case.row.row)
        if now is None or now.state != "open":
            raise HubError(Category.CONFLICT, Issue("HUB-3325"))
        tx.close_quarantine(
            case.row.submission,
            case.row.row,
            state="discarded",
            resolved_ms=hub.clock(),
            body=seal_waiting(hub, case.row.submission, body),
        )
    audit(hub, entry_of(hub, case.row.facility, who.subject, "quarantine.discard", 1))


def column_of(adapter: Adapter, facility: Facility, header: str) -> str | None:
    """The adapter's column behind a header of the sender's file; `diagnosa[2].kode` for one of a group."""
    known = known_names(adapter.manifest, pairs(facility.settings.get("columns", "")))
    if (column := known.get(plain(header))) is not None:
        return column if column != IGNORED else None
    found = _MEMBER.fullmatch(header)
    for group in adapter.manifest.groups if found is not None else ():
        if found is not None and plain(group.name) == plain(found[1]):
            member = known_names(group, {}).get(plain(found[3]))
            return f"{group.name}[{found[2]}].{member}" if member is not None else None
    return None


def _facility(hub: Hub, who: Principal) -> Facility:
    found = hub.facilities.get(who.facility or "")
    if found is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3321"))
    return found


def _case(hub: Hub, who: Principal, id_: str) -> Case:
    facility, named = _facility(hub, who), _ID.fullmatch(id_)
    with hub.store.reading() as tx:
        row = tx.quarantined(named[1], int(named[2])) if named is not None else None
    if row is None or row.facility != facility.id:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3321"))
    return open_case(hub, row)


def _with(hub: Hub, case: Case, cells: Mapping[str, str]) -> dict[str, str]:
    """The row's cells with these changed; a fault of the row's shape goes with the column it was found in."""
    adapter = hub.adapters.get(case.held.adapter)
    facility = hub.facilities[case.row.facility]
    raw = dict(case.held.raw)
    for name, value in cells.items():
        is_known = name in raw or (adapter is not None and column_of(adapter, facility, name) == name)
        if not is_known or name.startswith(_SHAPE):
            shown = name if name.replace("_", "").isalnum() and len(name) <= 40 else "?"
            raise HubError(Category.INCORRECT, Issue("HUB-3320", args={"name": shown}))
        if len(value) > LONGEST_CELL:
            raise HubError(Category.INCORRECT, Issue("HUB-3323", column=name, args={"limit": str(LONGEST_CELL)}))
        raw.pop(name, None)
        if value.strip():
            raw[name] = value.strip()
    if adapter is None:
        return raw
    return {
        name: value
        for name, value in raw.items()
        if not name.startswith(_SHAPE) or _place(adapter, facility, value) not in cells
    }


def _place(adapter: Adapter, facility: Facility, fault: str) -> str | None:
    """The column of a fault of the row's shape, as `Record.raw` keeps it."""
    try:
        header = msgspec.json.decode(fault.encode(), type=dict[str, object]).get("column")
    except (msgspec.DecodeError, RecursionError):
        return None
    return column_of(adapter, facility, str(header)) or str(header)


def _repaired(hub: Hub, who: Principal, cases: Sequence[Case]) -> list[Repaired]:
    facility = _facility(hub, who)
    ended = [case for case in cases if case.row.state != "open"]
    going = [case for case in cases if case.row.state == "open"]
    for case in ended:
        case.state = "closed"
    mend(hub, facility.id, who.subject, going)
    event = "quarantine.fix" if any(case.raw != case.held.raw for case in going) else "quarantine.replay"
    audit(hub, entry_of(hub, facility.id, who.subject, event, len(going)))
    notes = {"superseded": (Issue("HUB-3324", severity="information"),), "closed": (Issue("HUB-3325"),)}
    return [Repaired(case.state, notes.get(case.state, tuple(case.issues))) for case in cases]


def _tally(done: Sequence[Repaired]) -> Tally:
    states = [each.state for each in done]
    return Tally(states.count("accepted"), states.count("waiting"), states.count("superseded") + states.count("closed"))


def _shown(hub: Hub, row: QuarantineRow, held: Waiting) -> WaitingRow:
    adapter = hub.adapters.get(held.adapter)
    issues = tuple(issue for issue in held.issues if issue.severity in ("error", "fatal"))
    cells = {name: value for name, value in held.raw.items() if not name.startswith(_SHAPE)}
    sent = {name: value for name, value in (held.sent or {}).items() if cells.get(name, "") != value}
    return WaitingRow(
        id=f"{row.submission}.{row.row}",
        submission=row.submission,
        file=held.file,
        row=held.row,
        adapter=held.adapter,
        state=row.state,
        since_ms=row.created_ms,
        closed_ms=row.resolved_ms,
        issues=issues,
        columns=_at_fault(adapter, hub.facilities[row.facility], issues) if adapter is not None else (),
        cells=cells,
        sent={name: value for name, value in sent.items() if not name.startswith(_SHAPE)},
        reason=held.reason,
        by=held.by,
    )


def _at_fault(adapter: Adapter, facility: Facility, issues: Sequence[Issue]) -> tuple[str, ...]:
    """The columns to be mended: those the issues name; who the patient is, and which visit, where that is at stake."""
    found: list[str] = []
    for issue in issues:
        if issue.code == "HUB-2069":
            found += [name for group in adapter.manifest.identity for name in group]
        elif issue.code in ("HUB-3102", "HUB-3103"):
            found += adapter.manifest.key
        elif issue.column and (column := column_of(adapter, facility, issue.column)):
            found.append(column)
    return tuple(dict.fromkeys(found))
