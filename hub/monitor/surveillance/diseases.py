"""The diseases under surveillance, from `diseases.toml` and what a city changes of it (HUB_SURVEILLANCE).

Classes and codes: SKDR of the health ministry; the sources and what is unknown: docs/surveillance.md.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

_PREFIX = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z])?")
_CODE = re.compile(r"[A-Z]{1,2}")


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease: SKDR code, name by language, whether one case is to be notified at once, and what its threshold takes.

    `icd10`: a diagnosis is one of it when its code begins with one of these. `missing`: by language, what the codes
    cannot tell. The other fields: see `diseases.toml`.
    """

    code: str
    name: Mapping[str, str]
    is_immediate: bool
    icd10: tuple[str, ...]
    episode_days: int
    least: int
    chance: float
    criteria_chance: float
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The diseases in the order of the form, and what the weekly report (W2) asks of facilities (per cent, hours)."""

    diseases: tuple[Disease, ...]
    kinds: tuple[str, ...]
    completeness: int
    timeliness: int
    verify_hours: int
    prefixes: Mapping[str, str]

    def get(self, code: str) -> Disease | None:
        """The disease with this SKDR code."""
        return next((each for each in self.diseases if each.code == code), None)

    def of(self, icd10: str) -> str:
        """The SKDR code a diagnosis counts under, "" for none."""
        for size in (5, 3):
            if (found := self.prefixes.get(icd10[:size])) is not None:
                return found
        return ""


@cache
def read_settings(own: Path | None = None) -> Settings:
    """The shipped diseases with the changes of a city's own file. ValueError names the file and what does not fit."""
    data = tomllib.loads(files("hub.monitor.surveillance").joinpath("diseases.toml").read_text(encoding="utf-8"))
    if own is None:
        return _settings(data)
    try:
        changes = tomllib.loads(own.read_text(encoding="utf-8"))
        return _settings(_changed(data, changes))
    except OSError as error:
        raise ValueError(f"HUB_SURVEILLANCE: {own.name}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"HUB_SURVEILLANCE: {own.name}: {error}") from None


def _changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` over `data`, table by table."""
    found = dict(data)
    for name, value in changes.items():
        known = found.get(name)
        found[name] = _changed(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return found


def _settings(data: Mapping[str, Any]) -> Settings:
    if unknown := sorted(set(data) - {"defaults", "w2", "disease"}):
        raise ValueError(f"there is no table {unknown[0]}")
    diseases = tuple(_disease(code, {**data["defaults"], **each}) for code, each in data["disease"].items())
    w2 = data["w2"]
    if unknown := sorted(set(w2) - {"kinds", "completeness", "timeliness", "verify_hours"}):
        raise ValueError(f"w2 has no setting {unknown[0]}")
    for name in ("completeness", "timeliness", "verify_hours"):
        _bounded("w2", name, w2[name], 1, 100 if name != "verify_hours" else 720)
    taken: dict[str, str] = {}
    for disease in diseases:
        for prefix in disease.icd10:
            if taken.setdefault(prefix, disease.code) != disease.code:
                raise ValueError(f"ICD-10 {prefix} is given to both {taken[prefix]} and {disease.code}")
    return Settings(diseases, tuple(w2["kinds"]), w2["completeness"], w2["timeliness"], w2["verify_hours"], taken)


_FIELDS = frozenset(["name", "immediate", "icd10", "episode_days", "least", "chance", "criteria_chance", "missing"])


def _disease(code: str, data: Mapping[str, Any]) -> Disease:
    if not _CODE.fullmatch(code):
        raise ValueError(f"disease.{code[:20]}: a code is one or two capital letters")
    if unknown := sorted(set(data) - _FIELDS):
        raise ValueError(f"disease.{code} has no setting {unknown[0]}")
    if wrong := [each for each in data["icd10"] if not (isinstance(each, str) and _PREFIX.fullmatch(each))]:
        raise ValueError(f"disease.{code}: {str(wrong[0])[:20]} is no ICD-10 prefix such as A09 or A01.0")
    if not isinstance(data["immediate"], bool):
        raise ValueError(f"disease.{code}: immediate is true or false")
    for name, low, high in (("episode_days", 1, 366), ("least", 1, 10_000)):
        _bounded(f"disease.{code}", name, data[name], low, high)
    for name in ("chance", "criteria_chance"):
        if not (isinstance(data[name], float) and 0 < data[name] < 0.5):
            raise ValueError(f"disease.{code}: {name} is a number between 0 and 0.5")
    return Disease(
        code,
        {lang: str(data["name"][lang]) for lang in ("id", "en")},
        data["immediate"],
        tuple(data["icd10"]),
        data["episode_days"],
        data["least"],
        data["chance"],
        data["criteria_chance"],
        dict(data.get("missing", {})),
    )


def _bounded(where: str, name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{where}: {name} is a whole number from {low} to {high}")
