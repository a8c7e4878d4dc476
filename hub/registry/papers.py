"""The papers of a facility as JSON and CSV: what may be loaded, checked, merged into what is known, and given back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.cities import areas
from hub.model import Issue
from hub.model.details import Accreditation, Details, Licence, Permit, Satusehat
from hub.registry.sheet import sheet

GRADES = ("paripurna", "utama", "madya", "dasar", "terakreditasi", "belum")
"""Grades of accreditation (Permenkes 34/2022)."""
STATES = ("connected", "testing", "none")
"""Whether a facility sends to SATUSEHAT."""
SERVICES = (
    *("umum", "gigi", "kia", "kb", "imunisasi", "persalinan", "gawat-darurat", "rawat-inap", "bedah", "gizi"),
    *("laboratorium", "radiologi", "farmasi", "fisioterapi", "jiwa", "tb", "hiv", "lansia", "anak", "kandungan"),
    *("penyakit-dalam", "lainnya"),
)
"""What a facility offers, as the directory says it."""
PROFESSIONS = (
    *("dokter", "dokter-gigi", "dokter-spesialis", "bidan", "perawat", "apoteker", "tenaga-farmasi"),
    *("analis-lab", "gizi", "fisioterapis", "radiografer", "kesmas", "lainnya"),
)
"""Professions that work under a SIP."""
PLACES_MOST = 3
"""At how many places a practitioner may have a permit at a time."""

_PARTS: dict[str, tuple[str, ...]] = {
    "licence": ("number", "issued", "until"),
    "accreditation": ("grade", "until"),
    "satusehat": ("state", "organization", "until"),
}
_PERMIT = ("number", "name", "profession", "until", "str")
_TEXTS = {"facility": 48, "address": 200, "phone": 40}
_PLAIN = (*_TEXTS, "opened", "closed", "latitude", "longitude", "services", *_PARTS, "permits")
_CHOICES = {
    "accreditation.grade": GRADES,
    "satusehat.state": STATES,
    "profession": PROFESSIONS,
}
MOST_PERMITS = 2_000
"""Permits (SIP) of one facility."""
_LONGEST = 120
_AROUND = 0.25
"""Degrees a facility may lie outside the city's own kelurahan."""


def check_details(data: Mapping[str, Any]) -> list[Issue]:
    """Everything wrong with the details of one facility (HUB-4305 to 4311), empty when `merged` can take them.

    Fields: facility, opened, closed, address, phone, latitude, longitude, services, licence {number, issued, until},
    accreditation {grade, until}, satusehat {state, organization, until}, permits [{number, name, profession, until,
    str}]. Days are ISO texts; null empties a field.
    """
    issues = [Issue("HUB-4306", path=name) for name in data if name not in _PLAIN]
    if not isinstance(data.get("facility"), str) or not data["facility"]:
        issues.append(Issue("HUB-4305", path="facility"))
    for name, most in _TEXTS.items():
        issues += _text(data, name, name, most)
    for name in ("opened", "closed"):
        issues += _day(data, name, name)
    issues += _point(data)
    services = data.get("services") or []
    if not isinstance(services, (list, tuple)):
        issues.append(Issue("HUB-4307", path="services", args={"wanted": "list"}))
    elif any(one not in SERVICES for one in services):
        issues.append(Issue("HUB-4308", path="services", args={"allowed": ", ".join(SERVICES)}))
    for part, names in _PARTS.items():
        issues += _part(data.get(part), part, names)
    issues += _order(data.get("opened"), data.get("closed"), "closed")
    return issues + _permits(data.get("permits"))


def merged(known: Details, data: Mapping[str, Any], keyed: Callable[[str], str]) -> Details:
    """The details with what checked `data` says; what it does not name stays. `keyed` makes the stable name of a
    practitioner from the number of the registration (STR), which is not kept."""
    changes: dict[str, Any] = {}
    for name in ("address", "phone"):
        if name in data:
            changes[name] = data[name] or ""
    for name in ("opened", "closed"):
        if name in data:
            changes[name] = _read_day(data[name])
    for name in ("latitude", "longitude"):
        if name in data:
            changes[name] = None if data[name] is None else float(data[name])
    if "services" in data:
        changes["services"] = tuple(dict.fromkeys(data["services"] or ()))
    for name, kind in (("licence", Licence), ("accreditation", Accreditation), ("satusehat", Satusehat)):
        if name in data:
            part = data[name]
            changes[name] = kind(**_days(part)) if part else None
    if "permits" in data:
        found = [_permit(one, keyed) for one in data["permits"] or ()]
        changes["permits"] = tuple(sorted(found, key=lambda permit: (permit.name.casefold(), permit.number)))
    after = replace(known, **changes)
    if "closed" not in changes and after.opened and after.closed and after.opened > after.closed:
        return replace(after, closed=None)  # it opened again
    return after


def details_to_dict(details: Details, facility: str) -> dict[str, Any]:
    """The details as JSON-ready values, without what is unknown."""
    found: dict[str, Any] = {"facility": facility}
    for name in ("opened", "closed", "address", "phone", "latitude", "longitude"):
        value = getattr(details, name)
        if value not in (None, ""):
            found[name] = _plain(value)
    if details.services:
        found["services"] = list(details.services)
    for part, names in _PARTS.items():
        value = getattr(details, part)
        if value is not None:
            known = {name: _plain(getattr(value, name)) for name in names}
            found[part] = {name: each for name, each in known.items() if each}
    if details.permits:
        names = ("number", "name", "profession", "until")
        permits = [{name: _plain(getattr(one, name)) for name in names} for one in details.permits]
        found["permits"] = [{name: each for name, each in one.items() if each} for one in permits]
    return found


def rows_of_csv(text: str) -> list[dict[str, Any]]:
    """The details a CSV holds, one object per facility in the order met. Columns: those of `check_details`, parts as
    licence_number, accreditation_until ..., services separated by `;`. A line with permit_number (and permit_name,
    permit_profession, permit_until, permit_str) is one permit, so a facility may have many lines. An empty cell says
    nothing. ValueError when a column is unknown or there is no column `facility`."""
    columns, rows = sheet(text)
    parts = {f"{part}_{name}": (part, name) for part, names in _PARTS.items() for name in names}
    permit = {f"permit_{name}": name for name in _PERMIT}
    plain = set(_PLAIN) - set(_PARTS) - {"permits"}
    unknown = [name for name in columns if name not in {*plain, *parts, *permit}]
    if "facility" not in columns or unknown:
        raise ValueError(f"columns: facility is needed; unknown: {', '.join(unknown) or 'none'}")
    found: dict[str, dict[str, Any]] = {}
    for _, row in rows:
        cells = {name: value for name, value in row.items() if value}
        one = found.setdefault(cells.get("facility", ""), {"facility": cells.get("facility", "")})
        for name, value in cells.items():
            if name in parts:
                part, field = parts[name]
                one.setdefault(part, {})[field] = value
            elif name in ("latitude", "longitude"):
                one[name] = _number(value)
            elif name == "services":
                one[name] = [each.strip() for each in value.split(";") if each.strip()]
            elif name in plain:
                one[name] = value
        if "permit_number" in cells:
            known = {field: cells[name] for name, field in permit.items() if name in cells}
            one.setdefault("permits", []).append(known)
    return list(found.values())


def _number(value: str) -> Any:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read_day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _days(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read_day(value) if name in ("issued", "until") else value for name, value in part.items() if value}


def _permit(one: Mapping[str, Any], keyed: Callable[[str], str]) -> Permit:
    known = {name: value for name, value in _days(one).items() if name != "str"}
    return Permit(**known, practitioner=keyed(one["str"]) if one.get("str") else "")


def _text(
    data: Mapping[str, Any], name: str, path: str, most: int = _LONGEST, *, is_needed: bool = False
) -> list[Issue]:
    value = data.get(name)
    if value in (None, ""):
        return [Issue("HUB-4305", path=path)] if is_needed else []
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        return [Issue("HUB-4307", path=path, args={"wanted": f"text, 1-{most}"})]
    return []


def _day(data: Mapping[str, Any], name: str, path: str) -> list[Issue]:
    value = data.get(name)
    if value in (None, "") or _is_day(value):
        return []
    return [Issue("HUB-4307", path=path, args={"wanted": "YYYY-MM-DD"})]


def _is_day(value: object) -> bool:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else date.min
    except ValueError:
        return False
    return day.year >= 1900 and day.isoformat() == value


def _order(first: object, last: object, path: str) -> list[Issue]:
    is_wrong = _is_day(first) and _is_day(last) and str(last) < str(first)
    return [Issue("HUB-4310", path=path)] if is_wrong else []


def _point(data: Mapping[str, Any]) -> list[Issue]:
    known = [data.get(name) for name in ("latitude", "longitude")]
    if known == [None, None]:
        return []
    if any(not isinstance(one, int | float) or isinstance(one, bool) for one in known):
        return [Issue("HUB-4307", path="latitude", args={"wanted": "latitude, longitude (WGS84)"})]
    latitudes, longitudes = [area.latitude for area in areas()], [area.longitude for area in areas()]
    is_near = (
        min(latitudes) - _AROUND <= known[0] <= max(latitudes) + _AROUND  # type: ignore[operator]
        and min(longitudes) - _AROUND <= known[1] <= max(longitudes) + _AROUND  # type: ignore[operator]
    )
    return [] if is_near else [Issue("HUB-4309", path="latitude")]


def _choice(part: Mapping[str, Any], name: str, path: str, key: str) -> list[Issue]:
    value, allowed = part.get(name), _CHOICES[key]
    return [] if value in allowed else [Issue("HUB-4308", path=path, args={"allowed": ", ".join(allowed)})]


def _part(part: object, where: str, names: tuple[str, ...]) -> list[Issue]:
    if part is None:
        return []
    if not isinstance(part, Mapping):
        return [Issue("HUB-4307", path=where, args={"wanted": "object"})]
    issues = [Issue("HUB-4306", path=f"{where}.{name}") for name in part if name not in names]
    for name in names:
        path = f"{where}.{name}"
        if name in ("issued", "until"):
            issues += _day(part, name, path)
        elif path in _CHOICES:
            issues += _choice(part, name, path, path)
        else:
            issues += _text(part, name, path, 80, is_needed=name == "number")
    return issues + _order(part.get("issued"), part.get("until"), f"{where}.until")


def _permits(permits: object) -> list[Issue]:
    if permits is None:
        return []
    if not isinstance(permits, (list, tuple)) or len(permits) > MOST_PERMITS:
        return [Issue("HUB-4307", path="permits", args={"wanted": f"list, 0-{MOST_PERMITS}"})]
    issues: list[Issue] = []
    seen: set[object] = set()
    for place, one in enumerate(permits):
        where = f"permits[{place}]"
        if not isinstance(one, Mapping):
            issues.append(Issue("HUB-4307", path=where, args={"wanted": "object"}))
            continue
        issues += [Issue("HUB-4306", path=f"{where}.{name}") for name in one if name not in _PERMIT]
        issues += _text(one, "number", f"{where}.number", 80, is_needed=True)
        issues += _text(one, "name", f"{where}.name", is_needed=True)
        issues += _text(one, "str", f"{where}.str", 40)
        issues += _choice(one, "profession", f"{where}.profession", "profession")
        issues += _day(one, "until", f"{where}.until")
        number = one.get("number")
        if isinstance(number, str) and number in seen:
            issues.append(Issue("HUB-4311", path=f"{where}.number"))
        seen.add(number if isinstance(number, str) else None)
    return issues
