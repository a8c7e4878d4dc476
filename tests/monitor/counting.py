"""A month counted again in the plainest way, cell by cell, for holding against the released tables."""

from collections import Counter
from collections.abc import Collection, Iterable

from hub.monitor.tables import Table
from hub.monitor.tally import Places, Tally
from tests.monitor.attack import Cell

OTHER = "other"


def plain(tally: Tally, own: Collection[str]) -> Counter[Cell]:
    """Every cell of every cube, nothing hidden. `own`: diagnoses with lines of their own; the others are "other"."""
    found: Counter[Cell] = Counter()
    owners = {facility.number: (facility.id, str(facility.ownership)) for facility in tally.places.facilities}
    for (number, place, cls), n in tally.visits.items():
        id_, owner = owners[number]
        for line in chain(tally.places, place):
            found["visits-area", "", line, owner] += n
            found["visits-area", "", line, "total"] += n
        for line in ("city", owner, id_):
            found["visits-facility", "", line, "total"] += n
        found["visits-facility", "", id_, cls] += n
    for (district, band, sex), n in tally.ages.items():
        found["ages", district, band or "unknown", sex or "unknown"] += n
    for (code, number, place, case), n in tally.cases.items():
        id_, owner = owners[number]
        of = code if code in own else OTHER
        for line in chain(tally.places, place):
            for column in (owner, "total", *(["new"] if case == "new" else [])):
                found["diagnoses-area", of, line, column] += n
        for line in ("city", owner, id_):
            for column in ("total", *(["new"] if case == "new" else [])):
                found["diagnoses-facility", of, line, column] += n
    return found


def own_codes(tables: Iterable[Table]) -> set[str]:
    """The diagnoses that have lines of their own."""
    return {row.of for table in tables if table.cube == "diagnoses-area" for row in table.rows} - {OTHER}


def chain(city: Places, place: str) -> tuple[str, ...]:
    """A place and what it lies in."""
    return (place, place[:6], "city") if place in city.kelurahan else (place, "city")
