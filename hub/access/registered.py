"""A facility of the registry as the Organization that records refer to (`Organization/{facility id}`): what anybody may
know of it, though nothing of it is stored as a resource."""

from zlib import crc32

from hub.access.papers import city_day, details
from hub.fhir import json
from hub.parts import SELF, Hub
from hub.registry import directory

TYPE = "Organization"


def is_registered(hub: Hub, type_: str, id_: str) -> bool:
    """Whether an address names a facility of the registry."""
    return type_ == TYPE and id_ in hub.facilities and id_ != SELF


def registered(hub: Hub, id_: str) -> tuple[bytes, int]:
    """Its content today, and a number that tells it from any other: the registry keeps no versions."""
    facility = hub.facilities[id_]
    found = directory.resources([facility], {facility.number: details(hub, id_)}, city_day(hub))
    body = json.write(found[TYPE][0])
    return body, crc32(body) % 1_000_000_000
