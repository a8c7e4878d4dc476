"""Rows into one table. PostgreSQL: many by COPY BINARY (3 to 5 times faster than executemany), a few by an INSERT over
arrays, which needs no journey of its own. SQLite: executemany."""

from collections.abc import Sequence
from functools import cache
from typing import cast

import psycopg
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, SmallInteger, Table, Text
from sqlalchemy.types import TypeEngine

from hub.store.arrays import literal
from hub.store.driver import Driver, PostgresDriver, SqlRow
from hub.store.errors import translated

# Subclasses before their base: BigInteger and SmallInteger are Integers.
_COPY_TYPES: tuple[tuple[type[TypeEngine[object]], str], ...] = cast(
    "tuple[tuple[type[TypeEngine[object]], str], ...]",
    (
        (BigInteger, "int8"),
        (SmallInteger, "int2"),
        (Integer, "int4"),
        (LargeBinary, "bytea"),
        (Boolean, "bool"),
        (Float, "float8"),
        (Text, "text"),
    ),
)


FEW = 64
"""Rows from which on a COPY is worth its two journeys to the server."""


def bulk_insert(db: Driver, table: Table, rows: Sequence[SqlRow]) -> None:
    """Inserts rows (values in the order of the table's columns). Conflict when a key exists already, on PostgreSQL at
    the next statement or the commit."""
    if not rows:
        return
    if not isinstance(db, PostgresDriver):
        db.many(_insert(table), rows)
        return
    if len(rows) <= FEW:
        db.later(table.name, _insert_arrays(table), _columns(rows))
        return
    db.arrive()
    try:
        with db.cursor.copy(_copy(table)) as copy:
            copy.set_types(_types(table))
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise translated(error) from error


def insert_or(db: Driver, table: Table, rows: Sequence[SqlRow], on_conflict: str = "DO NOTHING") -> int:
    """Inserts rows, or does what `on_conflict` says with those whose key exists; returns how many rows were touched.

    On PostgreSQL one statement over arrays, in which no key may occur twice unless nothing is done. It waits for
    another transaction that is writing the same key: sort the rows, so that two writers do not wait for each other.
    """
    if not rows:
        return 0
    if not isinstance(db, PostgresDriver):
        return db.many(f"{_insert(table)} ON CONFLICT {on_conflict}", rows)
    return db.run(f"{_insert_arrays(table)} ON CONFLICT {on_conflict}", _columns(rows))


def merge(
    db: Driver, table: Table, rows: Sequence[SqlRow], on_conflict: str = "DO NOTHING", *, is_hot: bool = False
) -> None:
    """As `insert_or`, where nobody asks how many rows were touched: on PostgreSQL it needs no journey of its own.

    `is_hot`: rows that many transactions change, sums and counts; they are touched last, as they stay locked to the
    commit.
    """
    if rows and isinstance(db, PostgresDriver):
        sql = f"{_insert_arrays(table)} ON CONFLICT {on_conflict}"
        db.later(table.name, sql, _columns(rows), is_hot=is_hot)
    elif rows:
        insert_or(db, table, rows, on_conflict)


def remove(db: Driver, table: Table, columns: Sequence[str], rows: Sequence[SqlRow]) -> None:
    """Deletes the rows with these keys (all bigint), where nobody asks how many there were and none of them is written
    in the same transaction: on PostgreSQL it needs no journey of its own."""
    if rows and isinstance(db, PostgresDriver):
        match, params = db.match(columns, rows)
        db.later(f"{table.name}, removed", f"DELETE FROM {table.name} WHERE {match}", params)
    else:
        db.delete(table.name, columns, rows)


def _columns(rows: Sequence[SqlRow]) -> list[str]:
    return [literal(column) for column in zip(*rows, strict=True)]


@cache
def _insert(table: Table) -> str:
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({','.join(map(_quoted, names))}) VALUES ({','.join('?' * len(names))})"


@cache
def _insert_arrays(table: Table) -> str:
    arrays = ",".join(f"?::{kind}[]" for kind in _types(table))
    names = ",".join(_quoted(column.name) for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})"


@cache
def _copy(table: Table) -> str:
    return f"COPY {table.name} ({','.join(_quoted(c.name) for c in table.columns)}) FROM STDIN (FORMAT BINARY)"


@cache
def _types(table: Table) -> list[str]:
    return [next(name for kind, name in _COPY_TYPES if isinstance(c.type, kind)) for c in table.columns]


def _quoted(name: str) -> str:
    return f'"{name}"'
