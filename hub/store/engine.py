"""Connection pools: one for readers, which cannot write, and one for writers."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 60_000
"""How long a SQLite connection waits for another process's transaction."""
STATEMENT_MS = 60_000
"""PostgreSQL gives up a statement after this long."""

_ATTEMPTS = 100
_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=10000",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)
_POSTGRES_OPTIONS = (
    f"-c statement_timeout={STATEMENT_MS} -c lock_timeout=30000 -c idle_in_transaction_session_timeout=120000"
)
_POSTGRES_READS = r" -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\ read"
_PREPARED = 200
"""Statements a PostgreSQL connection keeps prepared: more than there are in use."""


def read_engine(url: str, *, pool_size: int) -> Engine:
    """Connections that see one snapshot per transaction and refuse to write."""
    engine = _engine(url, pool_size, options=_POSTGRES_READS, autocommit=True)
    event.listen(engine, "connect", _restrict)
    return engine


def write_engine(url: str, *, pool_size: int) -> Engine:
    """Connections that write. SQLite has one writer at a time whatever the pool's size."""
    return _engine(url, pool_size, autocommit=True)


def schema_engine(url: str) -> Engine:
    """A connection for SQLAlchemy's own transactions: migrations and the making of tables."""
    return _engine(url, 1)


def dialect(url: str) -> str:
    """ "sqlite" or "postgresql". ValueError for anything else, or for a SQLite URL without a file."""
    try:
        parsed = make_url(url)
    except ArgumentError:  # its message holds the URL, and the URL may hold a password
        raise ValueError("a store is named by a URL such as sqlite:////path/hub.db or postgresql://host/hub") from None
    name = parsed.get_backend_name()
    if name not in {"sqlite", "postgresql"}:
        raise ValueError(f"the store runs on sqlite and postgresql, not on {name}")
    if name == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError("a SQLite store needs a file: sqlite:///path/hub.db")
    return name


def _engine(url: str, pool_size: int, *, options: str = "", autocommit: bool = False) -> Engine:
    """The store begins and ends transactions itself, on both engines; `autocommit` leaves that to it."""
    parsed = make_url(url)
    if dialect(url) == "sqlite":
        _private_file(Path(str(parsed.database)))
        # cached_statements: the longest list of statements in use, so that none is compiled twice.
        arguments: dict[str, Any] = {"isolation_level": None, "check_same_thread": False, "cached_statements": 512}
    else:
        parsed = parsed.set(drivername="postgresql+psycopg")
        arguments = {
            "options": _POSTGRES_OPTIONS + options,
            "application_name": "jukung",
            "autocommit": autocommit,
            "prepare_threshold": 2,
        }
    engine = create_engine(
        parsed,
        connect_args=arguments,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=30,
        pool_recycle=3600,
        pool_reset_on_return=None,
    )
    event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if isinstance(connection, psycopg.Connection):
        connection.prepared_max = _PREPARED
        # psycopg would send each whole number in the smallest type that holds it: another statement to prepare per mix
        connection.adapters.register_dumper(int, Int8BinaryDumper)
        return
    for pragma in _SQLITE_PRAGMAS:
        for attempt in range(_ATTEMPTS):
            try:
                connection.execute(pragma)
                break
            except sqlite3.OperationalError:
                # Two processes that make the same new file WAL at once: SQLite does not wait for this lock by itself.
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.02)


def _restrict(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, psycopg.Connection):
        connection.execute("PRAGMA query_only=ON")


def _private_file(path: Path) -> None:
    """Creates the database file readable by its owner alone; SQLite gives its WAL the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
