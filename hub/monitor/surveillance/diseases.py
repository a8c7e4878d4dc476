"""The diseases under surveillance, from `diseases.toml` and what a city changes of it (HUB_SURVEILLANCE).

Classes and codes: SKDR of the health ministry; the sources and what is unknown: docs/surveillance.md.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from hub.monitor.surveillance.checking import faults

_TOLD = 20
"""Faults of a file that are told at once, at most."""


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
        changed = _changed(data, tomllib.loads(own.read_text(encoding="utf-8")))
    except OSError as error:
        raise ValueError(f"HUB_SURVEILLANCE: {own.name}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"HUB_SURVEILLANCE: {own.name}: {error}") from None
    if wrong := list(islice(faults(changed), _TOLD)):
        raise ValueError("\n".join(f"HUB_SURVEILLANCE: {own.name}: {each}" for each in wrong))
    return _settings(changed)


def _changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` over `data`, table by table."""
    found = dict(data)
    for name, value in changes.items():
        known = found.get(name)
        found[name] = _changed(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return found


def _settings(data: Mapping[str, Any]) -> Settings:
    diseases = tuple(_disease(code, {**data["defaults"], **each}) for code, each in data["disease"].items())
    prefixes = {prefix: disease.code for disease in diseases for prefix in disease.icd10}
    w2 = data["w2"]
    return Settings(diseases, tuple(w2["kinds"]), w2["completeness"], w2["timeliness"], w2["verify_hours"], prefixes)


def _disease(code: str, data: Mapping[str, Any]) -> Disease:
    return Disease(
        code,
        data["name"],
        data["immediate"],
        tuple(data["icd10"]),
        data["episode_days"],
        data["least"],
        data["chance"],
        data["criteria_chance"],
        data.get("missing", {}),
    )
