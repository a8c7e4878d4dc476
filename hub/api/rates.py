"""Token buckets: who asks too often is refused before any work is done for it."""

import threading
from collections import OrderedDict
from collections.abc import Callable

_KEPT = 10_000


class Rates:
    """Buckets by key, each refilled at `per_minute` and holding as much, or `holds`; the 10,000 last used are kept.
    Thread-safe."""

    def __init__(self, per_minute: float, clock: Callable[[], int], holds: float | None = None) -> None:
        self._rate = per_minute / 60_000
        self._size = float(per_minute if holds is None else holds)
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, *key: str, cost: float = 1.0) -> int:
        """Take from the key's bucket; 0 when there was enough, else the seconds until there is (nothing taken)."""
        now = self._clock()
        with self._lock:
            level, at = self._buckets.pop(key, (self._size, now))
            level = min(self._size, level + max(0, now - at) * self._rate)
            is_enough = level >= cost
            self._buckets[key] = (level - cost if is_enough else level, now)
            if len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
        return 0 if is_enough else max(1, round((cost - level) / self._rate / 1000))

    def give_back(self, *key: str) -> None:
        """Undo a taking that turned out to be none of those that count."""
        with self._lock:
            if key in self._buckets:
                level, at = self._buckets[key]
                self._buckets[key] = (min(self._size, level + 1.0), at)
