"""Putting resources and reading them by key."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from hub.model import Key, Reach, Row, Sealed, Selection
from hub.store import CompartmentRow, Conflict, Source, Store
from hub.store.records import unpacked
from tests.store.rows_made import sealed, source, token

A, B, C = (token("param", n) for n in range(3))


def as_row(s: Sealed) -> Row:
    head = (s.type, s.version, s.day, s.day_end, s.updated_ms, s.author, s.tag)
    return Row(*s.key, *head, s.digest, s.codec, s.is_deleted, s.body)


def put(store: Store, *part: Sealed) -> None:
    with store.writing() as tx:
        tx.put(part)


def test_what_is_put_is_read_back(store: Store) -> None:
    part = [sealed(2**62 + n, n + 1, tokens=(A, B), index=(A,), day=n) for n in range(40)]
    put(store, *part)
    with store.reading() as tx:
        assert tx.get([s.key for s in part]) == {s.key: as_row(s) for s in part}
        assert tx.get([part[0].key]) == {part[0].key: as_row(part[0])}
        assert tx.get([Key(1, 1)]) == {}
        assert tx.get([]) == {}


def test_a_new_version_moves_the_old_one_to_the_history(store: Store) -> None:
    first, other = sealed(1, 1, tokens=(A, B), index=(A,)), sealed(1, 2, tokens=(A,), index=(A,))
    second = sealed(1, 1, version=2, tokens=(C,), index=(C,))
    third = sealed(1, 1, version=3, is_deleted=True)
    put(store, first, other)
    put(store, second)
    put(store, third)
    with store.reading() as tx:
        assert tx.get([first.key])[first.key] == as_row(third)
        assert tx.versions(first.key) == [as_row(third), as_row(second), as_row(first)]
        assert [tx.version(first.key, n) for n in (1, 2, 3, 4)] == [as_row(first), as_row(second), as_row(third), None]
        assert tx.versions(Key(9, 9)) == []
        # Only the other resource's index row is left: tombstones are found by nothing.
        assert tx.db.rows("SELECT key, rid FROM token") == [(A, 2)]
        assert sorted((c.rid, c.version, c.op) for c in tx.changes(first.author, [first.type])) == [
            (1, 1, 0),
            (1, 2, 1),
            (1, 3, 2),
            (2, 1, 0),
        ]


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_does_not_follow_is_refused(store: Store, version: int) -> None:
    put(store, sealed(1, 1, tokens=(A,), index=(A,)))
    with pytest.raises(Conflict):
        put(store, sealed(5, 5), sealed(1, 1, version=version))
    with store.reading() as tx:
        assert tx.get([Key(5, 5)]) == {}, "nothing of the part is stored"
        assert len(tx.versions(Key(1, 1))) == 1


def test_an_indexed_token_must_be_a_packed_one(store: Store) -> None:
    with pytest.raises(ValueError, match="packed"):
        put(store, sealed(1, 1, tokens=(A,), index=(B,)))


def test_of_many_writers_of_one_version_one_wins(store: Store) -> None:
    put(store, *[sealed(1, n) for n in range(1, 6)])
    start = threading.Barrier(4)

    def write(writer: int) -> bool:
        start.wait()
        try:
            put(store, *[replace(sealed(1, n, version=2), tag=writer) for n in range(1, 6)])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]
    with store.reading() as tx:
        rows = tx.get([Key(1, n) for n in range(1, 6)]).values()
        assert len({row.tag for row in rows}) == 1
        assert {row.version for row in rows} == {2}


def test_versions_follow_without_a_gap_under_contention(store: Store) -> None:
    put(store, sealed(1, 1, tokens=(A,), index=(A,)))

    def bump(_: int) -> None:
        while True:
            with store.reading() as tx:
                version = tx.get([Key(1, 1)])[Key(1, 1)].version
            try:
                put(store, sealed(1, 1, version=version + 1, tokens=(A,), index=(A,)))
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bump, range(12)))
    with store.reading() as tx:
        assert [row.version for row in tx.versions(Key(1, 1))] == list(range(13, 0, -1))
        assert len(tx.db.rows("SELECT key FROM token")) == 1


def test_relabel_changes_the_tag_alone(store: Store) -> None:
    put(store, sealed(1, 1, tag=7))
    with store.writing() as tx:
        tx.relabel([(Key(1, 1), 8)])
    with store.reading() as tx:
        assert tx.get([Key(1, 1)])[Key(1, 1)] == as_row(sealed(1, 1, tag=8))
        assert len(tx.versions(Key(1, 1))) == 1
    with pytest.raises(Conflict), store.writing() as tx:
        tx.relabel([(Key(1, 2), 8)])


def test_a_source_identifier_has_one_owner(store: Store) -> None:
    mine, other = Key(1, 1), Key(2, 2)
    with store.writing() as tx:
        tx.add_sources([Source(source(n), mine, 4) for n in range(3)])
        tx.add_sources([Source(source(0), mine, 4), Source(source(9), mine, 4)])
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_sources([Source(source(20), other, 4), Source(source(1), other, 4)])
    with store.reading() as tx:
        assert tx.sources([source(n) for n in (0, 9, 20)]) == {source(0): mine, source(9): mine}


def test_two_parts_racing_for_a_source_store_it_once(store: Store) -> None:
    start = threading.Barrier(4)

    def send(writer: int) -> int | None:
        start.wait()
        try:
            with store.writing() as tx:
                tx.add_sources([Source(source(n), Key(writer, n), 4) for n in range(50)])
                tx.put([sealed(writer, n) for n in range(50)])
        except Conflict:
            return None
        return writer

    with ThreadPoolExecutor(4) as pool:
        winners = [writer for writer in pool.map(send, range(1, 5)) if writer is not None]
    assert len(winners) == 1
    with store.reading() as tx:
        assert set(tx.sources([source(n) for n in range(50)]).values()) == {Key(winners[0], n) for n in range(50)}
        assert tx.counts()["resource"] == 50


def test_compartments(store: Store) -> None:
    rows = [CompartmentRow(2**62 + n, 3, 0, 5) for n in range(3)]
    with store.writing() as tx:
        tx.add_compartments(rows)
    with store.reading() as tx:
        assert tx.compartments([row.compartment for row in rows] + [1]) == {row.compartment: row for row in rows}
    with pytest.raises(Conflict), store.writing() as tx:
        tx.add_compartments(rows[:1])


def test_an_exception_leaves_nothing(store: Store) -> None:
    with suppress(RuntimeError), store.writing() as tx:
        tx.put([sealed(1, 1, tokens=(A,), index=(A,))])
        raise RuntimeError
    with store.reading() as tx:
        assert set(tx.counts().values()) == {0}


def test_a_reader_sees_one_moment_and_cannot_write(store: Store) -> None:
    selection = Selection(1, (Reach(1, None, None),))
    with store.reading() as tx:
        assert tx.select(selection).total == 0
        put(store, sealed(1, 1))
        assert tx.select(selection).total == 0
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            tx.db.run("DELETE FROM resource")
    with store.reading() as tx:
        assert tx.select(selection).total == 1


def test_unpacked_is_the_packed_tokens() -> None:
    assert unpacked(sealed(1, 1, tokens=(A, -5, 3)).keys) == tuple(sorted({A, -5, 3}))
    assert unpacked(b"") == ()
