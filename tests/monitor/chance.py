"""Facts by chance: people with the stories that indicators look for, over sixteen months, with all that disturbs."""

import random
from datetime import date, timedelta
from typing import NamedTuple

KINDS = ("puskesmas", "klinik", "praktik", "rumah-sakit", "laboratorium")
BANDS = ((1, "29d-11m"), (5, "1-4"), (10, "5-9"), (15, "10-14"), (20, "15-19"), (45, "20-44"), (55, "45-54"))
FIRST = date(2024, 11, 1)


class F(NamedTuple):
    """A row of the fact table."""

    person: int
    kind: str
    code: str
    day: int
    facility: int
    area: str
    band: str
    age: int | None
    sex: str
    value: float | None
    case_type: str
    lag: int | None


def facilities() -> list[tuple[int, str, str, str, str]]:
    """Ten facilities, two of each kind."""
    return [(n, f"f{n}", KINDS[n % 5], "public" if n % 2 else "private", f"99000{n % 3}") for n in range(1, 11)]


class _Person:
    def __init__(self, source: random.Random, number: int, most: int) -> None:
        self.source, self.number = source, number
        age = source.choice((0, 0, 2, 4, 7, 9, 12, 14, 15, 17, 18, 30, 44, 52, 57, 59, 60, 66, 75))
        self.birth = FIRST + timedelta(days=source.randrange(300)) if not age else None
        self.age, self.most = age, most
        self.sex = source.choice(("male", "female", ""))
        self.areas = source.choices(("9900011", "9900012", "9900021", "-", ""), k=2)
        self.found: list[F] = []

    def add(self, kind: str, code: str, day: int, facility: int, value: float | None = None, case: str = "") -> None:
        when = FIRST + timedelta(days=day)
        age: int | None = self.age
        if self.birth is not None:
            days = (when - self.birth).days
            if days < 0:
                return
            age = days // 365
            band = "0-7d" if days <= 7 else "8-28d" if days <= 28 else "29d-11m" if not age else "1-4"
        else:
            band = next((name for below, name in BANDS if self.age < below), "")
            band = band or ("55-59" if self.age < 60 else "60-69" if self.age < 70 else "70+")
        if self.source.random() < 0.02:
            age, band = None, ""
        since = (when - date(1970, 1, 1)).days
        area = self.areas[self.source.random() < 0.05]
        lag = 1 if kind == "encounter" else None
        self.found.append(F(self.number, kind, code, since, facility, area, band, age, self.sex, value, case, lag))

    def visit(self, day: int, facility: int) -> None:
        """What happens at any visit."""
        pick, add = self.source, self.add
        add("encounter", pick.choice(("AMB", "AMB", "EMER", "IMP")), day, facility)
        if pick.random() < 0.7:
            add("payer", pick.choice(("JKN", "other")), day, facility)
        if pick.random() < 0.6:
            add("wait", "AMB", day, facility, float(pick.choice((5, 59, 60, 61, 200))))
        for code, values in (("8480-6", (110, 139, 140, 160)), ("8462-4", (70, 89, 90, 100)), ("29463-7", (60, 61))):
            if pick.random() < 0.6:
                add("vital", code, day, facility, float(pick.choice(values)))
        for code in ("8302-2", "8280-0"):
            if pick.random() < 0.5:
                add("vital", code, day, facility, 100.0)
        labs = (("1558-6", (71, 72, 80, 126, 130, 131)), ("4548-4", (6, 7, 9)), ("2345-7", (100,)), ("2093-3", (200,)))
        for code, values in (*labs, ("718-7", (11,)), ("11545-1", (None,)), ("85362-2", (None,))):
            if pick.random() < 0.25:
                chosen = pick.choice(values)
                add("lab", code, day, facility, None if chosen is None else float(chosen))
        for _ in range(pick.randrange(3)):
            codes = ("J00", "J06.9", "J02.0", "J03.0", "J18.9", "K52.9", "I10", "I15.8", "I16", "E11.9", "E15", "H66.9")
            add("diagnosis", pick.choice((*codes, "O24.4", "O10", "J00", "J06.9")), day, facility, case="new")
        if pick.random() < 0.3:
            add("medicine", pick.choice(("J01CA04", "J01", "J02AC01", "N02BE01", "J04AM06", "")), day, facility)
        if pick.random() < 0.2:
            add("referral", pick.choice(("I10", "J06.9", "S52.5", "", "O80")), day, facility)

    def story(self) -> None:
        """A person's own reason to come again."""
        pick, facility = self.source, self.source.randrange(1, 11)
        kind = pick.choice(("chronic", "pregnant", "infant", "tb", "plain"))
        start = pick.randrange(self.most - 120)
        if self.birth is not None:
            self._infant(facility)
        elif kind == "chronic":
            for day in range(start, min(self.most, start + 300), pick.choice((1, 14, 30))):
                self.visit(day, facility)
                self.add("diagnosis", pick.choice(("I10", "E11.9")), day, facility)
        elif kind == "pregnant":
            for week in sorted(pick.choices(range(6, 41), k=pick.randrange(4, 16))):
                day = start + week * 7
                self.add("pregnancy", "18185-9", day, facility, float(week))
                if pick.random() < 0.7:
                    self.add("vital", "8480-6", day, facility, 110.0)
                    self.add("lab", "718-7", day, facility, 11.0)
            self.add(*pick.choice((("diagnosis", "O80.0"), ("birth", "Z37.0"), ("birth", ""))), start + 280, facility)
        elif kind == "tb":
            for day in sorted(pick.choices(range(start, start + 90), k=4)):
                self.add("diagnosis", pick.choice(("A15.0", "A16.2", "A18.0")), day, pick.choice((facility, 1)))
            for gap in (29, 30, 31):
                if pick.random() < 0.4:
                    self.add("medicine", "J04AM06", start + gap, facility)
                    self.add("lab", "11545-1", start + gap, facility)
            self.add("tb", pick.choice(("TB-SO/active", "TB-SO/finished", "TB-RO/active")), start + 100, facility)
        for day in pick.choices(range(self.most), k=pick.randrange(1, 9)):
            self.visit(day, pick.choice((facility, pick.randrange(1, 11))))

    def _infant(self, facility: int) -> None:
        assert self.birth is not None
        born = (self.birth - FIRST).days
        for day in (*self.source.choices(range(8), k=3), *self.source.choices(range(8, 60), k=3)):
            self.add("encounter", "AMB", born + day, facility)
        doses = ["45", "19", *["102"] * 3, *["182"] * 4, "10", "04"]
        for code in doses[: None if self.source.random() < 0.8 else 9]:
            self.add("immunization", code, born + self.source.randrange(30, 420), facility)
        for week in range(12):
            self.add("vital", "29463-7", born + 30 * week, facility, 5.0)
            self.add("vital", "8302-2", born + 30 * week, facility, 60.0)


def drawn(seed: int, people: int = 300, days: int = 480) -> list[F]:
    """Facts of so many people; some rows stand twice, as two records of one thing do."""
    source = random.Random(seed)
    found: list[F] = []
    for number in range(1, people + 1):
        person = _Person(source, number, days)
        person.story()
        found += person.found
    found += source.choices(found, k=len(found) // 50)
    source.shuffle(found)
    return found
