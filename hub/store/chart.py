"""A person's whole record, page by page: what of some compartments is permitted, of every type."""

from collections.abc import Collection, Sequence

from hub.model import After, Page, Reach
from hub.store.records import ROW, row_of
from hub.store.tx import Tx


class ChartReads(Tx):
    """Reading across types."""

    def record_page(
        self,
        reaches: Sequence[Reach],
        *,
        types: Collection[int] | None,
        since_ms: int | None,
        not_after_ms: int,
        days: tuple[int, int] | None,
        undated: Collection[int],
        after: After | None,
        limit: int,
    ) -> Page:
        """One page of what the reaches (each with compartments) cover, in order of their keys, with the exact total.

        Tombstones are left out. `since_ms`: changed then or later; `not_after_ms`: changed no later, so that pages stay
        stable (what changes meanwhile is left to the next call). `days` overlap the clinical day; rows without one and
        those of the types `undated`, whose day means something else, always count.
        """
        open_ones = [reach for reach in reaches if reach.compartments and () not in (reach.tags, reach.permitted)]
        if not open_ones or (types is not None and not types):
            return Page()
        choices, params = [], []
        for reach in open_ones:
            where, values = self._reach(reach)
            choices.append(where)
            params += values
        # A leading + keeps a condition from choosing an index: only the compartments are few.
        terms = ["NOT is_deleted", f"({' OR '.join(choices)})", "+updated_ms <= ?"]
        params.append(not_after_ms)
        if types is not None:
            match, values = self.db.match(("+type",), [(number,) for number in sorted(types)], "smallint")
            terms.append(match)
            params += values
        if since_ms is not None:
            terms.append("+updated_ms >= ?")
            params.append(since_ms)
        if days is not None:
            match, values = self.db.match(("type",), [(number,) for number in sorted(undated)], "smallint")
            terms.append(f"({match} OR day = 0 OR (day <= ? AND day_end >= ?))")
            params += [*values, days[1], days[0]]
        total = int(self.db.rows(f"SELECT count(*) FROM resource WHERE {' AND '.join(terms)}", params)[0][0])
        if after is not None:
            terms.append("(compartment, rid) > (?, ?)")
            params += [after.compartment, after.rid]
        sql = f"SELECT {ROW} FROM resource WHERE {' AND '.join(terms)} ORDER BY compartment, rid LIMIT ?"
        rows = [row_of(record) for record in self.db.rows(sql, [*params, limit + 1])]
        if len(rows) <= limit:
            return Page(rows, total, None)
        last = rows[limit - 1]
        return Page(rows[:limit], total, After(0, last.compartment, last.rid))

    def _reach(self, reach: Reach) -> tuple[str, list[object]]:
        homes = [(home,) for home in sorted(set(reach.compartments or ()))]
        match, params = self.db.match(("compartment",), homes)
        terms = [match, "+author = ?"]
        params.append(reach.author)
        if reach.tags is not None:
            tags, values = self.db.match(("tag",), [(tag,) for tag in sorted(set(reach.tags))])
            terms.append(tags)
            params += values
        if reach.permitted is not None:
            keys, values = self.db.match(("compartment", "rid"), sorted(set(reach.permitted)))
            terms.append(keys)
            params += values
        return f"({' AND '.join(terms)})", params
