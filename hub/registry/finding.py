"""Searching the public directory: the parameters of each type and what they match. Pure.

R4's own parameters, and two of the hub's: `kelurahan` (lies in it) and `near-kelurahan` (the nearest to its centre
first).
"""

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from hub.cities import Area
from hub.registry.kelurahan import resolve_kelurahan

Match = Callable[[dict[str, Any]], bool]

PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "Organization": {
        "_id": "token",
        "identifier": "token",
        "name": "string",
        "type": "token",
        "active": "token",
        "address": "string",
        "address-city": "string",
        "address-postalcode": "string",
        "kelurahan": "token",
    },
    "Location": {
        "_id": "token",
        "identifier": "token",
        "name": "string",
        "type": "token",
        "status": "token",
        "address": "string",
        "address-city": "string",
        "address-postalcode": "string",
        "organization": "reference",
        "near": "special",
        "kelurahan": "token",
        "near-kelurahan": "token",
    },
    "HealthcareService": {
        "_id": "token",
        "name": "string",
        "service-type": "token",
        "active": "token",
        "organization": "reference",
        "location": "reference",
    },
    "PractitionerRole": {
        "_id": "token",
        "identifier": "token",
        "role": "token",
        "active": "token",
        "organization": "reference",
        "location": "reference",
    },
}
_WHERE = {"type": "type", "role": "code", "service-type": "type"}
_EARTH_KM = 6371.0088
_UNITS = {"": 1.0, "km": 1.0, "m": 0.001}
_FAR = 20_038.0


MOST_CONDITIONS, MOST_VALUES = 10, 10
"""More of a search, or of one condition, is refused: each is tried on every resource, and nobody signs in."""


class Unfit(ValueError):
    """A value that is not of the form its parameter wants; `wanted` says which form that is."""

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(name)
        self.name, self.wanted = name, wanted


def found(
    type_: str, asked: Iterable[tuple[str, str]], all_: Iterable[dict[str, Any]]
) -> list[tuple[dict[str, Any], float | None]]:
    """The resources that meet all of `asked` (values separated by commas are alternatives), each with its distance in
    km where a place is asked for: then the nearest first. KeyError for an unknown parameter, Unfit for an unfit
    value."""
    kept, asked = list(all_), list(dict.fromkeys(asked))
    if len(asked) > MOST_CONDITIONS:
        raise Unfit(asked[MOST_CONDITIONS][0], f"0-{MOST_CONDITIONS} parameters")
    centre: tuple[float, float, float] | None = None
    for full, value in asked:
        name, _, modifier = full.partition(":")
        kind = PARAMETERS[type_][name]
        if modifier and (kind != "string" or modifier not in ("contains", "exact")):
            raise KeyError(full)
        if name == "near":
            centre = _near(value)
        elif name == "near-kelurahan":
            area = _area(name, value)
            centre = (area.latitude, area.longitude, _FAR)
        else:
            match = _match(name, kind, modifier, value)
            kept = [one for one in kept if match(one)]
    if centre is None:
        return [(one, None) for one in kept]
    ranked = [(one, _distance(one["position"], centre)) for one in kept if "position" in one]
    return sorted(((one, km) for one, km in ranked if km <= centre[2]), key=lambda pair: (pair[1], pair[0]["id"]))


def _match(name: str, kind: str, modifier: str, value: str) -> Match:
    values = [each.strip() for each in value.split(",") if each.strip()]
    if not 0 < len(values) <= MOST_VALUES or len(value) > 200:
        raise Unfit(name, f"{kind}, 1-{MOST_VALUES}")
    if name == "kelurahan":
        places = [_area(name, each) for each in values]
        lines = {(f"Kel. {one.name}", one.kecamatan) for one in places}
        return lambda one: any(
            (line, each.get("district")) in lines for each in _addresses(one) for line in each.get("line", ())
        )
    if kind == "string":
        wanted = [_plain(each) for each in values]
        return lambda one: any(_reads(text, each, modifier) for text in _texts(name, one) for each in wanted)
    if kind == "reference":
        return lambda one: any(
            each in (held, held.split("/")[-1]) for held in _references(name, one) for each in values
        )
    return lambda one: any(_is_coded(pair, each) for pair in _tokens(name, one) for each in values)


def _tokens(name: str, one: dict[str, Any]) -> list[tuple[str, str]]:
    if name == "_id":
        return [("", one["id"])]
    if name == "identifier":
        return [(each["system"], each["value"]) for each in one.get("identifier", ())]
    if name == "active":
        return [("", "true" if one["active"] else "false")]
    if name == "status":
        return [("", one["status"])]
    return [(code["system"], code["code"]) for each in one.get(_WHERE[name], ()) for code in each["coding"]]


def _is_coded(held: tuple[str, str], wanted: str) -> bool:
    system, bar, code = wanted.rpartition("|")
    return held[1] == code and (not bar or held[0] == system)


def _references(name: str, one: dict[str, Any]) -> list[str]:
    if name == "organization":
        key = next(each for each in ("organization", "providedBy", "managingOrganization") if each in one)
        return [one[key]["reference"]]
    return [each["reference"] for each in one.get("location", ())]


def _addresses(one: dict[str, Any]) -> list[dict[str, Any]]:
    held = one.get("address") or []
    return held if isinstance(held, list) else [held]


def _texts(name: str, one: dict[str, Any]) -> list[str]:
    if name == "name":
        return [one.get("name", "")]
    part = {"address": None, "address-city": "city", "address-postalcode": "postalCode"}[name]
    if part is not None:
        return [each.get(part, "") for each in _addresses(one)]
    return [
        text
        for each in _addresses(one)
        for text in (*each.get("line", ()), each.get("district", ""), each.get("text", ""))
    ]


def _reads(text: str, wanted: str, modifier: str) -> bool:
    """R4: from the beginning; here also of each word, so that a name is found without its "Klinik" before it."""
    plain = _plain(text)
    if modifier == "exact":
        return plain == wanted
    if modifier == "contains":
        return wanted in plain
    return plain.startswith(wanted) or f" {wanted}" in plain


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in flat if not unicodedata.combining(c)).casefold().split())


def _area(name: str, value: str) -> Area:
    area = resolve_kelurahan(value[:100])
    if area is None:
        raise Unfit(name, "kelurahan: nama/name, kode/code (10)")
    return area


def _near(value: str) -> tuple[float, float, float]:
    """latitude|longitude[|distance[|units]] as R4 writes it."""
    parts = value.split("|")
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
        unit = _UNITS[parts[3] if len(parts) > 3 else ""]
        most = float(parts[2]) * unit if len(parts) > 2 and parts[2] else _FAR
    except (ValueError, IndexError, KeyError):
        raise Unfit("near", "latitude|longitude|distance|km") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= most <= _FAR and len(parts) <= 4):
        raise Unfit("near", "latitude|longitude|distance|km")
    return latitude, longitude, most


def _distance(point: Mapping[str, float], centre: tuple[float, float, float]) -> float:
    """Kilometres along the earth's surface (haversine)."""
    one, other = math.radians(point["latitude"]), math.radians(centre[0])
    across = math.radians(point["longitude"] - centre[1])
    part = math.sin((one - other) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(part))
