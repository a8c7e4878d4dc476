"""Unwrapped seeds, kept for a short time: the bound on how long a lost key holder or a shredding goes unnoticed."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock


class SeedCache:
    """At most `limit` seeds, each at most `ttl_s` seconds by a monotonic clock; the least recently used leaves first.

    Python cannot wipe the memory of an evicted seed for certain; SECURITY.md says so.
    """

    def __init__(self, clock: Callable[[], float], limit: int, ttl_s: float) -> None:
        self._clock = clock
        self._limit = limit
        self._ttl = ttl_s
        self._seeds: OrderedDict[int, tuple[float, bytes]] = OrderedDict()
        self._lock = Lock()

    def get_all(self, compartments: Iterable[int]) -> dict[int, bytes]:
        """Those of `compartments` that are held and fresh."""
        found: dict[int, bytes] = {}
        now = self._clock()
        with self._lock:
            for compartment in compartments:
                entry = self._seeds.get(compartment)
                if entry is None:
                    continue
                if now - entry[0] >= self._ttl:
                    del self._seeds[compartment]
                    continue
                self._seeds.move_to_end(compartment)
                found[compartment] = entry[1]
        return found

    def put_all(self, seeds: dict[int, bytes]) -> None:
        now = self._clock()
        with self._lock:
            for compartment, seed in seeds.items():
                self._seeds[compartment] = (now, seed)
                self._seeds.move_to_end(compartment)
            while len(self._seeds) > self._limit:
                self._seeds.popitem(last=False)

    def drop(self, compartment: int) -> None:
        with self._lock:
            self._seeds.pop(compartment, None)

    def __len__(self) -> int:
        return len(self._seeds)
