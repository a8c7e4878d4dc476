"""How many people an indicator's numerator is held against, where facts do not say it: residents, or a target."""

from collections.abc import Iterable, Mapping

from hub.model.population import Residents, Target
from hub.monitor.indicators.indicator import Indicator

Expected = dict[str, dict[str, int]]
"""Tree ("area", "facility") to node (city, kecamatan, kelurahan; owner, facility) to people."""
_CITY = "city"


def residents(indicator: Indicator, rows: Iterable[Residents]) -> Expected:
    """Residents of the indicator's ages and sex, by area. A row that is not divided as the indicator needs it counts
    only where the indicator takes everybody, and only where its area is not divided as well: it is their sum then."""
    bands, everybody = set(indicator.population_bands), len(indicator.population_bands) in (0, 12)
    sexes = {indicator.population_sex} if indicator.population_sex else {"", "male", "female"}
    kept = [row for row in rows if row.sex in sexes and (row.band in bands or (everybody and not row.band))]
    by_band = {row.area for row in kept if row.band}
    kept = [row for row in kept if row.band or row.area not in by_band]
    by_sex = {(row.area, row.band) for row in kept if row.sex}
    kept = [row for row in kept if row.sex or (row.area, row.band) not in by_sex]
    return _added({"area": _by_area((row.area, row.people) for row in kept)})


def targets(rows: Iterable[Target], owners: Mapping[str, str]) -> Expected:
    """Targets by area and by facility. `owners`: facility to public or private."""
    kept = list(rows)
    found: Expected = {"area": _by_area((row.area, row.people) for row in kept if not row.facility)}
    facilities: dict[str, int] = {}
    for row in kept:
        if row.facility in owners:
            for node in (row.facility, owners[row.facility], _CITY):
                facilities[node] = facilities.get(node, 0) + row.people
    found["facility"] = facilities
    return _added(found)


def _by_area(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By kelurahan, kecamatan and city; a number for the whole city wins over the sum of what is known below it."""
    found: dict[str, int] = {}
    whole = 0
    for area, people in rows:
        if not area:
            whole += people
            continue
        for node in (area, area[:6], _CITY):
            found[node] = found.get(node, 0) + people
    return found | ({_CITY: whole} if whole else {})


def _added(found: Expected) -> Expected:
    """The trees share the city: where only one knows it, it tells the other."""
    known = next((tree[_CITY] for tree in found.values() if _CITY in tree), None)
    if known is None:
        return {}
    return {name: {_CITY: known} | tree for name, tree in found.items()}
