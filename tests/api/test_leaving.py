"""Work of a client that closed the connection while it waited for its turn is not done; what was sent stays whole."""

import asyncio
import threading
from collections import deque

import pytest
from starlette.requests import ClientDisconnect

from hub.api import threads as module
from hub.api.lanes import lane
from hub.api.leaving import Ear, has_left
from hub.api.threads import OF_ONE, Threads

PART, LAST = (
    {"type": "http.request", "body": b"a", "more_body": True},
    {"type": "http.request", "body": b"b", "more_body": False},
)
GONE = {"type": "http.disconnect"}


def ear_of(*messages):
    """An ear on a connection on which this has arrived, and nothing more will."""
    there = deque(messages)

    async def receive():
        while not there:
            await asyncio.sleep(3600)
        return there.popleft()

    return Ear(receive)


@pytest.mark.parametrize(
    ("arrived", "is_gone"),
    [((), False), ((LAST,), False), ((PART,), False), ((PART, LAST, GONE), False), ((LAST, GONE), True)],
)
def test_what_is_heard_is_kept(arrived, is_gone):
    async def main():
        ear = ear_of(*arrived)
        assert [await ear.has_left() for _ in range(3)] == [is_gone] * 3
        assert [await ear() for _ in arrived] == list(arrived)

    asyncio.run(main())


def test_after_the_body_the_end_is_heard():
    async def main():
        ear = ear_of(PART, LAST, GONE)
        assert [await ear(), await ear()] == [PART, LAST]
        assert await ear.has_left()

    asyncio.run(main())


def test_who_left_is_not_worked_for(monkeypatch):
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    gate, done = threading.Event(), []

    async def asked(threads, name, *messages):
        lane.set("one")
        has_left.set(ear_of(LAST, *messages).has_left)
        await threads.run(lambda: (gate.wait(), done.append(name)))

    async def main():
        threads = Threads()
        names = [*range(OF_ONE), "gone", "waits"]
        jobs = [asyncio.create_task(asked(threads, name, *([GONE] if name != "waits" else []))) for name in names]
        with pytest.raises(ClientDisconnect):
            await asyncio.wait_for(jobs[OF_ONE], 20)
        assert not any(job.done() for job in jobs if job is not jobs[OF_ONE])
        gate.set()
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(main())
    assert sorted(map(str, done)) == ["0", "1", "2", "3", "waits"], "what has begun is finished"
