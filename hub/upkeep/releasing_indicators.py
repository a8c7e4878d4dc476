"""Releasing the indicators of closed months: once, from the cells as they were counted after the month had closed, for
good (docs/adr/0021).

For each month: a table of every indicator for the health office (k = 5) and one for the public (k = 11) that shows
nothing the other hides; the lines overviews read, of all indicators together; and every facility's own numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import msgspec
from msgspec.structs import replace as replaced

from hub.access.facts import cells
from hub.access.indicators import INSIDE, PUBLIC, OwnCount
from hub.access.monitoring import open_released
from hub.access.self_reports import report_cells
from hub.errors import HubError
from hub.fhir import date_range, day_text
from hub.monitor.above import Above, above_of
from hub.monitor.bounds import bounds_of
from hub.monitor.cells import Cell
from hub.monitor.indicator_counts import FACILITY, Count, Pairs, counted, indicator_trees
from hub.monitor.indicator_tables import indicator_table, kept_short
from hub.monitor.indicators import Indicator, definitions
from hub.monitor.indicators.touching import parts_of
from hub.monitor.released_indicators import hidden_alike
from hub.monitor.shapes import CITY
from hub.monitor.tables import K_INSIDE, K_PUBLIC, Table, decode_table, encode_table
from hub.monitor.tally import Places
from hub.monitor.trees import Tree
from hub.parts import Hub
from hub.upkeep.counting import places_of
from hub.upkeep.indicators import count_indicators
from hub.upkeep.leasing import leased
from hub.upkeep.peopling import expected
from hub.upkeep.releasing import BACK, counted_up_to, keep_released, release_closed, unreleased

CUBES = ("visits-area", "visits-facility", "diagnoses-area", "diagnoses-facility", "ages")
"""Released before, and of the same people: an indicator is hidden so that it tells nothing more about these."""


def release_all(hub: Hub, up_to: str | None = None, chosen: Sequence[Indicator] | None = None) -> list[str]:
    """Release the tables and the indicators of closed months, both from the same facts: those that are counted now.
    Returns the months whose tables are new; none while another process counts. Not from a serving process; arguments
    and errors as of `release_closed` and `release_indicators`."""
    if unreleased(hub, up_to):
        with suppress(HubError):  # a faulty definition: no reason to keep the tables back, and said again below
            if count_indicators(hub, chosen=chosen) is None:
                return []
    done = release_closed(hub, up_to)
    release_indicators(hub, chosen)
    return done


def release_indicators(hub: Hub, chosen: Sequence[Indicator] | None = None) -> list[str]:
    """Release the indicators of every month whose tables are released, that had closed when the cells were last
    counted, and whose indicators are not released; oldest first. Returns the months (YYYY-MM).

    `chosen`: the definitions, instead of those of HUB_INDICATORS. Nothing happens while another process releases.
    """
    done: list[str] = []
    with leased(hub, "indicator-release") as lease:
        if lease is None:
            return []
        found = definitions(hub.config.indicators) if chosen is None else chosen
        with hub.store.reading() as tx:
            up_to = counted_up_to(hub, tx)
            counted_months = {month for month in tx.counted_months() if month <= up_to}
            visits = {row.month for row in tx.releases("visits-area", BACK)}
            released = {row.month for row in tx.releases("indicators", BACK)}
        for month in sorted((visits & counted_months) - released):
            _release(hub, month, found)
            done.append(month)
            lease.renew()
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
        people = expected(hub, each, month) if each.needs else None
        own_k = {K_INSIDE: each.k_inside, K_PUBLIC: each.k_public}
        counts.append(counted(each.id, those, places, people, own_k, each.rule))
        for id_, own in own_counts(each.id, those, places).items():
            by_facility[id_].append(own._replace(counted=each.version))
    both = list(zip(found, counts, strict=True))
    bounds = {one.id: bounds_of(it, one.rule, above.inside(one, month), trees, K_INSIDE) for one, it in both}
    outer = {one.id: bounds_of(it, None, above.public(one, month), trees, K_PUBLIC) for one, it in both}
    within = parts_of(found)
    inside = hidden_alike(counts, trees, K_INSIDE, bounds, within=within)
    public = hidden_alike(counts, trees, K_PUBLIC, outer, inside, within)
    of_themselves = [_reported(hub, each, month, places) for each in told]
    inside |= _of_facilities(hidden_alike(of_themselves, trees, K_INSIDE))
    bodies: dict[str, bytes] = {}
    versions = {each.id: each.version for each in definitions_}
    for name, k, pairs in ((INSIDE, K_INSIDE, inside), (PUBLIC, K_PUBLIC, public)):
        tables = list(_tables(name, month, k, [*counts, *of_themselves], pairs, trees, places))
        tables = [replaced(each, counted=versions[each.cube.partition(":")[2]]) for each in tables]
        bodies |= {table.cube: encode_table(table) for table in tables}
        bodies[f"{name}s"] = _PACK.encode([kept_short(table) for table in tables])
    bodies |= {f"own-indicators:{id_}": _PACK.encode(own) for id_, own in by_facility.items()}
    keep_released(hub, month, bodies, {"month": month, "what": "indicators"})


def _reported(hub: Hub, one: Indicator, month: str, places: Places) -> Count:
    """What facilities had reported of a month by now. Nobody checked it: it stands in no table of the public."""
    k = {K_INSIDE: one.k_inside, K_PUBLIC: one.k_public}
    found = counted(one.id, report_cells(hub, one.id, [month]), places, None, k)
    who = {facility: 1 for facility, n in found.denominators[FACILITY].items() if n}
    return replace(found, least={FACILITY: who})  # who reported is told to the day (hub.access.self_reports.reported)


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
    return {id_: OwnCount(indicator, own[0], own[1]) for id_, own in found.items()}


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
                told = tx.released(month, "told") if not prefix else None
            tables = {cube: decode_table(open_released(self._hub, row)) for cube, row in rows.items() if row}
            least = _TOLD.decode(open_released(self._hub, told)) if told else {}
            self._known[month, prefix] = above_of(tables, self._trees, least) if tables else None
        return self._known[month, prefix]


def months_of(one: Indicator, month: str) -> list[str]:
    """The months in which the facts lie that make a month's units: earlier ones where they are judged later."""
    days, later = date_range(month), one.rule.settled if one.rule else 0
    return sorted({day_text(day - later)[:7] for day in range(days.first, days.last + 1)})


_PACK = msgspec.msgpack.Encoder()
_TOLD = msgspec.msgpack.Decoder(dict[str, int])
