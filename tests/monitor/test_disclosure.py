"""No combination of released numbers narrows a hidden one to fewer than k: a solver tries, on many small cities."""

import random

import pytest

from hub.monitor.cubes import tables_of
from hub.monitor.measures import month_of
from hub.monitor.tables import ABSENT, HIDDEN, Row, Table, decode_table, encode_table
from hub.monitor.tally import Tally
from tests.monitor.attack import Cell, narrowed, narrowed_by, reporting_of, sums_of, values_of
from tests.monitor.cities import drawn, month, places
from tests.monitor.counting import own_codes, plain

K = 5


def tables(tally: Tally, most: int = 4) -> list[Table]:
    """The released tables but for the line that has nothing to do with the others."""
    made = tables_of(month_of(tally, K, most), tally.places, "2026-10", K, 0)
    return [table for table in made if table.cube != "sensitive"]


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_a_solver_cannot_narrow_a_hidden_cell(first: int) -> None:
    hidden = shown = 0
    for seed in range(first, first + 6):
        made = tables(tally := drawn(seed))
        cells = values_of(made)
        hidden += sum(value == HIDDEN for value in cells.values())
        shown += sum(value != HIDDEN for value in cells.values())
        weeks, told = reporting_of(tally)
        assert narrowed_by(cells | weeks, [*sums_of(made), *told], K) == [], f"seed {seed}"
    assert hidden > 100
    assert shown > 100, "hiding everything would be safe and useless"


def only_small_hidden(table: Table, truth: dict[Cell, int]) -> Table:
    """Primary suppression alone: every number below k, and no other."""
    rows = []
    for row in table.rows:
        cells = []
        for value, column in zip(row.cells, table.columns, strict=True):
            real = truth[table.cube, row.of, row.key, column]
            cells.append(value if value == ABSENT else HIDDEN if 0 < real < K else real)
        rows.append(Row(row.of, row.key, row.level, row.name, row.parent, tuple(cells)))
    return Table(table.cube, table.month, table.k, table.columns, tuple(rows))


@pytest.mark.parametrize("seed", [4, 9])
def test_the_attack_finds_what_hiding_small_numbers_alone_gives_away(seed: int) -> None:
    tally = month(random.Random(seed), places(3, 4, 2, 4), 150, 1)
    made = tables(tally)
    truth = plain(tally, own_codes(made))
    bare = [only_small_hidden(table, truth) for table in made]
    found = narrowed(bare, K)
    hidden = sum(value == HIDDEN for value in values_of(bare).values())
    exact = [each for each in found if each.most - each.least < 0.5]
    assert len(found) > hidden / 4
    assert len(exact) > hidden / 12, "plain subtraction recovers cells"


def test_the_attack_finds_what_the_words_of_weeks_give_away() -> None:
    found = []
    for seed in (9, 22, 27):
        tally = drawn(seed)
        weeks, told = reporting_of(tally)
        tally.received.clear()  # as if the rule did not know them
        made = tables(tally)
        found += narrowed_by(values_of(made) | weeks, [*sums_of(made), *told], K)
    assert len(found) > 5


def test_what_is_shown_is_true() -> None:
    for seed in range(40):
        tally = drawn(seed)
        made = tables(tally)
        truth = plain(tally, own_codes(made))
        for cell, value in values_of(made).items():
            assert value in (HIDDEN, truth[cell]), (seed, cell)
            assert not 0 < value < K, (seed, cell)


def test_a_large_city_loses_little() -> None:
    tally = month(random.Random(1), places(5, 4, 4, 8), 6000, 0.5)
    cells = values_of(tables(tally))
    areas = [value for cell, value in cells.items() if cell[0] == "visits-area"]
    assert areas.count(HIDDEN) == 0
    assert sum(value == HIDDEN for value in cells.values()) < len(cells) / 4


def test_a_table_comes_back_as_it_was_written() -> None:
    for table in tables(drawn(5)):
        assert decode_table(encode_table(table)) == table
