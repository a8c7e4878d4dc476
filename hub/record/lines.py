"""What a summary is made of: lines of plain words, ready to be shown; days stay ISO beside their words, for sorting."""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who the record is about. `birth` and `sex` are words; `nik` and `bpjs` are empty when no facility sent them."""

    name: str
    birth: str
    sex: str
    nik: str = ""
    bpjs: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One allergy, medicine, diagnosis, vaccination: `title` in plain words, `detail` as the facility wrote it.

    `last` is the newest ISO day it was recorded ("" = unknown), `last_text` the same in words; `status` a word or "".
    """

    title: str
    detail: str = ""
    code: str = ""
    status: str = ""
    last: str = ""
    last_text: str = ""
    facilities: tuple[str, ...] = ()
    times: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """The newest value of one measurement. `note`: interpretation and reference range in words."""

    title: str
    value: str
    note: str = ""
    last: str = ""
    last_text: str = ""
    facility: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """What was measured at one time of a visit: `at` in words."""

    at: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with what was found and done, each as ready words.

    `ended`: how and when a stay ended, or that it goes on. Measurements of one time stand in `measures`; those of
    several in `moments`, the earliest first.
    """

    day: str
    day_text: str
    kind: str
    service: str = ""
    complaint: str = ""
    practitioners: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    ended: str = ""


@dataclass(frozen=True, slots=True)
class FacilityVisits:
    """A facility's visits, newest first."""

    facility: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """When a facility's records last reached the hub."""

    facility: str
    at: str
    at_text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The patient's record in words of `lang`; every list newest first."""

    lang: Lang
    person: Person
    allergies: tuple[Line, ...] = ()
    medicines: tuple[Line, ...] = ()
    diagnoses: tuple[Line, ...] = ()
    immunizations: tuple[Line, ...] = ()
    vitals: tuple[Measure, ...] = ()
    results: tuple[Measure, ...] = ()
    visits: tuple[FacilityVisits, ...] = ()
    updated: tuple[Updated, ...] = ()
