"""Trying a definition on a few facts written by hand, before it sees the city's: a CSV file in, its numbers out."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from hub.cli.output import read_text
from hub.monitor.ages import BANDS
from hub.monitor.cells import Cell
from hub.monitor.engines import Place, run
from hub.monitor.indicators import Indicator
from hub.registry.sheet import sheet

COLUMNS = ("person", "date", "facility", "facility_kind", "kind", "code", "value", "age", "sex", "area")
_EPOCH = date(1970, 1, 1).toordinal()
_FROM = (0, 0, 0, 1, 5, 10, 15, 20, 45, 55, 60, 70)
"""The first completed year of each band."""
_MOST = 10_000


def trial(indicator: Indicator, file: Path) -> list[Cell]:
    """The indicator's cells over the facts of a CSV file (COLUMNS; age in completed years, date YYYY-MM-DD).

    Facilities are numbered in the order they are named. ValueError says which line is wrong.
    """
    from hub.monitor.engines.columns import Columns, joined  # only here: Arrow is large

    columns = Columns()
    places: dict[str, Place] = {}
    for number, (line, row) in enumerate(_rows(file)):
        if number >= _MOST:
            raise ValueError(f"{file}: at most {_MOST} facts")
        try:
            name = row["facility"] or "-"
            place = places.setdefault(name, Place(len(places) + 1, name, row["facility_kind"], "public", ""))
            columns.add(int(row["person"]), [_fact(row, place.number)])
        except (ValueError, InvalidOperation):
            raise ValueError(f"{file}, line {line}: person a number, date YYYY-MM-DD, age and value numbers") from None
    return run("duckdb", joined(columns.blocks(), {}), list(places.values()), [indicator])


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    headings, rows = sheet(read_text(file))
    if missing := [name for name in COLUMNS if name not in headings]:
        raise ValueError(f"{file}: the first line must name the columns {', '.join(missing)}")
    yield from rows


def _fact(row: dict[str, str], facility: int) -> list[object]:
    """A fact's values in the order they are kept in (hub.monitor.facts.Fact)."""
    day = date.fromisoformat(row["date"]).toordinal() - _EPOCH
    age = int(row["age"]) if row["age"] else None
    band = "" if age is None else [name for name, low in zip(BANDS, _FROM, strict=True) if low <= age][-1]
    value = str(Decimal(row["value"])) if row["value"] else None
    return [row["kind"], row["code"], day, facility, row["area"], band, row["sex"], value, "", None, age]
