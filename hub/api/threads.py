"""Sync work off the event loop: at most 16 at once, and a bounded queue, so that overload is an answer, not a swamp."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from hub.errors import Category, HubError
from hub.model import Issue

THREADS = 16
QUEUE = 512
T = TypeVar("T")


class Threads:
    """The worker threads of one application."""

    def __init__(self) -> None:
        self._limiter: CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread. UNAVAILABLE at once when the queue is full."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        if self._limiter.statistics().tasks_waiting >= QUEUE:
            raise overloaded()
        return await to_thread.run_sync(work, limiter=self._limiter)


def overloaded() -> HubError:
    """The answer to a request that there is no room for."""
    return HubError(Category.UNAVAILABLE, Issue("HUB-5810", args={"seconds": "2"}))
