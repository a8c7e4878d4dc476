"""The public directory: facilities, places, services and practitioners' roles as FHIR R4 and GeoJSON, from the registry
alone. No quality figure; of a practitioner the name and the permit (SIP) as they are published. Pure.

https://www.hl7.org/fhir/R4/organization.html, location.html, healthcareservice.html, practitionerrole.html; RFC 7946.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hub.cities import Area, areas, city
from hub.fhir import systems
from hub.model import Facility
from hub.model.details import Details, Permit

TYPES = ("Organization", "Location", "HealthcareService", "PractitionerRole")
KIND = systems.JUKUNG + "CodeSystem/facility-kind"
OWNERSHIP = systems.JUKUNG + "CodeSystem/ownership"
SERVICE = systems.JUKUNG + "CodeSystem/service"
PROFESSION = systems.JUKUNG + "CodeSystem/profession"
_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
_PLACE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_NAMES = {
    "klinik": "Klinik",
    "praktik": "Praktik mandiri",
    "puskesmas": "Puskesmas",
    "rumah-sakit": "Rumah sakit",
    "laboratorium": "Laboratorium",
    "apotek": "Apotek",
}


def resources(
    facilities: Iterable[Facility], known: Mapping[int, Details], today: date
) -> dict[str, list[dict[str, Any]]]:
    """Everything of the directory by type, facilities in the order given. What is closed is inactive."""
    found: dict[str, list[dict[str, Any]]] = {type_: [] for type_ in TYPES}
    by_code = {area.code: area for area in areas()}
    for facility in facilities:
        details = known.get(facility.number) or Details(facility.number)
        is_open = details.is_open(today)
        where = _address(details, by_code.get(facility.kelurahan))
        point = _point(details)
        found["Organization"].append(_organization(facility, details, where, is_open))
        found["Location"].append(_location(facility, where, point, is_open))
        found["HealthcareService"] += [_service(facility, name, is_open) for name in details.services]
        found["PractitionerRole"] += [_role(facility, one, is_open, today) for one in details.permits]
    return found


def geojson(facilities: Iterable[Facility], known: Mapping[int, Details], today: date) -> dict[str, Any]:
    """The facilities that work today and whose point is known, as a FeatureCollection (longitude first, WGS84)."""
    by_code = {area.code: area for area in areas()}
    features = []
    for facility in facilities:
        details = known.get(facility.number)
        point = _point(details) if details is not None else None
        if details is None or point is None or not details.is_open(today):
            continue
        area = by_code.get(facility.kelurahan)
        about = {
            "identifier": f"{systems.FACILITY}|{facility.id}",
            "name": facility.name,
            "kind": facility.kind,
            "ownership": facility.ownership,
            "address": details.address,
            "kelurahan": area.name if area else "",
            "services": list(details.services),
        }
        features.append(
            {
                "type": "Feature",
                "id": facility.id,
                "geometry": {"type": "Point", "coordinates": [point["longitude"], point["latitude"]]},
                "properties": {name: value for name, value in about.items() if value},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": text}


def _address(details: Details, area: Area | None) -> dict[str, Any]:
    place = city()
    found: dict[str, Any] = {"use": "work", "country": "ID", "city": place.name, "state": place.province}
    line = [part for part in (details.address, f"Kel. {area.name}" if area else "") if part]
    if line:
        found["line"] = line
    if area is not None:
        found |= {"district": area.kecamatan, "postalCode": area.postal}
    found["text"] = ", ".join([*line, *([f"Kec. {area.kecamatan}"] if area else []), place.name])
    return found


def _point(details: Details) -> dict[str, float] | None:
    if details.latitude is None or details.longitude is None:
        return None
    return {"longitude": details.longitude, "latitude": details.latitude}


def _organization(facility: Facility, details: Details, where: dict[str, Any], is_open: bool) -> dict[str, Any]:
    identifiers = [{"system": systems.FACILITY, "value": facility.id}]
    if details.licence is not None:
        identifiers.append({"system": systems.LICENCE, "value": details.licence.number})
    if details.satusehat is not None and details.satusehat.organization:
        number = details.satusehat.organization
        identifiers.append({"system": f"http://sys-ids.kemkes.go.id/organization/{number}", "value": number})
    found: dict[str, Any] = {
        "resourceType": "Organization",
        "id": facility.id,
        "identifier": identifiers,
        "active": is_open,
        "type": [
            {"coding": [{"system": _TYPE, "code": "prov", "display": "Healthcare Provider"}]},
            _coded(KIND, facility.kind, _NAMES.get(facility.kind, "Lainnya")),
            _coded(OWNERSHIP, facility.ownership, "Pemerintah" if facility.ownership == "public" else "Swasta"),
        ],
        "name": facility.name,
        "address": [where],
    }
    if details.phone:
        found["telecom"] = [{"system": "phone", "value": details.phone, "use": "work"}]
    return found


def _location(
    facility: Facility, where: dict[str, Any], point: dict[str, float] | None, is_open: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Location",
        "id": facility.id,
        "identifier": [{"system": systems.FACILITY, "value": facility.id}],
        "status": "active" if is_open else "inactive",
        "name": facility.name,
        "mode": "instance",
        "type": [_coded(KIND, facility.kind, _NAMES.get(facility.kind, "Lainnya"))],
        "address": where,
        "physicalType": {"coding": [{"system": _PLACE, "code": "si", "display": "Site"}]},
        "managingOrganization": {"reference": f"Organization/{facility.id}", "display": facility.name},
    }
    if point is not None:
        found["position"] = point
    return found


def _service(facility: Facility, name: str, is_open: bool) -> dict[str, Any]:
    return {
        "resourceType": "HealthcareService",
        "id": f"{facility.id}.{name}",
        "active": is_open,
        "providedBy": {"reference": f"Organization/{facility.id}", "display": facility.name},
        "type": [_coded(SERVICE, name, name.replace("-", " ").capitalize())],
        "location": [{"reference": f"Location/{facility.id}"}],
        "name": f"{name.replace('-', ' ').capitalize()}, {facility.name}",
    }


def _role(facility: Facility, permit: Permit, is_open: bool, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "PractitionerRole",
        "id": hashlib.sha256(f"{facility.id}|{permit.number}".encode()).hexdigest()[:32],  # as long as the permit holds
        "identifier": [{"system": systems.SIP, "value": permit.number}],
        "active": is_open and (permit.until is None or permit.until >= today),
        "practitioner": {"display": permit.name},
        "organization": {"reference": f"Organization/{facility.id}", "display": facility.name},
        "code": [_coded(PROFESSION, permit.profession, permit.profession.replace("-", " ").capitalize())],
        "location": [{"reference": f"Location/{facility.id}"}],
    }
    if permit.until is not None:
        found["period"] = {"end": permit.until.isoformat()}
    return found
