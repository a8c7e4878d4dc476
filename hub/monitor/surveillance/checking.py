"""Everything that does not fit in the tables of `diseases.toml` with a city's changes, said with its place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hub.model import FACILITY_KINDS

_PREFIX = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z])?")
_CODE = re.compile(r"[A-Z]{1,2}")
_TABLES = ("defaults", "w2", "disease")
_W2 = {"completeness": (1, 100), "timeliness": (1, 100), "verify_hours": (1, 720)}
_WHOLE = {"episode_days": (1, 366), "least": (1, 10_000)}
_CHANCES = ("chance", "criteria_chance")
_FIELDS = {"name", "immediate", "icd10", "missing", *_WHOLE, *_CHANCES}


def faults(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, one sentence each, with what it should be; nothing when settings can be made of it."""
    yield from (f"there is no table {name}; there are {', '.join(_TABLES)}" for name in sorted(set(data) - {*_TABLES}))
    if wrong := [name for name in _TABLES if not isinstance(data[name], Mapping)]:
        yield from (f"{name} is a table: [{name}]" for name in wrong)
        return
    yield from _of_w2(data["w2"])
    yield from (f"defaults has no setting {name}" for name in sorted(set(data["defaults"]) - _FIELDS))
    taken: dict[str, str] = {}
    for code, each in data["disease"].items():
        if not isinstance(each, Mapping):
            yield f"disease.{code[:20]} is a table: [disease.{code[:20]}]"
            continue
        yield from _of_disease(code, {**data["defaults"], **each})
        for prefix in each.get("icd10") or () if isinstance(each.get("icd10"), list) else ():
            if taken.setdefault(str(prefix), code) != code:
                yield f"disease.{code}: icd10 {str(prefix)[:20]} is given to {taken[str(prefix)]} already"


def _of_w2(w2: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"w2 has no setting {name}" for name in sorted(set(w2) - {"kinds", *_W2}))
    yield from (_whole("w2", name, w2[name], *limits) for name, limits in _W2.items() if _is_out(w2[name], *limits))
    kinds = w2["kinds"]
    if not isinstance(kinds, list) or not kinds or not all(each in FACILITY_KINDS for each in kinds):
        yield f"w2: kinds is a list of some of {', '.join(FACILITY_KINDS)}"


def _of_disease(code: str, data: Mapping[str, Any]) -> Iterator[str]:
    here = f"disease.{code[:20]}"
    if not _CODE.fullmatch(code):
        yield f"{here}: a code is one or two capital letters"
    yield from (f"{here} has no setting {name}" for name in sorted(set(data) - _FIELDS))
    if not _is_told(data.get("name")):
        yield f'{here}: name is needed as {{ id = "…", en = "…" }}'
    if "missing" in data and not _is_told(data["missing"]):
        yield f'{here}: missing is {{ id = "…", en = "…" }}'
    codes = data.get("icd10")
    if not isinstance(codes, list):
        yield f'{here}: icd10 is needed as a list such as ["A09", "A01.0"]'
    elif wrong := [each for each in codes if not (isinstance(each, str) and _PREFIX.fullmatch(each))]:
        yield f"{here}: {str(wrong[0])[:20]} is no ICD-10 prefix such as A09 or A01.0"
    elif not codes and not data.get("missing"):
        yield f"{here}: icd10 is empty, so that it is never counted; where that is meant, say why in missing"
    if not isinstance(data.get("immediate"), bool):
        yield f"{here}: immediate is true or false"
    for name, limits in _WHOLE.items():
        if _is_out(data.get(name), *limits):
            yield _whole(here, name, data.get(name), *limits)
    for name in _CHANCES:
        if not (isinstance(data.get(name), float) and 0 < data[name] < 0.5):
            yield f"{here}: {name} is a number between 0 and 0.5"


def _is_told(words: object) -> bool:
    return (
        isinstance(words, Mapping)
        and set(words) == {"id", "en"}
        and all(isinstance(each, str) and each.strip() for each in words.values())
    )


def _is_out(value: object, low: int, high: int) -> bool:
    return not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high


def _whole(where: str, name: str, value: object, low: int, high: int) -> str:
    return f"{where}: {name} is a whole number from {low} to {high}, not {str(value)[:20]}"
