"""Counting indicators: the same SQL on an embedded engine (DuckDB) and on Spark. The only importer of both, and of
Arrow; none of them is imported before somebody counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.monitor.cells import Cell
from hub.monitor.indicators.indicator import Indicator

if TYPE_CHECKING:
    import pyarrow as pa

ENGINES = ("duckdb", "spark")


class Place(NamedTuple):
    """A facility as the definitions see it."""

    number: int
    id: str
    kind: str
    ownership: str
    area: str


def run(
    engine: str,
    table: "pa.Table",
    facilities: Sequence[Place],
    definitions: Sequence[Indicator],
    months: Mapping[str, Collection[str]] | None = None,
) -> list[Cell]:
    """The cells of all definitions, sorted. `table`: hub.monitor.engines.columns.joined. `months`: by definition the
    months (YYYY-MM) that are wanted; None: all. ValueError when there is no such engine, ImportError when it is not
    installed."""
    found = count(engine, table, facilities, definitions, months)
    return sorted(cell for _, cells in found for cell in cells)


def count(
    engine: str,
    table: "pa.Table",
    facilities: Sequence[Place],
    definitions: Sequence[Indicator],
    months: Mapping[str, Collection[str]] | None = None,
) -> Iterator[tuple[str, list[Cell]]]:
    """As `run`, definition by definition: a million cells are a quarter of a gigabyte."""
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}: {' or '.join(ENGINES)}")
    module: Any = import_module(f"hub.monitor.engines.{'duck' if engine == 'duckdb' else engine}")
    wanted = [each for each in definitions if each.sql and (months is None or months.get(each.id))]
    for id_, rows in module.counted(table, facilities, {each.id: each.sql for each in wanted}):
        kept = None if months is None else frozenset(months[id_])
        yield id_, [Cell(id_, *row) for row in rows if kept is None or row[0] in kept]
