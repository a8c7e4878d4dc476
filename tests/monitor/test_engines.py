"""The same facts and the same SQL: DuckDB and Spark give the same cells, and DuckDB is confined to memory."""

import random
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hub.monitor.cells import Cell, decode_cells, encode_cells
from hub.monitor.engines import Place, run
from hub.monitor.engines.columns import SCHEMA, Columns, joined
from hub.monitor.engines.duck import confined
from hub.monitor.indicators import Indicator, definitions
from tests.services import not_there

HERE = ("6371010001", "6371020002", "-", "")
PLACES = [Place(1, "a", "puskesmas", "public", HERE[0]), Place(2, "b", "klinik", "private", HERE[1])]


def facts(source: random.Random) -> Iterator[list[Any]]:
    """Facts as they are kept: lists of values, older ones shorter."""
    start = (date(2026, 1, 1) - date(1970, 1, 1)).days
    kinds = {
        "encounter": ("AMB", "IMP", "EMER"),
        "diagnosis": ("I10", "E11.9", "J06.9", "J18.9", "A15.0", "Z34.0", "O80.0"),
        "vital": ("8480-6", "8462-4", "29463-7"),
        "lab": ("2345-7", "4548-4"),
        "medicine": ("J01CA04", "C08CA01"),
        "immunization": ("08", "03"),
        "pregnancy": ("11884-4",),
        "referral": ("", "J06.9"),
        "wait": ("AMB",),
        "payer": ("JKN",),
    }
    for _ in range(12):
        day, facility = start + source.randrange(330), source.randint(1, 2)
        about = [
            facility,
            source.choice(HERE),
            source.choice(("20-44", "1-4", "")),
            source.choice(("female", "male", "")),
        ]
        for _ in range(source.randint(1, 6)):
            kind = source.choice(sorted(kinds))
            has_value = kind in ("vital", "lab", "pregnancy", "wait")
            value = str(Decimal(source.randrange(300, 2000)) / 10) if has_value and source.random() < 0.9 else None
            fact = [kind, source.choice(kinds[kind]), day, *about, value, source.choice(("new", "")), None]
            yield [*fact, source.choice((None, 0, 3, 30, 64))] if source.random() < 0.8 else fact[:7]


@pytest.fixture(scope="module")
def table() -> Any:
    source = random.Random(4)
    found = Columns()
    for person in range(300):
        found.add(person - 150, list(facts(source)))
    return joined(found.blocks(), {149: -150, -150: -150, 7: 3, 3: 3})


def shipped() -> list[Indicator]:
    return [each for each in definitions() if each.sql]


def test_spark_gives_the_same_cells(table: Any) -> None:
    if find_spec("pyspark") is None or shutil.which("java") is None:
        not_there("Spark (pip install pyspark, and Java)")
    wanted = shipped()
    assert run("spark", table, PLACES, wanted) == run("duckdb", table, PLACES, wanted)


def test_every_shipped_definition_finds_something_or_nothing_but_runs(table: Any) -> None:
    found = run("duckdb", table, PLACES, shipped())
    assert len({cell.indicator for cell in found}) > 10
    assert len({cell[:6] for cell in found}) == len(found), "each cell once"
    assert all(cell.numerator >= 0 and cell.denominator >= 0 for cell in found)


def test_persons_that_are_joined_are_one(table: Any) -> None:
    persons = set(table.column("person").to_pylist())
    assert {149, 7}.isdisjoint(persons)
    assert {-150, 3} <= persons


def test_only_the_months_asked_for_come_back(table: Any) -> None:
    wanted = shipped()
    whole = run("duckdb", table, PLACES, wanted)
    some = run("duckdb", table, PLACES, wanted, {each.id: ["2026-04"] for each in wanted[::2]})
    ids = {each.id for each in wanted[::2]}
    assert some == [cell for cell in whole if cell.month == "2026-04" and cell.indicator in ids]


def test_no_facts_give_no_cells() -> None:
    assert run("duckdb", joined([], {}), PLACES, shipped()) == []
    assert Columns().blocks() == []
    assert joined([], {}).schema == SCHEMA


def test_an_engine_that_does_not_exist_is_refused(table: Any) -> None:
    with pytest.raises(ValueError, match="duckdb or spark"):
        run("excel", table, PLACES, ())


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{place}/leak.csv'",
        "SELECT * FROM read_csv('{place}/secret.csv')",
        "ATTACH '{place}/other.db'",
        "SET temp_directory = '{place}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_a_query_reaches_nothing_but_memory(sql: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with confined() as database, pytest.raises(duckdb.Error):
        database.execute(sql.format(place=tmp_path)).fetchall()
    assert [each.name for each in tmp_path.iterdir()] == ["secret.csv"]


def test_more_than_memory_holds_fails_and_is_not_spilled() -> None:
    with confined("20MB") as database, pytest.raises(duckdb.OutOfMemoryException):
        database.execute("SELECT count(*) FROM (SELECT DISTINCT range AS x, hash(range) AS y FROM range(20000000))")


def test_cells_are_the_same_after_being_kept() -> None:
    found = [Cell("x", "2026-01", 2, HERE[0], "male", "1-4", 1, 3), Cell("x", "2026-01", 1, "-", "", "", 0, 7)]
    assert decode_cells("x", "2026-01", encode_cells(found)) == sorted(found)
    assert encode_cells(found) == encode_cells(found[::-1])
