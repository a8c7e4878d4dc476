"""Monitoring facts, written in the transaction of the resources they come from."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.store.bulk import bulk_insert, merge
from hub.store.driver import chunks
from hub.store.errors import Conflict
from hub.store.rows import FactRow, SumRow
from hub.store.tables import facts, monitoring
from hub.store.tx import Tx

_FIRST = (-(1 << 63), -(1 << 63))
_PAGE = 5_000


class FactReads(Tx):
    """Reading facts and sums."""

    def facts(self, after: tuple[int, int] = _FIRST, limit: int = 10_000) -> list[FactRow]:
        """Facts after (pseudonym, item), in that order: page through all of them."""
        return self._facts_where("(pseudonym, item) > (?, ?) ORDER BY pseudonym, item LIMIT ?", (*after, limit))

    def month_facts(self, month: int, after: tuple[int, int] = _FIRST, limit: int = 10_000) -> list[FactRow]:
        """Facts with a month's mark after (pseudonym, item), in that order."""
        where = "month = ? AND (pseudonym, item) > (?, ?) ORDER BY pseudonym, item LIMIT ?"
        return self._facts_where(where, (month, *after, limit))

    def whole_month(self, month: int) -> Iterator[FactRow]:
        """All facts with a month's mark, a page at a time."""
        after = _FIRST
        while rows := self.month_facts(month, after, _PAGE):
            yield from rows
            after = rows[-1][:2]

    def facts_of(self, items: Iterable[tuple[int, int]]) -> list[FactRow]:
        """The facts of these (pseudonym, item), those that exist."""
        return self._facts_with(("pseudonym", "item"), items, "bigint bigint")

    def facts_in(self, places: Iterable[tuple[int, int]]) -> list[FactRow]:
        """The facts of these (pseudonym, month's mark)."""
        return self._facts_with(("pseudonym", "month"), places, "bigint integer")

    def sums(self) -> list[SumRow]:
        """All sums."""
        sql = "SELECT area, month, category, n FROM fact_sum ORDER BY area, month, category"
        return [SumRow(*record) for record in self.db.rows(sql)]

    def _facts_with(self, columns: tuple[str, str], keys: Iterable[tuple[int, int]], types: str) -> list[FactRow]:
        found: list[FactRow] = []
        for part in chunks(sorted(set(keys))):
            found += self._facts_where(*self.db.match(columns, part, types))
        return found

    def _facts_where(self, where: str, params: Sequence[Any]) -> list[FactRow]:
        sql = f"SELECT pseudonym, item, version, body, month FROM fact WHERE {where}"
        return [FactRow(*record) for record in self.db.rows(sql, params)]


class FactWrites(FactReads):
    """Writing facts and sums."""

    def add_facts(self, new: Iterable[FactRow]) -> None:
        """Adds facts; of two versions of one item the newer stays, whatever the order of arrival."""
        newest: dict[tuple[int, int], FactRow] = {}
        for fact in new:
            known = newest.get(fact[:2])
            if known is None or fact.version >= known.version:
                newest[fact[:2]] = fact
        rows = [newest[key] for key in sorted(newest)]
        newer = (
            "(pseudonym, item) DO UPDATE SET version = excluded.version, body = excluded.body, month = excluded.month"
            " WHERE excluded.version >= fact.version"
        )
        merge(self.db, facts.fact, rows, newer)
        self._changed(row.month for row in rows)

    def put_facts(self, rows: Iterable[FactRow]) -> None:
        """New rows. Conflict when there is one of that number."""
        new = sorted(rows)
        bulk_insert(self.db, facts.fact, new)
        self._changed(row.month for row in new)

    def replace_facts(self, rows: Iterable[FactRow], months: Iterable[int]) -> None:
        """Rows as they are now, given as versions that follow those which were read, and the months they were of then.
        Conflict when one is no longer as it was read."""
        sql = "UPDATE fact SET version = ?, body = ?, month = ? WHERE pseudonym = ? AND item = ? AND version = ?"
        values = [(r.version, r.body, r.month, r.pseudonym, r.item, r.version - 1) for r in sorted(rows)]
        if values and self.db.many(sql, values) != len(values):
            raise Conflict("facts were rewritten meanwhile")
        self._changed(months)

    def _changed(self, months: Iterable[int]) -> None:
        """Say so in the same transaction; what counts the months hears of it (hub.store.monitoring)."""
        new = [(month, secrets.randbits(62)) for month in sorted(set(months)) if month > 0]
        merge(self.db, monitoring.fact_change, new)

    def add_sums(self, sums: Iterable[SumRow]) -> None:
        """Adds to the sums (negative `n` takes back what a correction withdraws)."""
        totals: Counter[tuple[str, str, str]] = Counter()
        for row in sums:
            totals[row[:3]] += row.n
        rows = [(*key, totals[key]) for key in sorted(totals) if totals[key]]
        add = "(area, month, category) DO UPDATE SET n = fact_sum.n + excluded.n"
        merge(self.db, facts.fact_sum, rows, add, is_hot=True)
