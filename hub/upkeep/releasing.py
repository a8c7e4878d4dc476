"""Releasing the city's tables: once for each closed month, from facts alone, for good (docs/adr/0021).

One process at a time (a lease in the database). What a release has read and counted lives in memory only; what is
stored is what may be shown, and each facility's own figures, sealed.
"""

import re
from collections.abc import Mapping
from itertools import product

import msgspec

from hub.access.facts import mark_of
from hub.access.monitoring import NO_MONTH, UNKNOWN_MONTH, month_mark, open_facts, open_released, released_aad, sum_name
from hub.access.trace import sealed_entry
from hub.clock import city_month
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue
from hub.monitor.cubes import tables_of
from hub.monitor.doubts import least_told
from hub.monitor.measures import month_of
from hub.monitor.own import own_months
from hub.monitor.public import public_tables
from hub.monitor.tables import K_INSIDE, encode_table
from hub.monitor.weeks import WeekTally, joined, tallied
from hub.parts import Hub
from hub.registry import SENSITIVITIES, kecamatan
from hub.store import ReadTx, ReleasedRow
from hub.upkeep.counting import count_columns, count_month
from hub.upkeep.leasing import leased
from hub.upkeep.reporting import keep_reporting

DIAGNOSES = 20
"""How many diagnoses of a month get lines of their own."""
COUNTED = "indicators"
"""Where the table `reporting` keeps what the indicators' cells were counted from, and when."""
BACK = 36
"""How many months back a release looks for facts that were not released yet."""
DAY_MS = 86_400_000
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def release_closed(hub: Hub, up_to: str | None = None) -> list[str]:
    """Release every closed month that has facts and is not released, oldest first; returns the months (YYYY-MM).

    Of the facts the indicators were counted from, where they were counted since the month had closed; else as they are
    now. `up_to`: no month after this one. HUB-4204 (incorrect) when that is no month or not closed yet. Nothing happens
    while another process releases.
    """
    done = []
    with leased(hub, "city") as lease:
        if lease is None:
            return []
        mark_months(hub)
        for month in unreleased(hub, up_to):
            _release(hub, month)
            done.append(month)
            lease.renew()
        keep_reporting(hub)
    return done


def unreleased(hub: Hub, up_to: str | None = None) -> list[str]:
    """The closed months that have facts and no released tables, oldest first. HUB-4204 as of `release_closed`."""
    closed = [newest_closed(hub, hub.clock(), back) for back in range(BACK - 1, -1, -1)]
    if up_to is not None:
        if not _MONTH.fullmatch(up_to) or up_to > closed[-1]:
            days = str(hub.config.release_days)
            raise HubError(Category.INCORRECT, Issue("HUB-4204", args={"period": up_to[:10], "days": days}))
        closed = [month for month in closed if month <= up_to]
    with hub.store.reading() as tx:
        known = {*tx.released_months()}
        return [each for each in closed if each not in known and tx.month_facts(mark_of(hub, each), limit=1)]


def mark_months(hub: Hub) -> int:
    """Give facts that were written before there were marks the mark of their month; returns how many there were."""
    count = 0
    while True:
        with hub.store.reading() as tx:
            rows = tx.month_facts(UNKNOWN_MONTH, limit=5_000)
        if not rows:
            return count
        marked = []
        for row in rows:
            found = open_facts(hub, row)
            marked.append(row._replace(month=month_mark(hub, found[0].day) if found else NO_MONTH))
        with hub.store.writing() as tx:
            tx.add_facts(marked)
        count += len(rows)


def _release(hub: Hub, month: str) -> None:
    with hub.store.reading() as tx:
        has_columns = month <= counted_up_to(hub, tx) and mark_of(hub, month) in tx.block_versions()
        tally = count_columns(hub, month) if has_columns else count_month(hub, tx, month)
        sensitive = _sensitive(hub, tx, month)
        earlier = [one for row in tx.releases("weeks", BACK) for one in _WEEKS.decode(open_released(hub, row))]
    weeks = tallied(tally.received, hub.config.on_time_days, tally.stays)
    since = joined([*earlier, *weeks])
    found = month_of(tally, K_INSIDE, DIAGNOSES)
    bodies = {table.cube: encode_table(table) for table in tables_of(found, tally.places, month, K_INSIDE, sensitive)}
    bodies |= {f"public:{one.cube}": encode_table(one) for one in public_tables(found, tally.places, month)}
    mirrors = own_months(tally, weeks, K_INSIDE, since, hub.config.on_time_days)
    bodies |= {f"own:{id_}": _PACK.encode(own) for id_, own in mirrors.items()}
    bodies["weeks"] = _PACK.encode(weeks)
    bodies["told"] = _PACK.encode(least_told(tally, K_INSIDE))
    keep_released(hub, month, bodies, {"month": month})


def keep_released(hub: Hub, month: str, bodies: Mapping[str, bytes], details: dict[str, str]) -> None:
    """Release what a month's cubes hold, by name, and tell the trail. Conflict when one was released before."""
    now = hub.clock()
    entry = AuditEntry(now, "city.release", "C", "permit", "hub", "system", "", "PUBHLTH", details=details)
    with hub.store.writing() as tx:
        tx.release(
            ReleasedRow(month, cube, now, hub.boxes.release.seal(body, released_aad(month, cube)))
            for cube, body in bodies.items()
        )
        tx.outbox([sealed_entry(hub, entry)])


def counted_up_to(hub: Hub, tx: ReadTx) -> str:
    """The newest month (YYYY-MM) that had closed when the indicators were last counted; "" they never were."""
    run = tx.reporting(COUNTED)
    return newest_closed(hub, run[0]) if run else ""


def _sensitive(hub: Hub, tx: ReadTx, month: str) -> int:
    """Sensitive visits of the whole city: the sums are kept under keyed names, so all names are tried."""
    labels = (*SENSITIVITIES, "R", "V")
    names = {sum_name(hub, area, month, f"encounter/{label}") for area, label in product((*kecamatan(), ""), labels)}
    return sum(row.n for row in tx.sums() if row.month == month and row[:3] in names)


def newest_closed(hub: Hub, at_ms: int, back: int = 0) -> str:
    """The newest month (YYYY-MM) that had closed at a moment, its last day `release_days` before; or one before it."""
    return city_month(at_ms - hub.config.release_days * DAY_MS, 1 + back)


_PACK = msgspec.msgpack.Encoder()
_WEEKS = msgspec.msgpack.Decoder(list[WeekTally])
