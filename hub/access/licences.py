"""Papers as the health office sees them: which end, and one facility with everything the registry knows. Each look is
one audit entry (`city.view`); nobody's patient is in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.access.monitoring import tell
from hub.access.papers import all_details, city_day, details, real_facilities
from hub.errors import Category, HubError
from hub.model import Facility, Issue, Principal
from hub.model.details import Details, Permit
from hub.parts import SELF, Hub
from hub.registry.due import Due, Held, crowded, expiring, held, stage_of

OFFICE = ("auditor", "surveillance")
"""Who of the health office may see the registry."""
STAGES = ("expired", "today", "30", "90", "none")
"""Stages of a due paper, the most urgent first; a facility without a licence comes with those whose licence ended."""
PAPERS = ("licence", "permit", "accreditation", "satusehat")


@dataclass(frozen=True, slots=True)
class Papers:
    """What is due on a day. `counts`: paper to stage to number, of all kinds and owners of facility together; `due`:
    those asked for, the longest ended first; `crowded`: practitioners with permits at more places than may be, and
    where. `unknown`: facilities of which the registry knows no papers."""

    today: date
    due: tuple[Due, ...]
    counts: Mapping[str, Mapping[str, int]]
    crowded: tuple[tuple[str, tuple[str, ...]], ...]
    unknown: tuple[Facility, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One facility: what is known of it, its licence, accreditation and SATUSEHAT state with days left and stage, and
    the same of each permit, the first to end first."""

    facility: Facility
    details: Details
    today: date
    papers: tuple[Held, ...]
    permits: tuple[tuple[Permit, int | None, str], ...]
    is_known: bool


def papers(
    hub: Hub, who: Principal, *, kind: str = "", ownership: str = "", paper: str = "", stage: str = ""
) -> Papers:
    """Papers that are due, narrowed by kind and ownership of facility, paper and stage ("" = all). FORBIDDEN outside
    the health office."""
    _only_office(who)
    today, known, facilities = city_day(hub), all_details(hub), real_facilities(hub)
    found = expiring(facilities, known, today)
    wanted = {"kind": kind, "ownership": ownership, "paper": paper, "stage": stage}
    chosen = tuple(
        one for one in found if all(not value or getattr(one, name) == value for name, value in wanted.items())
    )
    tell(hub, who, "papers", {name: value for name, value in wanted.items() if value}, len(chosen))
    counts = Counter((one.paper, one.stage) for one in found)
    return Papers(
        today,
        tuple(sorted(chosen, key=_urgency)),
        {name: {each: counts[name, each] for each in STAGES} for name in PAPERS},  # type: ignore[index]
        tuple((name, tuple(at)) for name, at in crowded(facilities, known, today)),
        tuple(one for one in facilities if one.number not in known),
    )


def card(hub: Hub, who: Principal, facility: str) -> Card:
    """One facility. FORBIDDEN outside the health office; NOT_FOUND (HUB-4312) when there is no such facility."""
    _only_office(who)
    if facility == SELF or facility not in hub.facilities:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4312", args={"name": facility[:48]}))
    found, today = details(hub, facility), city_day(hub)
    tell(hub, who, "facility", {"id": facility}, 1)
    permits = [(one, (one.until - today).days if one.until else None) for one in found.permits]
    permits.sort(key=lambda pair: (pair[1] is None, pair[1] or 0, pair[0].name))
    return Card(
        hub.facilities[facility],
        found,
        today,
        tuple(held(found, today)),
        tuple((one, left, stage_of(left)) for one, left in permits),
        found != Details(found.facility),
    )


def _urgency(one: Due) -> int:
    return 0 if (one.paper, one.stage) == ("licence", "none") else STAGES.index(one.stage)


def _only_office(who: Principal) -> None:
    if who.role not in OFFICE:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
