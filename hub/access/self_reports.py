"""What a facility reports of itself where facts cannot tell: observed hand hygiene, surveys (marked self-reported).

About the facility and its numbers, never about a patient. A new report stands beside the old one; the newest counts.
Every report and every look is audited, a replaced number with what it was.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec

from hub.access.indicators import known
from hub.access.monitoring import only_auditors, own_facility, tell
from hub.access.trace import sealed_entry
from hub.clock import city_month
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.monitor.cells import Cell
from hub.monitor.indicators import Indicator
from hub.parts import Hub
from hub.store import Conflict, ReadTx, SelfReportRow

BACK = 12
"""How many ended months can be reported."""
Pair = tuple[int, int]
"""A numerator and its denominator."""


class Reported(msgspec.Struct, frozen=True, array_like=True):
    """A numerator and its denominator, and who reported them; without a denominator the report was taken back."""

    numerator: int
    denominator: int
    by: str


def asked(hub: Hub, who: Principal) -> tuple[Indicator, ...]:
    """The indicators the caller's facility is asked for. FORBIDDEN without a facility."""
    kind = hub.facilities[own_facility(who)].kind
    return tuple(
        each
        for each in known(hub).values()
        if each.self_reported and (not each.reported_by or kind in each.reported_by)
    )


def months(hub: Hub) -> tuple[str, ...]:
    """The ended months that can be reported (YYYY-MM), newest first."""
    return tuple(city_month(hub.clock(), back) for back in range(1, BACK + 1))


def released(hub: Hub) -> set[str]:
    """The months whose indicators are released: what is reported of them now is kept, and stands in no table. Not
    audited: no number."""
    with hub.store.reading() as tx:
        return {month for month, _ in tx.released_names("indicators")}


class Kept(NamedTuple):
    """What a report changed: indicators reported for the first time, those whose numbers it replaced, those that were
    taken back."""

    new: int
    replaced: int
    taken_back: int = 0


def report(
    hub: Hub,
    who: Principal,
    month: str,
    numbers: Mapping[str, Pair],
    shown: Mapping[str, Pair] | None = None,
    taken_back: Collection[str] = (),
) -> Kept:
    """Keep what a facility reports of a month, by indicator, or takes back. A number that was reported before is only
    replaced or taken back by one who was `shown` it; it stays in the store, and in the trail beside the new one.

    HUB-4254 (a number that is none, or more than a facility can have), HUB-4255 (month), HUB-4256 (not asked for),
    HUB-4257 (taken back after the month was released), HUB-4338 (conflict: reported before, and not as shown); the
    issue's column is the indicator. FORBIDDEN without a facility.
    """
    facility = own_facility(who)
    if month not in months(hub):
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    wanted = {each.id: each for each in asked(hub, who)}
    for id_ in (*numbers, *taken_back):
        if id_ not in wanted:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4256", args={"found": id_[:48]}))
    if taken_back and month in released(hub):
        raise HubError(Category.INCORRECT, *(_too_late(wanted[id_], month) for id_ in taken_back))
    for id_, (some, whole) in numbers.items():
        if not 0 <= some <= whole <= wanted[id_].most_reported or not whole:
            raise HubError(Category.INCORRECT, not_right(wanted[id_]))
    now = hub.clock()
    try:
        with hub.store.writing() as tx:
            before = {id_: (one.numerator, one.denominator) for id_, one in _last(hub, tx, month, facility).items()}
            gone = {id_: _NOTHING for id_ in taken_back if id_ in before}
            changed = {id_: pair for id_, pair in numbers.items() if before.get(id_) != pair} | gone
            replaced = {id_: before[id_] for id_ in changed if id_ in before}
            for id_, old in replaced.items():
                if (shown or {}).get(id_) != old:
                    raise _unseen(wanted[id_], month, old)
            rows = [
                _row(hub, SelfReportRow(id_, month, facility, now, b""), Reported(*pair, who.subject))
                for id_, pair in changed.items()
            ]
            if rows:
                tx.add_self_reports(rows)
                tx.outbox([sealed_entry(hub, _entry(hub, who, month, changed, replaced))])
    except Conflict:  # two at the very same moment
        raise _unseen(wanted[next(iter(numbers))], month, None) from None
    return Kept(len(changed) - len(replaced), len(replaced) - len(gone), len(gone))


def not_right(one: Indicator) -> Issue:
    """What is said of a number that can't be."""
    args = {"name": one.title["id"], "most": f"{one.most_reported:,}".replace(",", ".")}
    return Issue("HUB-4254", column=one.id, args=args)


def _too_late(one: Indicator, month: str) -> Issue:
    return Issue("HUB-4257", column=one.id, args={"name": one.title["id"], "period": month})


def own(hub: Hub, who: Principal, month: str) -> dict[str, Reported]:
    """What the caller's facility reported last of a month, by indicator. FORBIDDEN without a facility."""
    facility = own_facility(who)
    with hub.store.reading() as tx:
        found = _last(hub, tx, month, facility)
    tell(hub, who, "self-reports", {"month": month}, len(found))
    return found


def reported(hub: Hub, who: Principal, month: str) -> dict[str, dict[str, int]]:
    """Who reported what of a month, and when: indicator to facility to epoch ms. No number: those are read where they
    are released, small ones closed like all others (docs/indicators.md). FORBIDDEN unless auditor."""
    only_auditors(who)
    with hub.store.reading() as tx:
        rows = tx.self_reports([month])
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if _opened(hub, row).denominator:
            found.setdefault(row.indicator, {})[row.facility] = row.made_ms
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
        if one.denominator
    ]


def _last(hub: Hub, tx: ReadTx, month: str, facility: str) -> dict[str, Reported]:
    found = {row.indicator: _opened(hub, row) for row in tx.self_reports([month], facility)}
    return {id_: one for id_, one in found.items() if one.denominator}


def _unseen(one: Indicator, month: str, found: Pair | None) -> HubError:
    args = {"name": one.title["id"], "period": month, "found": "/".join(map(str, found or ("?",)))}
    return HubError(Category.CONFLICT, Issue("HUB-4338", column=one.id, args=args))


def _entry(
    hub: Hub, who: Principal, month: str, changed: Mapping[str, Pair], replaced: Mapping[str, Pair]
) -> AuditEntry:
    """The report in the trail: `inm-apd 9/10` is new, `inm-apd 9/10 (8/10)` replaced what stands in brackets,
    `inm-apd - (8/10)` took it back."""
    told = [
        f"{id_} {f'{some}/{whole}' if whole else '-'}" + (" ({}/{})".format(*replaced[id_]) if id_ in replaced else "")
        for id_, (some, whole) in changed.items()
    ]
    return AuditEntry(
        at_ms=hub.clock(),
        event="city.self-report",
        action="U" if replaced else "C",
        outcome="permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose="PUBHLTH",
        is_person=who.person is not None,
        request_id=who.request_id,
        details={"month": month, "numbers": ", ".join(told)},
    )


def _place(row: SelfReportRow) -> bytes:
    return f"self-report/{row.indicator}/{row.month}/{row.facility}/{row.made_ms}".encode()


def _row(hub: Hub, row: SelfReportRow, one: Reported) -> SelfReportRow:
    return row._replace(body=hub.boxes.cell.seal(msgspec.msgpack.encode(one), _place(row)))


def _opened(hub: Hub, row: SelfReportRow) -> Reported:
    return _REPORTED.decode(hub.boxes.cell.open(row.body, _place(row)))


_NOTHING: Pair = (0, 0)
_REPORTED = msgspec.msgpack.Decoder(Reported)
