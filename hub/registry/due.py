"""Which papers end soon or have ended: the list of 90, 30 and 0 days. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hub.model import Facility
from hub.model.details import Details
from hub.registry.papers import PLACES_MOST

Paper = Literal["licence", "accreditation", "satusehat", "permit"]
STAGES = (("expired", -1), ("today", 0), ("30", 30), ("90", 90))
"""Each stage and the last day left that it holds; a paper that lasts longer is not due."""


@dataclass(frozen=True, slots=True)
class Held:
    """A paper of a facility's own. `number`: the licence's, the grade of an accreditation, the organization id at
    SATUSEHAT. `days` left (negative: ended so many days ago; None without an end or without the paper). `stage`: one of
    STAGES, "none" where it is known that there is none, "" when it is not due."""

    paper: Paper
    number: str
    until: date | None
    days: int | None
    stage: str


@dataclass(frozen=True, slots=True)
class Due:
    """A paper that is due, as `Held`. `holder`: of a practitioner's permit the name, else ""."""

    facility: str
    name: str
    kind: str
    ownership: str
    paper: Paper
    number: str
    holder: str
    until: date | None
    days: int | None
    stage: str


def expiring(facilities: Iterable[Facility], known: Mapping[int, Details], today: date) -> list[Due]:
    """Every paper of the facilities that work today which is due within 90 days, has ended, or is known not to be
    there: the longest ended first. Facilities without details say nothing and are left out."""
    found: list[Due] = []
    for facility in facilities:
        details = known.get(facility.number)
        if details is None or not details.is_open(today):
            continue
        about = (facility.id, facility.name, facility.kind, facility.ownership)
        papers = [(one, "") for one in held(details, today)]
        papers += [(_held("permit", one.number, one.until, today), one.name) for one in details.permits]
        found += [
            Due(*about, one.paper, one.number, holder, one.until, one.days, one.stage)
            for one, holder in papers
            if one.stage
        ]
    return sorted(found, key=lambda due: (due.days is not None, due.days or 0, due.name, due.paper, due.number))


def pressing(found: Iterable[Due]) -> Counter[str]:
    """How many by stage, of papers that end and of licences that are missing: what the overviews count. A facility
    without a grade or without a connection to SATUSEHAT is a task of years, told on the list alone."""
    return Counter(one.stage for one in found if one.stage != "none" or one.paper == "licence")


def held(details: Details, today: date) -> list[Held]:
    """The facility's licence, accreditation and SATUSEHAT state. Every facility needs a licence; of the others it must
    be known that there is none (a grade `belum`, a state `none`): what nobody told is left out."""
    licence, grade, platform = details.licence, details.accreditation, details.satusehat
    found = [_held("licence", licence.number, licence.until, today) if licence else _lacking("licence")]
    if grade is not None:
        is_there = grade.grade != "belum"
        found.append(_held("accreditation", grade.grade, grade.until, today) if is_there else _lacking("accreditation"))
    if platform is not None:
        is_there = platform.state != "none"
        found.append(
            _held("satusehat", platform.organization, platform.until, today) if is_there else _lacking("satusehat")
        )
    return found


def stage_of(days: int | None) -> str:
    """The stage of a paper with so many days left, "" when it is not due."""
    if days is None:
        return ""
    return next((name for name, most in STAGES if days <= most), "")


def crowded(facilities: Iterable[Facility], known: Mapping[int, Details], today: date) -> list[tuple[str, list[str]]]:
    """Practitioners with permits that hold at more places than may be, with the facilities' names."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for facility in facilities:
        details = known.get(facility.number)
        for permit in details.permits if details is not None and details.is_open(today) else ():
            if permit.practitioner and (permit.until is None or permit.until >= today):
                places[permit.practitioner, permit.name].append(facility.name)
    return sorted((name, sorted(set(at))) for (_, name), at in places.items() if len(set(at)) > PLACES_MOST)


def _held(paper: Paper, number: str, until: date | None, today: date) -> Held:
    days = (until - today).days if until is not None else None
    return Held(paper, number, until, days, stage_of(days))


def _lacking(paper: Paper) -> Held:
    return Held(paper, "", None, None, "none")
