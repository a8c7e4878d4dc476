"""Submissions and quarantine."""

from collections.abc import Iterable, Sequence

import msgspec

from hub.store.bulk import bulk_insert, insert_or
from hub.store.driver import SqlRow, chunks, singles
from hub.store.errors import Conflict
from hub.store.rows import QuarantineRow, Submission
from hub.store.tables import intake
from hub.store.tx import Tx

_SUBMISSION = "id, facility, adapter, state, created_ms, updated_ms, counts, rows_done"
_QUARANTINE = "submission, row, facility, source, state, created_ms, resolved_ms, body"
_EVER = (1 << 63) - 1


class IntakeReads(Tx):
    """Reading what came in."""

    def submission(self, submission_id: str) -> Submission | None:
        """One submission with its body."""
        found = self.db.rows(f"SELECT {_SUBMISSION}, body FROM submission WHERE id = ?", (submission_id,))
        return _submission(found[0]) if found else None

    def submissions(self, facility: str, limit: int = 50, first_ms: int = 0, last_ms: int = _EVER) -> list[Submission]:
        """A facility's submissions between two moments, newest first, without their bodies."""
        where = "facility = ? AND created_ms BETWEEN ? AND ? ORDER BY created_ms DESC, id LIMIT ?"
        sql = f"SELECT {_SUBMISSION}, NULL FROM submission WHERE {where}"
        return [_submission(record) for record in self.db.rows(sql, (facility, first_ms, last_ms, limit))]

    def unfinished(self, states: Iterable[str]) -> list[Submission]:
        """Submissions of every facility in these states, oldest first, without bodies: what a restart must resume."""
        match, params = self.db.match(("state",), singles(states), "text")
        sql = f"SELECT {_SUBMISSION}, NULL FROM submission WHERE {match} ORDER BY created_ms, id"
        return [_submission(record) for record in self.db.rows(sql, params)]

    def quarantine(self, facility: str, *, submission: str | None = None, state: str = "open") -> list[QuarantineRow]:
        """A facility's quarantined rows in a state, by submission and row."""
        sql = f"SELECT {_QUARANTINE} FROM quarantine WHERE facility = ? AND state = ?"
        params = [facility, state]
        if submission is not None:
            sql += " AND submission = ?"
            params.append(submission)
        return [QuarantineRow(*r) for r in self.db.rows(f"{sql} ORDER BY created_ms, submission, row", params)]

    def quarantined(self, submission: str, row: int) -> QuarantineRow | None:
        """One quarantined row, whatever its state."""
        sql = f"SELECT {_QUARANTINE} FROM quarantine WHERE submission = ? AND row = ?"
        found = self.db.rows(sql, (submission, row))
        return QuarantineRow(*found[0]) if found else None

    def quarantine_closed(self, facility: str, limit: int) -> list[QuarantineRow]:
        """A facility's rows that no longer wait, the newest end first."""
        sql = (
            f"SELECT {_QUARANTINE} FROM quarantine WHERE facility = ? AND state <> 'open'"
            " ORDER BY resolved_ms DESC, submission, row LIMIT ?"
        )
        return [QuarantineRow(*record) for record in self.db.rows(sql, (facility, limit))]

    def waiting(self, facility: str) -> dict[str, int]:
        """How many rows of each of a facility's submissions still wait; those without any are left out."""
        sql = "SELECT submission, count(*) FROM quarantine WHERE facility = ? AND state = 'open' GROUP BY submission"
        return {str(submission): int(number) for submission, number in self.db.rows(sql, (facility,))}


class IntakeWrites(IntakeReads):
    """Writing what came in."""

    def add_submission(self, new: Submission) -> None:
        """Registers a submission. Conflict when its id exists."""
        head = (new.id, new.facility, new.adapter, new.state, new.created_ms, new.updated_ms)
        bulk_insert(self.db, intake.submission, [(*head, _json(new.counts), new.rows_done, new.body)])

    def update_submission(
        self,
        submission_id: str,
        *,
        updated_ms: int,
        state: str | None = None,
        counts: dict[str, int] | None = None,
        rows_done: int | None = None,
        body: bytes | None = None,
        is_body_dropped: bool = False,
    ) -> None:
        """Changes what is given, in the transaction of the part it counts. Conflict when it does not exist."""
        changes: dict[str, object] = {"updated_ms": updated_ms}
        if state is not None:
            changes["state"] = state
        if counts is not None:
            changes["counts"] = _json(counts)
        if rows_done is not None:
            changes["rows_done"] = rows_done
        if body is not None:
            changes["body"] = body
        if is_body_dropped:
            changes["body"] = None
        sets = ", ".join(f"{name} = ?" for name in changes)
        if self.db.run(f"UPDATE submission SET {sets} WHERE id = ?", [*changes.values(), submission_id]) != 1:
            raise Conflict("no such submission")

    def add_quarantine(self, rows: Sequence[QuarantineRow]) -> None:
        """Quarantines rows. An open row with the same source key (the same row sent before) is replaced, and the same
        row of the same submission (a part done again) stays once."""
        for facility in sorted({row.facility for row in rows}):
            sources = [row.source for row in rows if row.facility == facility and row.source is not None]
            newest = max(row.created_ms for row in rows)
            self.resolve_quarantine(facility, sources, resolved_ms=newest, state="replaced")
        again = (
            "(submission, row) DO UPDATE SET source = excluded.source, state = excluded.state,"
            " resolved_ms = excluded.resolved_ms, body = excluded.body"
        )
        insert_or(self.db, intake.quarantine, sorted(rows, key=lambda row: row[:2]), again)

    def resolve_quarantine(
        self, facility: str, sources: Iterable[bytes], *, resolved_ms: int, state: str = "resolved"
    ) -> int:
        """Closes the open rows with these source keys; returns how many there were."""
        count = 0
        for part in chunks(singles(sources)):
            match, params = self.db.match(("source",), part, "bytea")
            sql = f"UPDATE quarantine SET state = ?, resolved_ms = ? WHERE facility = ? AND state = 'open' AND {match}"
            count += self.db.run(sql, [state, resolved_ms, facility, *params])
        return count

    def close_quarantine(
        self, submission: str, row: int, *, state: str, resolved_ms: int, body: bytes | None = None
    ) -> None:
        """Closes one open row, with a new body where given. Conflict when it is not open."""
        sql = (
            "UPDATE quarantine SET state = ?, resolved_ms = ?, body = coalesce(?, body)"
            " WHERE submission = ? AND row = ? AND state = 'open'"
        )
        if self.db.run(sql, (state, resolved_ms, body, submission, row)) != 1:
            raise Conflict("quarantined row is not open")

    def change_quarantine(self, submission: str, row: int, *, source: bytes | None, body: bytes) -> None:
        """A waiting row says something else now, and still waits. Conflict when it is not open."""
        sql = "UPDATE quarantine SET source = ?, body = ? WHERE submission = ? AND row = ? AND state = 'open'"
        if self.db.run(sql, (source, body, submission, row)) != 1:
            raise Conflict("quarantined row is not open")


def _submission(r: SqlRow) -> Submission:
    identity, facility, adapter, state, created_ms, updated_ms, counts, rows_done, body = r
    parsed = msgspec.json.decode(counts, type=dict[str, int])
    return Submission(identity, facility, adapter, state, created_ms, updated_ms, parsed, rows_done, body)


def _json(value: dict[str, int]) -> str:
    return msgspec.json.encode(value).decode()
