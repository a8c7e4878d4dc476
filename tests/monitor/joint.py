"""Everything released of one invented month, and what an attacker knows who holds all of it: tables of visits, ages and
diagnoses beside indicators that count among them, parts of other indicators, and the public set."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.monitor.above import above_of
from hub.monitor.bounds import bounds_of
from hub.monitor.cubes import tables_of
from hub.monitor.doubts import least_told
from hub.monitor.indicator_counts import Pairs
from hub.monitor.indicator_tables import indicator_table
from hub.monitor.measures import month_of
from hub.monitor.public import public_tables
from hub.monitor.released_indicators import hidden_alike
from hub.monitor.tables import HIDDEN, Table
from tests.monitor.attack import Cell, Sum, reporting_of, sums_of, values_of
from tests.monitor.attack_indicators import REST, cells_of, sums_between, sums_within
from tests.monitor.joint_month import CODES, PUBLIC, RECORDS, RULES, SAME, WITHIN, K, Month, column


@dataclass
class Released:
    """What is shown of a month: `tables` of visits, ages and diagnoses, `inside` and `public` indicators."""

    month: Month
    tables: list[Table]
    public_visits: list[Table]
    inside: list[Table]
    public: list[Table]
    pairs: tuple[Pairs, Pairs]


def released(month: Month, *, is_joint: bool = True) -> Released:
    """Through the code that releases; `is_joint` False: as if indicators were about other people than the tables."""
    of = month_of(month.tally, K, 4)
    made = [each for each in tables_of(of, month.city, "2026-10", K, 0) if each.cube != "sensitive"]
    outer = public_tables(of, month.city, "2026-10")
    trees, counts = month.trees, month.counts
    above = [above_of({each.cube: each for each in made}, trees, least_told(month.tally, K))] if is_joint else []
    seen = [above_of({each.cube: each for each in outer}, trees)] if is_joint and outer else []
    bounds = {each.indicator: bounds_of(each, RULES[each.indicator], above, trees, K) for each in counts}
    beyond = {each.indicator: bounds_of(each, None, seen, trees, PUBLIC) for each in counts}
    within = WITHIN if is_joint else []
    inside = hidden_alike(counts, trees, K, bounds, within=within)
    public = hidden_alike(counts, trees, PUBLIC, beyond, inside, within)
    lists = [
        [
            indicator_table(each.indicator, "2026-10", k, each, pairs[each.indicator], trees, month.city)
            for each in counts
            if each.indicator in pairs
        ]
        for k, pairs in ((K, inside), (PUBLIC, public))
    ]
    return Released(month, made, outer, lists[0], lists[1], (inside, public))


def office(found: Released) -> tuple[dict[Cell, int], list[Sum]]:
    """Every cell the health office sees, and every relation between them."""
    own = known_of(found.inside, found.pairs[0], found.month)
    seen = values_of(found.tables)
    weeks, told = reporting_of(found.month.tally)
    told = [each for each in told if each.whole in seen]
    sums = [*_within(own, found.month), *sums_of(found.tables), *_beside(own, seen, found), *told]
    return {**own, **seen, **weeks}, sums


def everybody(found: Released) -> tuple[dict[Cell, int], list[Sum]]:
    """The same of the public."""
    own = known_of(found.public, found.pairs[1], found.month)
    seen = values_of(found.public_visits)
    parents = {row.key: row.parent for table in found.public_visits for row in table.rows}
    sums = [
        Sum(
            (cube, of, key, column),
            tuple((cube, of, each, column) for each, parent in parents.items() if parent == key),
        )
        for cube, of, key, column in seen
        if key in parents.values()
    ]
    units = [each for each in _units(own) if each[1] == "area" and each[0] not in RECORDS]  # a visit may have several
    visits = [Sum(cell, (each,), False) for each in units if (cell := _visit(each)) in seen]
    return {**own, **seen}, [*_within(own, found.month), *sums, *visits]


def known_of(tables: Iterable[Table], pairs: Pairs, month: Month) -> dict[Cell, int]:
    """Indicator cells; where the definition leaves nobody there is nobody."""
    found = cells_of(tables, pairs, month.trees)
    barred = {each.indicator: each.barred for each in month.counts}
    return {
        cell: 0 if value == HIDDEN and cell[2] in barred[cell[0]].get(cell[1], ()) else value
        for cell, value in found.items()
    }


def _within(own: dict[Cell, int], month: Month) -> Iterator[Sum]:
    yield from sums_within(own, month.trees)
    yield from sums_between(own, SAME)
    for (part, is_some), (whole, of_some) in WITHIN:
        for cell in [cell for cell in own if cell[0] == part and cell[3] == column(part, is_some)]:
            if (other := (whole, *cell[1:3], column(whole, of_some))) in own:
                yield Sum(other, (cell,), is_exact=False)


def _units(own: Mapping[Cell, int]) -> Iterator[Cell]:
    """The cells that say how many units there are."""
    for cell in own:
        has_rest = (*cell[:3], REST) in own
        if cell[3] == ("denominator" if has_rest else "numerator"):
            yield cell


def _visit(cell: Cell) -> Cell:
    return ({"area": "visits-area", "facility": "visits-facility"}.get(cell[1], ""), "", cell[2], "total")


def _beside(own: dict[Cell, int], seen: dict[Cell, int], found: Released) -> Iterator[Sum]:
    """What the definitions say of an indicator and the tables of visits, ages and diagnoses of the same month."""
    lines = {cell[1] for cell in seen if cell[0] == "diagnoses-area"}
    districts = {cell[1] for cell in seen if cell[0] == "ages"}
    has_other = not all(code in lines for code in CODES)
    for cell in _units(own):
        name, axis, node, _ = cell
        if axis == "age":
            sex, _, band = node.partition("/")
            ages = [("ages", district, band, sex) for district in districts]
            if band and name not in RECORDS and all(each in seen for each in ages):
                yield Sum(ages[0], (cell,), False, tuple(ages[1:]))
            continue
        if name not in RECORDS and _visit(cell) in seen:
            yield Sum(_visit(cell), (cell,), is_exact=False)
        if name == "reached" and (public := (*_visit(cell)[:3], "public")) in seen:  # by puskesmas only
            yield Sum(public, (cell,), is_exact=False)
        if name in ("waits", "quick") and axis == "facility" and ("visits-facility", "", node, "AMB") in seen:
            yield Sum(("visits-facility", "", node, "AMB"), (cell,), is_exact=False)
        codes = CODES[1:] if name in RECORDS else [first for first, _ in RULES[name].base[0].codes]
        mine = [code for code in codes if code in lines]
        cases = [(f"diagnoses-{axis}", code, node, "total") for code in mine]
        rest = [("diagnoses-" + axis, "other", node, "total")]
        if codes and "other" not in lines and len(mine) < len(codes):
            continue  # what has no line at all bounds nothing
        if len(mine) < len(codes) or (name in RECORDS and has_other and "other" in lines):
            cases += rest
        if not codes or not all(each in seen for each in cases) or not cases:
            continue
        is_exact = name in RECORDS and "A00" in lines
        yield Sum(cases[0], (cell,), is_exact, tuple(cases[1:]))
        if name in RECORDS and not is_exact:
            sure = [each for each in cases if each[1] != "other"]
            yield Sum(cell, tuple(sure), is_exact=False)
