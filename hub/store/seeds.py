"""Wrapped seeds in their own database (HUB_KEYS_URL): its own backups, so that a deleted seed stays deleted.

Not part of the migrations: one table, made when missing, whose shape is part of the sealed format.
"""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, SmallInteger, Table
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from hub.store.bulk import insert_or
from hub.store.driver import chunks, singles
from hub.store.engine import dialect
from hub.store.store import Store

seed_metadata = MetaData()
patient_key = Table(
    "patient_key",
    seed_metadata,
    Column("compartment", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("seed_version", SmallInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    info={"dist": "compartment"},
)


class SeedRows:
    """The seed store: each call is its own transaction, durable when it returns."""

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self._store = Store(url, pool_size=pool_size)
        self._is_sqlite = dialect(url) == "sqlite"
        self._create()

    def read(self, compartments: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        """compartment -> (seed version, wrapped seed), for those that exist."""
        found: dict[int, tuple[int, bytes]] = {}
        with self._store.reading() as tx:
            for part in chunks(singles(compartments)):
                match, params = tx.db.match(("compartment",), part)
                sql = f"SELECT compartment, seed_version, wrapped FROM patient_key WHERE {match}"
                found.update((record[0], (record[1], record[2])) for record in tx.db.rows(sql, params))
        return found

    def insert(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """Adds (compartment, seed version, wrapped); a compartment that has a seed keeps it."""
        if not rows:
            return
        with self._store.writing() as tx:
            insert_or(tx.db, patient_key, sorted(rows))

    def delete(self, compartment: int) -> None:
        """Destroys a seed here. SQLite overwrites its bytes (secure_delete) and empties the write-ahead log; on
        PostgreSQL they stay in dead rows and the log until vacuum and recycling: docs/operations.md."""
        with self._store.writing() as tx:
            tx.db.run("DELETE FROM patient_key WHERE compartment = ?", (compartment,))
        if self._is_sqlite:
            self._store.checkpoint()

    def close(self) -> None:
        """Closes the idle connections."""
        self._store.close()

    def _create(self) -> None:
        try:
            self._store.create(seed_metadata)
        except (IntegrityError, OperationalError, ProgrammingError):
            # Two processes started at once and the other made the table between our look and our CREATE.
            self._store.create(seed_metadata)
