"""What arrives together is done together: one thread's journey, one look-up and one commit for many requests."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from hub.api.lanes import Lanes
from hub.api.threads import Threads

MOST = 64
"""Asks done at once."""
PATIENCE_S = 0.02
"""A group that takes longer does not hold up the next any more…"""
AT_ONCE = 4
"""…as long as no more than so many are under way."""
BREATH_S = 0.001
"""After a group those just answered get so long to come back…"""
BREATHS = 5
"""…and so often, as long as they keep coming: most callers ask again at once."""

Ask = TypeVar("Ask")
Found = TypeVar("Found")


class Together(Generic[Ask, Found]):
    """Collects the asks of one turn of the event loop, and those that come while a group is under way. Who comes alone
    waits for nobody. One group at a time costs the least processor time (two take a third more: smaller groups), and a
    breath between two groups halves it: else the callers part into two groups that take turns."""

    def __init__(self, threads: Threads, work: Callable[[Sequence[Ask]], Sequence[Found | Exception]]) -> None:
        """`work` runs in a worker thread and gives each ask, in order, what it found or the exception to raise."""
        self._threads, self._work = threads, work
        self._waiting: Lanes[tuple[Ask, asyncio.Future[Found]]] = Lanes()
        self._under_way = 0
        self._late: set[object] = set()
        """Groups that took longer than PATIENCE_S while nobody waited: who comes now does not wait for them."""
        self._enough = 0
        self._back: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, ask: Ask, whose: str) -> Found:
        """What `work` found for this ask of a client: of many that wait, a group takes from all clients in turn.
        UNAVAILABLE or BUSY at once when too much waits."""
        result: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.put(whose, (ask, result))
        if not self._under_way:
            self._start(is_relief=False)
        elif self._late and self._under_way < AT_ONCE:
            self._late.pop()
            self._start(is_relief=True)
        elif self._back is not None and len(self._waiting) >= self._enough and not self._back.done():
            self._back.set_result(None)
        return await result

    def _start(self, *, is_relief: bool) -> None:
        """Its first step comes after those of the requests that arrived in the same turn."""
        self._under_way += 1
        task = asyncio.get_running_loop().create_task(self._serve(is_relief=is_relief))
        self._tasks.add(task)  # the loop itself would not keep it
        task.add_done_callback(self._tasks.discard)

    def _relieve(self, late: object) -> None:
        if not self._waiting:
            self._late.add(late)
        elif self._under_way < AT_ONCE:
            self._start(is_relief=True)

    async def _serve(self, *, is_relief: bool) -> None:
        try:
            while self._waiting:
                group = self._group()
                mark = object()
                relief = asyncio.get_running_loop().call_later(PATIENCE_S, self._relieve, mark)
                found: Sequence[Found | Exception]
                try:
                    found = await self._threads.run_shared(partial(self._work, [ask for ask, _ in group]))
                except Exception as error:
                    found = [error] * len(group)
                relief.cancel()
                self._late.discard(mark)
                for (_, result), each in zip(group, found, strict=True):
                    if result.done():  # given up meanwhile
                        continue
                    if isinstance(each, Exception):
                        result.set_exception(each)
                    else:
                        result.set_result(each)
                if is_relief and self._under_way > 1:  # the last one under way stays while anybody waits
                    break
                if len(group) > 1 or self._waiting:
                    await self._breath(len(group))
        finally:  # also when the loop ends in the middle of a breath
            self._under_way -= 1  # in the same step as the last look at who waits: nobody is left behind

    async def _breath(self, answered: int) -> None:
        """Until as many wait as were just answered, or for a while nobody came."""
        self._enough = min(len(self._waiting) + answered, MOST)
        for _ in range(BREATHS):
            before = len(self._waiting)
            if before >= self._enough:
                return
            self._back = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._back,), timeout=BREATH_S)
            if len(self._waiting) == before:
                return

    def _group(self) -> list[tuple[Ask, asyncio.Future[Found]]]:
        taken = iter(self._waiting.take, None)
        return [asked for _, asked in islice(taken, MOST)]
