"""Resources: read by key, put with their superseded versions and tokens."""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from operator import attrgetter
from struct import unpack

from hub.model import Key, Row, Sealed
from hub.store.bulk import bulk_insert, insert_or, merge, remove
from hub.store.counters import CounterWrites, changes_of
from hub.store.driver import SqlRow, chunks
from hub.store.errors import Conflict
from hub.store.rows import CompartmentRow, Source
from hub.store.tables import clinical
from hub.store.tx import Tx

ROW = "compartment, rid, type, version, day, day_end, updated_ms, author, tag, digest, codec, is_deleted, body"
STORED = ROW.replace("body", "keys, body")
"""The columns of `resource` and of `history`, in their order."""
_TYPE, _AUTHOR, _IS_DELETED, _KEYS = map(STORED.split(", ").index, ("type", "author", "is_deleted", "keys"))


def row_of(record: SqlRow) -> Row:
    """A Row from the columns ROW (SQLite gives 0 or 1 for a flag)."""
    *numbers, is_deleted, body = record
    return Row._make((*numbers, bool(is_deleted), body))


class RecordReads(Tx):
    """Reading resources whose keys are known."""

    def get(self, keys: Collection[Key]) -> dict[Key, Row]:
        """Current versions (tombstones too); keys that are not stored are left out."""
        if len(keys) == 1:
            found = self.db.rows(f"SELECT {ROW} FROM resource WHERE compartment = ? AND rid = ?", next(iter(keys)))
        else:
            found = list(self._matching(f"SELECT {ROW} FROM resource WHERE", keys))
        return {Key(record[0], record[1]): row_of(record) for record in found}

    def version(self, key: Key, version: int) -> Row | None:
        """One version, current or superseded."""
        where = "WHERE compartment = ? AND rid = ? AND version = ?"
        for table in ("resource", "history"):
            found = self.db.rows(f"SELECT {ROW} FROM {table} {where}", (*key, version))
            if found:
                return row_of(found[0])
        return None

    def versions(self, key: Key) -> list[Row]:
        """All versions, newest first; empty when there is no such resource."""
        one = "SELECT {} FROM {} WHERE compartment = ? AND rid = ?"
        both = f"{one.format(ROW, 'resource')} UNION ALL {one.format(ROW, 'history')} ORDER BY version DESC"
        return [row_of(record) for record in self.db.rows(both, (*key, *key))]

    def sources(self, tokens: Iterable[bytes]) -> dict[bytes, Key]:
        """Which resource carries each source identifier; unknown ones are left out."""
        rows = [(token,) for token in sorted(set(tokens))]
        found: dict[bytes, Key] = {}
        for part in chunks(rows):
            match, params = self.db.match(("token",), part, "bytea")
            sql = f"SELECT token, compartment, rid FROM ident WHERE {match}"
            found.update((token, Key(c, r)) for token, c, r in self.db.rows(sql, params))
        return found

    def compartments(self, compartments: Iterable[int]) -> dict[int, CompartmentRow]:
        """What is known of each compartment."""
        rows = [(compartment,) for compartment in sorted(set(compartments))]
        found: dict[int, CompartmentRow] = {}
        for part in chunks(rows):
            match, params = self.db.match(("compartment",), part)
            sql = f"SELECT compartment, author, kind, created_ms FROM compartment WHERE {match}"
            found.update((record[0], CompartmentRow(*record)) for record in self.db.rows(sql, params))
        return found

    def _matching(self, select: str, keys: Collection[Key]) -> Iterator[SqlRow]:
        for part in chunks(sorted(set(keys))):
            match, params = self.db.match(("compartment", "rid"), part)
            yield from self.db.rows(f"{select} {match}", params)


class RecordWrites(RecordReads, CounterWrites):
    """Storing resources. Every method takes a whole part."""

    def put(self, part: Sequence[Sealed]) -> None:
        """Stores new resources (version 1) and new versions of stored ones, whose old version goes to the history.

        Conflict when a new key exists, or when the stored version is not the one before the given; ValueError when an
        indexed token is not among the packed ones (the index rows of a version are found by its packed tokens).
        """
        ordered = sorted(part, key=attrgetter("key"))
        changed = [sealed for sealed in ordered if sealed.version > 1]
        tokens = sorted(_index_rows(changed))
        before = self._supersede(changed, {row[:3] for row in tokens})
        bulk_insert(self.db, clinical.resource, [_stored(sealed) for sealed in ordered])
        bulk_insert(self.db, clinical.token, sorted(_index_rows(s for s in ordered if s.version == 1)))
        merge(self.db, clinical.token, tokens)  # those that a new version has in common with the old one are there
        self.count_up(changes_of(((s.author, s.type, s.is_deleted) for s in ordered), before))

    def relabel(self, labels: Sequence[tuple[Key, int]]) -> None:
        """Changes access tags alone: no new version, since what was said has not changed. Conflict when one is gone."""
        rows = [(tag, *key) for key, tag in sorted(labels)]
        if self.db.many("UPDATE resource SET tag = ? WHERE compartment = ? AND rid = ?", rows) != len(rows):
            raise Conflict("relabel: a resource is not stored")

    def add_compartments(self, rows: Sequence[CompartmentRow]) -> None:
        """New compartments. Conflict when one exists."""
        bulk_insert(self.db, clinical.compartment, sorted(rows))

    def add_sources(self, sources: Iterable[Source]) -> None:
        """Claims source identifiers. Claiming one's own again is harmless; Conflict when another resource has it, also
        when that one is being written at the same moment (this waits for the other's commit)."""
        claims = {source.token: source for source in sources}
        rows = [(s.token, s.key.compartment, s.key.rid, s.type) for _, s in sorted(claims.items())]
        if insert_or(self.db, clinical.ident, rows) == len(rows):
            return
        owners = self.sources(claims)
        if any(owners.get(token) != source.key for token, source in claims.items()):
            raise Conflict("source identifier taken")

    def _supersede(self, part: Sequence[Sealed], staying: Set[SqlRow]) -> list[tuple[int, int, bool]]:
        """Moves the stored versions to the history, with their tokens but those `staying` gone, and returns their
        (author, type, is deleted). Every row must be found: a rival that came first has made the stored version another
        one, or (PostgreSQL) makes the delete find nothing once it has committed."""
        before: list[tuple[int, int, bool]] = []
        for chunk in chunks([(*sealed.key, sealed.version - 1) for sealed in part]):
            match, params = self.db.match(("compartment", "rid", "version"), chunk)
            old = self.db.rows(f"DELETE FROM resource WHERE {match} RETURNING {STORED}", params)
            if len(old) != len(chunk):
                raise Conflict("stored version is not the one before")
            bulk_insert(self.db, clinical.history, sorted(old))
            stale = {(token, row[1], row[0]) for row in old for token in unpacked(row[_KEYS])}
            remove(self.db, clinical.token, ("key", "rid", "compartment"), sorted(stale - staying))
            before += [(row[_AUTHOR], row[_TYPE], bool(row[_IS_DELETED])) for row in old]
        return before


def unpacked(keys: bytes) -> tuple[int, ...]:
    """The tokens of a packed column: big-endian signed 64-bit numbers."""
    return unpack(f">{len(keys) // 8}q", keys)


def _stored(s: Sealed) -> SqlRow:
    head = (s.key.compartment, s.key.rid, s.type, s.version, s.day, s.day_end, s.updated_ms, s.author, s.tag)
    return (*head, s.digest, s.codec, s.is_deleted, s.keys, s.body)


def _index_rows(part: Iterable[Sealed]) -> Iterator[SqlRow]:
    for sealed in part:
        if not sealed.index or sealed.is_deleted:
            continue
        index = set(sealed.index)
        if not index.issubset(unpacked(sealed.keys)):
            raise ValueError("an indexed token is not among the packed tokens")
        for token in index:
            yield token, sealed.key.rid, sealed.key.compartment, sealed.type
