"""Counting a month's facts: the plain numbers from which the tables are made, before anything is hidden."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from hub.model import Facility
from hub.monitor.facts import OUTSIDE, Fact

CLASSES = ("AMB", "EMER", "IMP")
"""Classes of visit with a column of their own (v3-ActCode); the others are counted together."""


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
    """A facility's visits, and of how many the area, birth date, sex and a coded diagnosis are known."""

    visits: int = 0
    area: int = 0
    birth: int = 0
    sex: int = 0
    diagnosis: int = 0


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
    content: dict[int, Content] = field(default_factory=dict)
    _seen: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    _coded: set[tuple[int, int, int]] = field(default_factory=set)

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
            self.received[fact.facility, fact.day, -1 if fact.lag is None else fact.lag] += 1
            content = self.content.setdefault(fact.facility, Content())
            content.visits += 1
            content.area += place != "unknown"
            content.birth += bool(fact.band)
            content.sex += bool(fact.sex)
            self._seen[pseudonym, fact.facility, fact.day] += 1

    def close(self) -> None:
        """All facts are in: settle what joins two of them."""
        for key in self._seen.keys() & self._coded:
            self.content[key[1]].diagnosis += self._seen[key]
        self._seen.clear()
        self._coded.clear()
