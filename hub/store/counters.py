"""Counts kept up to date by the writes themselves: exact, because they are part of the same transaction."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from hub.store.bulk import merge
from hub.store.driver import chunks, singles
from hub.store.tables import counting
from hub.store.tx import Tx

SLOTS = 16


class CounterReads(Tx):
    """Reading what was counted."""

    def held(self, author: int, type_: int) -> int:
        """How many resources of a type an author has, deleted ones not counted."""
        sql = "SELECT COALESCE(SUM(n), 0) FROM counter WHERE author = ? AND type = ?"
        return int(self.db.rows(sql, (author, type_))[0][0])

    def forms(self, loose: Collection[int]) -> set[tuple[int, int, int]]:
        """The forms in use of some codes, given their tokens without system."""
        found: set[tuple[int, int, int]] = set()
        for part in chunks(singles(loose)):
            match, params = self.db.match(("loose",), part)
            found.update(self.db.rows(f"SELECT loose, exact, type FROM code_form WHERE {match}", params))
        return found

    def miscounted(self) -> list[tuple[int, int, int, int]]:
        """(author, type, counted, true) wherever the two differ. Reads every row."""
        true = dict(self._by_kind("SELECT author, type, count(*) FROM resource WHERE NOT is_deleted"))
        counted = dict(self._by_kind("SELECT author, type, SUM(n) FROM counter"))
        kinds = sorted(true.keys() | counted.keys())
        return [
            (*kind, counted.get(kind, 0), true.get(kind, 0))
            for kind in kinds
            if counted.get(kind, 0) != true.get(kind, 0)
        ]

    def _by_kind(self, select: str) -> Iterable[tuple[tuple[int, int], int]]:
        rows = self.db.rows(f"{select} GROUP BY author, type")
        return [((int(author), int(type_)), int(number)) for author, type_, number in rows]


class CounterWrites(CounterReads):
    """Keeping the counts."""

    def count_up(self, changes: Mapping[tuple[int, int], int]) -> None:
        """Adds to the counts of (author, type). The last thing of a write: its rows stay locked until the commit."""
        slot = random.randrange(SLOTS)  # noqa: S311 - it spreads load, it hides nothing
        rows = [(author, type_, slot, n) for (author, type_), n in sorted(changes.items()) if n]
        add = "(author, type, slot) DO UPDATE SET n = counter.n + excluded.n"
        merge(self.db, counting.counter, rows, add, is_hot=True)

    def recount(self) -> None:
        """Counts everything anew."""
        rows = self.db.rows("SELECT author, type, 0, count(*) FROM resource WHERE NOT is_deleted GROUP BY author, type")
        self.db.run("DELETE FROM counter")
        merge(self.db, counting.counter, rows)

    def add_forms(self, forms: Collection[tuple[int, int, int]]) -> None:
        """Notes codes in use: (token without system, token with it, type); known ones stay."""
        for part in chunks(sorted(set(forms))):
            merge(self.db, counting.code_form, part)


def changes_of(
    now: Iterable[tuple[int, int, bool]], before: Iterable[tuple[int, int, bool]]
) -> Counter[tuple[int, int]]:
    """By how much the counts change: (author, type, is deleted) of the versions that come and of those that go."""
    found: Counter[tuple[int, int]] = Counter()
    for author, type_, is_deleted in now:
        found[author, type_] += not is_deleted
    for author, type_, is_deleted in before:
        found[author, type_] -= not is_deleted
    return found
