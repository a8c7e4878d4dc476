"""What arrives together is done together: one thread's journey, one look-up and one commit for many requests."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from hub.api.threads import QUEUE, Threads, overloaded

MOST = 64
"""Asks done at once."""
AT_ONCE = 2
"""Groups on their way at the same time: while one waits for its commit, the next is computed."""

Ask = TypeVar("Ask")
Found = TypeVar("Found")


class Together(Generic[Ask, Found]):
    """Collects the asks of one turn of the event loop, and of the time the groups before take; nobody waits for
    company."""

    def __init__(self, threads: Threads, work: Callable[[Sequence[Ask]], Sequence[Found | Exception]]) -> None:
        """`work` runs in a worker thread and gives each ask, in order, what it found or the exception to raise."""
        self._threads, self._work = threads, work
        self._waiting: list[tuple[Ask, asyncio.Future[Found]]] = []
        self._groups: set[asyncio.Task[None]] = set()

    async def run(self, ask: Ask) -> Found:
        """What `work` found for this ask. UNAVAILABLE at once when too many wait."""
        if len(self._waiting) >= QUEUE:
            raise overloaded()
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Found] = loop.create_future()
        self._waiting.append((ask, result))
        if len(self._groups) < AT_ONCE:  # its first step comes after those of the requests that arrived with this one
            group = loop.create_task(self._serve())
            self._groups.add(group)
            group.add_done_callback(self._groups.discard)
        return await result

    async def _serve(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                found = await self._threads.run(partial(self._work, [ask for ask, _ in group]))
            except Exception as error:
                found = [error] * len(group)
            for (_, result), each in zip(group, found, strict=True):
                if result.done():  # given up meanwhile
                    continue
                if isinstance(each, Exception):
                    result.set_exception(each)
                else:
                    result.set_result(each)
