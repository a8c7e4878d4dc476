"""Diagnoses by area, ownership and facility: bounded by the visits they were made at, and bounding their new cases."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from hub.monitor.groups import Kind, Shown, Unit, parts
from hub.monitor.shapes import ELSEWHERE, OWNERSHIPS, Diagnosis, Measure, Trees
from hub.monitor.suppression import suppress
from hub.monitor.tally import Tally

OTHER = "other"
"""All diagnoses that have no lines of their own."""


@dataclass(frozen=True)
class _Visits:
    """What the visits that are shown say about any diagnosis: there is none without a visit."""

    trees: Trees
    area: tuple[Unit, ...]
    classes: Shown | None
    facility: tuple[Unit, ...]
    divided: Mapping[str, tuple[int | None, int | None]]
    """Kecamatan to the public and private visits there, as far as shown."""

    def divide(self, bounds: tuple[Unit, ...], *, is_one: bool) -> tuple[Unit, ...]:
        """The bounds of a division: public cases are at most the public visits, private ones the private visits."""
        found = []
        for unit in bounds:
            most: dict[str, int] = {}
            most_rest: dict[str, int] = {}
            for place in unit.known:
                for side, visits in zip((most, most_rest), self.divided[place], strict=True):
                    if visits is not None and (is_one or not visits):
                        side[place] = visits
            found.append(replace(unit, most=most, most_rest=most_rest))
        return tuple(found)


def diagnoses_of(
    tally: Tally, trees: Trees, visits: Measure, classes: Shown | None, k: int, most: int
) -> Iterator[Diagnosis]:
    """The city's most frequent diagnoses (at most `most`), and the rest of them together; none that can't be shown."""
    totals: Counter[str] = Counter()
    for cases, n in tally.cases.items():
        totals[cases.code] += n
    about = _about(trees, visits, classes)
    own = set()
    for code in sorted(totals, key=lambda code: (-totals[code], code))[:most]:
        if (found := _diagnosis(tally, about, code, {code}, k)) is not None:
            own.add(code)
            yield found
    if (rest := totals.keys() - own) and (found := _diagnosis(tally, about, OTHER, rest, k)) is not None:
        yield found


def _about(trees: Trees, visits: Measure, classes: Shown | None) -> _Visits:
    area = visits.area
    assert area is not None
    return _Visits(
        trees,
        area.units_at(trees.area.leaves),
        classes,
        classes.units_at(trees.reporters.leaves) if classes else (),
        {place: parts(area, visits.public, place) for place in trees.districts.leaves},
    )


def _diagnosis(tally: Tally, visits: _Visits, name: str, codes: Set[str], k: int) -> Diagnosis | None:
    trees, is_one = visits.trees, name != OTHER
    count = _counted(tally, codes)
    kind: Kind = "share" if is_one else "whole"
    total = sum(count.places.values())
    area = suppress(trees.area, count.places, k, visits.area if is_one else _loose(visits.area, total), kind)
    if area is None:
        return None
    bounds = visits.divide(area.units_at(trees.districts.leaves), is_one=is_one)
    by_facility = visits.facility if is_one else _loose(visits.facility, total)
    part, facility = _divided(visits, count, bounds, k, kind, by_facility)
    if facility is None and all(unit.is_settled(place) for unit in bounds for place in unit.known):
        return None  # everybody can tell the division, so it cannot be left out
    whole = Measure(area, part, facility)
    return Diagnosis(name, whole, _new_cases(trees, whole, count, k) if count.has_types else None)


def _divided(
    visits: _Visits, count: "_Count", bounds: tuple[Unit, ...], k: int, kind: Kind, by_facility: tuple[Unit, ...]
) -> tuple[Shown | None, Shown | None]:
    """The public part by kecamatan, and the whole by facility: both or neither, as both say what the city's is."""
    if visits.classes is None:
        return None, None
    if any(unit.is_settled(place) for unit in bounds for place in unit.known if unit.slack):
        return None, None  # one side is told where the whole is hidden: more than the ranges can reckon with
    hidden = [place for place, (public, private) in visits.divided.items() if public is None and private is None]
    part = suppress(visits.trees.districts, count.public, k, bounds, "part", forced=hidden)
    if part is None:
        return None, None
    facility = suppress(visits.trees.facility, count.facilities, k, by_facility, kind, OWNERSHIPS)
    return (part, facility) if facility else (None, None)


def _loose(bounds: tuple[Unit, ...], total: int) -> tuple[Unit, ...]:
    """Where a visit may have several of these diagnoses, visits bound them only where there are none."""
    return tuple(
        Unit(dict.fromkeys(unit.known, total if unit.cap else 0))
        if len(unit.known) == 1 and not unit.slack
        else Unit(dict.fromkeys(unit.known, 0), total)
        for unit in bounds
    )


def _new_cases(trees: Trees, whole: Measure, count: "_Count", k: int) -> Measure:
    assert whole.area is not None
    area = suppress(trees.area, count.new_places, k, whole.area.units_at(trees.area.leaves), "part")
    if area is None or whole.facility is None:
        return Measure(area, None, None)
    bounds = whole.facility.units_at(trees.reporters.leaves)
    facility = suppress(trees.reporters, count.new_facilities, k, bounds, "part")
    return Measure(area if facility else None, None, facility)


@dataclass
class _Count:
    """A diagnosis, counted along every tree."""

    places: Counter[str] = field(default_factory=Counter)
    public: Counter[str] = field(default_factory=Counter)
    facilities: Counter[str] = field(default_factory=Counter)
    new_places: Counter[str] = field(default_factory=Counter)
    new_facilities: Counter[str] = field(default_factory=Counter)
    has_types: bool = False


def _counted(tally: Tally, codes: Set[str]) -> _Count:
    ids = {facility.number: facility for facility in tally.places.facilities}
    count = _Count()
    for (code, number, place, case), n in tally.cases.items():
        if code not in codes:
            continue
        facility = ids[number]
        count.places[place] += n
        count.facilities[facility.id] += n
        count.public[place if place in ELSEWHERE else place[:6]] += n if facility.ownership == "public" else 0
        count.has_types |= bool(case)
        if case == "new":
            count.new_places[place] += n
            count.new_facilities[facility.id] += n
    return count
