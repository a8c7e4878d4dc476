"""Each indicator equals an independent computation in every cell, so in all strata."""

from collections import Counter
from collections.abc import Iterable, Iterator

import duckdb
import pyarrow as pa
import pytest

from hub.monitor.indicators import Indicator, definitions
from tests.monitor.chance import F, drawn, facilities
from tests.monitor.plain_services import INDICATORS
from tests.monitor.plainly import City, cells

TYPES = ("int64", "string", "string", "int32", "int32", "string", "string", "int32", "string", "float64", "string")
SCHEMA = pa.schema(list(zip(F._fields, (*TYPES, "int32"), strict=True)))
COMPUTED = {each.id: each for each in definitions() if each.is_computed}


@pytest.fixture(scope="module")
def facts() -> list[F]:
    return drawn(7)


@pytest.fixture(scope="module")
def city(facts: list[F]) -> City:
    return City(facts, facilities())


@pytest.fixture(scope="module")
def database(facts: list[F]) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(facts) as found:
        yield found


def opened(facts: Iterable[F]) -> duckdb.DuckDBPyConnection:
    """A database with the tables an indicator may ask."""
    table = pa.Table.from_pylist([each._asdict() for each in facts], schema=SCHEMA)
    database = duckdb.connect(":memory:")
    database.register("fact", table)
    columns = "number INTEGER, id VARCHAR, kind VARCHAR, ownership VARCHAR, area VARCHAR"
    database.execute(f"CREATE TABLE facility ({columns})")
    database.executemany("INSERT INTO facility VALUES (?, ?, ?, ?, ?)", facilities())
    return database


def counted(database: duckdb.DuckDBPyConnection, one: Indicator) -> Counter[tuple[object, ...]]:
    return Counter(database.execute(one.sql).fetchall())


def test_every_computed_indicator_is_worked_out_a_second_time() -> None:
    assert set(COMPUTED) == set(INDICATORS)


@pytest.mark.parametrize("id_", sorted(INDICATORS))
def test_cells_equal_the_independent_ones(id_: str, city: City, database: duckdb.DuckDBPyConnection) -> None:
    has_denominator, plain = INDICATORS[id_]
    expected = cells(plain(city), has_denominator)
    found = counted(database, COMPUTED[id_])
    assert found == expected
    assert sum(cell[5] for cell in found) > 3, "too few to tell anything"
    if has_denominator:
        assert any(cell[5] < cell[6] for cell in found)
    assert (COMPUTED[id_].needs is None) == has_denominator
