"""Rows of a database that is not ours: SQLite file, MariaDB/MySQL or PostgreSQL, read only, in small bounded queries.

One connection; each query is a transaction of its own, so that nothing is held between them. The account should have
nothing but SELECT; the session is read-only besides. No URL, password or message of the driver reaches an error text.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote

from sqlalchemy import URL, BindParameter, Connection, bindparam, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from hub.errors import Category, HubError
from hub.mapping.readers.encoding import decode
from hub.mapping.readers.refusal import refusal
from hub.mapping.readers.scalar import scalar_text
from hub.mapping.source import SourceSpec
from hub.model import Issue

TIMEOUT_S = 60
"""Seconds after which the database gives a query up."""
CONNECT_S = 10

Kind = Literal["sqlite", "mysql", "postgresql"]
_DRIVERS: Mapping[str, tuple[Kind, str]] = {
    "sqlite": ("sqlite", "sqlite"),
    "mysql": ("mysql", "mysql+pymysql"),
    "mariadb": ("mysql", "mysql+pymysql"),
    "postgresql": ("postgresql", "postgresql+psycopg"),
}
_COLUMNS = {
    "mysql": "SELECT LOWER(table_name) AS t, LOWER(column_name) AS c FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND LOWER(table_name) IN :tables",
    "postgresql": "SELECT lower(table_name) AS t, lower(column_name) AS c FROM information_schema.columns "
    "WHERE table_schema = ANY(current_schemas(false)) AND lower(table_name) IN :tables",
    "sqlite": "SELECT lower(m.name) AS t, lower(p.name) AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p "
    "WHERE m.type IN ('table', 'view') AND lower(m.name) IN :tables",
}


@dataclass(slots=True)
class Cost:
    """What a query cost the database: how often it ran, rows it gave, seconds until they were all here."""

    calls: int = 0
    rows: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class DatabaseSource:
    """An open, read-only source. `cost` is kept per query name."""

    kind: Kind
    connection: Connection
    cost: dict[str, Cost] = field(default_factory=dict)
    repeated: int = 0
    """Rows that named a visit a second time in one batch; the first is taken."""

    @property
    def seconds(self) -> float:
        """Seconds spent in the database so far."""
        return sum(cost.seconds for cost in self.cost.values())

    @property
    def queries(self) -> int:
        """Queries so far."""
        return sum(cost.calls for cost in self.cost.values())

    def select(self, name: str, sql: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """All rows of one query, as the driver gives them. HubError when the database refuses or is gone."""
        statement = text(sql)
        lists: list[BindParameter[Any]] = [
            bindparam(key, expanding=True) for key, value in values.items() if isinstance(value, (list, tuple))
        ]
        cost = self.cost.setdefault(name, Cost())
        started = time.perf_counter()
        try:
            found = self.connection.execute(statement.bindparams(*lists), dict(values)).mappings().all()
        except SQLAlchemyError as error:
            raise _refused(error) from None
        finally:
            cost.calls += 1
            cost.seconds += time.perf_counter() - started
        cost.rows += len(found)
        return cast("list[Mapping[str, Any]]", found)

    def columns(self, tables: Iterable[str]) -> dict[str, set[str]]:
        """Table to columns, lower case, of those of `tables` that are there (and the account may see)."""
        wanted = sorted({table.casefold() for table in tables})
        found: dict[str, set[str]] = {}
        for row in self.select("schema", _COLUMNS[self.kind], {"tables": wanted}) if wanted else ():
            found.setdefault(scalar_text(row["t"]), set()).add(scalar_text(row["c"]))
        return found

    def close(self) -> None:
        """Let go of the connection; a lost one too."""
        with suppress(SQLAlchemyError, OSError):
            self.connection.close()
        self.connection.engine.dispose()


def open_source(url: str, timeout_s: int = TIMEOUT_S) -> DatabaseSource:
    """A read-only session on the database at an SQLAlchemy URL. HubError HUB-2200..2202 when there is none."""
    try:
        address = make_url(url)
        kind, driver = _DRIVERS[address.get_backend_name()]
    except (ArgumentError, KeyError, ValueError):
        raise HubError(Category.INCORRECT, Issue("HUB-2200", severity="fatal")) from None
    try:
        engine = create_engine(
            address.set(drivername=driver),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            **_options(kind, address, timeout_s),
        )
        connection = engine.connect()
        if kind == "mysql":
            _limit_mysql(connection, timeout_s)
    except SQLAlchemyError as error:
        raise _refused(error) from None
    return DatabaseSource(kind, connection)


def _refused(error: SQLAlchemyError) -> HubError:
    if isinstance(error, DBAPIError):
        return refusal(error.orig, error.connection_invalidated)
    return refusal(None)


def _options(kind: Kind, address: URL, timeout_s: int) -> dict[str, Any]:
    if kind == "sqlite":
        return {"creator": lambda: _open_file(Path(address.database or ""))}
    if kind == "mysql":
        # the server turns latin1 columns into UTF-8; what was stored doubly encoded is mended in scalar_text
        limits = {"connect_timeout": CONNECT_S, "read_timeout": timeout_s + CONNECT_S}
        return {"connect_args": {"charset": "utf8mb4", **limits}}
    settings = f"-c default_transaction_read_only=on -c statement_timeout={timeout_s * 1000}"
    return {"connect_args": {"options": settings, "connect_timeout": CONNECT_S, "client_encoding": "utf8"}}


def _open_file(path: Path) -> sqlite3.Connection:
    found = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False)
    found.text_factory = lambda data: decode(data)[0]  # a file may hold latin1 bytes that sqlite3 would refuse
    found.execute("PRAGMA query_only = ON")
    return found


def _limit_mysql(connection: Connection, timeout_s: int) -> None:
    connection.execute(text("SET SESSION TRANSACTION READ ONLY"))
    try:
        connection.execute(text(f"SET SESSION max_statement_time = {int(timeout_s)}"))
    except SQLAlchemyError:  # MySQL's name for it, in milliseconds
        connection.execute(text(f"SET SESSION max_execution_time = {int(timeout_s) * 1000}"))


def read_batch(source: DatabaseSource, spec: SourceSpec, after: str, since: str, batch: int) -> list[dict[str, Any]]:
    """The next visits after the key `after` (""= from the start), with their groups, as JSON rows of text.

    At most 1 + len(spec.children) queries. An empty list: there are no more. `spec` is the one `fitted` to the source.
    """
    visits = spec.visits
    start: str | int = after if visits.kind == "text" else int(after or -1)
    found = source.select("visits", visits.sql, {"after": start, "since": since, "batch": batch})
    rows: dict[str, dict[str, Any]] = {}
    for row in found:
        cells = _cells(row, exact=visits.key)
        source.repeated += cells.get(visits.key, "") in rows
        rows.setdefault(cells.get(visits.key, ""), cells)
    if not found:
        return []
    bounds = {"first": found[0][visits.key], "last": found[-1][visits.key]}
    folded = {_folded(key): key for key in rows}
    for child in spec.children:
        for row in source.select(child.name, child.sql, bounds) if child.sql else ():
            parent = str(row[child.parent])
            owner = rows.get(parent) or rows.get(folded.get(_folded(parent), ""))
            cells = _cells({name: value for name, value in row.items() if name != child.parent})
            if owner is not None and cells:
                owner.setdefault(child.name, []).append(cells)
    return list(rows.values())


def _cells(row: Mapping[str, Any], exact: str = "") -> dict[str, Any]:
    texts = ((name, str(value) if name == exact else scalar_text(value)) for name, value in row.items())
    return {name: text for name, text in texts if text}


def _folded(key: str) -> str:
    """A key as a case-insensitive database compares it."""
    return key.rstrip().casefold()
