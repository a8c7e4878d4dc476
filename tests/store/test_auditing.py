"""The sequencer numbers each entry once; a patient's lines are found before and after."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.store import Checkpoint, Conflict, Entry, LogRow, OutRow, Store


def numbered(rows: list[OutRow], first: int) -> list[LogRow]:
    return [
        LogRow(first + n, hashlib.sha256(row.body).digest(), row.at_ms, row.entry, row.node, row.body)
        for n, row in enumerate(rows)
    ]


def fill(store: Store, count: int) -> None:
    with store.writing() as tx:
        tx.outbox([Entry(n, b"entry %d" % n, (n % 3, 2**62)) for n in range(count)])


def test_entries_move_from_the_outbox_to_the_log(store: Store) -> None:
    fill(store, 10)
    with store.reading() as tx:
        before = tx.seen([1])
        waiting = tx.unsequenced(4)
        assert [row.body for row in waiting] == [b"entry %d" % n for n in range(4)]
        assert tx.log_size() == 0
    with store.writing() as tx:
        tx.append_log(numbered(waiting, 0))
    with store.reading() as tx:
        assert tx.log_size() == 4
        assert [row.body for row in tx.log(1, 2)] == [b"entry 1", b"entry 2"]
        assert tx.log_hashes(1, 3) == [hashlib.sha256(b"entry %d" % n).digest() for n in (1, 2)]
        assert [row.body for row in tx.unsequenced(99)] == [b"entry %d" % n for n in range(4, 10)]
        assert tx.seen([1]) == before
        assert [row.body for row in before] == [b"entry 7", b"entry 4", b"entry 1"]
        assert [row.body for row in tx.seen([0, 1, 2, 2**62], limit=2)] == [b"entry 9", b"entry 8"]
        assert tx.seen([]) == []


def test_a_wrong_number_or_an_entry_twice_is_refused(store: Store) -> None:
    fill(store, 4)
    with store.writing() as tx:
        waiting = tx.unsequenced(4)
        tx.append_log(numbered(waiting[:2], 0))
        tx.append_log([])
    for rows in (numbered(waiting[2:], 3), numbered(waiting[1:3], 2)):
        with pytest.raises(Conflict), store.writing() as tx:
            tx.append_log(rows)
    with store.reading() as tx:
        assert tx.log_size() == 2
        assert len(tx.unsequenced(9)) == 2


def test_two_sequencers_never_give_a_number_twice(store: Store) -> None:
    fill(store, 60)
    start = threading.Barrier(3)

    def sequence(holder: int) -> int:
        start.wait()
        count = 0
        for _ in range(40):
            try:
                with store.writing() as tx:
                    if not tx.take_lease("sequencer", str(holder), now_ms=0, until_ms=0):
                        continue
                    rows = tx.unsequenced(5)
                    tx.append_log(numbered(rows, tx.log_size()))
            except Conflict:
                continue
            count += len(rows)
        return count

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(sequence, range(3))) == 60
    with store.reading() as tx:
        log = tx.log(0, 100)
        assert [row.seq for row in log] == list(range(60))
        assert {row.body for row in log} == {b"entry %d" % n for n in range(60)}
        assert tx.unsequenced(9) == []


def test_a_lease_has_one_holder_until_it_ends(store: Store) -> None:
    def take(holder: str, now_ms: int) -> bool:
        with store.writing() as tx:
            return tx.take_lease("sequencer", holder, now_ms=now_ms, until_ms=now_ms + 100)

    assert take("a", 0)
    assert not take("b", 50)
    assert take("a", 50)
    assert not take("b", 149)
    assert take("b", 150)
    assert take("c", 400 * 86_400_000), "a clock that is a year ahead"
    assert take("b", 300), "and set right again"
    assert not take("a", 160)


def test_checkpoints(store: Store) -> None:
    with store.reading() as tx:
        assert tx.checkpoint() is None
    with store.writing() as tx:
        for size in (3, 8):
            tx.add_checkpoint(Checkpoint(size, size * 10, f"hub\n{size}\nroot\n"))
    with store.reading() as tx:
        assert tx.checkpoint() == Checkpoint(8, 80, "hub\n8\nroot\n")
        assert [row.size for row in tx.checkpoints()] == [3, 8]
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_checkpoint(Checkpoint(8, 90, "another"))
