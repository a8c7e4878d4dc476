"""Remarks on facilities' numbers and what came of them; never deleted."""

from typing import NamedTuple

from hub.store.bulk import bulk_insert
from hub.store.errors import Conflict
from hub.store.tables import follow_up
from hub.store.tx import Tx

_COLUMNS = "id, facility, indicator, month, state, created_ms, due, closed_ms, version, body"


class FollowUpRow(NamedTuple):
    """A thread. `facility`: its id; `month` YYYY-MM; `state`: open, replied, decided; `due`: an ISO day; `version`
    counts the entries; `body` is sealed."""

    id: str
    facility: str
    indicator: str
    month: str
    state: str
    created_ms: int
    due: str
    closed_ms: int | None
    version: int
    body: bytes


class FollowUpReads(Tx):
    """Reading threads."""

    def follow_up(self, id_: str) -> FollowUpRow | None:
        """One thread."""
        found = self.db.rows(f"SELECT {_COLUMNS} FROM follow_up WHERE id = ?", (id_,))
        return FollowUpRow(*found[0]) if found else None

    def follow_ups(
        self, *, facility: str = "", indicator: str = "", state: str = "", limit: int = 100
    ) -> list[FollowUpRow]:
        """The threads about a facility or an indicator, in a state, newest first."""
        where, params = _chosen(facility=facility, indicator=indicator, state=state)
        sql = f"SELECT {_COLUMNS} FROM follow_up WHERE {where} ORDER BY created_ms DESC, id LIMIT ?"
        return [FollowUpRow(*record) for record in self.db.rows(sql, (*params, limit))]

    def undecided(
        self, *, facility: str = "", indicator: str = "", state: str = "", before: str = "", limit: int = 100
    ) -> list[FollowUpRow]:
        """Those that are not decided, the first due first; `before`: only those due before that day."""
        where, params = _chosen(facility=facility, indicator=indicator, state=state)
        if before:
            where, params = f"{where} AND due < ?", (*params, before)
        sql = f"SELECT {_COLUMNS} FROM follow_up WHERE {where} AND closed_ms IS NULL ORDER BY due, id LIMIT ?"
        return [FollowUpRow(*record) for record in self.db.rows(sql, (*params, limit))]

    def follow_up_counts(self, today: str) -> dict[tuple[str, bool], int]:
        """How many are not decided, by state and whether they are over at `today`."""
        late = "CASE WHEN due < ? THEN 1 ELSE 0 END"
        sql = f"SELECT state, {late} AS late, COUNT(*) FROM follow_up WHERE closed_ms IS NULL GROUP BY state, late"
        return {(str(state), bool(late)): int(n) for state, late, n in self.db.rows(sql, (today,))}


def _chosen(**wanted: str) -> tuple[str, tuple[str, ...]]:
    """The condition of the columns that are asked for."""
    chosen = [(name, value) for name, value in wanted.items() if value]
    return " AND ".join(["1 = 1", *(f"{name} = ?" for name, _ in chosen)]), tuple(value for _, value in chosen)


class FollowUpWrites(FollowUpReads):
    """Writing threads."""

    def add_follow_up(self, row: FollowUpRow) -> None:
        """A new thread. Conflict when its id exists."""
        bulk_insert(self.db, follow_up.follow_up, [row])

    def change_follow_up(self, row: FollowUpRow) -> None:
        """The next entry of a thread, `row.version` one above the one that was read. Conflict when somebody else was
        faster, or it was closed."""
        sql = (
            "UPDATE follow_up SET state = ?, due = ?, closed_ms = ?, version = ?, body = ?"
            " WHERE id = ? AND version = ? AND closed_ms IS NULL"
        )
        new = (row.state, row.due, row.closed_ms, row.version, row.body, row.id, row.version - 1)
        if self.db.run(sql, new) != 1:
            raise Conflict("the thread was changed meanwhile")
