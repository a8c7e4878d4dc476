"""Releasing the indicators of closed months: once, from the cells as they were counted after the month had closed, for
good (docs/adr/0021).

For each month: a table of every indicator for the health office (k = 5) and one for the public (k = 11) that shows
nothing the other hides; the lines overviews read, of all indicators together; and every facility's own numbers.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from hub.access.facts import cells
from hub.access.monitoring import open_released, released_aad
from hub.access.trace import sealed_entry
from hub.clock import city_zone
from hub.model import AuditEntry
from hub.monitor.cells import Cell
from hub.monitor.groups import Shown
from hub.monitor.indicator_counts import Count, Pairs, People, counted, indicator_trees
from hub.monitor.indicator_tables import indicator_table, kept_short
from hub.monitor.indicators import Indicator, definitions
from hub.monitor.released_indicators import hidden_alike, visit_bounds
from hub.monitor.shapes import CITY, Measure
from hub.monitor.tables import HIDDEN, Table, decode_table, encode_table
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
                _release(hub, month, [each for each in found if each.sql])
                done.append(month)
                _hold(hub, holder)
    finally:
        _hold(hub, holder, is_over=True)
    return done


def _release(hub: Hub, month: str, found: Sequence[Indicator]) -> None:
    places = places_of(hub)
    trees = indicator_trees(places)
    by_facility: defaultdict[str, list[OwnCount]] = defaultdict(list)
    counts = []
    for each in found:
        those = cells(hub, each.id, [month])
        own_k = {K_INSIDE: each.k_inside, K_PUBLIC: each.k_public}
        counts.append(counted(each.id, those, places, people_of(hub, each, month), own_k))
        for id_, own in own_counts(each.id, those, places).items():
            by_facility[id_].append(own)
    inside = hidden_alike(counts, trees, K_INSIDE, visit_bounds(_visits(hub, month, trees), trees))
    public = hidden_alike(counts, trees, K_PUBLIC, None, inside)
    bodies: dict[str, bytes] = {}
    for name, k, pairs in ((INSIDE, K_INSIDE, inside), (PUBLIC, K_PUBLIC, public)):
        tables = list(_tables(name, month, k, counts, pairs, trees, places))
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


def _visits(hub: Hub, month: str, trees: Mapping[str, Tree]) -> Measure:
    """The month's visits as far as they are shown, from the released tables."""
    shown = {}
    with hub.store.reading() as tx:
        for axis, cube in (("area", "visits-area"), ("facility", "visits-facility")):
            row = tx.released(month, cube)
            shown[axis] = _shown(decode_table(open_released(hub, row)), trees[axis]) if row else None
    return Measure(shown["area"], None, shown["facility"])


def _shown(table: Table, tree: Tree) -> Shown | None:
    """A released column of totals on its tree, with one leaf of each group of hidden ones in place of all of them: what
    the group holds together is all that anybody can tell. None when even the whole is hidden."""
    cells = {row.key: row.cells[-1] for row in table.rows}
    nodes = [tree.root, *tree.parents]
    hidden = {node for node in nodes if cells.get(node, HIDDEN) < 0}
    if CITY in hidden:
        return None
    values = {node: 0 if node in hidden else cells[node] for node in nodes}
    shown = Shown(tree, values, hidden, ())
    leaves = {leaf: values[leaf] for leaf in tree.leaves}
    groups = shown.groups()
    for top in reversed(tree.downward):
        if top in groups:
            leaves[min(groups[top])] = values[top] - sum(leaves[leaf] for leaf in tree.under[top])
    return Shown(tree, tree.sums(leaves), hidden, ())


def _newest_closed(hub: Hub, at_ms: int) -> str:
    """The newest month that had closed at a moment."""
    settled = datetime.fromtimestamp(at_ms / 1000, city_zone()) - timedelta(days=hub.config.release_days)
    return f"{settled.replace(day=1) - timedelta(days=1):%Y-%m}"


def _hold(hub: Hub, holder: str, *, is_over: bool = False) -> bool:
    now = hub.clock()
    with hub.store.writing() as tx:
        return tx.take_lease("indicator-release", holder, now_ms=now, until_ms=now if is_over else now + LEASE_MS)


_PACK = msgspec.msgpack.Encoder()
