"""How many bytes the database takes for a resource, indexes included, with and without the audit trail."""

import sqlite3
from contextlib import closing
from typing import Any

from bench.floor import connect
from hub.store import open_store


def bytes_per_resource(url: str) -> dict[str, float]:
    """`with_audit` and `without_audit`; what belongs to the audit are the tables and indexes named after it."""
    store = open_store(url)
    if store.dialect == "sqlite":
        store.checkpoint()
    with store.reading() as tx:
        resources = tx.counts()["resource"]
    store.close()
    with closing(connect(url)) as connection:
        sizes = _sqlite(connection) if isinstance(connection, sqlite3.Connection) else _postgresql(connection)
    whole = sum(sizes.values())
    audit = sum(size for name, size in sizes.items() if "audit" in name)
    return {"with_audit": round(whole / resources, 1), "without_audit": round((whole - audit) / resources, 1)}


def by_part(url: str) -> list[tuple[str, float]]:
    """Bytes a resource of each table and index, largest first."""
    store = open_store(url)
    with store.reading() as tx:
        resources = tx.counts()["resource"]
    store.close()
    with closing(connect(url)) as connection:
        sizes = _sqlite(connection) if isinstance(connection, sqlite3.Connection) else _postgresql_parts(connection)
    return sorted(((name, size / resources) for name, size in sizes.items() if size), key=lambda row: -row[1])


def _sqlite(connection: Any) -> dict[str, int]:
    try:
        return dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    except sqlite3.OperationalError:  # this SQLite was built without dbstat: the file as a whole
        (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
        return {"everything": pages * size}


def _postgresql(connection: Any) -> dict[str, int]:
    sql = "SELECT tablename, pg_total_relation_size(tablename::regclass) FROM pg_tables WHERE schemaname = 'public'"
    return dict(connection.execute(sql).fetchall())


def _postgresql_parts(connection: Any) -> dict[str, int]:
    """Tables and indexes by their own names; what PostgreSQL keeps beside a table (TOAST, maps) as one."""
    sql = (
        "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i')"
    )
    found = dict(connection.execute(sql).fetchall())
    beside = sum(_postgresql(connection).values()) - sum(found.values())
    return found | {"beside the tables (TOAST, free space)": beside}
