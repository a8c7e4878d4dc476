"""Bulk exports: jobs, their files, and the keys that an export consists of."""

from collections.abc import Sequence

from hub.store.bulk import bulk_insert
from hub.store.rows import ExportFile, ExportRow
from hub.store.tables import exports
from hub.store.tx import Tx

_JOB = "id, client, state, created_ms, alive_ms, expires_ms, progress, body"
_FILE = "export, number, kind, type, count, body"


class ExportReads(Tx):
    """Looking at jobs, and finding what belongs into one."""

    def export(self, export_id: str) -> ExportRow | None:
        """One job."""
        found = self.db.rows(f"SELECT {_JOB} FROM export WHERE id = ?", (export_id,))
        return ExportRow(*found[0]) if found else None

    def exports_at_work(self, client: str) -> int:
        """How many jobs of a client wait or run."""
        sql = "SELECT count(*) FROM export WHERE client = ? AND state IN ('waiting', 'running')"
        return int(self.db.rows(sql, (client,))[0][0])

    def next_export(self, dead_ms: int) -> ExportRow | None:
        """The oldest job that waits, or whose process was last heard of before `dead_ms`."""
        sql = (
            f"SELECT {_JOB} FROM export WHERE state = 'waiting' OR (state = 'running' AND alive_ms < ?)"
            " ORDER BY created_ms, id LIMIT 1"
        )
        found = self.db.rows(sql, (dead_ms,))
        return ExportRow(*found[0]) if found else None

    def export_files(self, export_id: str) -> list[ExportFile]:
        """The files of a job in order, without their bodies."""
        sql = "SELECT export, number, kind, type, count FROM export_file WHERE export = ? ORDER BY number"
        return [
            ExportFile(id_, number, kind, type_, count, b"")
            for id_, number, kind, type_, count in self.db.rows(sql, (export_id,))
        ]

    def export_file(self, export_id: str, number: int) -> ExportFile | None:
        """One file."""
        found = self.db.rows(f"SELECT {_FILE} FROM export_file WHERE export = ? AND number = ?", (export_id, number))
        return ExportFile(*found[0]) if found else None

    def authored(
        self, author: int, type_: int, since_ms: int, after: tuple[int, int], limit: int
    ) -> list[tuple[int, int, int]]:
        """(compartment, rid, version) of an author's current resources of a type, changed at `since_ms` or later, in
        order of (rid, compartment) beyond `after`. Tombstones are left out."""
        sql = (
            "SELECT compartment, rid, version FROM resource WHERE author = ? AND type = ? AND NOT is_deleted"
            " AND (rid, compartment) > (?, ?) AND updated_ms >= ? ORDER BY rid, compartment LIMIT ?"
        )
        return [(c, r, v) for c, r, v in self.db.rows(sql, (author, type_, *after, since_ms, limit))]

    def buried(self, author: int, type_: int, since_ms: int, limit: int) -> list[tuple[int, int]]:
        """(compartment, rid) of an author's tombstones of a type, made at `since_ms` or later, oldest first."""
        sql = (
            "SELECT compartment, rid FROM resource WHERE author = ? AND type = ? AND updated_ms >= ? AND is_deleted"
            " ORDER BY updated_ms, rid, compartment LIMIT ?"
        )
        return [(c, r) for c, r in self.db.rows(sql, (author, type_, since_ms, limit))]


class ExportWrites(ExportReads):
    """Moving jobs on."""

    def add_export(self, row: ExportRow) -> None:
        """A new job."""
        bulk_insert(self.db, exports.export, [row])

    def claim_export(self, seen: ExportRow, now_ms: int) -> bool:
        """Take a job as it was seen; False when another process was faster."""
        sql = "UPDATE export SET state = 'running', alive_ms = ? WHERE id = ? AND state = ? AND alive_ms = ?"
        if self.db.run(sql, (now_ms, seen.id, seen.state, seen.alive_ms)) != 1:
            return False
        self.db.run("DELETE FROM export_file WHERE export = ?", (seen.id,))
        return True

    def advance_export(self, export_id: str, now_ms: int, progress: str, files: Sequence[ExportFile]) -> bool:
        """Add files and say how far it is; False when the job was cancelled meanwhile."""
        sql = "UPDATE export SET alive_ms = ?, progress = ? WHERE id = ? AND state = 'running'"
        if self.db.run(sql, (now_ms, progress, export_id)) != 1:
            return False
        bulk_insert(self.db, exports.export_file, files)
        return True

    def end_export(self, export_id: str, state: str, body: bytes, expires_ms: int) -> None:
        """A job is ready, or failed."""
        sql = "UPDATE export SET state = ?, body = ?, expires_ms = ? WHERE id = ? AND state = 'running'"
        self.db.run(sql, (state, body, expires_ms, export_id))

    def drop_export(self, export_id: str) -> None:
        """Forget a job and its files."""
        self.db.run("DELETE FROM export_file WHERE export = ?", (export_id,))
        self.db.run("DELETE FROM export WHERE id = ?", (export_id,))

    def expire_exports(self, now_ms: int) -> int:
        """Forget what has expired; returns how many jobs."""
        old = "SELECT id FROM export WHERE expires_ms <= ?"
        self.db.run(f"DELETE FROM export_file WHERE export IN ({old})", (now_ms,))
        return self.db.run("DELETE FROM export WHERE expires_ms <= ?", (now_ms,))
