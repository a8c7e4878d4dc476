"""Faults that only a whole column shows: a spreadsheet rounded, turned or mixed values. Refused, never repaired."""

import re
from collections.abc import Callable, Mapping, Sequence

from hub.mapping.manifest import Manifest
from hub.mapping.record import Record
from hub.model import Issue

_PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}(?!\d)")
_ISO = re.compile(r"\d{4}-\d{2}-(\d{2})")
LEAST = 5
"""A column is judged from this many values on."""


def suspicions(manifest: Manifest, records: Sequence[Record], names: Mapping[str, str]) -> list[Issue]:
    """One error per spoiled column."""
    checks: dict[str, Callable[[list[str]], str | None]] = {"nik": _rounded, "date": _turned}
    issues = []
    for column in manifest.columns:
        check = _mixed_gender if set(column.allowed) == {"L", "P"} else checks.get(column.type)
        if check is None:
            continue
        code = check([value for record in records if (value := record.cell(column.name))])
        if code:
            issues.append(Issue(code, column=names.get(column.name, column.name)))
    return issues


def _rounded(values: list[str]) -> str | None:
    """Every NIK ends in 0: the column went through Excel as numbers. Different ones: a solo doctor's own stands in
    every row of a file, and one in ten of them ends in 0."""
    full = {value for value in values if len(value) == 16 and value.isdecimal()}
    return "HUB-2017" if len(full) >= LEAST and all(value.endswith("0") for value in full) else None


def _turned(values: list[str]) -> str | None:
    """Month before day, or (worse) a mixture: an English Excel turns 03/04 and leaves 13/04 as text."""
    pairs = [(int(found[1]), int(found[2])) for value in values if (found := _PARTS.match(value))]
    month_first = sum(1 for first, second in pairs if first <= 12 < second)
    day_first = sum(1 for first, second in pairs if second <= 12 < first)
    if month_first and not day_first and month_first + 1 < len(pairs):
        return "HUB-2018"
    converted = [int(found[1]) for value in values if (found := _ISO.match(value))]
    is_split = len(pairs) >= LEAST and len(converted) >= LEAST
    if is_split and day_first == len(pairs) and all(day <= 12 for day in converted):
        return "HUB-2021"
    return None


def _mixed_gender(values: list[str]) -> str | None:
    """P beside W: is P "pria" or "perempuan"?"""
    letters = {value.strip().upper() for value in values}
    return "HUB-2019" if {"P", "W"} <= letters and "L" not in letters else None
