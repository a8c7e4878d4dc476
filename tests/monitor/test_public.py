"""What leaves the health office: a solver narrows no hidden number below eleven, nor, with the office's own tables
beside it, any number the office hides below five."""

import random

import pytest

from hub.monitor.cubes import tables_of
from hub.monitor.measures import month_of
from hub.monitor.public import public_tables
from hub.monitor.tables import HIDDEN, K_PUBLIC, Row, Table
from hub.monitor.tally import Tally
from tests.monitor.attack import Cell, Sum, narrowed_by, sums_of, values_of
from tests.monitor.cities import drawn, month, places

K = 5


def both(tally: Tally) -> tuple[list[Table], list[Table]]:
    """The office's tables and the public ones of a month."""
    found = month_of(tally, K, 4)
    office = [one for one in tables_of(found, tally.places, "2026-10", K, 0) if one.cube != "sensitive"]
    return office, public_tables(found, tally.places, "2026-10")


def tree(tables: list[Table]) -> tuple[dict[Cell, int], list[Sum]]:
    """The public cells and how they add up."""
    renamed = [Table("public", one.month, one.k, one.columns, one.rows) for one in tables]
    return values_of(renamed), list(sums_of(renamed))


@pytest.mark.parametrize("first", range(8, 28, 10))
def test_a_solver_cannot_narrow_what_the_public_does_not_see(first: int) -> None:
    hidden = shown = 0
    for seed in range(first, first + 10):
        office, public = both(drawn(seed))
        cells, sums = tree(public)
        hidden += sum(value == HIDDEN for value in cells.values())
        shown += sum(value != HIDDEN for value in cells.values())
        assert narrowed_by(cells, sums, K_PUBLIC) == [], f"seed {seed}"
        same = [Sum(("visits-area", "", cell[2], "total"), (cell,)) for cell in cells]
        together = values_of(office) | cells
        if seed % 4:
            continue
        told = narrowed_by(together, [*sums_of(office), *sums, *same], K)
        assert [one for one in told if one.cell[0] != "public"] == [], f"seed {seed}, with the office's"
    assert hidden > 10
    assert shown > 10, "hiding everything would be safe and useless"


def test_only_what_is_small_or_would_tell_is_hidden() -> None:
    city = places(3, 4, 2, 6)
    office, public = both(month(random.Random(3), city, 20_000, 0.3))
    assert all(row.cells[0] != HIDDEN for row in public[0].rows)
    truth = {row.key: row.cells[-1] for row in office[0].rows}
    assert {row.key: row.cells[0] for row in public[0].rows} == truth


def test_hiding_small_numbers_alone_would_give_them_away() -> None:
    """The attack has teeth: with the second hiding taken back it finds the first."""
    found = 0
    for seed in range(20):
        office, public = both(drawn(seed))
        if not public:
            continue
        truth = {row.key: row.cells[-1] for row in office[0].rows}
        rows = []
        for row in public[0].rows:
            value = truth[row.key]
            rows.append(
                Row(row.of, row.key, row.level, row.name, row.parent, (value if value >= K_PUBLIC else row.cells[0],))
            )
        cells, sums = tree([Table("x", "2026-10", K_PUBLIC, ("total",), tuple(rows))])
        found += bool(narrowed_by(cells, sums, K_PUBLIC))
    assert found
