"""A city's folder: city.toml (who it is) and areas.csv (its kelurahan), found by HUB_CITY, else the one shipped.

HUB_CITY is a folder's path, or the code of a city shipped beside this file. It is read from the process environment,
not from `hub.config`, because what depends on it (days, zones, codes) is needed before and without a hub: by `hub
adapter check`, by the agent in a hospital. A process serves one city.
"""

import csv
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

SETTING = "HUB_CITY"
SHIPPED = "6371"
"""The city a hub serves when nothing is set: one of the folders beside this file."""
_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")
_COLUMNS = ("code", "bps", "name", "kecamatan_code", "kecamatan", "postal", "latitude", "longitude", "area_km2")
ZONES = {"WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00"}
"""What Indonesia's clocks are called (Keputusan Presiden 41/1987)."""
_TEXTS = ("code", "name", "province", "time_zone", "utc_offset", "tenant")
_FORMS = {
    "code": (re.compile(r"[1-9]\d{3}", re.ASCII), "Kemendagri's 4 digits without a dot"),
    "utc_offset": (_OFFSET, "of the form +07:00"),
    "tenant": (re.compile(r"[a-z0-9][a-z0-9-]{1,46}"), "lower-case letters, digits and hyphens"),
}
_FIELDS = frozenset(_TEXTS) | {"title", "health_office", "also_written", "spellings", "boundaries"}


@dataclass(frozen=True, slots=True)
class City:
    """A city or regency. `code`: Kemendagri's, 4 digits (the first two are the province's); `zone`: its clock, the same
    all year; `title`, `health_office`: by language; `also_written`: other ways to write `name`, in lower case."""

    folder: Path
    code: str
    name: str
    title: Mapping[str, str]
    province: str
    zone: timezone
    tenant: str
    health_office: Mapping[str, str]
    also_written: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    boundaries: Path | None = None

    @property
    def offset(self) -> str:
        """Its difference from UTC as FHIR writes it: +08:00."""
        minutes = int(self.zone.utcoffset(None).total_seconds()) // 60
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    @property
    def time_zone(self) -> str:
        """What people call its clock: WIB, WITA, WIT."""
        return str(self.zone.tzname(None))


@dataclass(frozen=True, slots=True)
class Area:
    """A line of areas.csv: a kelurahan (desa). Codes are Kemendagri's without dots (10 and 6 digits); WGS84 degrees."""

    code: str
    name: str
    kecamatan_code: str
    kecamatan: str
    postal: str
    bps: str
    latitude: float
    longitude: float
    area_km2: float


@cache
def city() -> City:
    """The city of this process. ValueError says what is wrong with its folder."""
    return read_city(_folder())


@cache
def areas() -> tuple[Area, ...]:
    """All kelurahan of the city, in code order. ValueError names the line that does not fit."""
    return read_areas(city())


def read_city(folder: Path) -> City:
    """The city.toml of a folder. ValueError names what is missing or not of the right form."""
    place = folder / "city.toml"
    try:
        data = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError:
        raise ValueError(f"{SETTING}: {folder} holds no city.toml (docs/another-city.md)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{SETTING}: {place.name}: {error}") from None
    _check(data)
    sign, hours, minutes = _OFFSET.fullmatch(data["utc_offset"]).groups()  # type: ignore[union-attr]  # checked
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    boundaries = folder / data["boundaries"] if data.get("boundaries") else None
    return City(
        folder=folder,
        code=data["code"],
        name=data["name"],
        title=data["title"],
        province=data["province"],
        zone=timezone(-offset if sign == "-" else offset, data["time_zone"]),
        tenant=data["tenant"],
        health_office=data["health_office"],
        also_written=tuple(text.casefold() for text in data.get("also_written", ())),
        spellings={old.casefold(): new.casefold() for old, new in data.get("spellings", {}).items()},
        boundaries=boundaries,
    )


def read_areas(of: City) -> tuple[Area, ...]:
    """The areas.csv of a city's folder, in code order. ValueError names the line that does not fit."""
    try:
        text = (of.folder / "areas.csv").read_text(encoding="utf-8-sig")
    except OSError:
        raise ValueError(f"{SETTING}: {of.folder} holds no areas.csv (docs/another-city.md)") from None
    rows = csv.DictReader(text.splitlines())
    if missing := set(_COLUMNS) - set(rows.fieldnames or ()):
        raise ValueError(f"{SETTING}: areas.csv lacks the columns {', '.join(sorted(missing))}")
    found: dict[str, Area] = {}
    for number, row in enumerate(rows, 2):
        if None in row:
            raise ValueError(f"{SETTING}: areas.csv line {number}: more cells than columns (a decimal comma?)")
        area = _area(of, number, row)
        if found.setdefault(area.code, area) is not area:
            raise ValueError(f"{SETTING}: areas.csv line {number}: {area.code} stands there twice")
    if not found:
        raise ValueError(f"{SETTING}: areas.csv holds no kelurahan")
    return tuple(found[code] for code in sorted(found))


def _area(of: City, number: int, row: Mapping[str, str | None]) -> Area:
    cells = {name: (row[name] or "").strip() for name in _COLUMNS}
    code, district = cells["code"].replace(".", ""), cells["kecamatan_code"].replace(".", "")
    where = f"{SETTING}: areas.csv line {number}"
    if not re.fullmatch(rf"{of.code}\d{{6}}", code, re.ASCII):
        raise ValueError(f"{where}: code must be 10 digits that begin with {of.code}")
    if district != code[:6]:
        raise ValueError(f"{where}: kecamatan_code must be the first 6 digits of code, {code[:6]}")
    if not (cells["name"] and cells["kecamatan"]):
        raise ValueError(f"{where}: name and kecamatan must not be empty")
    try:
        latitude, longitude = float(cells["latitude"]), float(cells["longitude"])
        size = float(cells["area_km2"] or 0)
    except ValueError:
        raise ValueError(f"{where}: latitude, longitude and area_km2 must be numbers with a decimal point") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{where}: latitude or longitude is none (WGS84 degrees)")
    return Area(
        code, cells["name"], district, cells["kecamatan"], cells["postal"], cells["bps"], latitude, longitude, size
    )


def _folder() -> Path:
    name = os.environ.get(SETTING) or SHIPPED
    shipped = Path(__file__).parent / name
    return shipped if name.isdecimal() and shipped.is_dir() else Path(name).absolute()


def _check(data: Mapping[str, Any]) -> None:
    """ValueError for all that is missing, unknown or not of the right form in a city.toml."""
    if wrong := list(_faults(data)):
        raise ValueError("\n".join(f"{SETTING}: city.toml {each}" for each in wrong))


def _faults(data: Mapping[str, Any]) -> Iterator[str]:
    texts = {name: each for name in _TEXTS if isinstance(each := data.get(name), str) and each.strip()}
    yield from (f"needs {name} as a text" for name in _TEXTS if name not in texts)
    for name in ("title", "health_office"):
        both = data.get(name)
        if not (isinstance(both, dict) and isinstance(both.get("id"), str) and isinstance(both.get("en"), str)):
            yield f'needs {name} in both languages: {{ id = "...", en = "..." }}'
    if unknown := data.keys() - _FIELDS:
        yield f"holds what nobody reads: {', '.join(sorted(unknown))}"
    for name, (form, wanted) in _FORMS.items():
        if name in texts and not form.fullmatch(texts[name]):
            yield f"{name} must be {wanted}"
    zone = texts.get("time_zone", "")
    if zone and ZONES.get(zone) != texts.get("utc_offset"):
        yield f"time_zone and utc_offset must be one of {', '.join(f'{each} {ZONES[each]}' for each in ZONES)}"
    if not all(isinstance(each, str) for each in data.get("also_written", ())):
        yield "also_written must be a list of texts"
    if not all(isinstance(each, str) for each in data.get("spellings", {}).values()):
        yield "spellings must be texts"
