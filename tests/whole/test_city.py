"""The city's numbers, from the facilities' files to the released tables, held against the generator's own knowledge."""

import io
import os
from collections import Counter
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from fixtures.city import TODAY, City, make
from hub.access.monitoring import open_released
from hub.cli.loading import load_city, register_city
from hub.monitor.cubes import COLUMNS, tables_of
from hub.monitor.measures import month_of
from hub.monitor.tables import HIDDEN, K_INSIDE, Table, decode_table
from hub.monitor.tally import Tally
from hub.parts import Hub
from hub.registry import kecamatan
from hub.upkeep.counting import count_month, places_of
from hub.upkeep.releasing import DIAGNOSES, release_closed
from tests.monitor.attack import Cell, narrowed, values_of
from tests.monitor.counting import OTHER, own_codes
from tests.whole.conftest import Homes

VISITS = int(os.environ.get("HUB_CITY_VISITS", "260"))
SENSITIVE_CLINICS = {"VCT", "Jiwa", "KB"}
"""A visit to one of these is sensitive as such; elsewhere only its sensitive diagnoses are (docs/privacy.md)."""
SOME = (
    "rsud-mutiara-barito",
    "puskesmas-purun",
    "puskesmas-kasturi",
    "klinik-teratai",
    "klinik-bekantan",
    "klinik-jelita",
    "klinik-melur",
    "praktik-bidan-kenari",
)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Visits to a hospital, two puskesmas and five clinics and practices."""
    return make(7, VISITS, tmp_path_factory.mktemp("kota-besar"), min(TODAY, date.today()), only=SOME)


def truth_of(city: City, months: set[str], own: set[str]) -> Counter[Cell]:
    """Every cell, counted from what the generator knows of each visit; nothing of the hub's is used."""
    owners = {row["id"]: row["ownership"] for row in city.facilities}
    found: Counter[Cell] = Counter()
    for line in counted(city, months):
        owner, facility = owners[line["facility"]], line["facility"]
        kelurahan = line["kelurahan"]
        places = (kelurahan, kelurahan[:6], "city") if kelurahan else ("unknown", "city")
        if line["poli"] not in SENSITIVE_CLINICS:
            for place in places:
                found["visits-area", "", place, owner] += 1
                found["visits-area", "", place, "total"] += 1
            for place in (facility, owner, "city"):
                found["visits-facility", "", place, "total"] += 1
            cls = "IMP" if line["inpatient"] else "EMER" if line["poli"] == "IGD" else "AMB"
            found["visits-facility", "", facility, cls] += 1
        for code, case in line["diagnoses"]:
            if code in line["sensitive_diagnoses"]:
                continue
            of = code[:3] if code[:3] in own else OTHER
            columns = ("total", "new") if case == "new" else ("total",)
            for column in (owner, *columns):
                for place in places:
                    found["diagnoses-area", of, place, column] += 1
            for column in columns:
                for place in (facility, owner, "city"):
                    found["diagnoses-facility", of, place, column] += 1
    return found


def counted(city: City, months: set[str]) -> list[dict[str, Any]]:
    return [line for line in city.city_truth if line["accepted"] and line["day"][:7] in months]


def plain_tables(tally: Tally, month: str) -> list[Table]:
    """The tables as they would be without hiding anything (k = 0)."""
    return tables_of(month_of(tally, 0, DIAGNOSES), tally.places, month, 0, 0)


def is_released(cell: Cell) -> bool:
    """Diagnoses are not divided by ownership below the kecamatan, nor new cases by it at all."""
    cube, _, line, column = cell
    if cube == "diagnoses-area":
        return not (len(line) == 10 and column in ("public", "private"))
    return not (cube == "diagnoses-facility" and line in ("public", "private") and column == "new")


def no_ages(cells: dict[Cell, int]) -> dict[Cell, int]:
    return {cell: value for cell, value in cells.items() if cell[0] not in ("ages", "sensitive")}


@pytest.mark.slow
def test_the_citys_numbers_are_the_generators(homes: Homes, large: City) -> None:
    hub = homes.open()
    register_city(hub, large)
    load_city(hub, large, Console(file=io.StringIO()))
    released = release_closed(hub)
    busy = Counter(line["day"][:7] for line in counted(large, {line["day"][:7] for line in large.city_truth}))
    assert released == sorted(month for month in busy if month < max(busy)), "every closed month with visits, once"

    year = Tally(places_of(hub))
    for month in released:
        tally = counted_month(hub, month)
        nothing_hidden = no_ages(values_of(plain_tables(tally, month)))
        own = own_codes(plain_tables(tally, month))
        expected = truth_of(large, {month}, own)
        assert nothing_hidden == {cell: expected[cell] for cell in nothing_hidden}
        assert {cell for cell, n in expected.items() if n and is_released(cell)} <= nothing_hidden.keys()
        year.visits += tally.visits
        year.cases += tally.cases
        year.ages += tally.ages
        tables = check_released(hub, large, month, expected, own)
        if busy[month] == max(busy[each] for each in released):
            assert narrowed([table for table in tables if table.cube != "sensitive"], K_INSIDE) == []
    assert sum(n for (number, *_), n in year.visits.items() if hub.numbers[number].ownership == "private") > 20
    assert sum(n for (number, *_), n in year.visits.items() if hub.numbers[number].ownership == "public") > 20

    # A month as dense as the whole year: more is shown, more could leak.
    dense = tables_of(month_of(year, K_INSIDE, DIAGNOSES), year.places, "2026", K_INSIDE, 0)
    expected = truth_of(large, set(released), own_codes(dense))
    for cell, value in no_ages(values_of(dense)).items():
        assert value in (HIDDEN, expected[cell])
    assert narrowed([table for table in dense if table.cube != "sensitive"], K_INSIDE) == []
    assert sum(row.cells[-1] > 0 for table in dense if table.cube == "visits-area" for row in table.rows) > 5


def counted_month(hub: Hub, month: str) -> Tally:
    with hub.store.reading() as tx:
        return count_month(hub, tx, month)


def check_released(hub: Hub, city: City, month: str, expected: Counter[Cell], own: set[str]) -> list[Table]:
    """What lies in the database: true where shown, and nothing small."""
    with hub.store.reading() as tx:
        rows = {cube: tx.released(month, cube) for cube in COLUMNS}
    tables = [decode_table(open_released(hub, row)) for row in rows.values() if row is not None]
    assert len(tables) == len(COLUMNS)
    for (cube, of, line, column), value in no_ages(values_of(tables)).items():
        if of in ("", *own) and of != OTHER:
            assert value in (HIDDEN, expected[cube, of, line, column])
    assert not [value for value in values_of(tables).values() if 0 < value < K_INSIDE]
    sensitive = sum(line["poli"] in SENSITIVE_CLINICS for line in counted(city, {month}))
    assert tables[-1].rows[0].cells == (HIDDEN if 0 < sensitive < K_INSIDE else sensitive,)
    assert {row.of for table in tables if table.cube == "ages" for row in table.rows} >= set(kecamatan())
    return tables
