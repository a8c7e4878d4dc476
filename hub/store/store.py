"""The store: opened once per process, giving out transactions."""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, MetaData, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hub.store.driver import DRIVER_ERRORS, Driver, PostgresDriver, SqliteDriver
from hub.store.engine import BUSY_MS, dialect, read_engine, schema_engine, write_engine
from hub.store.errors import Unavailable
from hub.store.migrate import migrate
from hub.store.read import ReadTx
from hub.store.turn import Turn
from hub.store.write import WriteTx


class Store:
    """A database of sealed rows. Thread-safe; after a fork the child opens its own connections."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.dialect = dialect(url)
        self._read = read_engine(url, pool_size=pool_size)
        self._write = write_engine(url, pool_size=1 if self.dialect == "sqlite" else pool_size)
        self._turn = Turn()
        self._inherited: list[Any] = []
        _open_stores.add(self)

    def migrate(self) -> None:
        """Brings the schema to the newest version."""
        with self._schema() as engine:
            migrate(engine)

    def create(self, metadata: MetaData) -> None:
        """Makes the missing tables of a database that has no migrations."""
        with self._schema() as engine, engine.begin() as connection:
            metadata.create_all(connection)

    def checkpoint(self) -> None:
        """SQLite: moves the write-ahead log into the database file and empties it, as far as readers allow."""
        with self._transaction(self._read, is_write=False, is_single=True) as db:
            db.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the idle connections. The store opens new ones when used again."""
        self._read.dispose()
        self._write.dispose()

    @contextmanager
    def reading(self, *, is_single: bool = False, most_ms: int | None = None) -> Iterator[ReadTx]:
        """One snapshot. Nothing can be written in it. Unavailable when the database does not answer.

        `is_single`: each statement by itself, seeing what is committed at its moment. On PostgreSQL a look then takes
        one journey instead of three. `most_ms`: TooSlow when a statement takes longer.
        """
        with self._transaction(self._read, is_write=False, is_single=is_single, most_ms=most_ms) as db:
            yield ReadTx(db)

    @contextmanager
    def writing(self) -> Iterator[WriteTx]:
        """One transaction, committed once, on leaving; an exception leaves nothing behind.

        SQLite: one writer at a time, in the order they came (other processes: as they find it free). When this
        returns, what was written is on disk. Conflict and Unavailable may also come from the commit itself.
        """
        if self.dialect != "sqlite":
            with self._transaction(self._write, is_write=True) as db:
                yield WriteTx(db)
            return
        turn = self._turn
        if not turn.take(BUSY_MS / 1000):
            raise Unavailable("another transaction of this process does not end")
        try:
            with self._transaction(self._write, is_write=True) as db:
                yield WriteTx(db)
        finally:
            turn.give()

    @contextmanager
    def _schema(self) -> Iterator[Engine]:
        engine = schema_engine(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def _transaction(
        self, engine: Engine, *, is_write: bool, is_single: bool = False, most_ms: int | None = None
    ) -> Iterator[Driver]:
        try:
            checked_out = engine.raw_connection()
        except (*DRIVER_ERRORS, DBAPIError, PoolTimeout) as error:
            raise Unavailable(type(error).__name__) from error
        try:
            db = _driver(checked_out)
            if not is_single:
                db.begin(is_write=is_write)
            is_done = False
            try:
                if most_ms is not None:
                    db.limit(most_ms)
                yield db
                db.commit()
                is_done = True
            finally:
                if not is_done:  # an exception, or a commit that failed: nothing stays open
                    db.rollback()
        finally:
            if db.is_broken():
                # The server went away: the idle connections are as dead as this one.
                checked_out.invalidate()
                engine.dispose()
            checked_out.close()

    def _leave_to_parent(self) -> None:
        """In a forked child: the parent's connections are kept unused and unclosed (closing would end them for the
        parent too: PostgreSQL shares the socket, SQLite its locks), and locks held by its threads are left behind."""
        self._inherited += [self._read.pool, self._write.pool]
        self._read.dispose(close=False)
        self._write.dispose(close=False)
        self._turn = Turn()


def open_store(url: str, *, pool_size: int = 8) -> Store:
    """The store at `url` (sqlite:///file or postgresql://...), connected on first use. ValueError for others."""
    return Store(url, pool_size=pool_size)


def _driver(checked_out: PoolProxiedConnection) -> Driver:
    connection: Any = checked_out.driver_connection
    return SqliteDriver(connection) if isinstance(connection, sqlite3.Connection) else PostgresDriver(connection)


_open_stores: "weakref.WeakSet[Store]" = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_open_stores):
        store._leave_to_parent()


os.register_at_fork(after_in_child=_after_fork)
