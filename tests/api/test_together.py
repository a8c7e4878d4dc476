"""Requests of one turn of the loop become one group; threads take what they are given and stay bounded."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from hub.api.lanes import OF_ONE as WAITING
from hub.api.lanes import QUEUE, lane
from hub.api.threads import OF_ONE, THREADS, Threads
from hub.api.together import AT_ONCE, MOST, PATIENCE_S, Together
from hub.errors import Category, HubError

T = TypeVar("T")


class Work:
    """Doubles numbers; refuses odd ones; keeps what came together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, asks: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(asks))
        self.gate.wait()
        if 13 in asks:
            raise OSError("the whole group")
        return [ValueError(str(ask)) if ask % 2 else 2 * ask for ask in asks]


async def outcomes(together: "Together[int, int]", asks: Sequence[int]) -> list[int | BaseException]:
    return await asyncio.gather(*(together.run(ask, "a") for ask in asks), return_exceptions=True)


def test_what_comes_in_one_turn_is_one_group_and_each_has_its_own_end() -> None:
    work = Work()

    async def main() -> None:
        together = Together(Threads(), work)
        found = await outcomes(together, [2, 3, 4])
        assert [found[0], found[2]] == [4, 8]
        assert isinstance(found[1], ValueError)
        assert str(found[1]) == "3"
        assert await together.run(10, "a") == 20

    asyncio.run(main())
    assert work.groups == [[2, 3, 4], [10]]


def test_a_group_that_fails_fails_for_all_of_it_and_for_nobody_else() -> None:
    work = Work()

    async def main() -> None:
        together = Together(Threads(), work)
        assert [type(each) for each in await outcomes(together, [2, 13, 4])] == [OSError] * 3
        assert await together.run(6, "a") == 12

    asyncio.run(main())


def test_while_a_group_is_under_way_the_others_collect() -> None:
    work = Work()

    async def main() -> None:
        together = Together(Threads(), work)
        first = asyncio.ensure_future(together.run(0, "a"))
        await asyncio.sleep(0)
        later = [asyncio.ensure_future(together.run(100 + 2 * number, "a")) for number in range(5)]
        await asyncio.sleep(0)
        later[3].cancel()
        found = await asyncio.gather(first, *later, return_exceptions=True)
        assert isinstance(found[4], asyncio.CancelledError)
        assert found[5] == 2 * 108

    asyncio.run(main())
    assert [len(group) for group in work.groups] in ([1, 5], [6])


def test_a_slow_group_holds_up_nobody_and_groups_are_bounded() -> None:
    work = Work()
    work.gate.clear()

    async def main() -> None:
        together = Together(Threads(), work)
        asks = []
        for number in range(AT_ONCE):
            asks.append(asyncio.ensure_future(together.run(2 * number, "a")))
            while len(work.groups) <= number:
                await asyncio.sleep(0.001)
            await asyncio.sleep(number % 2 * 2 * PATIENCE_S)  # also who comes only when the patience is over
        asks += [asyncio.ensure_future(together.run(0, str(number % 4))) for number in range(QUEUE)]
        await asyncio.sleep(3 * PATIENCE_S)
        assert work.groups == [[2 * number] for number in range(AT_ONCE)]
        with pytest.raises(HubError, match="HUB-5810"):
            await together.run(2, "a")
        work.gate.set()
        assert (await asyncio.gather(*asks))[:AT_ONCE] == [4 * number for number in range(AT_ONCE)]
        assert await together.run(2, "a") == 4

    asyncio.run(main())
    assert max(map(len, work.groups)) == MOST
    assert sum(map(len, work.groups)) == AT_ONCE + QUEUE + 1


def test_callers_that_ask_again_at_once_stay_one_group() -> None:
    work = Work()

    async def main() -> None:
        together = Together(Threads(), work)

        async def chain() -> None:
            for _ in range(5):
                assert await together.run(2, "a") == 4

        first = asyncio.ensure_future(chain())
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # its group is under way; the three come too late for it
        await asyncio.gather(first, *(chain() for _ in range(3)))

    asyncio.run(main())
    assert [len(group) for group in work.groups] == [1, 4, 4, 4, 4, 3]


def test_nobody_is_left_behind() -> None:
    """An ask that comes at the very end of a group starts the next."""

    async def main() -> None:
        together = Together(Threads(), Work())

        async def chain(number: int) -> None:
            for step in range(40):
                assert await together.run(2 * step, "a") == 4 * step
                for _ in range(number):
                    await asyncio.sleep(0)

        async with asyncio.timeout(20):
            await asyncio.gather(*map(chain, range(6)))

    asyncio.run(main())


def test_who_comes_while_only_the_relief_is_under_way_is_served() -> None:
    gates = {0: threading.Event(), 2: threading.Event()}
    started: list[int] = []

    def work(asks: Sequence[int]) -> list[int | Exception]:
        started.append(asks[0])
        if (gate := gates.get(asks[0])) is not None:
            gate.wait()
        return [2 * ask for ask in asks]

    async def main() -> None:
        together = Together(Threads(), work)
        first = asyncio.ensure_future(together.run(0, "a"))
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(together.run(2, "a"))
        async with asyncio.timeout(20):
            while started != [0, 2]:  # the relief took the second
                await asyncio.sleep(0.001)
            gates[0].set()
            assert await first == 0
            third = asyncio.ensure_future(together.run(4, "a"))
            await asyncio.sleep(0.01)
            gates[2].set()
            assert (await second, await third) == (4, 8)

    asyncio.run(main())


def test_threads_give_back_what_the_work_gives_and_raises() -> None:
    async def main() -> None:
        threads = Threads()
        names = await asyncio.gather(*(threads.run(lambda: threading.get_ident()) for _ in range(5)))
        assert threading.main_thread().ident not in names
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        with pytest.raises(SystemExit):
            await threads.run(lambda: exit(3))
        assert await threads.run(lambda: "alive") == "alive"

    asyncio.run(main())


async def _for(threads: Threads, whose: str, work: Callable[[], T]) -> T:
    lane.set(whose)
    return await threads.run(work)


def test_threads_are_bounded_and_so_is_what_waits() -> None:
    gate, running = threading.Event(), []

    def work() -> None:
        running.append(threading.get_ident())
        gate.wait()

    async def main() -> None:
        threads = Threads()
        jobs = [
            asyncio.ensure_future(_for(threads, str(number % (QUEUE // 4)), work)) for number in range(THREADS + QUEUE)
        ]
        while len(running) < THREADS:
            await asyncio.sleep(0.001)
        with pytest.raises(HubError, match="HUB-5810"):
            await threads.run(work)
        assert len(set(running)) == len(running) == THREADS
        gate.set()
        await asyncio.gather(*jobs)

    asyncio.run(main())


def test_one_clients_swamp_is_not_anothers() -> None:
    """200 pieces of one client's work that do not end: another's goes through, and so does what is many clients'."""
    gate, held, done = threading.Event(), [], []

    async def main() -> None:
        threads = Threads()
        slow = [
            asyncio.ensure_future(_for(threads, "slow", lambda: held.append(gate.wait())))
            for _ in range(WAITING + OF_ONE)
        ]
        await asyncio.sleep(0)
        async with asyncio.timeout(20):
            assert [await _for(threads, "quick", lambda: done.append(1)) for _ in range(20)]
            assert await threads.run_shared(lambda: 7) == 7
        assert not held
        with pytest.raises(HubError, match="HUB-5833") as refused:
            await _for(threads, "slow", gate.wait)
        assert refused.value.category == Category.BUSY
        slow[-1].cancel()
        gate.set()
        await asyncio.wait(slow)

    asyncio.run(main())
    assert len(done) == 20
    assert len(held) == WAITING + OF_ONE - 1


def test_clients_take_turns() -> None:
    """Whatever came before: of those that wait, each client's oldest goes before anybody's second."""
    gates = [threading.Event() for _ in range(THREADS)]
    order: list[str] = []

    async def main() -> None:
        threads = Threads()
        holders = [
            asyncio.ensure_future(_for(threads, f"holder{number // OF_ONE}", gate.wait))
            for number, gate in enumerate(gates)
        ]
        names = ["a"] * 3 + ["b"] * 2 + ["c"]
        jobs = [
            asyncio.ensure_future(_for(threads, name, lambda name=name: order.append(name)))  # type: ignore[misc]
            for name in names
        ]
        await asyncio.sleep(0)
        gates[0].set()
        await asyncio.gather(*jobs)
        for gate in gates:
            gate.set()
        await asyncio.gather(*holders)

    asyncio.run(main())
    assert order == ["a", "b", "c", "a", "b", "a"]


def test_work_that_ends_an_iteration_is_told_so() -> None:
    async def main() -> None:
        async with asyncio.timeout(20):
            with pytest.raises(RuntimeError, match="StopIteration"):
                await Threads().run(lambda: next(iter(())))

    asyncio.run(main())


def test_threads_end_with_their_application() -> None:
    def count() -> int:
        return sum(thread.name.startswith("worker-") for thread in threading.enumerate())

    async def main() -> None:
        threads = Threads()
        await asyncio.gather(*(threads.run(lambda: time.sleep(0.01)) for _ in range(4)))

    gc.collect()
    before = count()
    asyncio.run(main())
    gc.collect()
    deadline = time.monotonic() + 5
    while count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
