"""Time, injected: production uses the system clock, tests and replays their own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

WITA = timezone(timedelta(hours=8), "WITA")
"""Asia/Makassar: Banjarmasin keeps UTC+8 all year."""

Clock = Callable[[], int]
"""Returns epoch milliseconds."""


def system_clock() -> int:
    """The machine's clock, epoch ms."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=256)
def instant(ms: int) -> str:
    """Epoch ms as a FHIR instant in UTC: 2026-11-22T02:15:00.123Z."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def city_time(ms: int) -> str:
    """Epoch ms as city time without offset (2026-11-22T10:15:00.123), the form consent periods are compared in."""
    return datetime.fromtimestamp(ms / 1000, WITA).replace(tzinfo=None).isoformat(timespec="milliseconds")
