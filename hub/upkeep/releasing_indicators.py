"""Releasing the indicators of closed months: once, from the cells as they were counted after the month had closed, for
good (docs/adr/0021).

For each month: a table of every indicator for the health office (k = 5) and one for the public (k = 11) that shows
nothing the other hides; the lines overviews read, of all indicators together; and every facility's own numbers.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from hub.access.facts import cells
from hub.access.monitoring import open_released, released_aad
from hub.access.self_reports import report_cells
from hub.access.trace import sealed_entry
from hub.clock import city_zone
from hub.model import AuditEntry
from hub.monitor.above import Above, above_of
from hub.monitor.bounds import bounds_of
from hub.monitor.cells import Cell
from hub.monitor.indicator_counts import FACILITY, Count, Pairs, People, counted, indicator_trees
from hub.monitor.indicator_tables import indicator_table, kept_short
from hub.monitor.indicators import Indicator, definitions
from hub.monitor.indicators.touching import parts_of
from hub.monitor.released_indicators import hidden_alike
from hub.monitor.shapes import CITY
from hub.monitor.tables import Table, decode_table, encode_table
from hub.monitor.tally import Places
from hub.monitor.trees import Tree
from hub.parts import Hub
from hub.store import ReleasedRow
from hub.upkeep.counting import places_of
from hub.upkeep.peopling import expected

INSIDE, PUBLIC = "indicator", "indicator-public"
"""How cubes begin: "indicator:ID"; "indicators" holds the overview lines of all."""
K_INSIDE, K_PUBLIC = 5, 11
BACK = 36
CUBES = ("visits-area", "visits-facility", "diagnoses-area", "diagnoses-facility", "ages")
"""Released before, and of the same people: an indicator is hidden so that it tells nothing more about these."""
STATE = "indicators"
LEASE_MS = 600_000


class OwnCount(NamedTuple):
    """A facility's own numbers of one indicator, exact."""

    indicator: str
    numerator: int
    denominator: int


def release_indicators(hub: Hub, chosen: Sequence[Indicator] | None = None) -> list[str]:
    """Release the indicators of every month whose tables are released, that had closed when the cells were last
    counted, and whose indicators are not released; oldest first. Returns the months (YYYY-MM).

    `chosen`: the definitions, instead of those of HUB_INDICATORS. Nothing happens while another process releases.
    """
    holder = f"{os.getpid()}-{time.monotonic_ns():x}"
    if not _hold(hub, holder):
        return []
    done = []
    try:
        found = definitions(getattr(hub.config, "indicators", None)) if chosen is None else chosen
        with hub.store.reading() as tx:
            run = tx.reporting(STATE)
            counted_months = set(tx.counted_months())
            visits = {row.month for row in tx.releases("visits-area", BACK)}
            released = {row.month for row in tx.releases("indicators", BACK)}
        closed = _newest_closed(hub, run[0]) if run else ""
        for month in sorted((visits & counted_months) - released):
            if month <= closed:
                _release(hub, month, found)
                done.append(month)
                _hold(hub, holder)
    finally:
        _hold(hub, holder, is_over=True)
    return done


def _release(hub: Hub, month: str, definitions_: Sequence[Indicator]) -> None:
    places = places_of(hub)
    trees = indicator_trees(places)
    above = _Released(hub, trees)
    by_facility: defaultdict[str, list[OwnCount]] = defaultdict(list)
    told = [each for each in definitions_ if each.self_reported]
    found = [each for each in definitions_ if each.sql and not each.self_reported]
    counts = []
    for each in found:
        those = cells(hub, each.id, [month])
        own_k = {K_INSIDE: each.k_inside, K_PUBLIC: each.k_public}
        counts.append(counted(each.id, those, places, people_of(hub, each, month), own_k, each.rule))
        for id_, own in own_counts(each.id, those, places).items():
            by_facility[id_].append(own)
    both = list(zip(found, counts, strict=True))
    bounds = {one.id: bounds_of(it, one.rule, above.inside(one, month), trees, K_INSIDE) for one, it in both}
    outer = {one.id: bounds_of(it, None, above.public(one, month), trees, K_PUBLIC) for one, it in both}
    within = parts_of(found)
    inside = hidden_alike(counts, trees, K_INSIDE, bounds, within=within)
    public = hidden_alike(counts, trees, K_PUBLIC, outer, inside, within)
    of_themselves = [_reported(hub, each, month, places) for each in told]
    inside |= _of_facilities(hidden_alike(of_themselves, trees, K_INSIDE))
    bodies: dict[str, bytes] = {}
    for name, k, pairs in ((INSIDE, K_INSIDE, inside), (PUBLIC, K_PUBLIC, public)):
        tables = list(_tables(name, month, k, [*counts, *of_themselves], pairs, trees, places))
        bodies |= {table.cube: encode_table(table) for table in tables}
        bodies[f"{name}s"] = _PACK.encode([kept_short(table) for table in tables])
    bodies |= {f"own-indicators:{id_}": _PACK.encode(own) for id_, own in by_facility.items()}
    now = hub.clock()
    entry = AuditEntry(
        now, "city.release", "C", "permit", "hub", "system", "", "PUBHLTH", details={"month": month, "what": STATE}
    )
    with hub.store.writing() as writing:
        writing.release(
            ReleasedRow(month, cube, now, hub.boxes.release.seal(body, released_aad(month, cube)))
            for cube, body in bodies.items()
        )
        writing.outbox([sealed_entry(hub, entry)])


def _reported(hub: Hub, one: Indicator, month: str, places: Places) -> Count:
    """What facilities had reported of a month by now. Nobody checked it: it stands in no table of the public."""
    k = {K_INSIDE: one.k_inside, K_PUBLIC: one.k_public}
    return counted(one.id, report_cells(hub, one.id, [month]), places, None, k)


def _of_facilities(pairs: Pairs) -> Pairs:
    """Nobody reports areas or ages; of what nobody reported there is no table."""
    found = {name: {FACILITY: axes[FACILITY]} for name, axes in pairs.items() if FACILITY in axes}
    return {name: axes for name, axes in found.items() if (base := axes[FACILITY].base) and base.values[CITY]}


def _tables(
    name: str, month: str, k: int, counts: Iterable[Count], pairs: Pairs, trees: Mapping[str, Tree], places: Places
) -> Iterable[Table]:
    for each in counts:
        if each.indicator in pairs:
            cube = f"{name}:{each.indicator}"
            yield indicator_table(cube, month, k, each, pairs[each.indicator], trees, places)


def own_counts(indicator: str, those: Iterable[Cell], places: Places) -> dict[str, OwnCount]:
    """Every facility's own numbers, by its id."""
    ids = {each.number: each.id for each in places.facilities}
    found: dict[str, list[int]] = {}
    for cell in those:
        if cell.facility in ids:
            own = found.setdefault(ids[cell.facility], [0, 0])
            own[0] += cell.numerator
            own[1] += cell.denominator
    return {id_: OwnCount(indicator, *own) for id_, own in found.items()}


def people_of(hub: Hub, indicator: Indicator, month: str) -> People | None:
    """The known number of people an indicator's numerator is held against; None where facts give its denominator."""
    return expected(hub, indicator, month) if indicator.needs else None


class _Released:
    """The tables of visits and diagnoses that an indicator's month is held against: those of the months its facts lie
    in; none where one of them is not released."""

    def __init__(self, hub: Hub, trees: Mapping[str, Tree]) -> None:
        self._hub, self._trees = hub, trees
        self._known: dict[tuple[str, str], Above | None] = {}

    def inside(self, one: Indicator, month: str) -> list[Above]:
        """As the health office sees them."""
        return self._all(months_of(one, month), "", CUBES)

    def public(self, one: Indicator, month: str) -> list[Above]:
        """As everybody sees them."""
        return self._all(months_of(one, month), "public:", ("visits-area",))

    def _all(self, months: Iterable[str], prefix: str, cubes: Sequence[str]) -> list[Above]:
        found = [self._of(month, prefix, cubes) for month in months]
        return [each for each in found if each is not None] if None not in found else []

    def _of(self, month: str, prefix: str, cubes: Sequence[str]) -> Above | None:
        if (month, prefix) not in self._known:
            with self._hub.store.reading() as tx:
                rows = {cube: tx.released(month, prefix + cube) for cube in cubes}
            tables = {cube: decode_table(open_released(self._hub, row)) for cube, row in rows.items() if row}
            self._known[month, prefix] = above_of(tables, self._trees) if tables else None
        return self._known[month, prefix]


def months_of(one: Indicator, month: str) -> list[str]:
    """The months in which the facts lie that make a month's units: earlier ones where they are judged later."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    later = timedelta(days=one.rule.settled if one.rule else 0)
    days = [first - later + timedelta(days=n) for n in range((last - first).days + 1)]
    return sorted({f"{day:%Y-%m}" for day in days})


def _newest_closed(hub: Hub, at_ms: int) -> str:
    """The newest month that had closed at a moment."""
    settled = datetime.fromtimestamp(at_ms / 1000, city_zone()) - timedelta(days=hub.config.release_days)
    return f"{settled.replace(day=1) - timedelta(days=1):%Y-%m}"


def _hold(hub: Hub, holder: str, *, is_over: bool = False) -> bool:
    now = hub.clock()
    with hub.store.writing() as tx:
        return tx.take_lease("indicator-release", holder, now_ms=now, until_ms=now if is_over else now + LEASE_MS)


_PACK = msgspec.msgpack.Encoder()
