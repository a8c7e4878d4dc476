"""Details of facilities, the state of connectors, answers of the civil registry, staff, subscribers and their feed.
Bodies are sealed by the caller; those of the feed are public numbers."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from hub.store.bulk import bulk_insert, insert_or
from hub.store.driver import singles
from hub.store.tables import papers
from hub.store.tx import Tx


class CheckRow(NamedTuple):
    """What the civil registry answered about one patient record; `household` is a keyed token, or None."""

    compartment: int
    at_ms: int
    household: bytes | None
    body: bytes


class FeedRow(NamedTuple):
    """A public table in the order of the feed."""

    sequence: int
    month: str
    cube: str
    made_ms: int
    body: bytes


class PaperReads(Tx):
    """Reading them."""

    def facility_details(self, number: int | None = None) -> dict[int, bytes]:
        """The sealed details of one facility, or of all, by its number."""
        where, params = ("WHERE facility = ?", (number,)) if number is not None else ("", ())
        return dict(self.db.rows(f"SELECT facility, body FROM facility_detail {where} ORDER BY facility", params))

    def details_mark(self) -> tuple[int, int]:
        """What changes whenever a facility's details do: how many there are and when the last changed (epoch ms)."""
        found = self.db.rows("SELECT count(*), coalesce(max(changed_ms), 0) FROM facility_detail")
        return int(found[0][0]), int(found[0][1])

    def connection(self, name: str) -> tuple[int, bytes] | None:
        """When a connector last kept its state, and that state, sealed."""
        found = self.db.rows("SELECT updated_ms, body FROM connection WHERE name = ?", (name,))
        return (int(found[0][0]), found[0][1]) if found else None

    def civil_checks(self, compartments: Collection[int]) -> dict[int, CheckRow]:
        """The newest answer about each of some patient records."""
        match, params = self.db.match(("compartment",), singles(compartments), "bigint")
        sql = f"SELECT compartment, at_ms, household, body FROM civil_check WHERE {match} ORDER BY at_ms"
        return {row[0]: CheckRow(*row) for row in self.db.rows(sql, params)}

    def household(self, token: bytes) -> list[int]:
        """The patient records whose newest answer names this household."""
        sql = (
            "SELECT c.compartment FROM civil_check c WHERE c.household = ? AND c.at_ms ="
            " (SELECT max(d.at_ms) FROM civil_check d WHERE d.compartment = c.compartment) ORDER BY c.compartment"
        )
        return [int(row[0]) for row in self.db.rows(sql, (token,))]

    def staff(self, place: bytes | None = None) -> dict[bytes, bytes]:
        """One member of staff, or all: keyed name to sealed body."""
        where, params = ("WHERE place = ?", (place,)) if place is not None else ("", ())
        return dict(self.db.rows(f"SELECT place, body FROM staff {where} ORDER BY place", params))

    def subscribers(self) -> dict[str, tuple[str, ...]]:
        """Client to the cubes it may take."""
        rows = self.db.rows("SELECT client, cubes FROM subscriber ORDER BY client")
        return {row[0]: msgspec.json.decode(row[1], type=tuple[str, ...]) for row in rows}

    def feed(self, cubes: Collection[str], after: int, limit: int) -> list[FeedRow]:
        """The next tables of some cubes after a place in the feed, in order."""
        match, params = self.db.match(("cube",), singles(cubes), "text")
        sql = f"SELECT sequence, month, cube, made_ms, body FROM feed_item WHERE sequence > ? AND {match}"
        return [FeedRow(*row) for row in self.db.rows(f"{sql} ORDER BY sequence LIMIT ?", [after, *params, limit])]

    def feed_head(self, cubes: Collection[str]) -> int:
        """The last place of these cubes in the feed; 0 = nothing yet."""
        match, params = self.db.match(("cube",), singles(cubes), "text")
        found = self.db.rows(f"SELECT coalesce(max(sequence), 0) FROM feed_item WHERE {match}", params)
        return int(found[0][0])

    def feed_cubes(self) -> list[str]:
        """Every kind of table in the feed."""
        return [row[0] for row in self.db.rows("SELECT DISTINCT cube FROM feed_item ORDER BY cube")]

    def feed_last(self) -> int:
        """The last place of the feed; 0 = it is empty."""
        return int(self.db.rows("SELECT coalesce(max(sequence), 0) FROM feed_item")[0][0])

    def fed(self) -> set[tuple[str, str]]:
        """(month, cube) of everything in the feed."""
        return {(row[0], row[1]) for row in self.db.rows("SELECT month, cube FROM feed_item")}

    def released_names(self, prefix: str) -> list[tuple[str, str]]:
        """(month, cube) of the released tables whose name begins so, oldest month first."""
        sql = f"SELECT month, cube FROM released WHERE substr(cube, 1, {len(prefix)}) = ? ORDER BY month, cube"
        return [(row[0], row[1]) for row in self.db.rows(sql, (prefix,))]


class PaperWrites(PaperReads):
    """Writing them."""

    def set_facility_details(self, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """(facility, changed_ms, sealed body): adds or replaces."""
        change = "(facility) DO UPDATE SET changed_ms = excluded.changed_ms, body = excluded.body"
        insert_or(self.db, papers.facility_detail, sorted(rows), change)

    def set_connection(self, name: str, updated_ms: int, body: bytes) -> None:
        """Keeps a connector's newest state."""
        change = "(name) DO UPDATE SET updated_ms = excluded.updated_ms, body = excluded.body"
        insert_or(self.db, papers.connection, [(name, updated_ms, body)], change)

    def add_civil_check(self, row: CheckRow) -> None:
        """Keeps an answer beside the earlier ones. Conflict when there is one of the same millisecond."""
        bulk_insert(self.db, papers.civil_check, [row])

    def set_staff(self, place: bytes, changed_ms: int, body: bytes) -> None:
        """Adds a member of staff, or changes one."""
        change = "(place) DO UPDATE SET changed_ms = excluded.changed_ms, body = excluded.body"
        insert_or(self.db, papers.staff, [(place, changed_ms, body)], change)

    def set_subscriber(self, client: str, cubes: Collection[str], since_ms: int) -> None:
        """What a client may take from the feed; nothing = no longer a subscriber."""
        change = "(client) DO UPDATE SET cubes = excluded.cubes"
        listed = msgspec.json.encode(sorted(cubes)).decode()
        insert_or(self.db, papers.subscriber, [(client, listed, since_ms)], change)

    def add_feed(self, rows: Iterable[FeedRow]) -> None:
        """Appends to the feed. Conflict when a place is taken or a table of the month is in it already."""
        bulk_insert(self.db, papers.feed_item, sorted(rows))
