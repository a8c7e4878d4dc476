"""What a facility reports of itself where facts cannot tell: observed hand hygiene, surveys (marked self-reported).

About the facility and its numbers, never about a patient. A new report stands beside the old one; the newest counts.
Every report and every look is audited.
"""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from hub.access.indicators import known
from hub.access.monitoring import only_auditors, tell
from hub.access.trace import sealed_entry
from hub.clock import city_zone
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.monitor.cells import Cell
from hub.monitor.indicators import Indicator
from hub.parts import Hub
from hub.store import SelfReportRow

BACK = 12
"""How many ended months can be reported."""
MOST = 10_000_000


class Reported(msgspec.Struct, frozen=True, array_like=True):
    """A numerator and its denominator, and who reported them."""

    numerator: int
    denominator: int
    by: str


def asked(hub: Hub, who: Principal) -> tuple[Indicator, ...]:
    """The indicators the caller's facility is asked for. FORBIDDEN without a facility."""
    kind = hub.facilities[_own(hub, who)].kind
    return tuple(
        each
        for each in known(hub).values()
        if each.self_reported and (not each.reported_by or kind in each.reported_by)
    )


def months(hub: Hub) -> tuple[str, ...]:
    """The ended months that can be reported (YYYY-MM), newest first."""
    today = datetime.fromtimestamp(hub.clock() / 1000, city_zone()).date()
    at = today.year * 12 + today.month - 1
    return tuple(date((at - n) // 12, (at - n) % 12 + 1, 1).isoformat()[:7] for n in range(1, BACK + 1))


def report(hub: Hub, who: Principal, month: str, numbers: Mapping[str, tuple[int, int]]) -> int:
    """Keep what a facility reports of a month: indicator to (numerator, denominator); returns how many were new.

    HUB-4254 (a number that is none), HUB-4255 (month), HUB-4256 (not asked for). FORBIDDEN without a facility.
    """
    facility = _own(hub, who)
    if month not in months(hub):
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    wanted = {each.id: each for each in asked(hub, who)}
    for id_, (some, whole) in numbers.items():
        if id_ not in wanted:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4256", args={"found": id_[:48]}))
        if not 0 <= some <= whole <= MOST or not whole:
            raise HubError(Category.INCORRECT, Issue("HUB-4254", args={"name": wanted[id_].title["id"]}))
    before = own(hub, who, month)
    now = hub.clock()
    rows = [
        _row(hub, SelfReportRow(id_, month, facility, now, b""), Reported(*pair, who.subject))
        for id_, pair in numbers.items()
        if id_ not in before or (before[id_].numerator, before[id_].denominator) != pair
    ]
    if rows:
        entry = AuditEntry(
            now, "city.self-report", "C", "permit", who.subject, who.role, facility, "PUBHLTH", details={"month": month}
        )
        with hub.store.writing() as tx:
            tx.add_self_reports(rows)
            tx.outbox([sealed_entry(hub, entry)])
    return len(rows)


def own(hub: Hub, who: Principal, month: str) -> dict[str, Reported]:
    """What the caller's facility reported last of a month, by indicator. FORBIDDEN without a facility."""
    facility = _own(hub, who)
    with hub.store.reading() as tx:
        rows = tx.self_reports([month], facility)
    tell(hub, who, "self-reports", {"month": month}, len(rows))
    return {row.indicator: _opened(hub, row) for row in rows}


def reported(hub: Hub, who: Principal, month: str) -> dict[str, dict[str, Reported]]:
    """What all facilities reported of a month: indicator to facility to numbers. FORBIDDEN unless auditor."""
    only_auditors(who)
    with hub.store.reading() as tx:
        rows = tx.self_reports([month])
    found: dict[str, dict[str, Reported]] = {}
    for row in rows:
        found.setdefault(row.indicator, {})[row.facility] = _opened(hub, row)
    tell(hub, who, "self-reports", {"month": month}, len(rows))
    return found


def report_cells(hub: Hub, indicator: str, months: list[str]) -> list[Cell]:
    """Self-reported numbers as cells without an area, sex or age: for what releases numbers, never for a page."""
    numbers = {each.id: each.number for each in hub.facilities.values()}
    with hub.store.reading() as tx:
        rows = [row for row in tx.self_reports(months) if row.indicator == indicator and row.facility in numbers]
    found = [(row, _opened(hub, row)) for row in rows]
    return [
        Cell(indicator, row.month, numbers[row.facility], "", "", "", one.numerator, one.denominator)
        for row, one in found
    ]


def _own(hub: Hub, who: Principal) -> str:
    if who.facility not in hub.facilities or who.facility is None or who.role not in ("clinician", "clinic-client"):
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    return who.facility


def _place(row: SelfReportRow) -> bytes:
    return f"self-report/{row.indicator}/{row.month}/{row.facility}/{row.made_ms}".encode()


def _row(hub: Hub, row: SelfReportRow, one: Reported) -> SelfReportRow:
    return row._replace(body=hub.boxes.cell.seal(msgspec.msgpack.encode(one), _place(row)))


def _opened(hub: Hub, row: SelfReportRow) -> Reported:
    return _REPORTED.decode(hub.boxes.cell.open(row.body, _place(row)))


_REPORTED = msgspec.msgpack.Decoder(Reported)
