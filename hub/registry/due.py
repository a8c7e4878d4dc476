"""Which papers end soon or have ended: the list of 90, 30 and 0 days. Pure."""

from collections import defaultdict
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
class Due:
    """A paper that is due. `stage`: expired, today, 30, 90 or none (there is no such paper, though there must be one).
    `days` left (negative: ended so many days ago; None without a paper). `holder`: a practitioner's name, else ""."""

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
    """Every paper of the facilities that work today which is due within 90 days, has ended, or is a licence nobody has:
    the longest ended first. Facilities without details say nothing and are left out."""
    found: list[Due] = []
    for facility in facilities:
        details = known.get(facility.number)
        if details is None or not details.is_open(today):
            continue
        about = (facility.id, facility.name, facility.kind, facility.ownership)
        if details.licence is None:
            found.append(Due(*about, "licence", "", "", None, None, "none"))
        for paper, number, holder, until in _papers(details):
            days = (until - today).days if until is not None else None
            stage = stage_of(days)
            if stage:
                found.append(Due(*about, paper, number, holder, until, days, stage))
    return sorted(found, key=lambda due: (due.days is not None, due.days or 0, due.name, due.paper, due.number))


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


def _papers(details: Details) -> Iterable[tuple[Paper, str, str, date | None]]:
    if details.licence is not None:
        yield "licence", details.licence.number, "", details.licence.until
    if details.accreditation is not None:
        yield "accreditation", details.accreditation.grade, "", details.accreditation.until
    if details.satusehat is not None:
        yield "satusehat", details.satusehat.organization, "", details.satusehat.until
    for permit in details.permits:
        yield "permit", permit.number, permit.name, permit.until
