"""Counting the indicators beside a serving hub, in a process of its own: the engine and all facts in columns would stay
in a server's memory."""

import os
import subprocess
import sys
import time
from contextlib import suppress

from hub.parts import Hub
from hub.store import Conflict, Unavailable
from hub.upkeep.indicators import is_behind

COMMAND = (sys.executable, "-m", "hub", "monitor", "run", "--beside")
PAUSE_S, ANYWAY_S = 600.0, 6 * 3600.0
LEASE_MS = 2 * 3600 * 1000


def run_counting(hub: Hub, first_s: float = 40.0) -> None:
    """Count for ever (a daemon thread): when facts came in, and otherwise a few times a day, as persons may have been
    joined; at most a twentieth of the time. The settings are those of this process's environment."""
    holder = f"{os.getpid()}-{time.monotonic_ns():x}"
    wait, last = first_s, -ANYWAY_S
    while True:
        time.sleep(wait)
        started = time.monotonic()
        with suppress(Conflict, Unavailable, OSError):  # the database was away, or no process to be had: next turn
            if (is_behind(hub) or started - last > ANYWAY_S) and _hold(hub, holder):
                try:
                    count_beside()
                    last = started
                finally:
                    _hold(hub, holder, is_over=True)
        wait = max(PAUSE_S, 20 * (time.monotonic() - started))


def count_beside() -> int:
    """Count in a child that ends when this process ends (its standard input closes then); returns its exit code."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:  # noqa: S603 - our own
        return child.wait()


def _hold(hub: Hub, holder: str, *, is_over: bool = False) -> bool:
    now = hub.clock()
    with hub.store.writing() as tx:
        return tx.take_lease("counting", holder, now_ms=now, until_ms=now if is_over else now + LEASE_MS)
