"""The public directory as anybody may read it: no sign-in, nothing about a patient, no quality figure, so no audit."""

from collections.abc import Sequence
from typing import Any

from hub.access.offsets import match, page_of, searchset
from hub.access.papers import all_details, city_day, real_facilities
from hub.cities import city
from hub.clock import instant
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.registry import directory, finding

PAGE, MOST = 50, 200
_PATH = "/fhir-publik"
_Resources = dict[str, list[dict[str, Any]]]


def read(hub: Hub, type_: str, id_: str) -> dict[str, Any]:
    """One resource of the directory. NOT_FOUND (HUB-4327)."""
    for one in _all(hub).get(type_, ()):
        if one["id"] == id_:
            return one
    raise HubError(Category.NOT_FOUND, Issue("HUB-4327"))


def search(hub: Hub, type_: str, asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A searchset Bundle: `_count` (at most 200) resources from `_offset` on. HUB-4325 for an unknown parameter,
    HUB-4326 for an unfit value."""
    if type_ not in directory.TYPES:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4327"))
    conditions = [pair for pair in asked if pair[0] not in ("_count", "_offset", "_format", "_pretty")]
    try:
        page = page_of(asked, PAGE, MOST)
        hits = finding.found(type_, conditions, _all(hub)[type_])
    except KeyError as error:
        args = {"name": str(error.args[0])[:40], "type": type_, "known": ", ".join(finding.PARAMETERS[type_])}
        raise HubError(Category.INCORRECT, Issue("HUB-4325", args=args)) from None
    except finding.Unfit as error:
        raise HubError(
            Category.INCORRECT, Issue("HUB-4326", args={"name": error.name, "wanted": error.wanted})
        ) from None
    base, (count, start) = hub.config.base_url + _PATH, page
    entries = [_entry(base, one, km) for one, km in hits[start : start + count]]
    return searchset(f"{base}/{type_}", conditions, page, len(hits), entries)


def nearest(hub: Hub, asked: Sequence[tuple[str, str]]) -> list[tuple[dict[str, Any], float | None]]:
    """Locations that work, for the page: as `search`, without pages."""
    return finding.found("Location", [("status", "active"), *asked], _all(hub)["Location"])


def points(hub: Hub) -> dict[str, Any]:
    """The facilities that work today as GeoJSON (RFC 7946)."""
    return directory.geojson(real_facilities(hub), all_details(hub), city_day(hub))


def statement(hub: Hub) -> dict[str, Any]:
    """The CapabilityStatement of the public base."""
    office = city().health_office["id"]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(hub.clock()),
        "publisher": office,
        "kind": "instance",
        "software": {"name": "Jukung"},
        "implementation": {
            "description": f"Direktori fasilitas kesehatan {city().name}",
            "url": hub.config.base_url + _PATH,
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Public and read-only: no key, no patient, no quality figure.",
                "resource": [
                    {
                        "type": type_,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        "searchParam": [{"name": name, "type": kind} for name, kind in known.items()],
                    }
                    for type_, known in finding.PARAMETERS.items()
                ],
            }
        ],
    }


def _all(hub: Hub) -> _Resources:
    """Everything, made anew only when something changed: the registry changes seldom, and anybody may ask."""
    facilities, today = real_facilities(hub), city_day(hub)
    with hub.store.reading() as tx:
        mark = tx.details_mark()
    about = tuple((one.number, one.id, one.name, one.kind, one.ownership, one.kelurahan) for one in facilities)
    key = (mark, today, about)
    held = _held.get(hub.config.database_url)
    if held is None or held[0] != key:
        held = (key, directory.resources(facilities, all_details(hub), today))
        _held.clear()
        _held[hub.config.database_url] = held
    return held[1]


_held: dict[str, tuple[object, _Resources]] = {}


def _entry(base: str, one: dict[str, Any], km: float | None) -> dict[str, Any]:
    entry = match(base, one)
    if km is not None:
        entry["search"]["extension"] = [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/location-distance",
                "valueDistance": {
                    "value": round(km, 3),
                    "unit": "km",
                    "system": "http://unitsofmeasure.org",
                    "code": "km",
                },
            }
        ]
    return entry
