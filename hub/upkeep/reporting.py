"""Keeping the reporting matrix: who reported which week and how completely, and what was refused at the door.

Weeks are counted again only for months whose facts changed (by the columns' version and what changed since), late
records included: a week's word may change, a number is never shown.
"""

from zlib import crc32

import msgspec

from hub.access.facts import mark_of
from hub.access.monitoring import open_released
from hub.access.papers import all_details, counted_facilities
from hub.access.quality import MATRIX, opening_of
from hub.clock import city_month
from hub.fhir import city_day
from hub.monitor.calendar import Opening
from hub.monitor.faults import Refusal, top_faults
from hub.monitor.matrix import FLAGS, WEEKS, Line, Matrix, WeekContent, known_of, line_of
from hub.monitor.own import LOWEST, OwnMonth
from hub.monitor.tables import HIDDEN, K_INSIDE, decode_table
from hub.monitor.tally import Tally
from hub.monitor.weeks import WeekTally, tallied, week_of
from hub.parts import Hub
from hub.pipeline.quarantine import open_waiting
from hub.store import QuarantineRow, ReadTx
from hub.upkeep.counting import count_month

DAYS = 90
"""How far back refused rows are counted."""
MOST = 20_000
"""Refused rows that are opened, the newest."""
_DAY_MS = 86_400_000


class MonthWeeks(msgspec.Struct, frozen=True, array_like=True):
    """A month's weeks as they are kept. `state`: of the facts they were counted from."""

    state: tuple[int, ...]
    tallies: list[WeekTally]
    contents: list[WeekContent]


def keep_reporting(hub: Hub) -> None:
    """Count the weeks of months that changed, and put the matrix together."""
    months = [city_month(hub.clock(), back) for back in range(WEEKS * 7 // 28 + 1)]
    kept = [_month_weeks(hub, month) for month in months]
    tallies = [one for each in kept for one in each.tallies]
    with hub.store.reading() as tx:
        for row in tx.releases("weeks", _MOST_MONTHS):  # older ones: when a facility joined
            tallies += _WEEKS.decode(open_released(hub, row)) if row.month not in months else []
    known = known_of(tallies, (one for each in kept for one in each.contents))
    today = city_day(hub.clock())
    newest = week_of(today)
    weeks = [newest - 7 * back for back in range(WEEKS - 1, -1, -1)]
    opened, judged = _openings(hub), _judged(hub)
    with hub.store.reading() as tx:
        sent = tx.last_submissions()
    lines = [
        _with_month(
            line_of(each, opened[each.id], known, weeks, today, hub.config.on_time_days, K_INSIDE),
            judged.get(each.id),
            sent.get(each.id, 0),
        )
        for each in counted_facilities(hub)
    ]
    refused = _refused(hub)
    said = ((row.facility, row.state == "open", _said(hub, row)) for row in refused)
    waiting = sum(row.state == "open" for row in refused)
    matrix = Matrix(weeks, lines, top_faults(said, K_INSIDE), K_INSIDE * round(waiting / K_INSIDE))
    with hub.store.writing() as tx:
        tx.set_reporting(MATRIX, hub.clock(), hub.boxes.release.seal(_PACK.encode(matrix), MATRIX.encode()))


def _openings(hub: Hub) -> dict[str, Opening]:
    """When each facility is open: what the registry knows wins over the facility's settings."""
    known = all_details(hub)
    return {each.id: opening_of(each, known.get(each.number)) for each in counted_facilities(hub)}


def _judged(hub: Hub) -> dict[str, OwnMonth]:
    """Content in the newest released month, of facilities whose number of visits is shown."""
    with hub.store.reading() as tx:
        month = next(iter(tx.released_months()), "")
        table = tx.released(month, "visits-facility")
        if table is None:
            return {}
        shown = [
            line.key
            for line in decode_table(open_released(hub, table)).rows
            if line.level == "facility" and line.cells[-1] != HIDDEN
        ]
        rows = {key: tx.released(month, f"own:{key}") for key in shown}
    return {key: _OWN.decode(open_released(hub, row)) for key, row in rows.items() if row is not None}


def _with_month(line: Line, month: OwnMonth | None, sent_ms: int) -> Line:
    """The line with the newest released month's words. Where weeks are called empty, of the bands only the lowest is
    told: a high band and an empty week together would say how many visits the other weeks lack."""
    if month is None:
        return msgspec.structs.replace(line, sent_ms=sent_ms)
    bands = month.bands
    if FLAGS.index("empty") in line.flags:
        bands = {name: band if band == LOWEST else "" for name, band in bands.items()}
    return msgspec.structs.replace(line, bands=bands, doubts=month.doubts, sent_ms=sent_ms)


def _month_weeks(hub: Hub, month: str) -> MonthWeeks:
    name = f"weeks:{month}"
    with hub.store.reading() as tx:
        state = _state(hub, tx, month)
        found = tx.reporting(name)
        if found is not None:
            known = _MONTHS.decode(hub.boxes.release.open(found[1], name.encode()))
            if known.state == state:
                return known
        tally = count_month(hub, tx, month)
    new = MonthWeeks(state, tallied(tally.received, hub.config.on_time_days, tally.stays), _contents(tally))
    with hub.store.writing() as tx:
        tx.set_reporting(name, hub.clock(), hub.boxes.release.seal(_PACK.encode(new), name.encode()))
    return new


def _state(hub: Hub, tx: ReadTx, month: str) -> tuple[int, ...]:
    """What tells whether a month's facts, or the facilities they count for, are as they were."""
    mark = mark_of(hub, month)
    changes = sorted(number for changed, number in tx.fact_changes() if changed == mark)
    counted = crc32(b",".join(b"%d" % each.number for each in counted_facilities(hub)))
    return _COUNTED, hub.config.on_time_days, counted, tx.block_versions().get(mark, 0), *changes


def _contents(tally: Tally) -> list[WeekContent]:
    return [
        WeekContent(facility, week, c.visits, c.area, c.birth, c.sex, c.diagnosis, c.vital)
        for (facility, week), c in sorted(tally.weekly.items())
    ]


def _refused(hub: Hub) -> list[QuarantineRow]:
    with hub.store.reading() as tx:
        return tx.refused_since(hub.clock() - DAYS * _DAY_MS, MOST)


def _said(hub: Hub, row: QuarantineRow) -> frozenset[Refusal]:
    """What was wrong with a row: never what stood in it."""
    held = open_waiting(hub, row)
    system = _system(hub, row.facility, held.adapter)
    return frozenset(
        Refusal(system, each.code, each.column or each.path.split("[")[0])
        for each in held.issues
        if each.severity in ("error", "fatal")
    )


def _system(hub: Hub, facility: str, adapter: str) -> str:
    """The source system: as the facility's setting `vendor` says, else what its adapter is for."""
    known = hub.facilities.get(facility)
    vendor = known.settings.get("vendor", "").strip() if known is not None else ""
    return vendor or (hub.adapters[adapter].manifest.title if adapter in hub.adapters else adapter)


_PACK = msgspec.msgpack.Encoder()
_MONTHS = msgspec.msgpack.Decoder(MonthWeeks)
_WEEKS = msgspec.msgpack.Decoder(list[WeekTally])
_OWN = msgspec.msgpack.Decoder(OwnMonth)
_MOST_MONTHS = 600
_COUNTED = 2
"""How weeks are counted; those kept when it was 1 are counted again."""
