"""Everything released of one invented month, and what an attacker knows who holds all of it: tables of visits, ages and
diagnoses beside indicators that count among them, parts of other indicators, and the public set."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hub.monitor.above import above_of
from hub.monitor.bounds import bounds_of
from hub.monitor.cubes import tables_of
from hub.monitor.doubts import least_told
from hub.monitor.indicator_counts import Count, Pairs, counted, indicator_trees
from hub.monitor.indicator_tables import indicator_table
from hub.monitor.indicators.indicator import Condition, Indicator, Rule, Selection, Unit, Window
from hub.monitor.indicators.touching import parts_of
from hub.monitor.measures import month_of
from hub.monitor.public import public_tables
from hub.monitor.released_indicators import hidden_alike
from hub.monitor.tables import HIDDEN, Table
from hub.monitor.tally import Cases, Places, Tally, Visits
from hub.monitor.trees import Tree
from tests.monitor.attack import Cell, Sum, reporting_of, sums_of, values_of
from tests.monitor.attack_indicators import REST, cells_of, sums_between, sums_within
from tests.monitor.cities import MONTH, places
from tests.monitor.test_disclosure_indicators import One

K, PUBLIC = 5, 11
CODES = ("A00", "A01", "A02", "A03", "A04", "A05")
VISIT = Window("visit")
MEASURED = Condition(Selection(("vital",)), VISIT)
LOW = Condition(Selection(("lab",), values=(("<", 10),)), VISIT)
LOWER = Condition(Selection(("lab",), values=(("<", 5),)), VISIT)
CHILD = (0, 4)


def rule(unit: Unit, base: Selection, *counted_when: Condition) -> Rule:
    return Rule(unit, "month" if unit == "person" else "each", 0, 0, (base,), counted=counted_when)


def diagnosed(*codes: str, **more: object) -> Selection:
    return Selection(("diagnosis",), tuple((code, f"{code}~") for code in codes), **more)  # type: ignore[arg-type]


RULES = {
    "measured": rule("person", diagnosed("A00"), MEASURED),
    "controlled": rule("person", diagnosed("A00"), MEASURED, LOW),
    "treated": rule("visit", diagnosed("A00", "A01"), MEASURED),
    "children": rule("visit", diagnosed("A01", ages=CHILD), MEASURED),
    "again": rule("record", Selection(("diagnosis",), not_codes=(("A00", "A00~"),)), LOW),
    "waits": rule("record", Selection(("wait",)), LOW),
    "stricter": rule("record", Selection(("wait",)), LOWER),
    "reached": rule("person", Selection(("encounter",), facilities=("puskesmas",))),
}


def indicators() -> list[Indicator]:
    """The rules as definitions."""
    words: dict[str, str] = {}
    return [
        Indicator(
            name, words, "city", words, each.unit, "up", None, words, words, words, (), "-",
            needs="population" if name == "reached" else None, rule=each,
        )
        for name, each in RULES.items()
    ]  # fmt: skip


WITHIN = parts_of(indicators())
ALIKE = (("measured", "controlled"), ("waits", "stricter"))
SAME = [((one, "denominator"), (other, "denominator")) for one, other in ALIKE]


@dataclass
class Visit:
    """One visit and what was found at it."""

    person: int
    facility: int
    area: str
    sex: str
    band: str
    cls: str
    codes: tuple[str, ...]
    is_measured: bool
    is_low: bool


@dataclass
class Month:
    """A month's facts, counted in the plainest way."""

    city: Places
    tally: Tally
    counts: list[Count]
    trees: dict[str, Tree]


def drawn(seed: int, facilities: tuple[int, int] | None = None) -> Month:
    """A city, its visits, its tables' tally and its indicators. `facilities`: public and private ones."""
    source = random.Random(seed)
    few = source.choice((1, 2, 3)), source.choice((2, 3)), source.choice((1, 2, 3)), source.choice((2, 4))
    found = places(*few[:2], *(facilities or few[2:]))
    kinds = {"public": "puskesmas", "private": "klinik"}
    city = Places(
        found.kelurahan, found.kecamatan, [replace(each, kind=kinds[each.ownership]) for each in found.facilities]
    )
    visits = list(_visits(source, city))
    tally, days = Tally(city), random.Random(seed)
    for each in visits:
        place = city.where(each.area)
        tally.received[each.facility, MONTH + days.randrange(31), 1] += 1
        tally.visits[Visits(each.facility, place, each.cls)] += 1
        tally.ages[place[:6] if place in city.kelurahan else place, each.band, each.sex] += 1
        for code in each.codes:
            tally.cases[Cases(code, each.facility, place, source.choice(("new", "existing")))] += 1
    return Month(city, tally, list(_counts(source, visits, city)), indicator_trees(city))


def _visits(source: random.Random, city: Places) -> Iterator[Visit]:
    uneven = source.choice((0.3, 1, 3))
    spots, numbers = [*city.kelurahan, "", "-"], [each.number for each in city.facilities]
    weights = [[source.random() ** uneven for _ in range(len(each))] for each in (spots, numbers, CODES)]
    measured, low = source.choice((0.3, 0.9)), source.choice((0.1, 0.5, 0.95))
    for person in range(source.choice((15, 40, 100, 250, 600))):
        area, sex = source.choices(spots, weights[0])[0], source.choice(("male", "female", ""))
        band = source.choice(("1-4", "20-44", "45-54", "70+", ""))
        for _ in range(source.choice((1, 1, 1, 2))):
            cls = source.choices(("AMB", "EMER", "IMP"), (16, 2, 1))[0]
            number = source.choices(numbers, weights[1])[0]
            codes = tuple(set(source.choices(CODES, weights[2], k=source.choice((1, 1, 2)))))
            is_measured = source.random() < measured
            yield Visit(person, number, area, sex, band, cls, codes, is_measured, is_measured and source.random() < low)


def _counts(source: random.Random, visits: list[Visit], city: Places) -> Iterator[Count]:
    public = {each.number for each in city.facilities if each.ownership == "public"}
    waits = [each for each in visits if each.cls == "AMB" and source.random() < 0.95]
    chosen: dict[str, list[tuple[Visit, bool]]] = {
        "measured": [(each, each.is_measured) for each in _last(visits, lambda one: "A00" in one.codes)],
        "controlled": [(each, each.is_low) for each in _last(visits, lambda one: "A00" in one.codes)],
        "treated": [(each, each.is_measured) for each in visits if {"A00", "A01"} & set(each.codes)],
        "children": [(each, each.is_measured) for each in visits if "A01" in each.codes and each.band == "1-4"],
        "again": [(each, each.is_low) for each in visits for code in each.codes if code != "A00"],
        "waits": [(each, each.is_low) for each in waits],
        "stricter": [(each, each.is_low and each.person * 7 % 10 < 7) for each in waits],
        "reached": [(each, True) for each in _last(visits, lambda one: one.facility in public)],
    }
    for name, units in chosen.items():
        needs = name == "reached"
        cells = [One(v.facility, v.area, v.sex, v.band, int(is_one), int(not needs)) for v, is_one in units]
        people = _people(source, counted(name, cells, city), city) if needs else None
        yield counted(name, cells, city, people, None, RULES[name])


def _last(visits: list[Visit], chosen: object) -> list[Visit]:
    """Each person once, at the last visit that fits."""
    return list({each.person: each for each in visits if chosen(each)}.values())  # type: ignore[operator]


def _people(source: random.Random, count: Count, city: Places) -> dict[str, dict[str, int]]:
    found: Counter[str] = Counter()
    for area in city.kelurahan:
        n = count.numerators["area"].get(area, 0) + source.randrange(50)
        for node in (area, area[:6], "city"):
            found[node] += n
    return {"area": dict(found)}


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
    units = [each for each in _units(own) if each[1] == "area" and each[0] != "again"]  # a visit may have several
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
    sides = {(True, False): "numerator", (False, False): "denominator"}
    for (part, is_some), (whole, _) in WITHIN:
        column = sides[is_some, False]
        for cell in [cell for cell in own if cell[0] == part and cell[3] == column]:
            if (other := (whole, *cell[1:])) in own:
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
            if band and name != "again" and all(each in seen for each in ages):
                yield Sum(ages[0], (cell,), False, tuple(ages[1:]))
            continue
        if name != "again" and _visit(cell) in seen:
            yield Sum(_visit(cell), (cell,), is_exact=False)
        if name == "reached" and (public := (*_visit(cell)[:3], "public")) in seen:  # by puskesmas only
            yield Sum(public, (cell,), is_exact=False)
        if name == "waits" and axis == "facility" and ("visits-facility", "", node, "AMB") in seen:
            yield Sum(("visits-facility", "", node, "AMB"), (cell,), is_exact=False)
        codes = [code for first, _ in RULES[name].base[0].codes for code in [first]] if name != "again" else CODES[1:]
        mine = [code for code in codes if code in lines]
        cases = [(f"diagnoses-{axis}", code, node, "total") for code in mine]
        rest = [("diagnoses-" + axis, "other", node, "total")]
        if codes and "other" not in lines and len(mine) < len(codes):
            continue  # what has no line at all bounds nothing
        if len(mine) < len(codes) or (name == "again" and has_other and "other" in lines):
            cases += rest
        if not codes or not all(each in seen for each in cases) or not cases:
            continue
        is_exact = name == "again" and "A00" in lines
        yield Sum(cases[0], (cell,), is_exact, tuple(cases[1:]))
        if name == "again" and not is_exact:
            sure = [each for each in cases if each[1] != "other"]
            yield Sum(cell, tuple(sure), is_exact=False)
