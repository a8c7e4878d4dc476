"""Public ids and new numbers."""

import multiprocessing
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.crypto import Ids, Keyring, new_rid, random_key
from hub.model import Key

HALF = st.integers(0, 2**63 - 1)


@given(HALF, HALF)
def test_there_and_back(session_keyring: Keyring, compartment: int, rid: int) -> None:
    ids = Ids(session_keyring)
    text = ids.encode(Key(compartment, rid))
    assert re.fullmatch(r"[0-9a-f]{32}", text)
    assert ids.decode(text) == Key(compartment, rid)


def test_neighbours_look_unrelated(session_keyring: Keyring) -> None:
    ids = Ids(session_keyring)
    a, b = (bytes.fromhex(ids.encode(Key(1, rid))) for rid in (1, 2))
    assert sum(bin(x ^ y).count("1") for x, y in zip(a, b, strict=True)) > 30


@pytest.mark.parametrize(
    "text", ["", "x", "g" * 32, "A" * 32, "é" * 32, "a" * 31, "a" * 33, " " * 32, "aa " * 10 + "aa", "../../etc/passwd"]
)
def test_what_cannot_be_an_id_is_none(session_keyring: Keyring, text: str) -> None:
    assert Ids(session_keyring).decode(text) is None


def test_upper_case_is_another_id(session_keyring: Keyring) -> None:
    ids = Ids(session_keyring)
    text = next(t for rid in range(100) if (t := ids.encode(Key(1, rid))).upper() != t)
    assert ids.decode(text.upper()) is None


def test_three_of_four_invented_ids_are_refused(session_keyring: Keyring) -> None:
    ids = Ids(session_keyring)
    refused = sum(ids.decode(os.urandom(16).hex()) is None for _ in range(4000))
    assert 2800 < refused < 3200


def test_halves_must_fit(session_keyring: Keyring) -> None:
    for key in (Key(1 << 63, 0), Key(0, 1 << 63), Key(-1, 0)):
        with pytest.raises(ValueError):
            Ids(session_keyring).encode(key)


def test_random_keys_are_63_bit_and_never_zero() -> None:
    keys = {random_key() for _ in range(10_000)}
    assert len(keys) == 10_000
    assert all(0 < key < 2**63 for key in keys)


def test_numbers_grow_even_when_the_clock_steps_back() -> None:
    now = 1_795_000_000_000
    rids = [new_rid(now - n % 3 * 3_600_000) for n in range(5000)]
    assert rids == sorted(set(rids))
    assert all(0 < rid < 2**63 for rid in rids)


def test_numbers_order_by_time() -> None:
    later = 1_900_000_000_000
    assert new_rid(later) < new_rid(later + 1_000)
    assert new_rid(later + 2_000) >> 21 == later + 2_000


def test_unique_over_threads_and_forks() -> None:
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe(duplex=False) for _ in range(3)]  # one each: two long messages in one pipe would mix
    now = 2_000_000_000_000

    def child(number: int) -> None:
        pipes[number][1].send([new_rid(now) for _ in range(5000)])

    children = [context.Process(target=child, args=(number,)) for number in range(3)]
    for process in children:
        process.start()
    seen = [rid for receive, _ in pipes for rid in receive.recv()]
    for process in children:
        process.join()
    with ThreadPoolExecutor(4) as pool:
        for part in pool.map(lambda _: [new_rid(now) for _ in range(2500)], range(4)):
            seen += part
    assert len(seen) == len(set(seen)) == 25_000
