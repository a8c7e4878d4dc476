"""Requests of people at a facility's counter: who asked for what is sealed; the clock and the state are not."""

from collections.abc import Iterable

from hub.store.bulk import bulk_insert
from hub.store.driver import chunks, singles
from hub.store.errors import Conflict
from hub.store.rows import RequestRow
from hub.store.tables import requests
from hub.store.tx import Tx

_REQUEST = "id, facility, pseudonym, state, created_ms, due_ms, closed_ms, version, body"


class RequestReads(Tx):
    """Reading the queue."""

    def request(self, request_id: str) -> RequestRow | None:
        """One request."""
        found = self.db.rows(f"SELECT {_REQUEST} FROM record_request WHERE id = ?", (request_id,))
        return RequestRow(*found[0]) if found else None

    def requests(self, facility: str, *, is_closed: bool = False, limit: int = 200) -> list[RequestRow]:
        """A facility's requests: those that wait, the one due first at the top; or the closed ones, newest first."""
        which = "NOT NULL ORDER BY closed_ms DESC" if is_closed else "NULL ORDER BY due_ms"
        sql = f"SELECT {_REQUEST} FROM record_request WHERE facility = ? AND closed_ms IS {which}, id LIMIT ?"
        return [RequestRow(*record) for record in self.db.rows(sql, (facility, limit))]

    def requests_of(self, pseudonyms: Iterable[int]) -> list[RequestRow]:
        """All requests about these patients, newest first."""
        found: list[RequestRow] = []
        for part in chunks(singles(pseudonyms)):
            match, params = self.db.match(("pseudonym",), part)
            rows = self.db.rows(f"SELECT {_REQUEST} FROM record_request WHERE {match}", params)
            found += [RequestRow(*record) for record in rows]
        return sorted(found, key=lambda row: (-row.created_ms, row.id))

    def waiting_requests(self, now_ms: int) -> list[tuple[str, int, int]]:
        """(facility, requests that wait, of these overdue), by facility."""
        sql = (
            "SELECT facility, count(*), sum(CASE WHEN due_ms < ? THEN 1 ELSE 0 END) FROM record_request"
            " WHERE closed_ms IS NULL GROUP BY facility ORDER BY facility"
        )
        return [(facility, int(n), int(late)) for facility, n, late in self.db.rows(sql, (now_ms,))]


class RequestWrites(RequestReads):
    """Changing the queue; a request is never deleted."""

    def add_request(self, row: RequestRow) -> None:
        """A new request. Conflict when its id exists."""
        bulk_insert(self.db, requests.record_request, [row])

    def change_request(self, row: RequestRow) -> None:
        """The next step of a request, `row.version` one above the one that was read. Conflict when somebody else was
        faster; a closed one is never opened again."""
        sql = (
            "UPDATE record_request SET pseudonym = ?, state = ?, closed_ms = ?, version = ?, body = ?"
            " WHERE id = ? AND version = ? AND (closed_ms IS NULL OR closed_ms = ?)"
        )
        place = (row.id, row.version - 1, row.closed_ms)
        new = (row.pseudonym, row.state, row.closed_ms, row.version, row.body, *place)
        if self.db.run(sql, new) != 1:
            raise Conflict("the request was changed meanwhile")
