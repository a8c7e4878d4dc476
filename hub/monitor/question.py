"""The question of a case review: diagnoses of ICD-10, as codes and ranges, in one to twelve months. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from hub.fhir import date_range
from hub.fhir.systems import ICD10
from hub.monitor.codes import code_of, is_refuted

MOST_RANGES, MOST_MONTHS = 10, 12
_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,2})?"
_RANGE = re.compile(rf"({_CODE})(?:-({_CODE}))?")
_DASH = re.compile(r"\s*[-\u2013]\s*")
_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")

Ranges = tuple[tuple[str, str], ...]


def read_codes(text: str) -> Ranges:
    """ "I10-I15, E11" as ((I10, I15), (E11, E11)). ValueError when it is something else, or more than MOST_RANGES."""
    found = []
    for part in filter(None, re.split(r"[,;\s]+", _DASH.sub("-", text.strip().upper()))):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first, last = match[1], match[2] or match[1]
        if first[0] != last[0] or first > last:
            raise ValueError(part)
        found.append((first, last))
    if not 0 < len(found) <= MOST_RANGES:
        raise ValueError(text)
    return tuple(dict.fromkeys(found))


def write_codes(ranges: Ranges) -> str:
    """The inverse of `read_codes`."""
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in ranges)


def is_asked(ranges: Ranges, condition: Mapping[str, Any]) -> bool:
    """Whether a Condition's ICD-10 code lies in one of the ranges (a range holds everything below its ends), and was
    not refuted."""
    code = "" if is_refuted(condition) else code_of(condition.get("code"), ICD10)
    return bool(code) and any(code[: len(a)] >= a and code[: len(b)] <= b and len(code) >= len(a) for a, b in ranges)


def days_of(first: str, last: str) -> tuple[int, int]:
    """The first and last day (since 1970-01-01) of the months from `first` to `last` (YYYY-MM). ValueError when they
    are no months, out of order or more than MOST_MONTHS."""
    if not _MONTH.fullmatch(first) or not _MONTH.fullmatch(last):
        raise ValueError(first)
    count = 12 * (int(last[:4]) - int(first[:4])) + int(last[5:]) - int(first[5:]) + 1
    if not 0 < count <= MOST_MONTHS:
        raise ValueError(last)
    return date_range(first).first, date_range(last).last
