"""What arrives together is done together: one thread's journey, one look-up and one commit for many requests."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from hub.api.threads import QUEUE, Threads, overloaded

MOST = 64
"""Asks done at once."""
PATIENCE_S = 0.02
"""A group that takes longer does not hold up the next any more…"""
AT_ONCE = 4
"""…as long as no more than so many are under way."""

Ask = TypeVar("Ask")
Found = TypeVar("Found")


class Together(Generic[Ask, Found]):
    """Collects the asks of one turn of the event loop, and those that come while a group is under way; nobody waits for
    company. One group at a time costs the least processor time (two take a third more: smaller groups)."""

    def __init__(self, threads: Threads, work: Callable[[Sequence[Ask]], Sequence[Found | Exception]]) -> None:
        """`work` runs in a worker thread and gives each ask, in order, what it found or the exception to raise."""
        self._threads, self._work = threads, work
        self._waiting: list[tuple[Ask, asyncio.Future[Found]]] = []
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, ask: Ask) -> Found:
        """What `work` found for this ask. UNAVAILABLE at once when too many wait."""
        if len(self._waiting) >= QUEUE:
            raise overloaded()
        result: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, result))
        if not self._under_way:
            self._start(is_relief=False)
        return await result

    def _start(self, *, is_relief: bool) -> None:
        """Its first step comes after those of the requests that arrived in the same turn."""
        self._under_way += 1
        task = asyncio.get_running_loop().create_task(self._serve(is_relief=is_relief))
        self._tasks.add(task)  # the loop itself would not keep it
        task.add_done_callback(self._tasks.discard)

    def _relieve(self) -> None:
        if self._waiting and self._under_way < AT_ONCE:
            self._start(is_relief=True)

    async def _serve(self, *, is_relief: bool) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            relief = asyncio.get_running_loop().call_later(PATIENCE_S, self._relieve)
            found: Sequence[Found | Exception]
            try:
                found = await self._threads.run(partial(self._work, [ask for ask, _ in group]))
            except Exception as error:
                found = [error] * len(group)
            relief.cancel()
            for (_, result), each in zip(group, found, strict=True):
                if result.done():  # given up meanwhile
                    continue
                if isinstance(each, Exception):
                    result.set_exception(each)
                else:
                    result.set_result(each)
            if is_relief and self._under_way > 1:  # the last one under way stays while anybody waits
                break
        self._under_way -= 1  # in the same step as the last look at who waits: nobody is left behind
