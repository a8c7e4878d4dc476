"""Indicator tables under attack: a solver holds them all, with the visits of the month, the public set and the next
month; nothing hidden is narrowed below k, and nothing public is closed inside."""

import random
from dataclasses import dataclass, replace

import pytest

from hub.monitor.above import above_of
from hub.monitor.bounds import bounds_of
from hub.monitor.cubes import tables_of
from hub.monitor.indicator_counts import Count, Pairs, counted, indicator_trees
from hub.monitor.indicator_tables import COLUMNS, indicator_table
from hub.monitor.measures import Month, month_of
from hub.monitor.released_indicators import hidden_alike
from hub.monitor.tables import ABSENT, HIDDEN, Table
from hub.monitor.tally import Places, Tally, Visits
from hub.monitor.trees import Tree
from tests.monitor.attack import Cell, Narrowed, Sum, narrowed_by, sums_of, values_of
from tests.monitor.attack_indicators import REST, cells_of, sums_between, sums_with_visits, sums_within
from tests.monitor.cities import places

K, PUBLIC = 5, 11
SAME = (
    (("tested", "denominator"), ("treated", "denominator")),  # two indicators about the same people
    (("tested", "numerator"), ("found", "denominator")),  # a cascade: one's numerator is the next one's denominator
    (("treated", REST), ("untreated", "numerator")),  # one is what the other leaves
    (("treated", "numerator"), ("untreated", REST)),
    (("treated", "denominator"), ("untreated", "denominator")),
)
"""What everybody knows who reads the definitions."""


@dataclass
class One:
    """A cell of one unit."""

    facility: int
    area: str
    sex: str
    band: str
    numerator: int
    denominator: int = 1


def drawn(seed: int, month: int = 0) -> tuple[Places, Tally, list[Count]]:
    """A city, one of its months' visits and indicators over them that share what they count."""
    source = random.Random(seed)
    city = places(source.choice((1, 2, 3)), source.choice((2, 3)), source.choice((1, 2)), source.choice((2, 4, 7)))
    source = random.Random(seed + 1000 * month) if month else source
    uneven = source.choice((0.3, 1, 3))
    spots = [*city.kelurahan, "", "-"]
    numbers = [each.number for each in city.facilities]
    weights = [[source.random() ** uneven for _ in range(len(each))] for each in (spots, numbers)]
    share = source.choice((0.05, 0.3, 0.6, 0.97))
    tally = Tally(city)
    cells: dict[str, list[One]] = {"tested": [], "found": [], "treated": [], "untreated": []}
    reached: list[One] = []
    for _ in range(source.choice((20, 60, 150, 400, 1200))):
        area, number = source.choices(spots, weights[0])[0], source.choices(numbers, weights[1])[0]
        sex, band = source.choice(("male", "female", "")), source.choice(("1-4", "20-44", "45-54", ""))
        place = area if area in city.kelurahan else "outside" if area == "-" else "unknown"
        tally.visits[Visits(number, place, source.choices(("AMB", "EMER"), (9, 1))[0])] += 1
        if source.random() < 0.8:
            reached.append(One(number, area, sex, band, 1, 0))
        if source.random() < 0.7:
            is_tested, is_treated = source.random() < share, source.random() < share
            cells["tested"].append(One(number, area, sex, band, int(is_tested)))
            cells["treated"].append(One(number, area, sex, band, int(is_treated)))
            cells["untreated"].append(One(number, area, sex, band, int(not is_treated)))
            if is_tested:
                cells["found"].append(One(number, area, sex, band, int(source.random() < 0.5)))
    counts = [counted(name, found, city) for name, found in cells.items()]
    residents = counted("reached", reached, city).numerators["area"]
    people = {"city": 0}
    for area in city.kelurahan:
        for node in (area, area[:6], "city"):
            people[node] = people.get(node, 0) + residents.get(area, 0) + (seed * 7 + int(area)) % 50
    return city, tally, [*counts, counted("reached", reached, city, {"area": people})]


def made(
    counts: list[Count], city: Places, k: int, month: Month | None, inside: Pairs | None = None
) -> tuple[list[Table], Pairs, dict[str, Tree]]:
    trees = indicator_trees(city)
    tables_ = tables_of(month, city, "2026-10", K, 0) if month else []
    above = [above_of({each.cube: each for each in tables_ if each.cube.startswith("visits")}, trees)] if month else []
    bounds = {each.indicator: bounds_of(each, None, above, trees, k) for each in counts}
    pairs = hidden_alike(counts, trees, k, bounds, inside)
    tables = [
        indicator_table(each.indicator, "2026-10", k, each, pairs[each.indicator], trees, city)
        for each in counts
        if each.indicator in pairs
    ]
    return tables, pairs, trees


def released(seed: int) -> tuple[list[Count], dict[Cell, int], dict[Cell, int], list[Narrowed], list[Narrowed]]:
    """(counts, inside cells, public cells, narrowed by who sees both and the visits, narrowed by the public)."""
    city, tally, counts = drawn(seed)
    month = month_of(tally, K, 4)
    inside, pairs, trees = made(counts, city, K, month)
    open_, public, _ = made(counts, city, PUBLIC, None, pairs)
    own, outer = cells_of(inside, pairs, trees), cells_of(open_, public, trees, "public ")
    visits = [table for table in tables_of(month, city, "2026-10", K, 0) if table.cube.startswith("visits")]
    seen = values_of(visits)
    known = {**own, **outer, **seen}
    relations = [
        *sums_within(own, trees),
        *sums_between(own, SAME),
        *sums_with_visits(own, seen),
        *sums_of(visits),
        *sums_between(
            {**own, **outer},
            [((cube, column), (f"public {cube}", column)) for cube in pairs for column in (*COLUMNS, REST)],
        ),
    ]
    both = [each for each in narrowed_by(known, relations, K) if each.cell in own or each.cell in seen]
    outside = [((f"public {one[0]}", one[1]), (f"public {two[0]}", two[1])) for one, two in SAME]
    only = narrowed_by(outer, [*sums_within(outer, trees), *sums_between(outer, outside)], PUBLIC)
    return counts, own, outer, both, only


@pytest.mark.parametrize("first", range(0, 12, 6))
def test_a_solver_narrows_no_hidden_cell_of_any_set(first: int) -> None:
    hidden = shown = 0
    for seed in range(first, first + 6):
        _, own, outer, both, only = released(seed)
        assert both == [], f"seed {seed}"
        assert only == [], f"seed {seed}"
        hidden += sum(value == HIDDEN for value in own.values())
        shown += sum(value > 0 for value in own.values())
        assert not [cell for cell, value in own.items() if 0 < value < K], seed
        assert not [cell for cell, value in outer.items() if 0 < value < PUBLIC], seed
        for cell, value in outer.items():
            assert value == HIDDEN or own[cell[0].removeprefix("public "), *cell[1:]] == value, "public, closed inside"
    assert hidden > 50
    assert shown > 20, "hiding everything would be safe and useless"


def test_two_successive_releases_are_no_more_than_each_of_them() -> None:
    """All numbers of two months and both sets at once, with the year so far as their sum where both are shown."""
    for seed in range(2):
        known: dict[Cell, int] = {}
        relations: list[Sum] = []
        for month in (0, 1):
            city, tally, counts = drawn(seed, month)
            tables, pairs, trees = made(counts, city, K, month_of(tally, K, 4))
            cells = cells_of(tables, pairs, trees, f"{month} ")
            known |= cells
            relations += [
                *sums_within(cells, trees),
                *sums_between(cells, [(_of(a, month), _of(b, month)) for a, b in SAME]),
            ]
        for cell in [cell for cell in known if cell[0].startswith("0 ")]:
            other = (f"1 {cell[0][2:]}", *cell[1:])
            if HIDDEN not in (known[cell], known.get(other, HIDDEN)):
                year = (f"year {cell[0][2:]}", *cell[1:])
                known[year] = known[cell] + known[other]
                relations.append(Sum(year, (cell, other)))
        assert narrowed_by(known, relations, K) == [], seed


def _of(side: tuple[str, str], month: int) -> tuple[str, str]:
    return f"{month} {side[0]}", side[1]


def test_the_attack_finds_what_hiding_each_indicator_alone_gives_away() -> None:
    """Without looking at indicators that count the same, one opens what the other closes."""
    found = 0
    for seed in range(5):
        city, _, counts = drawn(seed)
        pairs: Pairs = {}
        tables = []
        for each in counts:
            one, alone, trees = made([each], city, K, None)
            pairs |= alone
            tables += one
        own = cells_of(tables, pairs, trees)
        found += len(narrowed_by(own, [*sums_within(own, trees), *sums_between(own, SAME)], K))
    assert found > 3


def test_what_is_shown_is_true() -> None:
    for seed in range(12):
        city, tally, counts = drawn(seed)
        tables, _, trees = made(counts, city, K, month_of(tally, K, 4))
        truth = {each.indicator: each for each in counts}
        for table in tables:
            for row in table.rows:
                tree, one = trees[row.of], truth[table.cube]
                real = [tree.sums(side[row.of])[row.key] for side in (one.numerators, one.denominators)]
                if one.people is not None:
                    real[1] = one.people.get(row.of, {}).get(row.key, ABSENT)
                assert all(value in (HIDDEN, was) for value, was in zip(row.cells, real, strict=True)), (seed, row)


def test_who_reports_of_itself_reports_of_somebody() -> None:
    """That each reported is told, so two of three each can't hide in their sum of six."""
    city, sizes = places(1, 1, 1, 4), {1: 40, 2: 3, 3: 3, 4: 20, 5: 30}
    one = counted("asked", [One(number, "", "", "", 0, n) for number, n in sizes.items()], city)
    least = {"facility": {f"faskes-{number}": 1 for number in sizes}}
    for count, many in ((one, 2), (replace(one, least=least), 3)):
        base = hidden_alike([count], indicator_trees(city), K)["asked"]["facility"].base
        assert base is not None
        assert len([node for node in base.hidden if node.startswith("faskes")]) == many
