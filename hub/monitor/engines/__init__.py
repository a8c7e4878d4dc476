"""Counting indicators: the same SQL on an embedded engine (DuckDB) and on Spark. The only importer of both, and of
Arrow; none of them is imported before somebody counts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hub.monitor.cells import Cell

if TYPE_CHECKING:
    import pyarrow as pa

ENGINES = ("duckdb", "spark")


class Counted(Protocol):
    """What an engine needs of a definition (hub.monitor.indicators)."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def sql(self) -> str:
        """One SELECT of (month, facility, area, sex, band, numerator, denominator); "" when nothing is counted."""


class Population(NamedTuple):
    """People of a year by area, sex and age band ("": not divided)."""

    year: int
    area: str
    sex: str
    band: str
    people: float


class Target(NamedTuple):
    """People a service is meant for, as estimated for a year and area, or for a facility (0: none)."""

    year: int
    area: str
    facility: int
    indicator: str
    people: float


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
    population: Iterable[Population],
    targets: Iterable[Target],
    facilities: Iterable[Place],
    definitions: Sequence[Counted],
    months: Mapping[str, Collection[str]] | None = None,
) -> list[Cell]:
    """The cells of all definitions, sorted. `table`: hub.access.facts.columns. `months`: by definition the months
    (YYYY-MM) that are wanted; None: all. ValueError when there is no such engine, ImportError when it isn't installed.
    """
    found = count(engine, table, population, targets, facilities, definitions, months)
    return sorted(cell for _, cells in found for cell in cells)


def count(
    engine: str,
    table: "pa.Table",
    population: Iterable[Population],
    targets: Iterable[Target],
    facilities: Iterable[Place],
    definitions: Sequence[Counted],
    months: Mapping[str, Collection[str]] | None = None,
) -> Iterator[tuple[str, list[Cell]]]:
    """As `run`, definition by definition: a million cells are a quarter of a gigabyte."""
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}: {' or '.join(ENGINES)}")
    module: Any = import_module(f"hub.monitor.engines.{'duck' if engine == 'duckdb' else engine}")
    sides = {"population": list(population), "target": list(targets), "facility": list(facilities)}
    wanted = [each for each in definitions if each.sql and (months is None or months.get(each.id))]
    for id_, rows in module.counted(table, sides, {each.id: each.sql for each in wanted}):
        kept = None if months is None else frozenset(months[id_])
        yield (
            id_,
            [
                Cell(
                    id_, month, facility, area or "", sex or "", band or "", int(numerator or 0), int(denominator or 0)
                )
                for month, facility, area, sex, band, numerator, denominator in rows
                if kept is None or month in kept
            ],
        )
