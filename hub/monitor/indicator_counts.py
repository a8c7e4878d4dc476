"""An indicator's month counted along three trees, and what of it is shown: the nouns of releasing indicators."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.monitor.ages import BANDS, YEARS
from hub.monitor.cells import Cell
from hub.monitor.groups import Shown
from hub.monitor.indicators.indicator import Rule, Selection
from hub.monitor.shapes import CITY, ELSEWHERE, trees_of
from hub.monitor.tally import Places
from hub.monitor.trees import Tree

AREA, FACILITY, AGE = AXES = ("area", "facility", "age")
SEXES = ("male", "female", "unknown")


People = Mapping[str, Mapping[str, int]]
"""Tree to node to a number of people that is no secret."""


@dataclass(frozen=True)
class Count:
    """One indicator's month along every tree. `people`: where the denominator is a known number (of residents, of
    members), that of the nodes for which it is known, by tree; then there is no other denominator."""

    indicator: str
    numerators: Mapping[str, Mapping[str, int]]
    denominators: Mapping[str, Mapping[str, int]]
    people: People | None = None
    own_k: Mapping[int, int] = field(default_factory=dict)
    """The smallest count shown, where this indicator's is greater than all others'."""
    barred: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By tree the leaves at which the definition counts nobody, as everybody knows who reads it."""
    least: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By tree how many are counted of a leaf at least, as everybody knows: who reported of itself counted somebody."""


@dataclass(frozen=True)
class Pair:
    """What is shown on one tree: of the denominator (None: it is a known number of people) and of its part."""

    base: Shown | None
    part: Shown


Pairs = dict[str, dict[str, Pair]]
"""Indicator to tree to what is shown there; a tree that cannot be protected is left out, and an indicator with none."""


def indicator_trees(places: Places) -> dict[str, Tree]:
    """The three trees of a city."""
    trees = trees_of(places)
    bands = {f"{sex}/{band}": sex for sex in SEXES for band in (*BANDS, "unknown")}
    return {AREA: trees.area, FACILITY: trees.facility, AGE: Tree(CITY, dict.fromkeys(SEXES, CITY) | bands)}


def counted(
    indicator: str,
    cells: Iterable[Cell],
    places: Places,
    people: People | None = None,
    own_k: Mapping[int, int] | None = None,
    rule: Rule | None = None,
) -> Count:
    """Add up an indicator's cells of one month. Where `people` are residents, only residents are counted. `own_k`: the
    k of everybody to this indicator's own; `rule`: whom it counts at all."""
    ids = {facility.number: facility.id for facility in places.facilities}
    numerators: dict[str, Counter[str]] = {axis: Counter() for axis in AXES}
    denominators: dict[str, Counter[str]] = {axis: Counter() for axis in AXES}
    for cell in cells:
        place = places.where(cell.area)
        if cell.facility not in ids or (place in ELSEWHERE and is_of_residents(people)):
            continue
        sex = cell.sex if cell.sex in SEXES else "unknown"
        leaves = (place, ids[cell.facility], f"{sex}/{cell.band or 'unknown'}")
        for axis, leaf in zip(AXES, leaves, strict=True):
            numerators[axis][leaf] += cell.numerator
            denominators[axis][leaf] += cell.denominator
    barred = _barred(rule, places) if rule else {}
    if is_of_residents(people):
        barred[AREA] = frozenset(ELSEWHERE)
    return Count(indicator, numerators, denominators, people, own_k or {}, barred)


def _barred(rule: Rule, places: Places) -> dict[str, frozenset[str]]:
    facilities = [
        each.id for each in places.facilities if not any(_takes(one, each.kind, each.ownership) for one in rule.base)
    ]
    ages = [
        f"{sex}/{band}"
        for sex in SEXES
        for band in (*BANDS, "unknown")
        if not any(_takes_age(one, sex, band) for one in rule.base)
    ]
    return {FACILITY: frozenset(facilities), AGE: frozenset(ages)}


def _takes(one: Selection, kind: str, ownership: str) -> bool:
    return (not one.facilities or kind in one.facilities) and one.ownership in ("", ownership)


def _takes_age(one: Selection, sex: str, band: str) -> bool:
    if one.sex not in ("", sex) or (one.bands and band not in one.bands):
        return False
    if one.ages is None:
        return True
    if band == "unknown":
        return False
    (low, high), (first, last) = one.ages, YEARS[band]
    return (low is None or last is None or last >= low) and (high is None or first <= high)


def is_of_residents(people: People | None) -> bool:
    """Whether the people are residents of areas, not members of facilities."""
    return bool(people and people.get(AREA, {}).keys() - {CITY})
