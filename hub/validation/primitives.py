"""Formats of FHIR's primitive types: one pattern serves both tiers, so each is plain enough for any linear-time engine.

https://www.hl7.org/fhir/R4/datatypes.html#primitive. Dates are right by the calendar: month lengths and leap years.
"""

import re
from decimal import Decimal
from math import isfinite
from typing import Any

_YEAR = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_FOURTH = r"(?:0[48]|[2468][048]|[13579][26])"
_DAY = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    rf"|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{{2}}{_FOURTH}|{_FOURTH}00)-02-29)"
)
_MONTH = rf"{_YEAR}-(?:0[1-9]|1[0-2])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_ANY = r"[\t\n\r\x20-\x{10FFFF}]"
_INK = r"[\x21-\x{10FFFF}]"
_SOLID = r"[\x21-\x7E\x{A1}-\x{1FFF}\x{2010}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{2FFF}\x{3001}-\x{10FFFF}]"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OID = r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"
_BASE64 = r"[A-Za-z0-9+/]"

TEXT = rf"^{_ANY}*{_INK}{_ANY}*$"
PATTERNS: dict[str, str] = {
    "string": TEXT,
    "markdown": TEXT,
    "code": rf"^{_SOLID}+(?:[ \t]{_SOLID}+)*$",
    "id": r"^[A-Za-z0-9.-]{1,64}$",
    "uri": rf"^{_SOLID}+$",
    "url": rf"^{_SOLID}+$",
    "canonical": rf"^{_SOLID}+$",
    "oid": rf"^{_OID}$",
    "uuid": rf"^urn:uuid:{_UUID}$",
    "base64Binary": (
        rf"^[ \t\r\n]*(?:{_BASE64}{{4}}[ \t\r\n]*)*"
        rf"(?:{_BASE64}{{4}}|{_BASE64}{{3}}=|{_BASE64}{{2}}==)[ \t\r\n]*$"
    ),
    "date": rf"^(?:{_DAY}|{_MONTH}|{_YEAR})$",
    "dateTime": rf"^(?:{_DAY}(?:T{_TIME}{_ZONE})?|{_MONTH}|{_YEAR})$",
    "instant": rf"^{_DAY}T{_TIME}{_ZONE}$",
    "time": rf"^{_TIME}$",
}
URI_FAST = (
    rf"^(?:https?://{_SOLID}+|urn:uuid:{_UUID}|{_OID}"
    rf"|urn:(?:i[a-z]+|hl7|dicom):[!-~]+|[A-Za-z0-9#][A-Za-z0-9_./-]*)$"
)
"""A sound part of what `uri` allows: these need no second look at what follows `urn:`."""

INTEGERS = {
    "integer": (-2147483648, 2147483647),
    "unsignedInt": (0, 2147483647),
    "positiveInt": (1, 2147483647),
}
DECIMAL_LIMIT = 10**30
"""FHIR asks for 18 digits; larger magnitudes are refused before arithmetic could stumble over them."""
LEAST_EXPONENT = -400
"""Of a decimal: what lies closer to zero no binary number holds, and no search can name."""
URIS = frozenset({"uri", "url", "canonical"})
DATES = frozenset({"date", "dateTime", "instant", "time"})


def python_pattern(pattern: str) -> re.Pattern[str]:
    r"""The same pattern for Python, which writes `\x{A1}` as `\U000000A1` and lets `$` match before a last newline."""
    text = re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: f"\\U{int(m[1], 16):08X}", pattern)
    return re.compile(text.removeprefix("^").removesuffix("$"))


_COMPILED = {name: python_pattern(pattern) for name, pattern in PATTERNS.items()}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_URN = re.compile(rf"urn:uuid:{_UUID}|{_OID}|urn:(?!uuid:|oid:).*", re.I)


def check_primitive(kind: str, value: Any) -> tuple[str, dict[str, str]] | None:
    """None when `value` is a valid `kind`, else the issue code and its arguments."""
    if kind == "boolean":
        return None if type(value) is bool else _wrong("true/false", value)
    if kind in INTEGERS:
        return _check_integer(kind, value)
    if kind == "decimal":
        return _check_decimal(value)
    if type(value) is not str:
        return _wrong("text", value)
    if not value.strip(" \t\r\n"):
        return "HUB-1109", {}
    if kind in ("string", "markdown"):
        return ("HUB-1121", {}) if _CONTROL.search(value) else None
    if kind == "xhtml":
        return None
    if not (_is_base64(value) if kind == "base64Binary" else _COMPILED[kind].fullmatch(value)):
        return ("HUB-1112" if kind in DATES else "HUB-1114"), {"type": kind}
    if kind in URIS and value[:4].lower() == "urn:" and not _URN.fullmatch(value):
        return "HUB-1114", {"type": kind}
    return None


def json_kind(value: Any) -> str:
    """What a JSON value is, for a message."""
    names: dict[type, str] = {dict: "object", list: "array", str: "text", bool: "true/false", int: "number"}
    return "null" if value is None else names.get(type(value), "number")


def _wrong(expected: str, value: Any) -> tuple[str, dict[str, str]]:
    return ("HUB-1109", {}) if value is None else ("HUB-1105", {"expected": expected, "found": json_kind(value)})


def _check_integer(kind: str, value: Any) -> tuple[str, dict[str, str]] | None:
    if type(value) is not int:
        if isinstance(value, Decimal | float):
            return "HUB-1115", {"type": kind}
        return _wrong("number", value)
    low, high = INTEGERS[kind]
    return None if low <= value <= high else ("HUB-1115", {"type": kind})


def _check_decimal(value: Any) -> tuple[str, dict[str, str]] | None:
    if type(value) is bool or not isinstance(value, int | Decimal | float):
        return _wrong("number", value)
    is_sane = isfinite(value) if isinstance(value, float) else not isinstance(value, Decimal) or value.is_finite()
    is_sane = is_sane and not (isinstance(value, Decimal) and value.adjusted() < LEAST_EXPONENT)
    return None if is_sane and -DECIMAL_LIMIT < value < DECIMAL_LIMIT else ("HUB-1115", {"type": "decimal"})


def _is_base64(text: str) -> bool:
    solid = "".join(text.split())
    return len(solid) % 4 == 0 and _BASE64_TEXT.fullmatch(solid) is not None
