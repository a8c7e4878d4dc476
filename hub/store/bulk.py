"""Many rows into one table: COPY BINARY on PostgreSQL (3 to 5 times faster than executemany), executemany on SQLite."""

from collections.abc import Sequence
from functools import cache
from typing import cast

import psycopg
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, SmallInteger, Table, Text
from sqlalchemy.types import TypeEngine

from hub.store.driver import Driver, PostgresDriver, SqlRow, translated

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


def bulk_insert(db: Driver, table: Table, rows: Sequence[SqlRow]) -> None:
    """Inserts rows (values in the order of the table's columns). Conflict when a key exists already."""
    if not rows:
        return
    if not isinstance(db, PostgresDriver):
        db.many(_insert(table), rows)
        return
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
    return db.run(f"{_insert_arrays(table)} ON CONFLICT {on_conflict}", [list(c) for c in zip(*rows, strict=True)])


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
