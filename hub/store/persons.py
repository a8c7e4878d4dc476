"""The master patient index: keyed tokens that find candidates, links that join compartments, pairs to be reviewed."""

from collections.abc import Collection, Iterable, Sequence

from hub.store.bulk import bulk_insert, insert_or
from hub.store.driver import chunks, singles
from hub.store.errors import Conflict
from hub.store.rows import Link, ReviewRow
from hub.store.tables import persons
from hub.store.tx import Tx

HUB = "hub"
"""Who made a link, or settled a doubt, when no person did."""

_LINK = "compartment, other, id, judgement, score, features, by, at_ms, ended_ms, ended_by"
_REVIEW = "compartment, other, score, state, created_ms, decided_ms, decided_by, body"


class PersonReads(Tx):
    """Reading the index."""

    def mpi(self, tokens: Iterable[bytes]) -> dict[bytes, list[int]]:
        """The compartments that carry each token, sorted; unknown tokens are left out."""
        found: dict[bytes, list[int]] = {}
        for part in chunks(singles(tokens)):
            match, params = self.db.match(("token",), part, "bytea")
            sql = f"SELECT token, compartment FROM mpi WHERE {match} ORDER BY token, compartment"
            for token, compartment in self.db.rows(sql, params):
                found.setdefault(token, []).append(compartment)
        return found

    def links(self, compartments: Iterable[int], *, is_ended: bool = False) -> list[Link]:
        """Links of these compartments as seen from them, oldest first: in force, or (`is_ended`) all ever made."""
        found: list[Link] = []
        for part in chunks(singles(compartments)):
            match, params = self.db.match(("compartment",), part)
            live = "" if is_ended else " AND ended_ms IS NULL"
            found += [Link(*record) for record in self.db.rows(f"SELECT {_LINK} FROM link WHERE {match}{live}", params)]
        return sorted(found, key=lambda link: (link.at_ms, link.id, link.compartment))

    def person(self, compartments: Collection[int]) -> set[int]:
        """All compartments joined to these by positive links in force, over any number of steps; these included."""
        person = set(compartments)
        fringe = set(compartments)
        while fringe:
            positive = (link.other for link in self.links(fringe) if link.judgement == "positive")
            fringe = set(positive) - person
            person |= fringe
        return person

    def network(self, compartments: Iterable[int]) -> list[Link]:
        """All links in force, whatever they judge, of everybody joined to these by positive links; oldest first."""
        found: dict[tuple[int, int, int], Link] = {}
        known = set(compartments)
        fringe = set(known)
        while fringe:
            met = self.links(fringe)
            found.update((link[:3], link) for link in met)
            fringe = {link.other for link in met if link.judgement == "positive"} - known
            known |= fringe
        return sorted(found.values(), key=lambda link: (link.at_ms, link.id, link.compartment))

    def review(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], ReviewRow]:
        """What the queue holds of these pairs (smaller compartment first), in any state; pairs unknown are left out."""
        found: dict[tuple[int, int], ReviewRow] = {}
        for part in chunks(sorted(set(pairs))):
            match, params = self.db.match(("compartment", "other"), part)
            rows = self.db.rows(f"SELECT {_REVIEW} FROM review WHERE {match}", params)
            found.update((row[:2], ReviewRow(*row)) for row in rows)
        return found

    def open_reviews(self) -> int:
        """How many pairs wait for a decision."""
        return int(self.db.rows("SELECT count(*) FROM review WHERE state = 'open'")[0][0])

    def reviews(self, state: str = "open", limit: int = 100) -> list[ReviewRow]:
        """Pairs waiting for (or having had) a decision, oldest first."""
        sql = f"SELECT {_REVIEW} FROM review WHERE state = ? ORDER BY created_ms, compartment, other LIMIT ?"
        return [ReviewRow(*record) for record in self.db.rows(sql, (state, limit))]


_MPI_LOCK = 0x6A756B756D7069
"""PostgreSQL's advisory lock for the index ("jukumpi")."""


class PersonWrites(PersonReads):
    """Changing the index. Links are only ever added and ended."""

    def lock_mpi(self) -> None:
        """From here to the commit no other transaction adds to the index: two that make the same person known at two
        facilities at one moment would otherwise not see each other. (SQLite has one writer anyway.)"""
        if self.db.dialect == "postgresql":
            self.db.rows("SELECT 1 FROM (SELECT pg_advisory_xact_lock(?)) AS held", (_MPI_LOCK,))

    def add_mpi(self, rows: Iterable[tuple[bytes, int]]) -> None:
        """Adds (token, compartment); what is there stays."""
        insert_or(self.db, persons.mpi, sorted(set(rows)))

    def set_mpi(self, compartment: int, *, add: Iterable[bytes], remove: Iterable[bytes]) -> None:
        """Corrected demographics: the compartment is found by other tokens from now on."""
        gone = [(token, compartment) for token in sorted(set(remove))]
        self.db.many("DELETE FROM mpi WHERE token = ? AND compartment = ?", gone)
        self.add_mpi((token, compartment) for token in add)

    def add_links(self, links: Sequence[Link]) -> None:
        """Stores each link in both directions."""
        mirrored = [link._replace(compartment=link.other, other=link.compartment) for link in links]
        bulk_insert(self.db, persons.link, sorted([*links, *mirrored], key=lambda link: link[:3]))

    def end_link(self, compartment: int, other: int, link_id: int, *, ended_ms: int, ended_by: str) -> None:
        """Ends a link in both directions; its row stays. Conflict when it is not in force."""
        sql = (
            "UPDATE link SET ended_ms = ?, ended_by = ?"
            " WHERE compartment = ? AND other = ? AND id = ? AND ended_ms IS NULL"
        )
        rows = [(ended_ms, ended_by, a, b, link_id) for a, b in sorted([(compartment, other), (other, compartment)])]
        if self.db.many(sql, rows) != len(rows):
            raise Conflict("link is not in force")

    def add_reviews(self, rows: Sequence[ReviewRow]) -> None:
        """Queues unsure pairs (smaller compartment first). A pair that waits, or that a person decided, stays as it is;
        one the hub itself had settled waits again."""
        again = (
            "(compartment, other) DO UPDATE SET state = excluded.state, score = excluded.score, body = excluded.body,"
            " created_ms = excluded.created_ms, decided_ms = NULL, decided_by = NULL"
            f" WHERE review.state <> 'open' AND review.decided_by = '{HUB}'"
        )
        newest = {row[:2]: row for row in rows}
        insert_or(self.db, persons.review, sorted(newest.values(), key=lambda row: row[:2]), again)

    def set_review(self, row: ReviewRow) -> None:
        """Puts a pair into the queue as `row` says, whatever it was before: a person decided, or undid it."""
        whole = "(compartment, other) DO UPDATE SET score = excluded.score, state = excluded.state,"
        rest = (
            " created_ms = excluded.created_ms, decided_ms = excluded.decided_ms, decided_by = excluded.decided_by,"
            " body = excluded.body"
        )
        insert_or(self.db, persons.review, [row], whole + rest)

    def settle_reviews(self, pairs: Iterable[tuple[int, int]], *, decided_ms: int) -> None:
        """Closes the open doubts about pairs that the hub has now joined for certain."""
        rows = [(decided_ms, HUB, *pair) for pair in sorted(set(pairs))]
        sql = (
            "UPDATE review SET state = 'positive', decided_ms = ?, decided_by = ?"
            " WHERE compartment = ? AND other = ? AND state = 'open'"
        )
        self.db.many(sql, rows)

    def decide_review(self, compartment: int, other: int, *, state: str, decided_ms: int, decided_by: str) -> None:
        """Records a person's decision. Conflict when the pair is not open."""
        sql = (
            "UPDATE review SET state = ?, decided_ms = ?, decided_by = ?"
            " WHERE compartment = ? AND other = ? AND state = 'open'"
        )
        if self.db.run(sql, (state, decided_ms, decided_by, compartment, other)) != 1:
            raise Conflict("review is not open")
