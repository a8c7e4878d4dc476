"""Released tables: written once, never changed."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.store.bulk import bulk_insert, insert_or
from hub.store.tables import releases
from hub.store.tx import Tx


class ReleasedRow(NamedTuple):
    """A table of a month (YYYY-MM), sealed. `cube` names it, or a facility's own figures."""

    month: str
    cube: str
    made_ms: int
    body: bytes


class ReleaseReads(Tx):
    """Reading what was released."""

    def released_months(self) -> list[str]:
        """Months with released tables, newest first."""
        return [str(record[0]) for record in self.db.rows("SELECT DISTINCT month FROM released ORDER BY month DESC")]

    def released(self, month: str, cube: str) -> ReleasedRow | None:
        """One table."""
        sql = "SELECT month, cube, made_ms, body FROM released WHERE month = ? AND cube = ?"
        found = self.db.rows(sql, (month, cube))
        return ReleasedRow(*found[0]) if found else None

    def releases(self, cube: str, limit: int, until: str = "9999-12") -> list[ReleasedRow]:
        """One table of the newest months up to one, newest first."""
        where = "cube = ? AND month <= ? ORDER BY month DESC LIMIT ?"
        sql = f"SELECT month, cube, made_ms, body FROM released WHERE {where}"
        return [ReleasedRow(*record) for record in self.db.rows(sql, (cube, until, limit))]

    def reporting(self, name: str) -> tuple[int, bytes] | None:
        """A matrix that is kept up to date: when it was made, and its sealed body."""
        found = self.db.rows("SELECT made_ms, body FROM reporting WHERE name = ?", (name,))
        return (int(found[0][0]), found[0][1]) if found else None


class ReleaseWrites(ReleaseReads):
    """Releasing."""

    def release(self, rows: Iterable[ReleasedRow]) -> None:
        """Adds all tables of a month. Conflict when one of them was released before."""
        bulk_insert(self.db, releases.released, sorted(rows))

    def set_reporting(self, name: str, made_ms: int, body: bytes) -> None:
        """Keeps the newest matrix."""
        newest = "(name) DO UPDATE SET made_ms = excluded.made_ms, body = excluded.body"
        insert_or(self.db, releases.reporting, [(name, made_ms, body)], newest)
