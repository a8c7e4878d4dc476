"""One statement at a time on the driver's own cursor, with the same SQL text for both engines.

SQLAlchemy Core costs 0.2 ms a statement (measured), more than most statements here take, so it is used for the pool,
the schema and the migrations, and the statements go to sqlite3 or psycopg directly. Texts use `?`; what the two engines
must spell differently (a list of keys, a search in bytes) comes from a method here.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Protocol

import msgspec
import psycopg

from hub.store.arrays import literal
from hub.store.errors import translated

SqlRow = tuple[Any, ...]
_Statement = tuple[str, Sequence[Any]]
CHUNK = 2_000
"""Rows per statement when a list of keys is looked up: bounds SQLite's number of variables and parse time."""
_MANY = 64
_STEPS = 20_000
"""SQLite's steps between two looks at the clock: some tenths of a millisecond."""
DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)


class Driver(Protocol):
    """A driver connection inside a transaction."""

    dialect: str

    def begin(self, *, is_write: bool) -> None:
        """Begins the transaction; a SQLite writer waits for the lock here, not in the middle."""

    def limit(self, most_ms: int) -> None:
        """Right after `begin`: what a reader asks may take this long, or ends in TooSlow."""

    def commit(self) -> None:
        """Ends it; what it wrote is durable."""

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
        self._is_limited = False

    def begin(self, *, is_write: bool) -> None:
        self.run("BEGIN IMMEDIATE" if is_write else "BEGIN")

    def limit(self, most_ms: int) -> None:
        end = time.monotonic() + most_ms / 1000
        self.connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        self._is_limited = True

    def commit(self) -> None:
        self._unlimit()
        if self.connection.in_transaction:
            self.run("COMMIT")

    def rollback(self) -> None:
        self._unlimit()
        self.connection.rollback()

    def _unlimit(self) -> None:
        if self._is_limited:
            self.connection.set_progress_handler(None, 0)
            self._is_limited = False

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
    """psycopg 3 with binary results, autocommit mode too. Journeys to the server are what a small transaction costs:

    BEGIN waits for the first statement, and inserts put off with `later` go in one statement, at the end or before the
    next one; where they are all there is, that statement is the transaction. Readers end with COMMIT as well, because
    after a ROLLBACK psycopg forgets every prepared statement.
    """

    dialect = "postgresql"

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self.cursor = connection.cursor(binary=True)
        self._is_to_begin = False
        self._later: dict[str, _Statement] = {}
        self._last: list[_Statement] = []

    def begin(self, *, is_write: bool) -> None:  # noqa: ARG002 - whether it may write is the connection's affair
        self._is_to_begin = True

    def limit(self, most_ms: int) -> None:
        self._is_to_begin = False
        try:
            # One journey. A plan for any value may be a thousand times slower than the one for this value.
            self.connection.execute(
                f"BEGIN; SET LOCAL statement_timeout = {int(most_ms)}; SET LOCAL plan_cache_mode = force_custom_plan"
            )
        except psycopg.Error as error:
            raise translated(error) from error

    def commit(self) -> None:
        if self._last:
            self._arrive_with_all()
        self._is_to_begin = False
        self._put()
        try:
            self.connection.commit()
        except psycopg.Error as error:
            raise translated(error) from error

    def rollback(self) -> None:
        self._is_to_begin, self._later, self._last = False, {}, []
        with suppress(psycopg.Error):  # a lost connection has rolled back by itself; is_broken() tells
            self.connection.rollback()

    def is_broken(self) -> bool:
        return self.connection.broken or self.connection.closed

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[SqlRow]:
        self._arrive_with_all()
        return self._execute(sql, params).fetchall()

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        self.arrive()
        return self._execute(sql, params).rowcount

    def many(self, sql: str, rows: Sequence[SqlRow]) -> int:
        if not rows:
            return 0
        self.arrive()
        try:
            self.cursor.executemany(_percent(sql), rows)
        except psycopg.Error as error:
            raise translated(error) from error
        return self.cursor.rowcount

    def later(self, table: str, sql: str, params: Sequence[Any], *, is_hot: bool = False) -> None:
        """Put an insert off: a refusal (Conflict) comes from the next statement or the commit. `is_hot`: its rows are
        everybody's, and locked to the commit; it goes last, or before the next look."""
        if is_hot:
            self._last.append((sql, params))
            return
        if table in self._later:  # one statement must not touch a row twice
            self.arrive()
        self._later[table] = sql, params

    def arrive(self) -> None:
        """Be inside the transaction, with what was put off done, hot rows excepted."""
        if self._is_to_begin:
            self._is_to_begin = False
            self._execute("BEGIN", ())
        self._put()

    def _arrive_with_all(self) -> None:
        self.arrive()
        last, self._last = self._last, []
        for statement in last:
            self._execute(*statement)

    def _put(self) -> None:
        if not self._later:
            return
        later, self._later = list(self._later.values()), {}
        *before, last = (sql for sql, _ in later)
        parts = ", ".join(f"part{number} AS ({sql})" for number, sql in enumerate(before))
        self._execute(f"WITH {parts} {last}" if before else last, [value for _, params in later for value in params])

    def _execute(self, sql: str, params: Sequence[Any]) -> "psycopg.Cursor[Any]":
        try:
            return self.cursor.execute(_percent(sql), params)
        except psycopg.Error as error:
            raise translated(error) from error

    def delete(self, table: str, columns: Sequence[str], rows: Sequence[SqlRow]) -> int:
        if not rows:
            return 0
        match, params = self.match(columns, rows)
        return self.run(f"DELETE FROM {table} WHERE {match}", params)

    def match(self, columns: Sequence[str], rows: Sequence[SqlRow], _types: str = "") -> tuple[str, list[Any]]:
        kinds = _types.split() if _types else ["bigint"] * len(columns)
        arrays: list[Any] = [literal(column) for column in zip(*rows, strict=True)] or ["{}" for _ in columns]
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


@cache
def _percent(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


@cache
def _marks(count: int) -> str:
    return ",".join("?" * count)
