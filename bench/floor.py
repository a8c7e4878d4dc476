"""The floor: the rows that an ingest left behind, put into the same tables of an empty database by bare COPY or
executemany, with as many commits and as many processes. Nothing can store them faster that stores the same."""

import multiprocessing
import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import make_url

Rows = dict[str, list[tuple[Any, ...]]]
BY_COMPARTMENT = ("compartment", "token", "ident", "tag", "mpi", "link")
BY_SHARE = ("fact", "fact_sum", "audit_out", "audit_patient")
"""Tables whose rows do not say to which commit they belonged: shared out evenly in storage order."""


@dataclass(frozen=True, slots=True)
class Dump:
    """What each commit wrote, and the columns of each table (name, PostgreSQL type)."""

    commits: list[Rows]
    columns: dict[str, list[tuple[str, str]]]
    resources: int


def connect(url: str) -> Any:
    """A bare driver connection as the hub's own are set up: every commit is on disk when it returns."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        return psycopg.connect(host=str(place.query["host"]), user="hub", dbname=place.database)
    connection = sqlite3.connect(str(place.database), isolation_level=None, timeout=60)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=10000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def dump(url: str) -> Dump:
    """Everything an ingest wrote, by commit: the rows of one part carry one time."""
    with closing(connect(url)) as connection:
        columns = {table: _columns(connection, table) for table in ("resource", *BY_COMPARTMENT, *BY_SHARE)}

        def rows(table: str) -> list[tuple[Any, ...]]:
            names = ", ".join(f'"{name}"' for name, _ in columns[table])
            return list(connection.execute(f"SELECT {names} FROM {table}").fetchall())

        resources = rows("resource")
        names = [name for name, _ in columns["resource"]]
        home, rid, at = (names.index(name) for name in ("compartment", "rid", "updated_ms"))
        order = {at_ms: number for number, at_ms in enumerate(sorted({row[at] for row in resources}))}
        commits: list[Rows] = [defaultdict(list) for _ in order]
        by_key, by_home = {}, {}
        for row in resources:
            number = order[row[at]]
            commits[number]["resource"].append(row)
            by_key[row[home], row[rid]] = by_home[row[home]] = number
        for table in BY_COMPARTMENT:
            fields = [name for name, _ in columns[table]]
            place = fields.index("compartment")
            other = fields.index("rid") if "rid" in fields else None
            for row in rows(table):
                mine = by_home.get(row[place]) if other is None else by_key.get((row[place], row[other]))
                if mine is not None:
                    commits[mine][table].append(row)
        for table in BY_SHARE:
            held = rows(table)
            for place, row in enumerate(held):
                commits[place * len(commits) // len(held)][table].append(row)
        # What the sequencer has moved meanwhile was an outbox row of the part, too.
        moved = connection.execute("SELECT entry, node, at_ms, body FROM audit_log").fetchall()
        for place, row in enumerate(moved):
            commits[place * len(commits) // len(moved)]["audit_out"].append(tuple(row))
    return Dump([dict(commit) for commit in commits], columns, len(resources))


def resources_per_s(dumped: Dump, url: str, processes: int) -> float:
    """Put the dump into a fresh migrated database."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(processes + 1)
    parts = [dumped.commits[number::processes] for number in range(processes)]
    workers = [context.Process(target=insert_all, args=(url, part, dumped.columns, gate)) for part in parts]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    elapsed = time.perf_counter() - started
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("the floor's writers failed")
    return dumped.resources / elapsed


def insert_all(url: str, commits: Sequence[Rows], columns: dict[str, list[tuple[str, str]]], gate: Any = None) -> None:
    """Put these commits in, one after the other; `gate` is waited for once connected."""
    with closing(connect(url)) as connection:
        is_sqlite = isinstance(connection, sqlite3.Connection)
        if gate is not None:
            gate.wait()
        for commit in commits:
            if is_sqlite:
                _executemany(connection, commit, columns)
            else:
                _copy(connection, commit, columns)


def _executemany(connection: sqlite3.Connection, commit: Rows, columns: dict[str, list[tuple[str, str]]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in commit.items():
        names = ", ".join(f'"{name}"' for name, _ in columns[table])
        marks = ", ".join("?" * len(columns[table]))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    connection.execute("COMMIT")


def _copy(connection: Any, commit: Rows, columns: dict[str, list[tuple[str, str]]]) -> None:
    with connection.cursor() as cursor:
        for table, rows in commit.items():
            names = ", ".join(f'"{name}"' for name, _ in columns[table])
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([kind for _, kind in columns[table]])
                for row in rows:
                    copy.write_row(row)
    connection.commit()


def _columns(connection: Any, table: str) -> list[tuple[str, str]]:
    if isinstance(connection, sqlite3.Connection):
        return [(row[1], "") for row in connection.execute(f"PRAGMA table_info({table})")]
    sql = "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    return list(connection.execute(sql, (table,)).fetchall())
