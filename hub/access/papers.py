"""Facilities' papers as they lie in the registry, opened. About facilities and their staff, never about a patient."""

from datetime import date, datetime

import msgspec

from hub.clock import city_zone
from hub.model import Facility
from hub.model.details import Details
from hub.parts import SELF, Hub
from hub.registry import due
from hub.store import ReadTx


def details(hub: Hub, facility: str) -> Details:
    """What is known of a facility (its id); empty details when nothing is. KeyError when there is no such facility."""
    number = hub.facilities[facility].number
    with hub.store.reading() as tx:
        body = tx.facility_details(number).get(number)
    return _opened(hub, number, body) if body is not None else Details(number)


def all_details(hub: Hub) -> dict[int, Details]:
    """What is known of every facility, by its number; those of which nothing is known are left out."""
    with hub.store.reading() as tx:
        return details_in(hub, tx)


def details_in(hub: Hub, tx: ReadTx) -> dict[int, Details]:
    """The same, in the caller's transaction."""
    return {number: _opened(hub, number, body) for number, body in tx.facility_details().items()}


def expiring(hub: Hub, today: date | None = None) -> list[due.Due]:
    """Papers that are due, the longest ended first (`hub.registry.due`). `today`: the city's day, when not given."""
    return due.expiring(real_facilities(hub), all_details(hub), today or city_day(hub))


def real_facilities(hub: Hub) -> list[Facility]:
    """All facilities but the hub itself, by number."""
    return sorted((one for one in hub.facilities.values() if one.id != SELF), key=lambda one: one.number)


def counted_facilities(hub: Hub) -> list[Facility]:
    """Those whose visits the city counts and of whom it expects reports, by number: none that is sensitive as such (a
    VCT clinic), for of those there are no facts."""
    return [one for one in real_facilities(hub) if not one.labels]


def city_day(hub: Hub) -> date:
    """The day it is in the city."""
    return datetime.fromtimestamp(hub.clock() / 1000, city_zone()).date()


def seal_details(hub: Hub, found: Details) -> bytes:
    """A facility's details as a sealed body."""
    return hub.boxes.detail.seal(msgspec.json.encode(found), _place(found.facility))


def _opened(hub: Hub, number: int, body: bytes) -> Details:
    return _DETAILS.decode(hub.boxes.detail.open(body, _place(number)))


def _place(number: int) -> bytes:
    return b"facility_detail/%d" % number


_DETAILS = msgspec.json.Decoder(Details)
