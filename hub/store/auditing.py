"""The audit trail's rows: written to the outbox with what they report, numbered later by one sequencer."""

from collections.abc import Iterable, Sequence

from hub.store.bulk import bulk_insert
from hub.store.driver import chunks, singles
from hub.store.errors import Conflict
from hub.store.rows import Checkpoint, Entry, LogRow, OutRow
from hub.store.serial import SERIAL
from hub.store.tables import auditing
from hub.store.tx import Tx

_LONGEST_LEASE_MS = 86_400_000
_LOG = "seq, hash, at_ms, entry, node, body"


class AuditReads(Tx):
    """Reading the trail."""

    def unsequenced(self, limit: int) -> list[OutRow]:
        """The oldest entries that have no number yet."""
        sql = "SELECT entry, node, at_ms, body FROM audit_out ORDER BY entry, node LIMIT ?"
        return [OutRow(*record) for record in self.db.rows(sql, (limit,))]

    def log_size(self) -> int:
        """How many entries have a number: the next number."""
        return int(self.db.rows("SELECT coalesce(max(seq) + 1, 0) FROM audit_log")[0][0])

    def log(self, first: int, limit: int) -> list[LogRow]:
        """Entries from a number on."""
        sql = f"SELECT {_LOG} FROM audit_log WHERE seq >= ? ORDER BY seq LIMIT ?"
        return [LogRow(*record) for record in self.db.rows(sql, (first, limit))]

    def log_hashes(self, first: int, end: int) -> list[bytes]:
        """Leaf hashes of the numbers [first, end)."""
        sql = "SELECT hash FROM audit_log WHERE seq >= ? AND seq < ? ORDER BY seq"
        return [record[0] for record in self.db.rows(sql, (first, end))]

    def seen(self, pseudonyms: Iterable[int], limit: int = 200) -> list[OutRow]:
        """What concerns these patients, newest first: numbered or not yet, it reads the same, and once."""
        found: dict[tuple[int, int], OutRow] = {}
        for part in chunks(singles(pseudonyms)):
            match, params = self.db.match(("pseudonym",), part)
            newest = f"SELECT DISTINCT entry, node FROM audit_patient WHERE {match} ORDER BY entry DESC, node LIMIT ?"
            for table in ("audit_out", "audit_log"):
                sql = (
                    f"SELECT a.entry, a.node, a.at_ms, a.body FROM ({newest}) p"
                    f" JOIN {table} a ON a.entry = p.entry AND a.node = p.node"
                )
                found.update((record[:2], OutRow(*record)) for record in self.db.rows(sql, [*params, limit]))
        return [found[key] for key in sorted(found, reverse=True)][:limit]

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint."""
        found = self.db.rows("SELECT size, at_ms, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
        return Checkpoint(*found[0]) if found else None

    def checkpoints(self) -> list[Checkpoint]:
        """All checkpoints, smallest first."""
        return [Checkpoint(*r) for r in self.db.rows("SELECT size, at_ms, note FROM audit_checkpoint ORDER BY size")]


class AuditWrites(AuditReads):
    """Writing the trail."""

    def outbox(self, entries: Sequence[Entry]) -> None:
        """Writes entries, unnumbered, in this transaction."""
        numbers = SERIAL.take(len(entries))
        node = SERIAL.node
        rows = [(n, node, entry.at_ms, entry.body) for n, entry in zip(numbers, entries, strict=True)]
        bulk_insert(self.db, auditing.audit_out, rows)
        numbered = zip(numbers, entries, strict=True)
        patients = sorted((pseudonym, n, node) for n, entry in numbered for pseudonym in set(entry.pseudonyms))
        bulk_insert(self.db, auditing.audit_patient, patients)

    def take_lease(self, name: str, holder: str, *, now_ms: int, until_ms: int) -> bool:
        """Becomes (or stays) the one holder of a task until a moment. False while another holds it.

        The row stays locked to the end of the transaction, so that what is written under the lease is written by its
        holder alone. A lease that ends later than any lasts was given by a clock that was ahead: it is nobody's.
        """
        self.db.run("INSERT INTO lease (name, holder, until_ms) VALUES (?, '', 0) ON CONFLICT DO NOTHING", (name,))
        free = "holder = ? OR until_ms <= ? OR until_ms > ?"
        values = (holder, until_ms, name, holder, now_ms, now_ms + _LONGEST_LEASE_MS)
        return self.db.run(f"UPDATE lease SET holder = ?, until_ms = ? WHERE name = ? AND ({free})", values) == 1

    def append_log(self, rows: Sequence[LogRow]) -> None:
        """Moves entries from the outbox into the log, in the order of their numbers, the first being log_size().

        Conflict when the numbers do not continue the log, or an entry is not (no longer) in the outbox: another
        sequencer was here. Call it under take_lease.
        """
        if not rows:
            return
        if [row.seq for row in rows] != list(range(self.log_size(), rows[-1].seq + 1)):
            raise Conflict("numbers do not continue the log")
        gone = self.db.delete("audit_out", ("entry", "node"), sorted((row.entry, row.node) for row in rows))
        if gone != len(rows):
            raise Conflict("an entry is not in the outbox")
        bulk_insert(self.db, auditing.audit_log, rows)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keeps a signed checkpoint. Conflict when there is one of that size."""
        bulk_insert(self.db, auditing.audit_checkpoint, [checkpoint])
