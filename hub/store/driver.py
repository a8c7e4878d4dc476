"""One statement at a time on the driver's own cursor, with the same SQL text for both engines.

SQLAlchemy Core costs 0.2 ms a statement (measured), more than most statements here take, so it is used for the pool,
the schema and the migrations, and the statements go to sqlite3 or psycopg directly. Texts use `?`; what the two engines
must spell differently (a list of keys, a search in bytes) comes from a method here.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Protocol

import msgspec
import psycopg

from hub.store.errors import Conflict, Unavailable

SqlRow = tuple[Any, ...]
CHUNK = 2_000
"""Rows per statement when a list of keys is looked up: bounds SQLite's number of variables and parse time."""
_MANY = 64
DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)


class Driver(Protocol):
    """A driver connection inside a transaction."""

    dialect: str

    def begin(self, *, is_write: bool) -> None:
        """Begins the transaction; a SQLite writer waits for the lock here, not in the middle."""

    def commit(self) -> None:
        """Makes it durable."""

    def rollback(self) -> None:
        """Leaves nothing behind."""

    def is_broken(self) -> bool:
        """The connection itself is lost."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[SqlRow]:
        """All rows of a query."""

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Executes and returns the number of rows touched."""

    def many(self, sql: str, rows: Sequence[SqlRow]) -> int:
        """Executes once per row and returns the number of rows touched in all."""

    def delete(self, table: str, columns: Sequence[str], rows: Sequence[SqlRow]) -> int:
        """Deletes the rows with these keys (all bigint); returns how many there were."""

    def match(self, columns: Sequence[str], rows: Sequence[SqlRow], _types: str = "") -> tuple[str, list[Any]]:
        """A condition "these columns are one of these rows". `_types`: PostgreSQL's, space-separated; all bigint."""

    def holds(self, column: str) -> str:
        """A condition "this bytes column contains the bytes ?"."""


class SqliteDriver:
    """sqlite3, autocommit mode: transactions are begun by the store."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def begin(self, *, is_write: bool) -> None:
        self.run("BEGIN IMMEDIATE" if is_write else "BEGIN")

    def commit(self) -> None:
        self.run("COMMIT")

    def rollback(self) -> None:
        self.connection.rollback()

    def is_broken(self) -> bool:
        return False

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[SqlRow]:
        try:
            return self.connection.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise translated(error) from error

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        try:
            return self.connection.execute(sql, params).rowcount
        except sqlite3.Error as error:
            raise translated(error) from error

    def many(self, sql: str, rows: Sequence[SqlRow]) -> int:
        if not rows:
            return 0
        try:
            return self.connection.executemany(sql, rows).rowcount
        except sqlite3.Error as error:
            raise translated(error) from error

    def delete(self, table: str, columns: Sequence[str], rows: Sequence[SqlRow]) -> int:
        return self.many(f"DELETE FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in columns)}", rows)

    def match(self, columns: Sequence[str], rows: Sequence[SqlRow], _types: str = "") -> tuple[str, list[Any]]:
        if len(columns) > 1:
            # One parameter whatever the number of keys; a list of VALUES would make SQLite scan the whole table.
            fields = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(columns)))
            listed = msgspec.json.encode(rows).decode()
            return f"({', '.join(columns)}) IN (SELECT {fields} FROM json_each(?))", [listed]
        if len(rows) > _MANY and not isinstance(rows[0][0], bytes | str):
            return f"{columns[0]} IN (SELECT value FROM json_each(?))", [
                msgspec.json.encode([r[0] for r in rows]).decode()
            ]
        return f"{columns[0]} IN ({_marks(len(rows))})", [row[0] for row in rows]

    def holds(self, column: str) -> str:
        return f"instr({column}, ?) > 0"


class PostgresDriver:
    """psycopg 3 with binary results."""

    dialect = "postgresql"

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self.cursor = connection.cursor(binary=True)

    def begin(self, *, is_write: bool) -> None:
        """psycopg begins with the first statement."""

    def commit(self) -> None:
        try:
            self.connection.commit()
        except psycopg.Error as error:
            raise translated(error) from error

    def rollback(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has rolled back by itself; is_broken() tells
            self.connection.rollback()

    def is_broken(self) -> bool:
        return self.connection.broken or self.connection.closed

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[SqlRow]:
        try:
            return self.cursor.execute(_percent(sql), params).fetchall()
        except psycopg.Error as error:
            raise translated(error) from error

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        try:
            return self.cursor.execute(_percent(sql), params).rowcount
        except psycopg.Error as error:
            raise translated(error) from error

    def many(self, sql: str, rows: Sequence[SqlRow]) -> int:
        if not rows:
            return 0
        try:
            self.cursor.executemany(_percent(sql), rows)
        except psycopg.Error as error:
            raise translated(error) from error
        return self.cursor.rowcount

    def delete(self, table: str, columns: Sequence[str], rows: Sequence[SqlRow]) -> int:
        if not rows:
            return 0
        match, params = self.match(columns, rows)
        return self.run(f"DELETE FROM {table} WHERE {match}", params)

    def match(self, columns: Sequence[str], rows: Sequence[SqlRow], _types: str = "") -> tuple[str, list[Any]]:
        kinds = _types.split() if _types else ["bigint"] * len(columns)
        arrays = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        if len(columns) == 1:
            return f"{columns[0]} = ANY(?::{kinds[0]}[])", arrays
        lists = ",".join(f"?::{kind}[]" for kind in kinds)
        return f"({','.join(columns)}) IN (SELECT * FROM unnest({lists}))", arrays

    def holds(self, column: str) -> str:
        return f"position(?::bytea in {column}) > 0"


def chunks(rows: Sequence[SqlRow], size: int = CHUNK) -> Iterator[Sequence[SqlRow]]:
    """The rows in slices of at most `size`; nothing for no rows."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def singles(values: Iterable[Any]) -> list[SqlRow]:
    """Distinct values as one-column rows, sorted (locality, and no deadlock between two writers)."""
    return [(value,) for value in sorted(set(values))]


def translated(error: Exception) -> Exception:
    """The store's word for a driver's error; a bug (syntax, wrong type) stays what it is."""
    if isinstance(error, sqlite3.IntegrityError | psycopg.errors.UniqueViolation):
        return Conflict(str(error).splitlines()[0] if isinstance(error, sqlite3.IntegrityError) else "duplicate key")
    if isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
        return Conflict(type(error).__name__)
    if isinstance(error, sqlite3.OperationalError) and _is_machine_trouble(error):
        return Unavailable(str(error))
    if isinstance(error, psycopg.OperationalError):
        return Unavailable(type(error).__name__)
    return error


def _is_machine_trouble(error: sqlite3.OperationalError) -> bool:
    """Locked, full disk, unreadable file: sqlite3 gives all of these and syntax errors one class."""
    return error.sqlite_errorcode & 0xFF in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }


@cache
def _percent(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


@cache
def _marks(count: int) -> str:
    return ",".join("?" * count)
