"""A facility as JSON: what registration takes, checks and gives back."""

import re
from collections.abc import Mapping
from typing import Any

from hub.model import FACILITY_KINDS, Facility, Issue
from hub.registry.kelurahan import resolve_kelurahan

_GENERAL = frozenset({"BH", "COGN", "DVD", "EMOTDIS", "ETH", "ETHUD", "GDIS", "HIV", "MH", "MST", "OPIOIDUD", "PSY"})
SENSITIVITIES = _GENERAL | {"PSYTHPN", "SCA", "SDV", "SEX", "SICKLE", "SPI", "STD", "SUD", "TBOO", "VIO"}
"""Sensitivity codes of https://terminology.hl7.org/CodeSystem-v3-ActCode.html a whole facility may carry."""

_FIELDS = frozenset(["number", "id", "name", "kind", "ownership", "adapter", "kelurahan", "labels", "settings"])
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,46})[a-z0-9]")
_ADAPTER = re.compile(r"[a-z][a-z0-9_]{1,47}")


def check_facility(data: Mapping[str, Any]) -> list[Issue]:
    """Everything wrong with a facility to be registered (HUB-30xx), empty when it can be taken by `from_dict`."""
    issues = [Issue("HUB-3001", path=name) for name in ("id", "name", "adapter") if not data.get(name)]
    issues += [Issue("HUB-3002", path=name) for name in sorted(set(data) - _FIELDS)]
    for name in ("id", "name", "kind", "ownership", "adapter", "kelurahan"):
        if name in data and not isinstance(data[name], str):
            issues.append(Issue("HUB-3003", path=name, args={"wanted": "text"}))
    if isinstance(data.get("id"), str) and data["id"] and not _ID.fullmatch(data["id"]):
        issues.append(Issue("HUB-3004", path="id"))
    if isinstance(data.get("adapter"), str) and data["adapter"] and not _ADAPTER.fullmatch(data["adapter"]):
        issues.append(Issue("HUB-3004", path="adapter"))
    issues += _choice(data, "kind", FACILITY_KINDS)
    issues += _choice(data, "ownership", ("public", "private"))
    where = data.get("kelurahan", "")
    if isinstance(where, str) and where and resolve_kelurahan(where) is None:
        issues.append(Issue("HUB-3006", path="kelurahan"))
    number = data.get("number")
    if number is not None and (not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31):
        issues.append(Issue("HUB-3003", path="number", args={"wanted": "1..2147483647"}))
    return issues + _check_labels(data.get("labels", ())) + _check_settings(data.get("settings", {}))


def from_dict(data: Mapping[str, Any], number: int = 0) -> Facility:
    """A checked facility; `number`: as the store gave it, else the one in `data`, 0 before it is registered.

    The kelurahan becomes its 10-digit code; a settings value that is an object becomes "key=value; key=value".
    ValueError when `check_facility` finds something.
    """
    if issues := check_facility(data):
        raise ValueError(f"facility refused: {', '.join(f'{issue.code} {issue.path}' for issue in issues)}")
    area = resolve_kelurahan(data["kelurahan"]) if data.get("kelurahan") else None
    return Facility(
        number=number or data.get("number", 0),
        id=data["id"],
        name=data["name"],
        kind=data.get("kind", "klinik"),
        ownership=data.get("ownership", "private"),
        adapter=data["adapter"],
        kelurahan=area.code if area else "",
        labels=frozenset(data.get("labels", ())),
        settings={key: _setting(value) for key, value in data.get("settings", {}).items()},
    )


def to_dict(facility: Facility) -> dict[str, Any]:
    """The facility as JSON-ready values; `from_dict(to_dict(f)) == f`."""
    return {
        "number": facility.number,
        "id": facility.id,
        "name": facility.name,
        "kind": facility.kind,
        "ownership": facility.ownership,
        "adapter": facility.adapter,
        "kelurahan": facility.kelurahan,
        "labels": sorted(facility.labels),
        "settings": dict(sorted(facility.settings.items())),
    }


def _choice(data: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> list[Issue]:
    value = data.get(name)
    if not isinstance(value, str) or value in allowed:
        return []
    return [Issue("HUB-3005", path=name, args={"allowed": ", ".join(allowed)})]


def _check_labels(labels: object) -> list[Issue]:
    if not isinstance(labels, (list, tuple, set, frozenset)):
        return [Issue("HUB-3003", path="labels", args={"wanted": "list"})]
    if all(isinstance(label, str) and label in SENSITIVITIES for label in labels):
        return []
    return [Issue("HUB-3007", path="labels", args={"allowed": ", ".join(sorted(SENSITIVITIES))})]


def _check_settings(settings: object) -> list[Issue]:
    if not isinstance(settings, Mapping):
        return [Issue("HUB-3003", path="settings", args={"wanted": "object"})]
    return [
        Issue("HUB-3003", path=f"settings.{key}", args={"wanted": "text"})
        for key, value in settings.items()
        if not isinstance(value, str) and not _is_pairs(value)
    ]


def _is_pairs(value: object) -> bool:
    """An object of texts that can be written as pairs and read back."""
    return isinstance(value, Mapping) and all(
        isinstance(text, str) and text.strip() and not set(text) & set("=;\n")
        for pair in value.items()
        for text in pair
    )


def _setting(value: str | Mapping[str, Any]) -> str:
    return value if isinstance(value, str) else "; ".join(f"{left}={right}" for left, right in value.items())
