"""The queues of many clients: whatever comes and goes, the clients take turns and each is served in its own order."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api.lanes import OF_ONE, QUEUE, Lanes
from hub.errors import Category, HubError

_STEPS = st.lists(st.one_of(st.sampled_from("abcd"), st.none(), st.sets(st.sampled_from("abcd"), min_size=1)))


@given(_STEPS)
def test_each_client_in_its_order_and_the_clients_in_turn(steps: list[str | set[str] | None]) -> None:
    """Letters put something in, None takes, a set takes from these clients only: beside a plain list of (client, item),
    in which one that has just been served goes behind all others."""
    lanes: Lanes[int] = Lanes()
    waiting: dict[str, deque[int]] = {}
    turns: list[str] = []
    for number, step in enumerate(steps):
        if isinstance(step, str):
            lanes.put(step, number)
            waiting.setdefault(step, deque()).append(number)
            if step not in turns:
                turns.append(step)
        else:
            found = lanes.take() if step is None else lanes.take(lambda whose, among=step: whose in among)
            whose = next((each for each in turns if step is None or each in step), None)
            if whose is None:
                assert found is None
                continue
            assert found == (whose, waiting[whose].popleft())
            turns.remove(whose)
            if waiting[whose]:
                turns.append(whose)
        assert len(lanes) == sum(map(len, waiting.values()))


def test_one_client_fills_its_own_queue_and_all_together_the_whole() -> None:
    lanes: Lanes[int] = Lanes()
    for number in range(OF_ONE):
        lanes.put("a", number)
    with pytest.raises(HubError, match="HUB-5833") as refused:
        lanes.put("a", 0)
    assert refused.value.category == Category.BUSY
    assert int(refused.value.issues[0].args["seconds"]) > 0
    for number in range(QUEUE - OF_ONE):
        lanes.put(f"b{number}", number)
    with pytest.raises(HubError, match="HUB-5810") as refused:
        lanes.put("c", 0)
    assert refused.value.category == Category.UNAVAILABLE
    assert lanes.take() == ("a", 0)
    lanes.put("c", 0)
