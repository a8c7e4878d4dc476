"""What an indicator is: the words people read, and the rule it is counted by.

A rule selects facts, makes units of them (persons, visits, records) and asks of each unit whether it is counted. Each
unit lies in one cell (month, facility, area, sex, band), so that every number is a sum of cells.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["person", "visit", "record"]
Direction = Literal["up", "down"]
Need = Literal["population", "target"]
Group = Literal["spm", "inm", "bpjs", "clinical", "city"]
Every = Literal["each", "month", "year", "days"]
Words = Mapping[str, str]
"""Indonesian ("id") and English ("en")."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts. Empty: no restriction. `codes` are pairs (first, last) in the order of text, both inside.

    `ages` completed years, `values` the bounds (low, is it inside, high, is it inside), None where open.
    """

    kinds: tuple[str, ...]
    codes: tuple[tuple[str, str], ...] = ()
    not_codes: tuple[tuple[str, str], ...] = ()
    ages: tuple[int | None, int | None] | None = None
    bands: tuple[str, ...] = ()
    sex: str = ""
    values: tuple[tuple[str, float], ...] = ()
    case: str = ""
    facilities: tuple[str, ...] = ()
    ownership: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Where another fact lies, seen from the counted one.

    `visit`: same facility and day. `month`: its calendar month. `year`: from 1 January to the end of its month.
    `days`: from `first` to `last` days after it (negative: before). `itself`: the counted record.
    """

    name: Literal["visit", "month", "year", "days", "itself"]
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """Another fact of the same person that a unit must have: on at least so many days; or whose newest (`newest`) value
    fits `wanted`. Conditions of the same `one_of` are alternatives."""

    facts: Selection
    window: Window
    at_least: int = 1
    newest: bool = False
    wanted: tuple[tuple[str, float], ...] = ()
    same_code: bool = False
    same_facility: bool = False
    one_of: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How an indicator is counted. `every`: how often a unit counts; `days` for "once in n days".

    `settled`: a unit counts in the month that lies so many days after it, so that what follows can be looked at.
    """

    unit: Unit
    every: Every
    days: int
    settled: int
    base: tuple[Selection, ...]
    having: tuple[Condition, ...] = ()
    lacking: tuple[Condition, ...] = ()
    counted: tuple[Condition, ...] = ()
    not_counted: tuple[Condition, ...] = ()
    excluded: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    `target` in the same scale as `per` (80 of 100). `needs`: whence the denominator comes when facts do not give it;
    the cells' denominator is 0 then, and `population_ages`/`population_sex` say who of the population. `missing`: what
    cannot be computed, in words, empty when nothing is missing. `sql` is empty where nothing can be computed at all.
    `back`: how many months before its own a month's cells look at facts.
    `reported_by`: the kinds of facilities that are asked for a self-reported one, `most_reported`: the largest number
    one of them can have in a month. `k_inside`, `k_public`: the smallest count shown.
    """

    id: str
    title: Words
    group: Group
    source: Words
    unit: Unit
    direction: Direction
    target: float | None
    numerator: Words
    denominator: Words
    exclusions: Words
    strata: tuple[str, ...]
    sql: str
    needs: Need | None = None
    missing: Words = field(default_factory=dict)
    self_reported: bool = False
    reported_by: tuple[str, ...] = ()
    most_reported: int = 20_000
    per: int = 100
    every: Every = "each"
    back: int = 0
    population_bands: tuple[str, ...] = ()
    population_sex: str = ""
    k_inside: int = 5
    k_public: int = 11
    rule: Rule | None = None

    @property
    def version(self) -> str:
        """Another one when something else is counted, not when it is only said otherwise."""
        words = (self.numerator, self.denominator, self.exclusions)
        what = self.sql or [each.get("id", "") for each in words]  # of what nobody computes words are all there is
        about = (what, self.needs, self.population_bands, self.population_sex)
        return hashlib.sha256(repr(about).encode()).hexdigest()[:16]

    @property
    def is_computed(self) -> bool:
        """Whether facts give its numerator."""
        return bool(self.sql)
