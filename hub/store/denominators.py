"""The population, targets of indicators, and what facilities report of themselves: a new report beside the old one."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from hub.model.population import Residents, Target
from hub.store.bulk import bulk_insert
from hub.store.tables import denominators
from hub.store.tx import Tx


class SelfReportRow(NamedTuple):
    """What a facility (its id) reported of a month (YYYY-MM), sealed."""

    indicator: str
    month: str
    facility: str
    made_ms: int
    body: bytes


class DenominatorReads(Tx):
    """Reading them."""

    def population(self, year: int) -> list[Residents]:
        """A year's rows."""
        sql = "SELECT year, area, sex, band, people FROM population WHERE year = ? ORDER BY area, sex, band"
        return [Residents(*row) for row in self.db.rows(sql, (year,))]

    def population_years(self) -> list[int]:
        """The years there is a population of."""
        return [int(row[0]) for row in self.db.rows("SELECT DISTINCT year FROM population ORDER BY year")]

    def targets(self, year: int, indicator: str) -> list[Target]:
        """A year's targets of one indicator."""
        sql = (
            "SELECT year, indicator, area, facility, people FROM indicator_target"
            " WHERE year = ? AND indicator = ? ORDER BY area, facility"
        )
        return [Target(*row) for row in self.db.rows(sql, (year, indicator))]

    def self_reports(self, months: Iterable[str], facility: str | None = None) -> list[SelfReportRow]:
        """The newest report of each indicator and facility in these months; of one facility, or of all."""
        found: dict[tuple[str, str, str], SelfReportRow] = {}
        for month in sorted(set(months)):
            sql = "SELECT indicator, month, facility, made_ms, body FROM self_report WHERE month = ?"
            params: tuple[str, ...] = (month,)
            if facility is not None:
                sql, params = f"{sql} AND facility = ?", (month, facility)
            for record in self.db.rows(f"{sql} ORDER BY made_ms", params):
                row = SelfReportRow(*record)
                found[row.indicator, row.month, row.facility] = row
        return [found[key] for key in sorted(found)]


class DenominatorWrites(DenominatorReads):
    """Importing and reporting."""

    def set_population(self, years: Collection[int], rows: Iterable[Residents]) -> None:
        """Replaces these years."""
        for year in sorted(years):
            self.db.run("DELETE FROM population WHERE year = ?", (year,))
        bulk_insert(self.db, denominators.population, sorted(rows))

    def set_targets(self, replaced: Collection[tuple[int, str]], rows: Iterable[Target]) -> None:
        """Replaces the targets of these (year, indicator)."""
        for pair in sorted(replaced):
            self.db.run("DELETE FROM indicator_target WHERE year = ? AND indicator = ?", pair)
        bulk_insert(self.db, denominators.indicator_target, sorted(rows))

    def add_self_reports(self, rows: Iterable[SelfReportRow]) -> None:
        """Adds reports; what was reported before stays. Conflict when one was made in the same millisecond."""
        bulk_insert(self.db, denominators.self_report, sorted(rows))
