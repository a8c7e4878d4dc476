"""A value of a database as text, as the database's own client would show it. NULL and zero dates are ""."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.mapping.readers.encoding import decode, repaired

ZERO_DATES = ("0000-00-00", "0001-01-01 00:00:00 BC")


def scalar_text(value: Any) -> str:
    """Dates as ISO, times as HH:MM:SS, decimals as written, whole doubles without ".0", bytes decoded."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = repaired(value).replace("\0", "")
        return "" if text.startswith(ZERO_DATES) else text
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, timedelta):  # how MariaDB's TIME arrives; it may be negative and pass 24 hours
        return _clock(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes(bytes(value))
    return value.isoformat() if isinstance(value, date) or hasattr(value, "isoformat") else str(value)


def _double(value: float) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _clock(value: timedelta) -> str:
    seconds = abs(value) // timedelta(seconds=1)
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _bytes(value: bytes) -> str:
    if len(value) == 1 and value < b"\x02":  # BIT(1)
        return str(value[0])
    return scalar_text(decode(value)[0]) if value else ""
