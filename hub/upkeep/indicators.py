"""Counting the indicators: facts into columns by month, columns into cells, and only what changed since the last run.

What was counted is kept beside the cells: of which version each month's columns were, which compartments were one
person, and which definitions were used. Whatever of that differs is counted anew, with every month the definition looks
at it from; so a run from scratch gives the same cells. One process at a time (a lease in the database).
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from hub.access.facts import block_place, cells_place, month_names, persons, stored
from hub.access.facts_opening import opened_months
from hub.access.papers import real_facilities
from hub.monitor.cells import Cell, encode_cells
from hub.monitor.engines import ENGINES, Place, count
from hub.monitor.indicators import Indicator, definitions
from hub.parts import Hub
from hub.store import BlockRow, CellsRow
from hub.upkeep.leasing import leased
from hub.upkeep.releasing import COUNTED, mark_months

LEASE_MS, ANYWAY_MS = 1_800_000, 6 * 3_600_000


class Ran(NamedTuple):
    """What a run did: months whose columns were made anew, cells (indicator, month) counted, and seconds of each."""

    months: int
    counted: int
    opening_s: float
    counting_s: float


class _State(msgspec.Struct, array_like=True):
    """What the cells were counted from."""

    blocks: dict[int, int] = {}
    persons: dict[int, int] = {}
    definitions: dict[str, bytes] = {}


def count_indicators(
    hub: Hub,
    engine: str = "duckdb",
    *,
    is_full: bool = False,
    processes: int = 1,
    chosen: Sequence[Indicator] | None = None,
) -> Ran | None:
    """Bring columns and cells up to date; everything anew with `is_full`. None while another process does it.

    `chosen`: the definitions, instead of those of HUB_INDICATORS. Not from a serving process: it takes memory for all
    facts, and with more than one of `processes` it forks. ValueError when there is no such engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}: {' or '.join(ENGINES)}")
    with leased(hub, "indicators", LEASE_MS) as lease:
        if lease is None:
            return None
        started, months = time.monotonic(), 0
        for _ in _renew(hub, is_full, processes):
            lease.renew()
            months += 1
        opened = time.monotonic()
        found = definitions(hub.config.indicators) if chosen is None else chosen
        counted = _count(hub, engine, is_full, [each for each in found if each.sql])
        return Ran(months, counted, opened - started, time.monotonic() - opened)


def is_behind(hub: Hub) -> bool:
    """Whether facts changed since the last run, or it was cut short, or a quarter of a day ago: persons may have been
    joined."""
    with hub.store.reading() as tx:
        run = tx.reporting(COUNTED)
        if run is None or tx.is_changed() or hub.clock() - run[0] > ANYWAY_MS:
            return True
        return _opened(hub, run[1]).blocks != tx.block_versions()


def places(hub: Hub) -> list[Place]:
    """The facilities as definitions see them."""
    return [
        Place(each.number, each.id, each.kind, each.ownership, each.kelurahan or "") for each in real_facilities(hub)
    ]


def _renew(hub: Hub, is_full: bool, processes: int) -> Iterator[int]:
    """Make the columns of changed months anew; yields their marks."""
    mark_months(hub)
    with hub.store.reading() as tx:
        changes = tx.fact_changes()
        known = tx.block_versions()
        marks = {mark for mark in tx.fact_months() if mark > 0}
    changed = {month for month, _ in changes} | (marks - known.keys()) | (marks if is_full else set())
    changed |= known.keys() - marks
    taken = defaultdict(list)
    for month, number in changes:
        taken[month].append((month, number))
    for mark, blocks in opened_months(hub, sorted(changed), processes):
        version = time.time_ns()
        rows = []
        for piece, block in enumerate(blocks):
            row = BlockRow(mark, piece, version, b"")
            rows.append(row._replace(body=hub.boxes.cell.seal(block, block_place(row))))
        with hub.store.writing() as tx:
            tx.put_blocks(mark, rows, taken[mark])
        yield mark


def _count(hub: Hub, engine: str, is_full: bool, found: Sequence[Indicator]) -> int:
    """Count what differs from the last run; returns how many (indicator, month) there were."""
    names = month_names(hub)
    before = _State() if is_full else _state(hub)
    with hub.store.reading() as tx:
        versions = tx.block_versions()
        kept = tx.counted()
    now = _State(versions, persons(hub), {each.id: _digest(each, places(hub)) for each in found})
    changed = {mark for mark in versions.keys() | before.blocks.keys() if versions.get(mark) != before.blocks.get(mark)}
    moved = {
        each
        for each in now.persons.keys() | before.persons.keys()
        if now.persons.get(each, each) != before.persons.get(each, each)
    }
    if before.blocks:  # else every month is counted anyway
        with hub.store.reading() as tx:
            changed |= tx.months_of(moved)
    dirty = [names[mark] for mark in changed if mark in names]
    existing = sorted(names[mark] for mark in versions if mark in names)
    wanted: dict[str, list[str]] = {}
    for each in found:
        is_new = before.definitions.get(each.id) != now.definitions[each.id]
        months = existing if is_new else [month for month in existing if any(_looks(each, month, one) for one in dirty)]
        if months:
            wanted[each.id] = months
    marks = {name: mark for mark, name in names.items() if mark in versions}
    made = hub.clock()
    rows = list(_sealed(hub, made, _cells(hub, engine, found, wanted, marks, now.persons), wanted))
    gone = kept - {(each.id, month) for each in found for month in existing}
    with hub.store.writing() as tx:
        tx.forget_cells(gone)
        tx.set_cells(rows)
        tx.set_reporting(COUNTED, made, hub.boxes.cell.seal(msgspec.msgpack.encode(now), COUNTED.encode()))
    return len(rows)


def _cells(
    hub: Hub,
    engine: str,
    found: Sequence[Indicator],
    wanted: dict[str, list[str]],
    marks: dict[str, int],
    known: dict[int, int],
) -> Iterator[tuple[str, list[Cell]]]:
    """The cells of one indicator after the other, counted over the months that those wanted look at."""
    if not wanted:
        return
    from hub.monitor.engines.columns import joined  # here, because a serving process imports this module too

    needed = [m for m in sorted(marks) if any(_looks(each, of, m) for each in found for of in wanted.get(each.id, ()))]
    table = joined((block for month in needed for block in stored(hub, marks[month])), known)
    yield from count(engine, table, places(hub), found, wanted)


def _sealed(
    hub: Hub, made: int, found: Iterable[tuple[str, list[Cell]]], wanted: dict[str, list[str]]
) -> Iterator[CellsRow]:
    """Rows of cells, also for months that turned out to have none."""
    for id_, cells in found:
        by_month: defaultdict[str, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_month[cell.month].append(cell)
        for month in wanted[id_]:
            body = hub.boxes.cell.seal(encode_cells(by_month[month]), cells_place(id_, month))
            yield CellsRow(id_, month, made, body)


def _looks(definition: Indicator, of: str, at: str) -> bool:
    """Whether a definition looks at facts of month `at` for its cells of month `of` (YYYY-MM)."""
    return -definition.back <= _number(at) - _number(of) <= 0


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _digest(definition: Indicator, known: list[Place]) -> bytes:
    """Changes when other cells would be counted: by another query, or of facilities that are of another kind now."""
    seen = known if "FROM facility" in definition.sql else []
    return hashlib.sha256(repr((definition.back, definition.sql, seen)).encode()).digest()


def _state(hub: Hub) -> _State:
    with hub.store.reading() as tx:
        found = tx.reporting(COUNTED)
    return _opened(hub, found[1]) if found else _State()


def _opened(hub: Hub, body: bytes) -> _State:
    return _STATE.decode(hub.boxes.cell.open(body, COUNTED.encode()))


_STATE = msgspec.msgpack.Decoder(_State)
