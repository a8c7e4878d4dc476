"""Last contact of client systems, and what was sent when."""

from hub.store.bulk import insert_or
from hub.store.rows import QuarantineRow
from hub.store.tables import contacts
from hub.store.tx import Tx

_QUARANTINE = "submission, row, facility, source, state, created_ms, resolved_ms, body"


class ContactReads(Tx):
    """Reading who was heard of, and what of everybody's was refused."""

    def last_contacts(self) -> dict[str, int]:
        """By facility: when one of its client systems last signed in (epoch ms)."""
        return dict(self.db.rows("SELECT facility, max(last_ms) FROM contact GROUP BY facility"))

    def last_submissions(self) -> dict[str, int]:
        """By facility: when its last submission came in (epoch ms); drafts that were not sent do not count."""
        sql = "SELECT facility, max(created_ms) FROM submission WHERE state <> 'draft' GROUP BY facility"
        return dict(self.db.rows(sql))

    def refused_since(self, since_ms: int, limit: int) -> list[QuarantineRow]:
        """Every facility's quarantined rows since a moment, in whatever state, the newest first."""
        sql = f"SELECT {_QUARANTINE} FROM quarantine WHERE created_ms >= ? ORDER BY created_ms DESC LIMIT ?"
        return [QuarantineRow(*record) for record in self.db.rows(sql, (since_ms, limit))]


class ContactWrites(ContactReads):
    """Noting that a client system was heard of."""

    def note_contact(self, client: str, facility: str, now_ms: int) -> None:
        """The client signed in."""
        newest = "(client) DO UPDATE SET facility = excluded.facility, last_ms = excluded.last_ms"
        insert_or(self.db, contacts.contact, [(client, facility, now_ms)], newest)
