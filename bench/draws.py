"""Values to search for, drawn from what was loaded: all values of one draw belong to one person, so that searches that
combine them find something."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

Values = dict[str, str]
"""Name of a blank in bench/shapes.toml -> value."""


def drawn(entries: Sequence[dict[str, Any]], places: Sequence[str], draw: random.Random) -> Values:
    """One draw from the entries of a transaction bundle as it was sent, and the places (`Type/id`) it was answered
    with. What the bundle has none of is left out.
    """
    ids = {entry.get("fullUrl", ""): place.partition("/")[2] for entry, place in zip(entries, places, strict=True)}
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        held[entry["resource"]["resourceType"]].append(entry["resource"] | {"_url": entry.get("fullUrl", "")})
    found = {"today": date.today().isoformat()}
    for type_, values in _TAKERS.items():
        if held[type_]:
            found |= values(draw.choice(held[type_]), ids)
    if measured := [each for each in held["Observation"] if "valueQuantity" in each]:
        found |= _measurement(draw.choice(measured), ids)
    return {name: value for name, value in found.items() if value}


def _patient(resource: dict[str, Any], ids: dict[str, str]) -> Values:
    name, born = resource["name"][0], resource["birthDate"]
    year = int(born[:4]) // 5 * 5
    identifier = resource["identifier"][min(1, len(resource["identifier"]) - 1)]
    return {
        "patient": ids[resource["_url"]],
        "identifier": f"{identifier['system']}|{identifier['value']}",
        "family": name.get("family", ""),
        "family_start": name.get("family", "")[:4],
        "given": name.get("given", [""])[0],
        "gender": resource.get("gender", ""),
        "birthdate": born,
        "born_from": f"{year}-01-01",
        "born_before": f"{year + 5}-01-01",
    }


def _measurement(resource: dict[str, Any], ids: dict[str, str]) -> Values:
    value = float(resource["valueQuantity"]["value"])
    day = date.fromisoformat(resource["effectiveDateTime"][:10])
    later = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return {
        "code": _coded(resource["code"]),
        "code_alone": _coded(resource["code"]).rpartition("|")[2],
        "category": resource["category"][0]["coding"][0]["code"],
        "less": f"{0.9 * value - 0.1:.1f}",
        "more": f"{1.1 * value + 0.1:.1f}",
        "day": day.isoformat(),
        "month": day.replace(day=1).isoformat(),
        "next_month": later.isoformat(),
        "year": f"{day.year}-01-01",
        "encounter": ids.get(resource.get("encounter", {}).get("reference", ""), ""),
    }


def _coded(concept: dict[str, Any]) -> str:
    coding = concept["coding"][0]
    return f"{coding['system']}|{coding['code']}"


_TAKERS: dict[str, Any] = {
    "Patient": _patient,
    "Condition": lambda resource, _: {"condition_code": _coded(resource["code"])},
    "Procedure": lambda resource, _: {"procedure_code": _coded(resource["code"])},
    "Immunization": lambda resource, _: {"vaccine": _coded(resource["vaccineCode"])},
    "Practitioner": lambda resource, ids: {
        "practitioner": ids[resource["_url"]],
        "practitioner_identifier": "{system}|{value}".format(**resource["identifier"][0]),
    },
    "Organization": lambda resource, _: {"organization_name": resource["name"].split()[0]},
}
