"""Counting a month's facts: the plain numbers from which the tables are made, before anything is hidden."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from functools import cached_property
from operator import add
from typing import NamedTuple

from hub.model import Facility
from hub.monitor.facts import OUTSIDE, Fact
from hub.monitor.weeks import week_of

CLASSES = ("AMB", "EMER", "IMP")
"""Classes of visit with a column of their own (v3-ActCode); the others are counted together."""

MEASURED = frozenset(["8480-6", "8462-4", "8867-4", "29463-7"])
"""Vital signs whose written values are judged: blood pressure, pulse, weight (LOINC)."""


@dataclass(frozen=True)
class Places:
    """The city a month is counted for: kelurahan (10 digits) and kecamatan (6 digits) with their names, facilities."""

    kelurahan: Mapping[str, str]
    kecamatan: Mapping[str, str]
    facilities: Collection[Facility]

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The facilities' numbers."""
        return frozenset(facility.number for facility in self.facilities)

    def where(self, kelurahan: str) -> str:
        """The place a fact is counted at."""
        return kelurahan if kelurahan in self.kelurahan else "outside" if kelurahan == OUTSIDE else "unknown"


class Visits(NamedTuple):
    """What visits are counted by."""

    facility: int
    place: str
    cls: str


class Cases(NamedTuple):
    """What diagnoses are counted by: an ICD-10 category (3 characters); `case` new, existing or ""."""

    code: str
    facility: int
    place: str
    case: str


@dataclass(slots=True)
class Content:
    """A facility's visits, and of how many the area, birth date, sex, a coded diagnosis and a vital sign are known."""

    visits: int = 0
    area: int = 0
    birth: int = 0
    sex: int = 0
    diagnosis: int = 0
    vital: int = 0

    def plus(self, other: "Content") -> "Content":
        """Both together."""
        return Content(*map(add, astuple(self), astuple(other)))


@dataclass
class Tally:
    """A month's counts; `add` every fact of the month once."""

    places: Places
    visits: Counter[Visits] = field(default_factory=Counter)
    ages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(kecamatan or outside or unknown, age band or "", sex or "") to visits."""
    cases: Counter[Cases] = field(default_factory=Counter)
    received: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    """(facility, day of service, days until received or -1 when not known) to visits."""
    stays: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    """The same of stays in a hospital, which are among them."""
    content: dict[int, Content] = field(default_factory=dict)
    weekly: dict[tuple[int, int], Content] = field(default_factory=dict)
    """By facility and the Sunday its week begins on; `content` is their sum once the tally is closed."""
    measured: Counter[tuple[int, str, Decimal]] = field(default_factory=Counter)
    """(facility, vital sign, value) to how often it was written down."""
    _seen: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    _coded: set[tuple[int, int, int]] = field(default_factory=set)
    _vital: set[tuple[int, int, int]] = field(default_factory=set)

    def add(self, pseudonym: int, fact: Fact) -> None:
        """Count one fact, if it is of a facility of this city.

        `pseudonym` only joins a patient's diagnoses to the visit of the same day and facility.
        """
        if fact.facility not in self.places.numbers:
            return
        place = self.places.where(fact.kelurahan)
        if fact.kind == "diagnosis":
            self.cases[Cases(fact.code[:3], fact.facility, place, fact.case)] += 1
            self._coded.add((pseudonym, fact.facility, fact.day))
        elif fact.kind == "encounter":
            self.visits[Visits(fact.facility, place, fact.code if fact.code in CLASSES else "other")] += 1
            self.ages[place[:6] if place in self.places.kelurahan else place, fact.band, fact.sex] += 1
            when = fact.facility, fact.day, -1 if fact.lag is None else fact.lag
            self.received[when] += 1
            self.stays[when] += fact.code == "IMP"
            content = self.weekly.setdefault((fact.facility, week_of(fact.day)), Content())
            content.visits += 1
            content.area += place != "unknown"
            content.birth += bool(fact.band)
            content.sex += bool(fact.sex)
            self._seen[pseudonym, fact.facility, fact.day] += 1
        elif fact.kind == "vital" and fact.value is not None:
            self._vital.add((pseudonym, fact.facility, fact.day))
            if fact.code in MEASURED:
                self.measured[fact.facility, fact.code, fact.value] += 1

    def close(self) -> None:
        """All facts are in: settle what joins two of them."""
        for (pseudonym, facility, day), n in self._seen.items():
            week, key = self.weekly[facility, week_of(day)], (pseudonym, facility, day)
            week.diagnosis += n if key in self._coded else 0
            week.vital += n if key in self._vital else 0
        for (facility, _), week in self.weekly.items():
            self.content[facility] = self.content.get(facility, Content()).plus(week)
        self._seen.clear()
        self._coded.clear()
        self._vital.clear()
