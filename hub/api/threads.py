"""Sync work off the event loop: at most 16 at once, and a bounded queue, so that overload is an answer, not a swamp.

A thread takes its work from one queue and hands the result back to the loop: 5 µs of processor time a journey, where
anyio's or the standard library's pool takes 35 to 60 (measured; docs/performance.md).
"""

import asyncio
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from hub.errors import Category, HubError
from hub.model import Issue

THREADS = 16
QUEUE = 512
T = TypeVar("T")

_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Threads:
    """The worker threads of one application; started as they are needed, ended with it."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._started = self._wanted = 0
        weakref.finalize(self, _end, self._jobs)

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread. UNAVAILABLE at once when the queue is full."""
        if self._wanted >= THREADS + QUEUE:
            raise overloaded()
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._wanted += 1
        if self._wanted > self._started < THREADS:
            self._started += 1
            threading.Thread(target=_serve, args=(self._jobs,), name=f"worker-{self._started}", daemon=True).start()
        self._jobs.put((work, loop, result))
        try:
            return await result
        finally:
            self._wanted -= 1


def overloaded() -> HubError:
    """The answer to a request that there is no room for."""
    return HubError(Category.UNAVAILABLE, Issue("HUB-5810", args={"seconds": "2"}))


def _serve(jobs: "SimpleQueue[_Job | None]") -> None:
    while (job := jobs.get()) is not None:
        work, loop, result = job
        value, error = None, None
        try:
            value = work()
        except BaseException as raised:  # also a SystemExit belongs to who asked for the work, not to the thread
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, result, value, error)
        del job, work, result, value, error  # a waiting thread keeps nobody's data


def _settle(result: "asyncio.Future[Any]", value: Any, error: BaseException | None) -> None:
    if result.done():  # given up meanwhile
        return
    if error is not None:
        result.set_exception(error)
    else:
        result.set_result(value)


def _end(jobs: "SimpleQueue[_Job | None]") -> None:
    for _ in range(THREADS):
        jobs.put(None)
