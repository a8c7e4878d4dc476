"""What opens and counts many facts, beside a serving hub in processes of their own: in a server it would hold up every
page meanwhile, and the memory for it would stay."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from hub.parts import Hub
from hub.store import Conflict, Unavailable
from hub.upkeep.feeding import feed_public
from hub.upkeep.indicators import count_indicators, is_behind
from hub.upkeep.leasing import Lease
from hub.upkeep.releasing_indicators import release_all, release_indicators
from hub.upkeep.signalling import is_unsurveyed, survey

COMMAND = (sys.executable, "-m", "hub", "monitor", "beside")
LEASE_MS = 180_000
_BEAT_S = 60.0


class Duty(NamedTuple):
    """What is to be done again and again: `after_s` from the start, at most every `pause_s` and for one `share`-th of
    the time, when `is_due` (quick to say)."""

    work: Callable[[Hub], object]
    after_s: float
    pause_s: float
    share: int
    is_due: Callable[[Hub], bool] = lambda _: True


def _count(hub: Hub) -> None:
    count_indicators(hub)
    release_indicators(hub)


def _release(hub: Hub) -> None:
    try:
        release_all(hub)
    finally:
        feed_public(hub)


DUTIES: Mapping[str, Duty] = {
    "surveillance": Duty(survey, 20, 300, 20, is_unsurveyed),
    "releases": Duty(_release, 30, 600, 100),
    "indicators": Duty(_count, 40, 600, 20, is_behind),
}


def run_beside(hub: Hub, name: str) -> None:
    """See to a duty for ever (a daemon thread; one process of all at a time). The settings are those of this process's
    environment."""
    duty, lease = DUTIES[name], Lease(hub, f"beside-{name}", LEASE_MS)
    wait = duty.after_s
    while True:
        time.sleep(wait)
        started, wait = time.monotonic(), duty.pause_s
        with suppress(Conflict, Unavailable, OSError):  # the database was away, or no process to be had: next turn
            if duty.is_due(hub) and lease.take():
                do_beside(name, lease.take)
                wait = max(wait, duty.share * (time.monotonic() - started))
                lease.take(round(1000 * wait))


def do_beside(name: str, beat: Callable[[], object] = lambda: None) -> int:
    """Do it once, in a child that ends when this process ends (its standard input closes then); returns its exit code.
    `beat` is called now and then meanwhile."""
    with subprocess.Popen((*COMMAND, name), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:  # noqa: S603 - our own
        while True:
            with suppress(subprocess.TimeoutExpired):
                return child.wait(_BEAT_S)
            beat()
