"""One process at a time: a task's lease in the database, which runs out by itself when its holder is killed."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hub.parts import Hub
from hub.store import Conflict

LEASE_MS = 600_000


class Lease:
    """What this process may hold of one task."""

    def __init__(self, hub: Hub, name: str, for_ms: int = LEASE_MS) -> None:
        self._hub, self._name, self._for_ms = hub, name, for_ms
        self._holder = f"{os.getpid()}-{time.monotonic_ns():x}"

    def take(self, for_ms: int | None = None) -> bool:
        """Become, or stay, the one holder for so long from now. False while another process is."""
        now = self._hub.clock()
        span = self._for_ms if for_ms is None else for_ms
        until = now + span if span else 0  # given back whatever the clock says later
        with self._hub.store.writing() as tx:
            return tx.take_lease(self._name, self._holder, now_ms=now, until_ms=until)

    def renew(self) -> None:
        """A step is done: hold it as long again. Conflict when it had run out and another process goes on."""
        if not self.take():
            raise Conflict(f"another process took over: {self._name}")


@contextmanager
def leased(hub: Hub, name: str, for_ms: int = LEASE_MS) -> Iterator[Lease | None]:
    """The lease on a task while the block runs; None while another process has it."""
    lease = Lease(hub, name, for_ms)
    if not lease.take():
        yield None
        return
    try:
        yield lease
    finally:
        lease.take(0)
