"""What was written and when: an author's versions by type, newest first, and every version of some compartments.

Current and superseded versions are both indexed by (author, type, time), so a page is two range reads per type whatever
the store holds.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from hub.model import Row
from hub.store.driver import chunks, singles
from hub.store.records import ROW, row_of
from hub.store.rows import ChangeRow
from hub.store.tx import Tx

_FEW = 8
_OPERATION = "CASE WHEN is_deleted THEN 2 WHEN version = 1 THEN 0 ELSE 1 END"
_CHANGE = f"author, type, updated_ms, rid, compartment, version, {_OPERATION} AS op"
_ORDER = ("updated_ms", "rid", "compartment", "version")
NEWEST = (2**63 - 1, 2**63 - 1, 2**63 - 1, 2**31 - 1)
"""Before this place stands everything."""


class ChangeReads(Tx):
    """Reading the feed of writes."""

    def changes(
        self,
        author: int,
        types: Collection[int],
        *,
        since_ms: int = 0,
        below: tuple[int, int, int, int] = NEWEST,
        limit: int = 100,
    ) -> list[ChangeRow]:
        """An author's versions of some types, newest first, deletions too: written at or after `since_ms` and standing
        below a place (`ChangeRow.place`)."""
        one = " UNION ALL ".join(
            f"SELECT * FROM (SELECT {_CHANGE} FROM {table} WHERE author = ? AND type = ? AND updated_ms BETWEEN ? AND ?"
            f" AND ({', '.join(_ORDER)}) < (?, ?, ?, ?)"
            f" ORDER BY {', '.join(f'{name} DESC' for name in _ORDER)} LIMIT ?) {table}"
            for table in ("resource", "history")
        )
        found: list[ChangeRow] = []
        for part in chunks([(type_,) for type_ in self._written(author, types)], 40):
            asked = [(author, type_, since_ms, below[0], *below, limit) for (type_,) in part for _ in range(2)]
            params = [value for each in asked for value in each]
            found += [ChangeRow(*record) for record in self.db.rows(" UNION ALL ".join([one] * len(part)), params)]
        return sorted(found, key=lambda row: row.place, reverse=True)[:limit]

    def _written(self, author: int, types: Collection[int]) -> list[int]:
        """Those of the types that the author wrote at all: looking is far cheaper than planning to read each."""
        if len(types) < _FEW:
            return sorted(set(types))
        listed = "unnest(?::smallint[]) t(value)" if self.db.dialect == "postgresql" else "json_each(?) t"
        given = sorted(set(types))
        sql = f"SELECT value FROM {listed} WHERE EXISTS (SELECT 1 FROM resource WHERE author = ? AND type = t.value)"
        names: list[int] | str = given if self.db.dialect == "postgresql" else msgspec.json.encode(given).decode()
        return sorted(int(type_) for (type_,) in self.db.rows(sql, (names, author)))

    def versions_at(self, places: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], Row]:
        """The stored versions with these (compartment, rid, version); what is not there is left out."""
        found: dict[tuple[int, int, int], Row] = {}
        for table in ("resource", "history"):
            for part in chunks(sorted(set(places) - found.keys())):
                match, params = self.db.match(("compartment", "rid", "version"), part)
                for record in self.db.rows(f"SELECT {ROW} FROM {table} WHERE {match}", params):
                    row = row_of(record)
                    found[row.compartment, row.rid, row.version] = row
        return found

    def all_versions(self, compartments: Iterable[int], limit: int) -> list[Row]:
        """Every version of everything in these compartments, tombstones too, in no order; at most `limit`."""
        found: list[Row] = []
        for part in chunks(singles(compartments)):
            match, params = self.db.match(("compartment",), part)
            one = f"SELECT {ROW} FROM {{}} WHERE {match}"
            sql = f"{one.format('resource')} UNION ALL {one.format('history')} LIMIT ?"
            found += [row_of(record) for record in self.db.rows(sql, [*params, *params, limit - len(found)])]
        return found
