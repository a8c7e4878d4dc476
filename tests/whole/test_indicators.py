"""Indicators counted from sealed facts: what changed is counted anew, and a run from scratch gives the same cells."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from hub.access.facts import cells, open_month, stored
from hub.access.monitoring import NO_MONTH, month_mark, open_facts, seal_items
from hub.model import Facility
from hub.monitor import Fact
from hub.monitor.cells import Cell
from hub.monitor.engines.columns import joined
from hub.monitor.indicators import Indicator, definitions
from hub.parts import Hub
from hub.store import Conflict, FactRow, Link
from hub.upkeep.counting import count_columns, count_month
from hub.upkeep.indicators import count_indicators, is_behind
from hub.upkeep.leasing import Lease
from hub.upkeep.registering import register_facility
from tests.whole.conftest import Homes

HERE, THERE = "6371010001", "6371020002"
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def definition(id_: str, sql: str, back: int = 0) -> Indicator:
    """An indicator by its query."""
    words = {"id": id_, "en": id_}
    return Indicator(id_, words, "city", words, "person", "up", None, words, words, words, (), sql, back=back)


MONTH = "SUBSTRING(CAST(DATE '1970-01-01' + day AS VARCHAR(10)), 1, 7)"
VISITS = definition(
    "visits",
    f"SELECT {MONTH} AS month, facility, area, sex, band, COUNT(*) AS numerator, COUNT(*) AS denominator FROM fact"
    f" WHERE kind = 'encounter' GROUP BY {MONTH}, facility, area, sex, band",
)
FIRST_OF_YEAR = definition(
    "first-of-year",
    f"SELECT {MONTH} AS month, facility, area, sex, band, COUNT(*) AS numerator, 0 AS denominator FROM (SELECT *,"
    " ROW_NUMBER() OVER (PARTITION BY person ORDER BY day, facility) AS place FROM fact WHERE kind = 'encounter'"
    f" AND day >= 20454) AS ranked WHERE place = 1 GROUP BY {MONTH}, facility, area, sex, band",
    back=11,
)
BOTH = (VISITS, FIRST_OF_YEAR)


@pytest.fixture
def hub(homes: Homes) -> Hub:
    opened = homes.open()
    for number in range(3):
        register_facility(opened, Facility(0, f"klinik-{number}", f"Klinik {number}", "klinik", "private"))
    return opened


def day(month: int, number: int = 10) -> int:
    return (date(2026, month, number) - date(1970, 1, 1)).days


def visit(
    hub: Hub, compartment: int, on: int, facility: int = 1, area: str = HERE, value: Decimal | None = None
) -> FactRow:
    """A row of facts as the way in writes it: one visit, and its blood pressure."""
    found = [Fact("encounter", "AMB", on, facility, area, "20-44", "female", None, "", 1, 33)]
    if value is not None:
        found.append(Fact("vital", "8480-6", on, facility, area, "20-44", "female", value, "", None, 33))
    number = random.Random(f"{compartment}/{on}/{facility}").getrandbits(60)
    pseudonym = hub.blinder.pseudonym(compartment)
    return FactRow(pseudonym, number, 1, seal_items(hub, number, {number: found}), month_mark(hub, on))


def put(hub: Hub, rows: Iterable[FactRow]) -> None:
    with hub.store.writing() as tx:
        tx.put_facts(rows)


def counted(hub: Hub, ids: Iterable[str] = ("visits", "first-of-year")) -> list[Cell]:
    return [cell for id_ in ids for cell in cells(hub, id_, MONTHS)]


def totals(hub: Hub, indicator: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for cell in cells(hub, indicator, MONTHS):
        found[cell.month] += cell.numerator
    return dict(found)


def agrees(hub: Hub) -> list[Cell]:
    """What changed is counted; a run from scratch changes nothing."""
    count_indicators(hub, chosen=BOTH)
    found = counted(hub)
    count_indicators(hub, chosen=BOTH, is_full=True)
    assert counted(hub) == found
    return found


def test_only_what_changed_is_counted_again(hub: Hub) -> None:
    put(hub, [visit(hub, 1, day(3)), visit(hub, 2, day(3)), visit(hub, 1, day(5))])
    ran = count_indicators(hub, chosen=BOTH)
    assert ran is not None
    assert (ran.months, ran.counted) == (2, 4)
    assert totals(hub, "visits") == {"2026-03": 2, "2026-05": 1}
    assert totals(hub, "first-of-year") == {"2026-03": 2}
    again = count_indicators(hub, chosen=BOTH)
    assert again is not None
    assert (again.months, again.counted) == (0, 0)
    put(hub, [visit(hub, 2, day(1))])
    late = count_indicators(hub, chosen=BOTH)
    assert late is not None
    assert (late.months, late.counted) == (1, 4), "January itself, and for the year all months behind it"
    assert totals(hub, "first-of-year") == {"2026-01": 1, "2026-03": 1}
    agrees(hub)


def test_a_run_that_was_cut_short_between_columns_and_cells_is_due_again(hub: Hub) -> None:
    put(hub, [visit(hub, 1, day(3))])
    count_indicators(hub, chosen=BOTH)
    assert not is_behind(hub)
    put(hub, [visit(hub, 2, day(3))])
    with pytest.raises(duckdb.Error):
        count_indicators(hub, chosen=(replace(VISITS, sql="SELECT nothing"),))
    assert is_behind(hub)
    count_indicators(hub, chosen=BOTH)
    assert not is_behind(hub)
    assert totals(hub, "visits") == {"2026-03": 2}


def test_while_another_process_counts_nothing_happens_until_its_lease_runs_out(hub: Hub) -> None:
    put(hub, [visit(hub, 1, day(3))])
    other = Lease(hub, "indicators", 60_000)
    assert other.take()
    assert count_indicators(hub, chosen=BOTH) is None
    other.take(0)
    assert count_indicators(hub, chosen=BOTH) is not None
    assert Lease(hub, "indicators").take()
    with pytest.raises(Conflict):
        other.renew()


def test_what_is_withdrawn_or_rewritten_leaves_the_cells(hub: Hub) -> None:
    one, two = visit(hub, 1, day(3)), visit(hub, 2, day(4))
    put(hub, [one, two])
    count_indicators(hub, chosen=BOTH)
    empty = one._replace(version=2, body=seal_items(hub, one.item, {}), month=NO_MONTH)
    moved = visit(hub, 2, day(4), area=THERE)
    with hub.store.writing() as tx:
        tx.replace_facts([empty, moved._replace(version=2)], [one.month, two.month])
    assert [cell.area for cell in agrees(hub)] == [THERE, THERE]
    assert totals(hub, "visits") == {"2026-04": 1}


def test_joined_compartments_are_one_person(hub: Hub) -> None:
    put(hub, [visit(hub, 1, day(3)), visit(hub, 2, day(6), facility=2), visit(hub, 3, day(7))])
    count_indicators(hub, chosen=BOTH)
    assert totals(hub, "first-of-year") == {"2026-03": 1, "2026-06": 1, "2026-07": 1}
    with hub.store.writing() as tx:
        tx.add_links([Link(2, 1, 77, "positive", 1.0, b"", "hub", 1), Link(3, 2, 78, "negative", 0.0, b"", "hub", 1)])
    agrees(hub)
    assert totals(hub, "first-of-year") == {"2026-03": 1, "2026-07": 1}
    with hub.store.writing() as tx:
        tx.add_links([Link(2, 3, 79, "positive", 1.0, b"", "hub", 2)])
    agrees(hub)
    assert totals(hub, "first-of-year") == {"2026-03": 1}, "over two links"
    with hub.store.writing() as tx:
        tx.end_link(1, 2, 77, ended_ms=3, ended_by="x")
    agrees(hub)
    assert totals(hub, "first-of-year") == {"2026-03": 1, "2026-06": 1}


def test_any_history_gives_the_cells_of_a_run_from_scratch(hub: Hub) -> None:
    source = random.Random(5)
    known: dict[int, FactRow] = {}
    for turn in range(5):
        for _ in range(6):
            row = visit(
                hub, source.randint(1, 9), day(source.randint(1, 12), source.randint(1, 28)), source.randint(1, 3)
            )
            if row.item not in known:
                known[row.item] = row
                put(hub, [row])
        if turn > 1:
            row = known[source.choice(sorted(known))]
            gone = row._replace(version=row.version + 1, body=seal_items(hub, row.item, {}), month=NO_MONTH)
            known[row.item] = gone
            with hub.store.writing() as tx:
                tx.replace_facts([gone], [row.month])
        pair = sorted(source.sample(range(1, 10), 2))
        with hub.store.writing() as tx:
            tx.add_links([Link(pair[0], pair[1], turn, "positive", 1.0, b"", "hub", turn)])
        agrees(hub)


def test_a_definition_that_changed_is_counted_for_all_months(hub: Hub) -> None:
    put(hub, [visit(hub, 1, day(3)), visit(hub, 2, day(4))])
    count_indicators(hub, chosen=BOTH)
    other = replace(VISITS, sql=VISITS.sql.replace("'encounter'", "'vital'"))
    ran = count_indicators(hub, chosen=(other,))
    assert ran is not None
    assert ran.counted == 2
    assert counted(hub) == [], "nobody was measured, and the other indicator is gone"


def test_columns_are_the_facts(hub: Hub) -> None:
    put(hub, [visit(hub, n, day(3 + n % 3), 1 + n % 3, value=Decimal("131.5") + n) for n in range(20)])
    count_indicators(hub, chosen=BOTH)
    with hub.store.reading() as tx:
        rows, marks = tx.facts(), tx.fact_months()
    expected = sorted(
        (row.pseudonym, f.kind, f.code, f.day, f.facility, f.kelurahan, f.band, f.age, f.sex, f.value, f.case, f.lag)
        for row in rows
        for f in open_facts(hub, row)
    )
    for opened in (stored, open_month):
        table = joined((block for mark in marks for block in opened(hub, mark)), {})
        assert sorted(tuple(each.values()) for each in table.to_pylist()) == expected
    put(hub, [visit(hub, 50, day(3), 3, value=Decimal(120))])
    with hub.store.reading() as tx:
        assert count_columns(hub, "2026-04") == count_month(hub, tx, "2026-04")
        assert count_columns(hub, "2026-03") != count_month(hub, tx, "2026-03"), "one came in since"


def test_nothing_of_it_lies_in_clear(hub: Hub) -> None:
    put(hub, [visit(hub, n, day(3), value=Decimal(130)) for n in range(300)])
    count_indicators(hub, chosen=BOTH)
    with hub.store.reading() as tx:
        kept = [row.body for row in tx.blocks(month_mark(hub, day(3)))]
        kept += [row.body for row in tx.indicator_cells("visits", ["2026-03"])]
        state = tx.reporting("indicators")
    assert len(kept) == 2
    assert state is not None
    assert not any(word in body for body in (*kept, state[1]) for word in (HERE.encode(), b"encounter", b"20-44"))


def test_the_shipped_definitions_run(hub: Hub) -> None:
    put(hub, [visit(hub, n, day(3), value=Decimal(130)) for n in range(9)])
    ran = count_indicators(hub)
    assert ran is not None
    assert ran.counted == sum(1 for each in definitions() if each.sql)
