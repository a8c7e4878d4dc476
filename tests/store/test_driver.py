"""Transactions on few journeys: what is put off, what is seen meanwhile, and what is left when it goes wrong."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model import Key
from hub.store import Conflict, Entry, Store, open_store
from hub.store.arrays import literal
from hub.store.driver import PostgresDriver
from tests.postgres import Server
from tests.store.rows_made import sealed


def test_a_transaction_sees_its_own_rows_before_they_are_committed(store: Store) -> None:
    with store.writing() as tx:
        tx.put([sealed(1, 1)])
        assert set(tx.get([Key(1, 1)])) == {Key(1, 1)}
        tx.outbox([Entry(5, b"a", (7,))])
        with store.reading() as other:
            assert other.get([Key(1, 1)]) == {}
        assert [row.body for row in tx.unsequenced(9)] == [b"a"]
    with store.reading() as tx:
        assert set(tx.get([Key(1, 1)])) == {Key(1, 1)}
        assert len(tx.seen([7])) == 1


def spoilt(store: Store, *, is_begun: bool, fault: Exception | None = None) -> None:
    """A transaction that fails at its end or, when it has begun before, at its next statement."""
    with store.writing() as tx:
        tx.outbox([Entry(5, b"lost", (7,))])
        if fault is None:
            tx.put([sealed(1, 1)])
        if is_begun:
            tx.counts()
        if fault is not None:
            raise fault


@pytest.mark.parametrize("is_begun", [False, True])
def test_what_fails_leaves_nothing_behind(store: Store, is_begun: bool) -> None:
    with store.writing() as tx:
        tx.put([sealed(1, 1)])
    with pytest.raises(Conflict):
        spoilt(store, is_begun=is_begun)
    with pytest.raises(ZeroDivisionError):
        spoilt(store, is_begun=is_begun, fault=ZeroDivisionError())
    with store.writing() as tx:
        tx.put([sealed(1, 2)])
    with store.reading() as tx:
        assert tx.unsequenced(9) == []
        assert set(tx.get([Key(1, 1), Key(1, 2)])) == {Key(1, 1), Key(1, 2)}


@pytest.mark.parametrize("is_single", [False, True])
def test_readers_cannot_write(store: Store, is_single: bool) -> None:
    with pytest.raises(Exception, match=r"read-only|readonly"), store.reading(is_single=is_single) as tx:
        tx.db.run("DELETE FROM client")
    with store.reading(is_single=is_single) as tx:
        assert tx.clients() == []


def test_a_single_look_sees_what_is_committed_at_its_moment(store: Store) -> None:
    with store.reading() as snapshot, store.reading(is_single=True) as moment:
        assert snapshot.get([Key(1, 1)]) == moment.get([Key(1, 1)]) == {}
        with store.writing() as tx:
            tx.put([sealed(1, 1)])
        assert snapshot.get([Key(1, 1)]) == {}
        assert set(moment.get([Key(1, 1)])) == {Key(1, 1)}


class Journeys:
    """How often a store's statements go to the server and back: libpq writes down what it sends."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def counted(self, db: Any) -> Iterator[None]:
        assert isinstance(db, PostgresDriver)
        with self.path.open("w") as file:
            db.connection.pgconn.trace(file.fileno())
            yield
            db.connection.pgconn.untrace()

    def number(self) -> int:
        lines = [line.split("\t") for line in self.path.read_text().splitlines()]
        return sum("F" in line and ("Sync" in line or "Query" in line) for line in lines)


def test_small_transactions_are_few_journeys(postgres: Server, postgres_template: str, tmp_path: Path) -> None:
    store = open_store(postgres.create("journeys", postgres_template))
    journeys = Journeys(tmp_path / "libpq")
    with ExitStack() as counted, store.writing() as tx:
        counted.enter_context(journeys.counted(tx.db))
        tx.outbox([Entry(5, b"a", (7,)), Entry(6, b"b")])
    assert journeys.number() == 1
    with ExitStack() as counted, store.reading(is_single=True) as tx:
        counted.enter_context(journeys.counted(tx.db))
        assert tx.access_tokens([bytes(32)], 0) == {}
    assert journeys.number() == 1
    with ExitStack() as counted, store.reading() as tx:
        counted.enter_context(journeys.counted(tx.db))
        assert tx.clients() == []
    assert journeys.number() == 3
    store.close()
    postgres.drop("journeys")


def test_statements_stay_prepared(postgres: Server, postgres_template: str) -> None:
    """After a ROLLBACK psycopg would forget them all."""
    store = open_store(postgres.create("prepared", postgres_template), pool_size=1)
    for _ in range(4):
        with store.reading() as tx:
            tx.get([Key(1, 1)])
    with store.reading() as tx:
        prepared = tx.db.rows("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM resource%'")
    assert prepared == [(1,)]
    store.close()
    postgres.drop("prepared")


@pytest.fixture(scope="module")
def arrays(postgres: Server) -> Iterator[Store]:
    """A database to send arrays to and back."""
    store = open_store(postgres.create("arrays"))
    yield store
    store.close()
    postgres.drop("arrays")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KINDS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "bytea": st.binary(),
    "text": TEXT,
    "boolean": st.booleans(),
    "float8": st.floats(allow_nan=False),
}


@given(data=st.data())
@settings(max_examples=60)
def test_arrays_come_back_as_they_were(arrays: Store, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    values = data.draw(st.lists(st.one_of(KINDS[kind], st.none()), max_size=8))
    with arrays.reading() as tx:
        assert tx.db.rows(f"SELECT * FROM unnest(?::{kind}[])", [literal(values)]) == [(value,) for value in values]
