"""What is counted for the city and what of it is shown; the order in which one bounds the next.

Visits bound diagnoses, a diagnosis bounds its new cases, a number bounds its public part. Tables that share a sum share
only sums that are shown (the city's, and the city's public and private ones): so one table says nothing about what
another hides (docs/adr/0021).
"""

from collections import Counter
from dataclasses import dataclass

from hub.monitor.ages import BANDS
from hub.monitor.diagnoses import diagnoses_of
from hub.monitor.doubts import least_told
from hub.monitor.groups import Shown
from hub.monitor.shapes import OWNERSHIPS, Diagnosis, Measure, Trees, trees_of
from hub.monitor.suppression import suppress
from hub.monitor.tally import Tally
from hub.monitor.trees import Tree

SEXES = ("male", "female", "")


@dataclass(frozen=True)
class Month:
    """All measures of a month. `ages`: by kecamatan, outside and unknown, where the number of visits is shown."""

    trees: Trees
    visits: Measure
    classes: Shown | None
    ages: dict[str, Shown | None]
    diagnoses: tuple[Diagnosis, ...]


def month_of(tally: Tally, k: int, most: int) -> Month:
    """Everything that is shown of a month. `most`: how many diagnoses get lines of their own, the city's most frequent;
    the others are counted together."""
    trees = trees_of(tally.places)
    visits, classes = _visits(tally, trees, k)
    area = visits.area
    ages = {code: _ages(tally, code, k) for code in trees.districts.leaves if area and area.is_shown(code)}
    found = tuple(diagnoses_of(tally, trees, visits, classes, k, most)) if area else ()
    return Month(trees, visits, classes, ages, found)


def _visits(tally: Tally, trees: Trees, k: int) -> tuple[Measure, Shown | None]:
    ids = {facility.number: facility for facility in tally.places.facilities}
    places: Counter[str] = Counter()
    public: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for (number, place, cls), n in tally.visits.items():
        places[place] += n
        public[place] += n if ids[number].ownership == "public" else 0
        classes[f"{ids[number].id}/{cls}"] += n
    area = suppress(trees.area, places, k)
    part = suppress(trees.area, public, k, area.units_at(trees.area.leaves), "part") if area else None
    least = least_told(tally, k)
    by_class = suppress(trees.classes, classes, k, pinned=OWNERSHIPS, least=least) if part else None
    if area is None or sum(places.values()) - sum(least.values()) < k:
        return Measure(None, None, None), None
    if part is None or by_class is None:
        return Measure(area, None, None), None
    above = set(trees.facility.downward)
    values = {node: by_class.values[node] for node in above}
    facility = Shown(trees.facility, values, by_class.hidden & above, (), least)
    return Measure(area, part, facility), by_class


def _ages(tally: Tally, code: str, k: int) -> Shown | None:
    cells = {f"{band}/{sex}": n for (where, band, sex), n in tally.ages.items() if where == code}
    tree = Tree(code, {f"{band}/{sex}": code for band in (*BANDS, "") for sex in SEXES})
    return suppress(tree, cells, k)
