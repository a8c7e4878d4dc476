"""Releasing the city's tables: once for each closed month, from facts alone, for good (docs/adr/0021).

One process at a time (a lease in the database). What a release has read and counted lives in memory only; what is
stored is what may be shown, and each facility's own figures, sealed.
"""

import os
import re
import time
from datetime import datetime, timedelta
from itertools import product

import msgspec

from hub.access.monitoring import NO_MONTH, UNKNOWN_MONTH, month_mark, open_facts, open_released, released_aad, sum_name
from hub.access.trace import sealed_entry
from hub.clock import city_zone
from hub.errors import Category, HubError
from hub.fhir import date_range
from hub.model import AuditEntry, Issue
from hub.monitor.cubes import tables_of
from hub.monitor.measures import month_of
from hub.monitor.own import own_months
from hub.monitor.public import public_tables
from hub.monitor.tables import encode_table
from hub.monitor.weeks import WeekTally, joined, tallied
from hub.parts import Hub
from hub.registry import SENSITIVITIES, kecamatan
from hub.store import ReadTx, ReleasedRow
from hub.upkeep.counting import PAGE, count_month
from hub.upkeep.reporting import keep_reporting

K = 5
"""Smaller numbers are not shown inside the health office (docs/adr/0021)."""
DIAGNOSES = 20
"""How many diagnoses of a month get lines of their own."""
BACK = 36
"""How many months back a release looks for facts that were not released yet."""
LEASE_MS = 600_000
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def release_closed(hub: Hub, up_to: str | None = None) -> list[str]:
    """Release every closed month that has facts and is not released, oldest first; returns the months (YYYY-MM).

    `up_to`: no month after this one. HUB-4204 (incorrect) when that is no month or not closed yet. Nothing happens
    while another process releases.
    """
    closed = _closed(hub)
    if up_to is not None:
        if not _MONTH.fullmatch(up_to) or up_to > closed[-1]:
            days = str(hub.config.release_days)
            raise HubError(Category.INCORRECT, Issue("HUB-4204", args={"period": up_to[:10], "days": days}))
        closed = [month for month in closed if month <= up_to]
    holder = f"{os.getpid()}-{time.monotonic_ns():x}"
    done: list[str] = []
    try:
        if not _hold(hub, holder):
            return []
        mark_months(hub)
        with hub.store.reading() as tx:
            released = set(tx.released_months())
        for month in closed:
            if month not in released and _has_facts(hub, month):
                _release(hub, month)
                done.append(month)
                _hold(hub, holder)
        keep_reporting(hub)
    finally:
        _hold(hub, holder, is_over=True)
    return done


def mark_months(hub: Hub) -> int:
    """Give facts that were written before there were marks the mark of their month; returns how many there were."""
    count = 0
    while True:
        with hub.store.reading() as tx:
            rows = tx.month_facts(UNKNOWN_MONTH, limit=PAGE)
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
        tally = count_month(hub, tx, month)
        sensitive = _sensitive(hub, tx, month)
        earlier = [one for row in tx.releases("weeks", BACK) for one in _WEEKS.decode(open_released(hub, row))]
    weeks = tallied(tally.received, hub.config.on_time_days)
    since = joined([*earlier, *weeks])
    found = month_of(tally, K, DIAGNOSES)
    bodies = {table.cube: encode_table(table) for table in tables_of(found, tally.places, month, K, sensitive)}
    bodies |= {f"public:{one.cube}": encode_table(one) for one in public_tables(found, tally.places, month)}
    mirrors = own_months(tally, weeks, K, since, hub.config.on_time_days)
    bodies |= {f"own:{id_}": _PACK.encode(own) for id_, own in mirrors.items()}
    bodies["weeks"] = _PACK.encode(weeks)
    now = hub.clock()
    entry = AuditEntry(now, "city.release", "C", "permit", "hub", "system", "", "PUBHLTH", details={"month": month})
    with hub.store.writing() as writing:
        writing.release(
            ReleasedRow(month, cube, now, hub.boxes.release.seal(body, released_aad(month, cube)))
            for cube, body in bodies.items()
        )
        writing.outbox([sealed_entry(hub, entry)])


def _sensitive(hub: Hub, tx: ReadTx, month: str) -> int:
    """Sensitive visits of the whole city: the sums are kept under keyed names, so all names are tried."""
    labels = (*SENSITIVITIES, "R", "V")
    names = {sum_name(hub, area, month, f"encounter/{label}") for area, label in product((*kecamatan(), ""), labels)}
    return sum(row.n for row in tx.sums() if row.month == month and row[:3] in names)


def _has_facts(hub: Hub, month: str) -> bool:
    with hub.store.reading() as tx:
        return bool(tx.month_facts(month_mark(hub, _first_day(month)), limit=1))


def _hold(hub: Hub, holder: str, *, is_over: bool = False) -> bool:
    now = hub.clock()
    with hub.store.writing() as tx:
        return tx.take_lease("city", holder, now_ms=now, until_ms=now if is_over else now + LEASE_MS)


def _closed(hub: Hub) -> list[str]:
    """The closed months, oldest first: those whose last day lies `release_days` back."""
    settled = datetime.fromtimestamp(hub.clock() / 1000, city_zone()) - timedelta(days=hub.config.release_days)
    return [_earlier(f"{settled:%Y-%m}", back) for back in range(BACK, 0, -1)]


def _earlier(month: str, back: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - back
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _first_day(month: str) -> int:
    return date_range(f"{month}-01").first


_PACK = msgspec.msgpack.Encoder()
_WEEKS = msgspec.msgpack.Decoder(list[WeekTally])
