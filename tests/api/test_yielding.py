"""Long work: one at a time, it stops for others' short work but not for ever, and everything ends."""

import threading
from time import monotonic

import pytest

from hub.access import yielding


def test_of_long_works_one_goes_on_at_a_time_and_all_end() -> None:
    inside: list[str] = []
    most: list[int] = []
    ended: list[str] = []

    def long(name: str) -> None:
        work = yielding.take_up(name)
        with yielding.doing(work):
            yielding.begin_long()
            for _ in range(20):
                inside.append(name)
                most.append(len(inside))
                inside.remove(name)
                work.until = work.turn_ends = 0.0  # its turn is over
                yielding.give_way()
        yielding.put_down(work)
        ended.append(name)

    threads = [threading.Thread(target=long, args=("one client",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ended == ["one client"] * 6
    assert set(most) == {1}


def test_long_work_stops_for_anothers_short_work_but_not_for_ever() -> None:
    mine, other = yielding.take_up("a"), yielding.take_up("b")
    with yielding.doing(mine):
        other.since += 3600  # it stays new
        assert _stood(mine) == pytest.approx(yielding.PATIENCE_S, abs=0.04)
        assert mine.until - monotonic() > yielding.RUN_S  # left alone for a moment
        yielding.put_down(other)
        assert yielding.REST_S <= _stood(mine) < yielding.PATIENCE_S  # others still ask
        other.since = 0.0  # not any more
        own = yielding.take_up("a")
        own.since += 3600
        assert _stood(mine) < yielding.PATIENCE_S  # the same client's
        yielding.put_down(own)
    yielding.put_down(mine)


def _stood(work: yielding.Work) -> float:
    """How long it stands still now."""
    work.until = 0.0
    since = monotonic()
    yielding.give_way()
    return monotonic() - since


def test_nothing_is_asked_of_short_work_nor_outside_of_requests() -> None:
    yielding.give_way()
    yielding.begin_long()
    work = yielding.take_up("a")
    with yielding.doing(work):
        work.until += 3600
        yielding.give_way()
        assert not work.has_turn
    yielding.put_down(work)
