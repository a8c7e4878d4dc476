"""Every computed indicator worked out once more, person by person in plain Python, from its words alone.

Nothing here reads a definition or shares code with the hub: a unit is (month, facility, area, sex, band, is counted).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

from tests.monitor.chance import F

Units = list[tuple[str, int, str, str, str, bool]]
PRIMARY = ("puskesmas", "klinik", "praktik")
GLUCOSE = ("2345-7", "2339-0", "1558-6", "1521-4", "4548-4")
TB_TESTS = ("11545-1", "85362-2")
ARI = ("J00", "J02", "J04", "J05", "J06", "J20")
LONG = (*"A15 A16 A17 A18 A19 E10 E11 E12 E13 E14 I10 I11 I12 I13 I14 I15 I20 I21 I22".split(),)  # noqa: SIM905
LONG += ("I23", "I24", "I25", "I50", "J44", "J45", "N18")


@cache
def when(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


@cache
def month(day: int) -> str:
    return f"{when(day):%Y-%m}"


def year_so_far(fact: F, day: int) -> bool:
    return when(fact.day).year == when(day).year and when(fact.day).month <= when(day).month


class City:
    """The facts by person and by visit."""

    def __init__(self, facts: Iterable[F], facilities: Iterable[tuple[int, str, str, str, str]]) -> None:
        self.kind_of = {number: kind for number, _, kind, _, _ in facilities}
        self.of: dict[int, list[F]] = defaultdict(list)
        self.at: dict[tuple[int, int, int], list[F]] = defaultdict(list)
        self.months: dict[tuple[int, str], list[F]] = {}
        self.years: dict[tuple[int, str], list[F]] = {}
        for fact in facts:
            self.of[fact.person].append(fact)
            self.at[fact.person, fact.facility, fact.day].append(fact)

    def visits(self, chosen: Callable[[F], bool]) -> dict[int, list[tuple[int, int, list[F]]]]:
        """Of each person the (day, facility, chosen facts), by day, of one day the greatest facility first."""
        found: dict[int, list[tuple[int, int, list[F]]]] = defaultdict(list)
        for (person, facility, day), facts in self.at.items():
            if mine := [fact for fact in facts if chosen(fact)]:
                found[person].append((day, facility, mine))
        for each in found.values():
            each.sort(key=lambda visit: (visit[0], -visit[1]))
        return found


def place(facility: int, facts: list[F]) -> tuple[int, str, str, str]:
    return facility, max(f.area for f in facts), max(f.sex for f in facts), max(f.band for f in facts)


def newest(facts: list[F], kind: str, code: str, fits: Callable[[float], bool]) -> bool:
    mine = [fact for fact in facts if fact.kind == kind and fact.code == code]
    last = max((fact.day for fact in mine), default=0)
    return any(fact.value is not None and fits(fact.value) for fact in mine if fact.day == last)


def in_month(city: City, person: int, day: int) -> list[F]:
    key = (person, month(day))
    if key not in city.months:
        city.months[key] = [fact for fact in city.of[person] if month(fact.day) == month(day)]
    return city.months[key]


def of_year(city: City, person: int, day: int) -> list[F]:
    """From 1 January to the end of the day's month."""
    key = (person, month(day))
    if key not in city.years:
        city.years[key] = [fact for fact in city.of[person] if year_so_far(fact, day)]
    return city.years[key]


def lately(city: City, person: int, day: int, days: int) -> list[F]:
    return [fact for fact in city.of[person] if day - days <= fact.day <= day]


def has(facts: list[F], kind: str, *codes: str) -> bool:
    return any(fact.kind == kind and fact.code in codes for fact in facts)


def days_of(facts: list[F], kind: str, *codes: str) -> int:
    return len({fact.day for fact in facts if fact.kind == kind and (not codes or fact.code in codes)})


def monthly(city: City, chosen: Callable[[F], bool], fits: Callable[[int, int, int], bool] | None = None) -> Units:
    """One unit a person and month: the last visit (of those that fit)."""
    found: Units = []
    for person, visits in city.visits(chosen).items():
        last: dict[str, tuple[int, int, list[F]]] = {}
        for day, facility, facts in visits:
            if fits is None or fits(person, facility, day):
                if month(day) in last and last[month(day)][0] == day:
                    continue
                last[month(day)] = (day, facility, facts)
        found += [(month(day), *place(facility, facts), True) for day, facility, facts in last.values()]
    return found


def first(
    city: City, chosen: Callable[[F], bool], gap: int | None, fits: Callable[[int, int, int], bool] | None = None
) -> list[tuple[int, int, int, list[F]]]:
    """(person, day, facility, facts): the first visit of a year (gap None), or after so many days without one."""
    found = []
    for person, visits in city.visits(chosen).items():
        before: int | None = None
        for day, facility, facts in visits:
            if fits is not None and not fits(person, facility, day):
                continue
            far = before is None or (when(before).year != when(day).year if gap is None else day - before > gap)
            if far:
                found.append((person, day, facility, facts))
            before = day
    return found


def once(city: City, chosen: Callable[[F], bool], gap: int | None, fits: Callable[..., bool] | None = None) -> Units:
    return [(month(day), *place(facility, facts), True) for _, day, facility, facts in first(city, chosen, gap, fits)]


def family(fact: F, kind: str, *families: str) -> bool:
    return fact.kind == kind and fact.code[:3] in families


def spans(letter: str, low: int, high: int) -> tuple[str, ...]:
    return tuple(f"{letter}{n:02}" for n in range(low, high + 1))


PRESSURE, DIABETES, BIRTHS = spans("I", 10, 15), spans("E", 10, 14), spans("O", 80, 84)


def is_birth(fact: F) -> bool:
    return family(fact, "diagnosis", *BIRTHS) or fact.kind == "birth"


def older(fact: F, years: int) -> bool:
    return fact.age is not None and fact.age >= years


def in_years(fact: F, low: int, high: int) -> bool:
    return fact.age is not None and low <= fact.age <= high


def controlled_pressure(facts: list[F]) -> bool:
    return newest(facts, "vital", "8480-6", lambda v: v < 140) and newest(facts, "vital", "8462-4", lambda v: v < 90)


def judged_monthly(
    city: City, chosen: Callable[[F], bool], excluded: tuple[str, ...], good: Callable[[int, int], bool]
) -> Units:
    found: Units = []
    for person, visits in city.visits(chosen).items():
        for name in {month(day) for day, _, _ in visits}:
            mine = [visit for visit in visits if month(visit[0]) == name]
            last = max(day for day, _, _ in mine)
            _, facility, facts = next(visit for visit in mine if visit[0] == last)
            if any(family(f, "diagnosis", *excluded) and year_so_far(f, last) for f in city.of[person]):
                continue
            found.append((name, *place(facility, facts), good(person, last)))
    return found


def hypertension(city: City) -> Units:
    def chosen(fact: F) -> bool:
        return family(fact, "diagnosis", *PRESSURE) and older(fact, 18)

    return judged_monthly(
        city, chosen, spans("O", 10, 16), lambda person, day: controlled_pressure(in_month(city, person, day))
    )


def sugar(city: City, person: int, day: int, low: float, high: float) -> bool:
    fasting = newest(in_month(city, person, day), "lab", "1558-6", lambda v: low <= v <= high)
    return fasting or newest(lately(city, person, day, 180), "lab", "4548-4", lambda v: v < 7)


def diabetes(city: City) -> Units:
    def chosen(fact: F) -> bool:
        return family(fact, "diagnosis", *DIABETES) and older(fact, 18)

    return judged_monthly(city, chosen, ("O24",), lambda person, day: sugar(city, person, day, 80, 130))


def antibiotics(city: City) -> Units:
    reasons = {*spans("A", 0, 9), *spans("A", 15, 49), *spans("H", 65, 66), "J01", *spans("J", 12, 18)}
    reasons |= {*spans("K", 4, 5), *spans("L", 0, 8), "N30"}
    found: Units = []
    for (_, facility, _), facts in city.at.items():
        mine = [f for f in facts if family(f, "diagnosis", *ARI) and f.code != "J02.0"]
        others = [f for f in facts if family(f, "diagnosis", *reasons) or f.code in ("J02.0", "J03.0", "N39.0")]
        if mine and not others:
            given = any(f.kind == "medicine" and f.code.startswith("J01") for f in facts)
            found.append((month(mine[0].day), *place(facility, mine), given))
    return found


def repeats(city: City) -> Units:
    def long(code: str) -> bool:
        return code[:3] in LONG or code[0] in "OZ" or "C00" <= code[:3] <= "D48" or "I60" <= code[:3] <= "I69"

    found: Units = []
    for facts in city.of.values():
        seen = [fact for fact in facts if fact.kind == "diagnosis"]
        for fact in seen:
            if not long(fact.code):
                again = any(o.code[:3] == fact.code[:3] and 1 <= fact.day - o.day <= 7 for o in seen)
                found.append((month(fact.day), fact.facility, fact.area, fact.sex, fact.band, again))
    return found


def rows(city: City, chosen: Callable[[F], bool], good: Callable[[F], bool]) -> Units:
    return [
        (month(f.day), f.facility, f.area, f.sex, f.band, good(f))
        for each in city.of.values()
        for f in each
        if chosen(f)
    ]


def cells(units: Units, has_denominator: bool) -> Counter[tuple[str, int, str, str, str, int, int]]:
    """Numerator and denominator of every cell."""
    counted: dict[tuple[str, int, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for *where, is_counted in units:
        cell = counted[tuple(where)]  # type: ignore[index]
        cell[0] += is_counted
        cell[1] += has_denominator
    return Counter((*where, n, d) for where, (n, d) in counted.items())  # type: ignore[misc]
