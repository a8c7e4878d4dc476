"""Reading whole compartments: a person's own record, and what points to a resource."""

from collections.abc import Iterable
from struct import pack

from hub.model import Row
from hub.store.driver import chunks, singles
from hub.store.records import ROW, row_of
from hub.store.tx import Tx


class WholeReads(Tx):
    """Reading by compartment, of every type."""

    def everything(self, compartments: Iterable[int]) -> list[Row]:
        """Every current row of these compartments, tombstones left out, oldest first."""
        found: list[Row] = []
        for part in chunks(singles(compartments)):
            match, params = self.db.match(("compartment",), part)
            sql = f"SELECT {ROW} FROM resource WHERE {match} AND NOT is_deleted"
            found += [row_of(record) for record in self.db.rows(sql, params)]
        return sorted(found, key=lambda row: (row.rid, row.compartment))

    def kinds(self, compartment: int) -> dict[int, int]:
        """How many current rows of each type a compartment holds, tombstones left out."""
        sql = "SELECT type, count(*) FROM resource WHERE compartment = ? AND NOT is_deleted GROUP BY type"
        return {int(type_): int(number) for type_, number in self.db.rows(sql, (compartment,))}

    def pointing(self, compartment: int, token: int) -> list[Row]:
        """The current rows of a compartment that hold a search token (a reference's, for what points to it)."""
        sql = f"SELECT {ROW} FROM resource WHERE compartment = ? AND NOT is_deleted AND {self.db.holds('keys')}"
        return [row_of(record) for record in self.db.rows(sql, (compartment, pack(">q", token)))]

    def content_lines(self) -> list[tuple[bytes, int, bytes, bool]]:
        """(source token, author, content digest, deleted) of every resource that has a source identifier."""
        sql = (
            "SELECT i.token, r.author, r.digest, r.is_deleted FROM ident i"
            " JOIN resource r ON r.compartment = i.compartment AND r.rid = i.rid"
        )
        return [(token, author, digest, bool(deleted)) for token, author, digest, deleted in self.db.rows(sql)]

    def counts(self) -> dict[str, int]:
        """How many rows the main tables hold."""
        names = ("resource", "history", "compartment", "fact", "quarantine", "audit_out", "audit_log")
        return {name: int(self.db.rows(f"SELECT count(*) FROM {name}")[0][0]) for name in names}
