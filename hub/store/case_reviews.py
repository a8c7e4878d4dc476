"""Case reviews, changed one step at a time; never deleted."""

from typing import NamedTuple

from hub.store.bulk import bulk_insert
from hub.store.errors import Conflict
from hub.store.tables import case_reviews
from hub.store.tx import Tx

_COLUMNS = "id, facility, state, created_ms, expires_ms, version, body"


class CaseReviewRow(NamedTuple):
    """A case review. `facility`: its id; `state`: asked, withdrawn, refused, open, done; `expires_ms`: until when
    somebody may approve it (asked), then until when its records are shown; `version` counts the steps; `body` is
    sealed."""

    id: str
    facility: str
    state: str
    created_ms: int
    expires_ms: int
    version: int
    body: bytes


class CaseReviewReads(Tx):
    """Reading case reviews."""

    def case_review(self, id_: str) -> CaseReviewRow | None:
        """One case."""
        found = self.db.rows(f"SELECT {_COLUMNS} FROM case_review WHERE id = ?", (id_,))
        return CaseReviewRow(*found[0]) if found else None

    def asked_case_reviews(self, now_ms: int) -> list[CaseReviewRow]:
        """Those that wait for a second person, the first to lapse first."""
        sql = f"SELECT {_COLUMNS} FROM case_review WHERE state = 'asked' AND expires_ms > ? ORDER BY expires_ms, id"
        return [CaseReviewRow(*record) for record in self.db.rows(f"{sql} LIMIT 100", (now_ms,))]

    def case_reviews(self, *, facility: str = "", is_told: bool = False, limit: int = 100) -> list[CaseReviewRow]:
        """The cases, newest first: all, or a facility's, or (`is_told`) those the facility was told of."""
        where, params = ("WHERE facility = ?", (facility,)) if facility else ("", ())
        where += " AND state IN ('open', 'done')" if is_told else ""
        sql = f"SELECT {_COLUMNS} FROM case_review {where} ORDER BY created_ms DESC, id LIMIT ?"
        return [CaseReviewRow(*record) for record in self.db.rows(sql, (*params, limit))]


class CaseReviewWrites(CaseReviewReads):
    """Writing case reviews."""

    def add_case_review(self, row: CaseReviewRow) -> None:
        """A new case. Conflict when its id exists."""
        bulk_insert(self.db, case_reviews.case_review, [row])

    def change_case_review(self, row: CaseReviewRow) -> None:
        """The next step of a case, `row.version` one above the one that was read. Conflict when somebody else was
        faster; a refused or withdrawn one is never changed."""
        sql = (
            "UPDATE case_review SET state = ?, expires_ms = ?, version = ?, body = ?"
            " WHERE id = ? AND version = ? AND state NOT IN ('refused', 'withdrawn')"
        )
        new = (row.state, row.expires_ms, row.version, row.body, row.id, row.version - 1)
        if self.db.run(sql, new) != 1:
            raise Conflict("the case was changed meanwhile")
