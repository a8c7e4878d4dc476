"""Cases under surveillance, signals and their steps."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.store.bulk import bulk_insert, insert_or
from hub.store.driver import chunks, singles
from hub.store.tables import surveillance
from hub.store.tx import Tx


class CasesRow(NamedTuple):
    """What one month's facts hold of cases, sealed. `state`: what the month looked like when it was read."""

    month: int
    state: str
    made_ms: int
    body: bytes


class SignalRow(NamedTuple):
    """A signal, sealed. `number` also orders them."""

    number: int
    raised_ms: int
    body: bytes


class StepRow(NamedTuple):
    """A step of a signal, sealed, numbered from 0."""

    signal: int
    number: int
    body: bytes


class SurveillanceReads(Tx):
    """Reading cases and signals."""

    def month_state(self, month: int) -> str:
        """What tells whether a month's facts changed: how many rows, their versions and which."""
        sql = (
            "SELECT count(*), coalesce(sum(version), 0), coalesce(sum((item % 1000003) * version), 0)"
            " FROM fact WHERE month = ?"
        )
        return " ".join(str(int(each)) for each in self.db.rows(sql, (month,))[0])

    def month_cases(self, months: Iterable[int]) -> list[CasesRow]:
        """The prepared cases of these months, those that exist."""
        match, params = self.db.match(("month",), singles(months), "integer")
        sql = f"SELECT month, state, made_ms, body FROM surveillance_month WHERE {match}"
        return [CasesRow(*row) for row in self.db.rows(sql, params)]

    def signals(self, since_ms: int) -> list[SignalRow]:
        """The signals raised since a moment, oldest first."""
        sql = "SELECT number, raised_ms, body FROM signal WHERE raised_ms >= ? ORDER BY raised_ms, number"
        return [SignalRow(*row) for row in self.db.rows(sql, (since_ms,))]

    def signal(self, number: int) -> SignalRow | None:
        """One signal."""
        rows = self.db.rows("SELECT number, raised_ms, body FROM signal WHERE number = ?", (number,))
        return SignalRow(*rows[0]) if rows else None

    def signal_steps(self, signals: Iterable[int]) -> list[StepRow]:
        """The steps of these signals, of each in their order."""
        found: list[StepRow] = []
        for part in chunks(singles(signals)):
            match, params = self.db.match(("signal",), part, "bigint")
            sql = f"SELECT signal, number, body FROM signal_step WHERE {match} ORDER BY signal, number"
            found += [StepRow(*row) for row in self.db.rows(sql, params)]
        return found


class SurveillanceWrites(SurveillanceReads):
    """Writing cases and signals."""

    def set_month_cases(self, rows: Iterable[CasesRow]) -> None:
        """A month's cases as they are now."""
        newest = "(month) DO UPDATE SET state = excluded.state, made_ms = excluded.made_ms, body = excluded.body"
        insert_or(self.db, surveillance.surveillance_month, sorted(rows), newest)

    def add_signals(self, rows: Iterable[SignalRow]) -> None:
        """New signals."""
        bulk_insert(self.db, surveillance.signal, sorted(rows))

    def add_steps(self, rows: Iterable[StepRow]) -> None:
        """New steps. Conflict when one has been taken under the same number meanwhile."""
        bulk_insert(self.db, surveillance.signal_step, sorted(rows))
