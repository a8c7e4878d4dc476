"""Time, injected: production uses the system clock, tests and replays their own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timezone
from functools import cache, lru_cache

from hub.cities import city

Clock = Callable[[], int]
"""Returns epoch milliseconds."""


@cache
def city_zone() -> timezone:
    """The city's clock, the same all year (Indonesia sets no clock forward), named as its people name it."""
    return city().zone


def system_clock() -> int:
    """The machine's clock, epoch ms."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=256)
def instant(ms: int) -> str:
    """Epoch ms as a FHIR instant in UTC: 2026-11-22T02:15:00.123Z."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def city_month(ms: int, back: int = 0) -> str:
    """The city's calendar month (YYYY-MM) of a moment, or the one so many months before it."""
    moment = datetime.fromtimestamp(ms / 1000, city_zone())
    number = moment.year * 12 + moment.month - 1 - back
    return f"{number // 12:04}-{number % 12 + 1:02}"


def city_time(ms: int) -> str:
    """Epoch ms as city time without offset (2026-11-22T10:15:00.123), the form consent periods are compared in."""
    return datetime.fromtimestamp(ms / 1000, city_zone()).replace(tzinfo=None).isoformat(timespec="milliseconds")
