"""Sync work off the event loop: at most 12 at once and 4 of one client, the clients in turn (hub.api.lanes), so that
overload is an answer, not a swamp, and one client's swamp is not another's.

A thread takes its work from one queue and hands the result back to the loop: 5 µs of processor time a journey, where
anyio's or the standard library's pool takes 35 to 60 (measured; docs/performance.md).
"""

import asyncio
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect

from hub.access import yielding
from hub.api.lanes import Lanes, lane
from hub.api.leaving import has_left

THREADS = 12
"""Fewer than the store has connections: what is long keeps one."""
OF_ONE = 4
LOOK_S = 1.0
"""So often it is looked whether who waits for a turn is still there."""
T = TypeVar("T")


class _Job:
    """Work, who waits for it, and whose it is: None when it is many clients'."""

    __slots__ = ("is_given", "result", "whose", "work")

    def __init__(self, work: Callable[[], Any], whose: str | None) -> None:
        self.work, self.whose, self.is_given = work, whose, False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


_Given = tuple["Threads", asyncio.AbstractEventLoop, _Job, yielding.Work]


class Threads:
    """The worker threads of one application; started as they are needed, ended with it."""

    def __init__(self) -> None:
        self._given: SimpleQueue[_Given | None] = SimpleQueue()
        self._waiting: Lanes[_Job] = Lanes()
        self._busy: Counter[str] = Counter()
        self._started = self._at_work = 0
        weakref.finalize(self, _end, self._given)

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread when it is its client's turn. UNAVAILABLE or BUSY at once when too much waits;
        ClientDisconnect, and it is not run, when the client leaves before its turn."""
        job = _Job(work, lane.get())
        self._waiting.put(lane.get(), job)
        self._next()
        try:
            while not job.is_given:
                await asyncio.wait((job.result,), timeout=LOOK_S)
                if not job.is_given and await has_left.get()():
                    raise ClientDisconnect
        except BaseException:
            job.result.cancel()
            raise
        found: T = await job.result
        return found

    async def run_shared(self, work: Callable[[], T]) -> T:
        """Run in a thread at once what is short and many clients'; the caller bounds how much of it there is."""
        job = _Job(work, None)
        self._give(job)
        found: T = await job.result
        return found

    def _next(self) -> None:
        """Give threads what may run now."""
        while self._busy.total() < THREADS:
            taken = self._waiting.take(lambda whose: self._busy[whose] < OF_ONE)
            if taken is None:
                return
            whose, job = taken
            if not job.result.done():  # given up while it waited
                self._busy[whose] += 1
                self._give(job)

    def _give(self, job: _Job) -> None:
        job.is_given = True
        self._at_work += 1
        if self._at_work > self._started:
            self._started += 1
            threading.Thread(target=_serve, args=(self._given,), name=f"worker-{self._started}", daemon=True).start()
        self._given.put((self, asyncio.get_running_loop(), job, yielding.take_up(job.whose or "")))

    def _over(self, job: _Job, hand: yielding.Work, value: Any, error: BaseException | None) -> None:
        """In the loop, when a thread is done with a job."""
        yielding.put_down(hand)
        self._at_work -= 1
        if job.whose is not None:
            self._busy[job.whose] -= 1
            if not self._busy[job.whose]:
                del self._busy[job.whose]
            self._next()
        if job.result.done():  # given up meanwhile
            return
        if error is None:
            job.result.set_result(value)
        elif isinstance(error, StopIteration):  # which a future can't carry
            job.result.set_exception(RuntimeError("StopIteration"))
        else:
            job.result.set_exception(error)


def _serve(given: "SimpleQueue[_Given | None]") -> None:
    while (each := given.get()) is not None:
        threads, loop, job, hand = each
        value, error = None, None
        try:
            with yielding.doing(hand):
                value = job.work()
        except BaseException as raised:  # also a SystemExit belongs to who asked for the work, not to the thread
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(threads._over, job, hand, value, error)
        del each, threads, loop, job, hand, value, error  # a waiting thread keeps nobody's data


def _end(given: "SimpleQueue[_Given | None]") -> None:
    for _ in range(2 * THREADS + 8):
        given.put(None)
