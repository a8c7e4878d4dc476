"""Facts in columns by month, which months changed since, and the indicators' cells."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.store.bulk import insert_or
from hub.store.driver import chunks, singles
from hub.store.tables import monitoring
from hub.store.tx import Tx


class BlockRow(NamedTuple):
    """A piece of a month's facts in columns, sealed. All pieces of a month have one version."""

    month: int
    piece: int
    version: int
    body: bytes


class CellsRow(NamedTuple):
    """An indicator's cells of a month (YYYY-MM), sealed."""

    indicator: str
    month: str
    made_ms: int
    body: bytes


class MonitoringReads(Tx):
    """Reading columns and cells."""

    def fact_months(self) -> list[int]:
        """The marks of all months that facts have."""
        found: list[int] = []
        last = -(1 << 31)
        while (row := self.db.rows("SELECT min(month) FROM fact WHERE month > ?", (last,)))[0][0] is not None:
            last = int(row[0][0])  # one look into the index per month: to read all of it takes a second
            found.append(last)
        return found

    def fact_changes(self) -> list[tuple[int, int]]:
        """(month's mark, number) of what changed facts since it was last taken into columns."""
        return [(int(month), int(number)) for month, number in self.db.rows("SELECT month, number FROM fact_change")]

    def is_changed(self) -> bool:
        """Whether there are such changes."""
        return bool(self.db.rows("SELECT 1 FROM fact_change LIMIT 1"))

    def months_of(self, pseudonyms: Iterable[int]) -> set[int]:
        """The marks of the months these have facts in."""
        found: set[int] = set()
        for part in chunks(singles(pseudonyms)):
            match, params = self.db.match(("pseudonym",), part, "bigint")
            found |= {int(row[0]) for row in self.db.rows(f"SELECT DISTINCT month FROM fact WHERE {match}", params)}
        return found

    def joined(self, after: tuple[int, int] = (-1, -1), limit: int = 50_000) -> list[tuple[int, int]]:
        """Pairs of compartments joined by a positive link in force, each once, after a pair in their order."""
        sql = (
            "SELECT DISTINCT compartment, other FROM link WHERE judgement = 'positive' AND ended_ms IS NULL"
            " AND compartment < other AND (compartment, other) > (?, ?) ORDER BY compartment, other LIMIT ?"
        )
        return [(int(one), int(other)) for one, other in self.db.rows(sql, (*after, limit))]

    def block_versions(self) -> dict[int, int]:
        """The version of each month's columns, by mark."""
        sql = "SELECT month, version FROM fact_block WHERE piece = 0"
        return {int(month): int(version) for month, version in self.db.rows(sql)}

    def blocks(self, month: int) -> list[BlockRow]:
        """A month's columns, in the order of their pieces."""
        sql = "SELECT month, piece, version, body FROM fact_block WHERE month = ? ORDER BY piece"
        return [BlockRow(*record) for record in self.db.rows(sql, (month,))]

    def indicator_cells(self, indicator: str, months: Iterable[str]) -> list[CellsRow]:
        """An indicator's cells of these months, those that were counted."""
        sql = "SELECT indicator, month, made_ms, body FROM indicator_cell WHERE indicator = ? AND month = ?"
        return [CellsRow(*record) for month in sorted(set(months)) for record in self.db.rows(sql, (indicator, month))]

    def counted_months(self) -> list[str]:
        """The months (YYYY-MM) that have cells, oldest first."""
        return [str(row[0]) for row in self.db.rows("SELECT DISTINCT month FROM indicator_cell ORDER BY month")]

    def counted(self) -> set[tuple[str, str]]:
        """(indicator, month) of all cells there are."""
        return {(str(one), str(month)) for one, month in self.db.rows("SELECT indicator, month FROM indicator_cell")}


class MonitoringWrites(MonitoringReads):
    """Writing columns and cells."""

    def put_blocks(self, month: int, rows: Iterable[BlockRow], taken: Iterable[tuple[int, int]]) -> None:
        """The month's columns as they are now, none when it has no facts left; the changes that are `taken` into them
        are not heard of again."""
        self.db.run("DELETE FROM fact_block WHERE month = ?", (month,))
        self.db.many("INSERT INTO fact_block (month, piece, version, body) VALUES (?, ?, ?, ?)", sorted(rows))
        self.db.delete("fact_change", ("month", "number"), sorted(set(taken)))

    def set_cells(self, rows: Iterable[CellsRow]) -> None:
        """What was counted replaces what was counted before."""
        newest = "(indicator, month) DO UPDATE SET made_ms = excluded.made_ms, body = excluded.body"
        insert_or(self.db, monitoring.indicator_cell, sorted(rows), newest)

    def forget_cells(self, keys: Iterable[tuple[str, str]]) -> None:
        """Cells (indicator, month) that are counted no more."""
        self.db.many("DELETE FROM indicator_cell WHERE indicator = ? AND month = ?", sorted(set(keys)))
