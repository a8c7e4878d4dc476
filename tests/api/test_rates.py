"""Buckets: a burst, a refusal that says when, a refill, and no key at another's cost."""

from hub.api.rates import Rates


def test_burst_refusal_and_refill():
    now = [0]
    rates = Rates(60, lambda: now[0])
    assert [rates.wait_s("a") for _ in range(60)] == [0] * 60
    assert rates.wait_s("a") == 1
    assert rates.wait_s("b") == 0
    now[0] = 1000
    assert rates.wait_s("a") == 0
    assert rates.wait_s("a") == 1
    rates.give_back("a")
    assert rates.wait_s("a") == 0


def test_memory_is_bounded_and_a_clock_may_step_back():
    now = [10_000]
    rates = Rates(1, lambda: now[0])
    for number in range(20_000):
        rates.wait_s(str(number))
    assert len(rates._buckets) == 10_000
    now[0] = 0
    assert rates.wait_s("19999") > 0
