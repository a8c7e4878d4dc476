"""An invented month: visits, and what indicators count among their diagnoses and each other, in the plainest way."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hub.monitor.indicator_counts import Count, counted, indicator_trees
from hub.monitor.indicators.indicator import Condition, Indicator, Rule, Selection, Unit, Window
from hub.monitor.indicators.touching import parts_of
from hub.monitor.tally import Cases, Places, Tally, Visits
from hub.monitor.trees import Tree
from tests.monitor.cities import MONTH, places
from tests.monitor.test_disclosure_indicators import One

K, PUBLIC = 5, 11
CODES = ("A00", "A01", "A02", "A03", "A04", "A05")
VISIT = Window("visit")
MEASURED = Condition(Selection(("vital",)), VISIT)
LOW = Condition(Selection(("lab",), values=(("<", 10),)), VISIT)
LOWER = Condition(Selection(("lab",), values=(("<", 5),)), VISIT)
CHILD = (0, 4)


def rule(unit: Unit, base: Selection, *counted_when: Condition) -> Rule:
    return Rule(unit, "month" if unit == "person" else "each", 0, 0, (base,), counted=counted_when)


def diagnosed(*codes: str, **more: object) -> Selection:
    return Selection(("diagnosis",), tuple((code, f"{code}~") for code in codes), **more)  # type: ignore[arg-type]


RULES = {
    "measured": rule("person", diagnosed("A00"), MEASURED),
    "controlled": rule("person", diagnosed("A00"), MEASURED, LOW),
    "treated": rule("visit", diagnosed("A00", "A01"), MEASURED),
    "children": rule("visit", diagnosed("A01", ages=CHILD), MEASURED),
    "again": rule("record", Selection(("diagnosis",), not_codes=(("A00", "A00~"),)), LOW),
    "waits": rule("record", Selection(("wait",)), LOW),
    "stricter": rule("record", Selection(("wait",)), LOWER),
    "sooner": rule("record", Selection(("diagnosis",), not_codes=(("A00", "A00~"),)), LOWER),
    "quick": replace(rule("record", Selection(("wait",))), having=(LOWER,)),
    "reached": rule("person", Selection(("encounter",), facilities=("puskesmas",))),
}


NEEDS = ("quick", "reached")
RECORDS = ("again", "sooner")
"""Counts of diagnoses: a visit may have several."""


def indicators() -> list[Indicator]:
    """The rules as definitions."""
    words: dict[str, str] = {}
    return [
        Indicator(
            name, words, "city", words, each.unit, "up", None, words, words, words, (), "-",
            needs="target" if name in NEEDS else None, rule=each,
        )
        for name, each in RULES.items()
    ]  # fmt: skip


WITHIN = parts_of(indicators())
ALIKE = (("measured", "controlled"), ("waits", "stricter"), ("again", "sooner"))
SAME = [((one, "denominator"), (other, "denominator")) for one, other in ALIKE]
SAME += [(("stricter", "numerator"), ("quick", "numerator"))]


def column(name: str, is_some: bool) -> str:
    """Where it stands what an indicator counts: its numerator, or all its units."""
    return "numerator" if is_some or name in NEEDS else "denominator"


@dataclass
class Visit:
    """One visit and what was found at it."""

    person: int
    facility: int
    area: str
    sex: str
    band: str
    cls: str
    codes: tuple[str, ...]
    is_measured: bool
    is_low: bool


@dataclass
class Month:
    """A month's facts, counted in the plainest way."""

    city: Places
    tally: Tally
    counts: list[Count]
    trees: dict[str, Tree]


def drawn(seed: int, facilities: tuple[int, int] | None = None) -> Month:
    """A city, its visits, its tables' tally and its indicators. `facilities`: public and private ones."""
    source = random.Random(seed)
    few = source.choice((1, 2, 3)), source.choice((2, 3)), source.choice((1, 2, 3)), source.choice((2, 4))
    found = places(*few[:2], *(facilities or few[2:]))
    kinds = {"public": "puskesmas", "private": "klinik"}
    city = Places(
        found.kelurahan, found.kecamatan, [replace(each, kind=kinds[each.ownership]) for each in found.facilities]
    )
    visits = list(_visits(source, city))
    tally, days = Tally(city), random.Random(seed)
    for each in visits:
        place = city.where(each.area)
        tally.received[each.facility, MONTH + days.randrange(31), 1] += 1
        tally.visits[Visits(each.facility, place, each.cls)] += 1
        tally.ages[place[:6] if place in city.kelurahan else place, each.band, each.sex] += 1
        for code in each.codes:
            tally.cases[Cases(code, each.facility, place, source.choice(("new", "existing")))] += 1
    return Month(city, tally, list(_counts(source, visits, city)), indicator_trees(city))


def _visits(source: random.Random, city: Places) -> Iterator[Visit]:
    uneven = source.choice((0.3, 1, 3))
    spots, numbers = [*city.kelurahan, "", "-"], [each.number for each in city.facilities]
    weights = [[source.random() ** uneven for _ in range(len(each))] for each in (spots, numbers, CODES)]
    measured, low = source.choice((0.3, 0.9)), source.choice((0.1, 0.5, 0.95))
    for person in range(source.choice((15, 40, 100, 250, 600))):
        area, sex = source.choices(spots, weights[0])[0], source.choice(("male", "female", ""))
        band = source.choice(("1-4", "20-44", "45-54", "70+", ""))
        for _ in range(source.choice((1, 1, 1, 2))):
            cls = source.choices(("AMB", "EMER", "IMP"), (16, 2, 1))[0]
            number = source.choices(numbers, weights[1])[0]
            codes = tuple(set(source.choices(CODES, weights[2], k=source.choice((1, 1, 2)))))
            is_measured = source.random() < measured
            yield Visit(person, number, area, sex, band, cls, codes, is_measured, is_measured and source.random() < low)


def _counts(source: random.Random, visits: list[Visit], city: Places) -> Iterator[Count]:
    public = {each.number for each in city.facilities if each.ownership == "public"}
    waits = [each for each in visits if each.cls == "AMB" and source.random() < 0.95]
    chosen: dict[str, list[tuple[Visit, bool]]] = {
        "measured": [(each, each.is_measured) for each in _last(visits, lambda one: "A00" in one.codes)],
        "controlled": [(each, each.is_low) for each in _last(visits, lambda one: "A00" in one.codes)],
        "treated": [(each, each.is_measured) for each in visits if {"A00", "A01"} & set(each.codes)],
        "children": [(each, each.is_measured) for each in visits if "A01" in each.codes and each.band == "1-4"],
        "again": [(each, each.is_low) for each in visits for code in each.codes if code != "A00"],
        "waits": [(each, each.is_low) for each in waits],
        "stricter": [(each, each.is_low and each.person * 7 % 10 < 7) for each in waits],
        "sooner": [
            (each, each.is_low and each.person * 7 % 10 < 7) for each in visits for code in each.codes if code != "A00"
        ],
        "quick": [(each, True) for each in waits if each.is_low and each.person * 7 % 10 < 7],
        "reached": [(each, True) for each in _last(visits, lambda one: one.facility in public)],
    }
    for name, units in chosen.items():
        needs = name in NEEDS
        cells = [One(v.facility, v.area, v.sex, v.band, int(is_one), int(not needs)) for v, is_one in units]
        people: dict[str, dict[str, int]] | None = {} if needs else None
        if name == "reached":
            people = _people(source, counted(name, cells, city), city)
        yield counted(name, cells, city, people, None, RULES[name])


def _last(visits: list[Visit], chosen: object) -> list[Visit]:
    """Each person once, at the last visit that fits."""
    return list({each.person: each for each in visits if chosen(each)}.values())  # type: ignore[operator]


def _people(source: random.Random, count: Count, city: Places) -> dict[str, dict[str, int]]:
    found: Counter[str] = Counter()
    for area in city.kelurahan:
        n = count.numerators["area"].get(area, 0) + source.randrange(50)
        for node in (area, area[:6], "city"):
            found[node] += n
    return {"area": dict(found)}
