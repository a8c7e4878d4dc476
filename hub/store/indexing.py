"""Search tokens of stored rows, taken anew in small steps; and what the index is complete for meanwhile."""

from collections.abc import Collection, Iterable, Sequence

from hub.model import Key, Row
from hub.store.bulk import insert_or
from hub.store.driver import chunks
from hub.store.errors import Conflict
from hub.store.records import STORED, row_of, unpacked
from hub.store.rows import IndexRow, Reindexed
from hub.store.tables import clinical, indexing
from hub.store.tx import Tx

_COLUMNS = "type, prints, compartment, rid, done, total"
BUILD = 0
"""In place of a type: the build at work."""


class IndexReads(Tx):
    """Looking at the index."""

    def indexes(self) -> dict[int, IndexRow]:
        """By type what every stored row satisfies, and under BUILD the build at work, if there is one."""
        return {record[0]: IndexRow(*record) for record in self.db.rows(f"SELECT {_COLUMNS} FROM search_index")}

    def types_held(self) -> dict[int, int]:
        """How many resources of each type there are, of the types there ever were any of; deleted ones not counted."""
        found = self.db.rows("SELECT type, SUM(n) FROM counter GROUP BY type")
        return {int(type_): int(number) for type_, number in found}

    def window(self, after: Key, limit: int) -> list[tuple[int, int, int]]:
        """(compartment, rid, type) of the rows that follow a key, in order of their keys; a tombstone's type is 0."""
        sql = (
            "SELECT compartment, rid, CASE WHEN is_deleted THEN 0 ELSE type END FROM resource"
            " WHERE (compartment, rid) > (?, ?) ORDER BY compartment, rid LIMIT ?"
        )
        return [(home, rid, type_) for home, rid, type_ in self.db.rows(sql, (*after, limit))]

    def with_keys(self, keys: Collection[Key]) -> list[tuple[Row, bytes]]:
        """Current rows with their packed tokens."""
        found: list[tuple[Row, bytes]] = []
        for part in chunks(sorted(set(keys))):
            match, params = self.db.match(("compartment", "rid"), part)
            for *head, packed, body in self.db.rows(f"SELECT {STORED} FROM resource WHERE {match}", params):
                found.append((row_of((*head, body)), packed))
        return found

    def index_rows(self, candidates: Iterable[tuple[Key, bytes]]) -> set[tuple[Key, int]]:
        """The (resource, token) pairs that have an index row, of resources and packed tokens that may have."""
        pairs = {(token, key.rid, key.compartment) for key, packed in candidates for token in unpacked(packed)}
        found: set[tuple[Key, int]] = set()
        for part in chunks(sorted(pairs)):
            match, params = self.db.match(("key", "rid", "compartment"), part)
            rows = self.db.rows(f"SELECT key, rid, compartment FROM token WHERE {match}", params)
            found.update((Key(home, rid), token) for token, rid, home in rows)
        return found


class IndexWrites(IndexReads):
    """Keeping the index."""

    def set_indexes(self, rows: Collection[IndexRow]) -> None:
        """Puts rows, the build's too."""
        names = ("prints", "compartment", "rid", "done", "total")
        changed = ", ".join(f"{name} = excluded.{name}" for name in names)
        insert_or(self.db, indexing.search_index, sorted(rows), f"(type) DO UPDATE SET {changed}")

    def add_indexes(self, rows: Collection[IndexRow]) -> None:
        """Puts the rows of types that have none yet."""
        insert_or(self.db, indexing.search_index, sorted(rows))

    def drop_build(self) -> None:
        """Ends the build at work, done or not."""
        self.db.run("DELETE FROM search_index WHERE type = ?", (BUILD,))

    def step_build(self, before: IndexRow, after: IndexRow | None) -> None:
        """Moves the build on, or with None ends it. Conflict when it is no longer where it was."""
        where = "WHERE type = ? AND prints = ? AND compartment = ? AND rid = ? AND done = ?"
        place = (BUILD, before.prints, before.compartment, before.rid, before.done)
        if after is None:
            touched = self.db.run(f"DELETE FROM search_index {where}", place)
        else:
            sql = f"UPDATE search_index SET compartment = ?, rid = ?, done = ? {where}"
            touched = self.db.run(sql, (after.compartment, after.rid, after.done, *place))
        if touched != 1:
            raise Conflict("another process moved the build")

    def reindex(self, changes: Sequence[Reindexed]) -> None:
        """Gives rows other tokens and index rows; nothing else of them changes. Conflict when one was rewritten."""
        ordered = sorted(changes)
        rows = [(change.packed, *change.key, change.version) for change in ordered]
        sql = "UPDATE resource SET keys = ? WHERE compartment = ? AND rid = ? AND version = ?"
        if self.db.many(sql, rows) != len(rows):
            raise Conflict("reindex: a resource was rewritten")
        stale = [(token, each.key.rid, each.key.compartment) for each in ordered for token in each.stale]
        self.db.delete("token", ("key", "rid", "compartment"), sorted(stale))
        fresh = [(token, each.key.rid, each.key.compartment, each.type) for each in ordered for token in each.fresh]
        insert_or(self.db, clinical.token, sorted(fresh))

    def know_forms(self) -> None:
        """Every row has said its forms, and which of its references lead out of their compartment."""
        self.db.run("DELETE FROM code_form WHERE loose = 0 AND exact = 0 AND type = 0")
