"""Practitioner. https://www.hl7.org/fhir/R4/practitioner.html"""

import uuid
from typing import Any

from hub.fhir import systems
from hub.mapping.build.patient import human_name
from hub.mapping.build.source import Source
from hub.mapping.values.names import PersonName

_PRACTITIONERS = uuid.uuid5(uuid.NAMESPACE_URL, systems.SID + "nakes")


def practitioner_number(nik: str | None, licence: str | None, name: PersonName | None) -> str | None:
    """What a practitioner is known by: NIK, else practice licence (SIP), else a UUID of the name; None without any."""
    if known := nik or licence:
        return known
    return str(uuid.uuid5(_PRACTITIONERS, name.key)) if name else None


def practitioner(
    source: Source, number: str, *, name: PersonName | None, nik: str | None = None, licence: str | None = None
) -> dict[str, Any]:
    """A Practitioner. `licence` is the SIP number of this practice place."""
    identifiers = [source.identifier("nakes", number)]
    identifiers += [
        {"use": "official", "system": system, "value": value}
        for system, value in ((systems.NIK, nik), (systems.SIP, licence))
        if value
    ]
    found: dict[str, Any] = {"resourceType": "Practitioner", "identifier": identifiers, "active": True}
    if name:
        found["name"] = [human_name(name)]
    return found
