"""What decides who sees a compartment: access tags, consents, care relationships, presence codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.model import PATIENT_RID
from hub.store.bulk import bulk_insert, merge
from hub.store.driver import SqlRow, chunks, singles
from hub.store.rows import CompartmentRow, ConsentRow, Relationship, TagRow
from hub.store.tables import persons
from hub.store.tx import Tx


@dataclass(slots=True)
class Circle:
    """What is stored about some compartments besides their resources. `others`: joined to them by a positive link in
    force; `carers`: (compartment, facility, from_ms, until_ms); `patients`: the access tag of each Patient that is
    there; `has_consent`: at least one Consent was accepted."""

    compartments: dict[int, CompartmentRow] = field(default_factory=dict)
    tags: list[TagRow] = field(default_factory=list)
    others: set[int] = field(default_factory=set)
    carers: list[tuple[int, int, int, int]] = field(default_factory=list)
    patients: dict[int, int] = field(default_factory=dict)
    has_consent: bool = False


_CIRCLE = (
    "SELECT 0, compartment, tag, 0, author, 0, body FROM tag WHERE {0}"
    " UNION ALL SELECT 1, compartment, created_ms, 0, author, kind, NULL FROM compartment WHERE {0}"
    " UNION ALL SELECT 2, compartment, other, 0, 0, 0, NULL FROM link"
    " WHERE {0} AND ended_ms IS NULL AND judgement = 'positive'"
    " UNION ALL SELECT 3, compartment, from_ms, until_ms, facility, 0, NULL FROM relationship WHERE {0}"
    f" UNION ALL SELECT 4, compartment, tag, 0, author, 0, NULL FROM resource WHERE {{0}} AND rid = {PATIENT_RID}"
    " AND NOT is_deleted"
    " UNION ALL SELECT 5, compartment, 0, 0, 0, 0, NULL FROM consent WHERE {0}"
)


class CareReads(Tx):
    """Reading for the decision."""

    def circle(self, compartments: Iterable[int]) -> Circle:
        """All that a decision about these compartments stands on, in one statement."""
        found = Circle()
        for part in chunks(singles(compartments)):
            match, params = self.db.match(("compartment",), part)
            for which, home, one, two, author, kind, body in self.db.rows(_CIRCLE.format(match), params * 6):
                if which == 0:
                    found.tags.append(TagRow(home, one, author, body))
                elif which == 1:
                    found.compartments[home] = CompartmentRow(home, author, kind, one)
                elif which == 2:
                    found.others.add(one)
                elif which == 3:
                    found.carers.append((home, author, one, two))
                elif which == 4:
                    found.patients[home] = one
                else:
                    found.has_consent = True
        return found

    def tags(self, compartments: Iterable[int]) -> list[TagRow]:
        """The (author, labels) combinations that occur in these compartments."""
        return [TagRow(*record) for record in self._of("tag", "compartment, tag, author, body", compartments)]

    def consents(self, compartments: Iterable[int]) -> list[ConsentRow]:
        """The Consent resources of these compartments, oldest acceptance first."""
        columns = "compartment, rid, accepted_ms, auth, is_verified"
        found = [ConsentRow._make((*r[:4], bool(r[4]))) for r in self._of("consent", columns, compartments)]
        return sorted(found, key=lambda row: (row.accepted_ms, row.rid))

    def relationships(self, compartments: Iterable[int], *, at_ms: int | None = None) -> list[Relationship]:
        """Care relationships of these compartments: all, or those that hold at a moment."""
        columns = "compartment, facility, kind, from_ms, until_ms"
        found = [Relationship(*record) for record in self._of("relationship", columns, compartments)]
        return [row for row in found if at_ms is None or row.from_ms <= at_ms < row.until_ms]

    def compartments_in_care(self, facility: int, at_ms: int) -> list[int]:
        """The compartments a facility has a care relationship with at a moment, sorted."""
        sql = "SELECT DISTINCT compartment FROM relationship WHERE facility = ? AND from_ms <= ? AND until_ms > ?"
        return sorted(record[0] for record in self.db.rows(sql, (facility, at_ms, at_ms)))

    def _of(self, table: str, columns: str, compartments: Iterable[int]) -> list[SqlRow]:
        found: list[SqlRow] = []
        for part in chunks(singles(compartments)):
            match, params = self.db.match(("compartment",), part)
            found += self.db.rows(f"SELECT {columns} FROM {table} WHERE {match}", params)
        return sorted(found)


class CareWrites(CareReads):
    """Writing what the decision stands on."""

    def add_tags(self, rows: Sequence[TagRow]) -> None:
        """Adds tags not yet known; a tag's meaning never changes, so a known one stays."""
        merge(self.db, persons.tag, sorted(rows))

    def add_consents(self, rows: Sequence[ConsentRow]) -> None:
        """Registers Consent resources; a new version of one replaces its row."""
        replace = (
            "(compartment, rid) DO UPDATE SET accepted_ms = excluded.accepted_ms, auth = excluded.auth,"
            " is_verified = excluded.is_verified"
        )
        merge(self.db, persons.consent, sorted(rows), replace)

    def add_relationships(self, rows: Sequence[Relationship]) -> None:
        """Adds relationships; the same one again extends it, and never shortens it."""
        longest: dict[tuple[int, int, str, int], Relationship] = {}
        for row in sorted(rows):
            longest[row[:4]] = row
        extend = (
            "(compartment, facility, kind, from_ms) DO UPDATE SET until_ms = excluded.until_ms"
            " WHERE excluded.until_ms > relationship.until_ms"
        )
        merge(self.db, persons.relationship, list(longest.values()), extend)

    def end_relationships(self, compartment: int, facility: int, kind: str, until_ms: int) -> int:
        """Makes relationships of a kind end no later than a moment (discharge); returns how many changed."""
        sql = (
            "UPDATE relationship SET until_ms = ? WHERE compartment = ? AND facility = ? AND kind = ? AND until_ms > ?"
        )
        return self.db.run(sql, (until_ms, compartment, facility, kind, until_ms))

    def add_presence(self, code_hash: bytes, compartment: int, expires_ms: int) -> None:
        """Registers a presence code. Conflict when the code is in use."""
        bulk_insert(self.db, persons.presence, [(code_hash, compartment, expires_ms, None, None)])

    def use_presence(self, code_hash: bytes, *, used_by: str, now_ms: int) -> int | None:
        """Uses a code up and returns its compartment; None when unknown, expired or used (also at this very moment)."""
        sql = (
            "UPDATE presence SET used_ms = ?, used_by = ? WHERE code_hash = ? AND used_ms IS NULL AND expires_ms > ?"
            " RETURNING compartment"
        )
        found = self.db.rows(sql, (now_ms, used_by, code_hash, now_ms))
        return int(found[0][0]) if found else None
