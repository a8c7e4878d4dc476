"""Deleting what the own facility authored: a deleted version (tombstone) on top of the others; nothing is erased.

https://www.hl7.org/fhir/R4/http.html#delete. What other records still point to is not deleted before them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hub.access.costs import Budget
from hub.access.indexes import require_references
from hub.access.opening import open_resources
from hub.access.reading import absent
from hub.errors import Category, HubError
from hub.fhir import type_name, type_number
from hub.identity import blocking_keys, demographics
from hub.model import PATIENT_RID, Issue, Key, Origin, Row
from hub.parts import Hub
from hub.pipeline.conditions import Condition, own_matches
from hub.store import ReadTx, WriteTx


@dataclass(slots=True)
class Deletion:
    """One resource to be deleted, named by its key or by a condition; `expected` is the version of If-Match.

    `version` and `updated_ms` of its tombstone are filled in: 0 when a condition finds nothing.
    """

    type: str
    key: Key | None = None
    condition: Condition | None = None
    expected: int | None = None
    path: str = ""
    version: int = 0
    updated_ms: int = 0


@dataclass(slots=True)
class Buried:
    """What a part deletes: the rows that still stand, and the tokens by which deleted Patients were compared."""

    rows: dict[Key, Row] = field(default_factory=dict)
    tokens: dict[int, set[bytes]] = field(default_factory=dict)

    def write(self, tx: WriteTx) -> None:
        """A deleted Patient is compared with nobody from now on."""
        if self.tokens:
            tx.lock_mpi()
        for compartment, tokens in self.tokens.items():
            tx.set_mpi(compartment, add=(), remove=tokens)


def named(hub: Hub, tx: ReadTx, origin: Origin, deletions: Sequence[Deletion], budget: Budget) -> dict[Key, Row]:
    """The stored rows that are meant, tombstones too (to delete what is deleted is harmless); versions are noted.

    NOT_FOUND for what is not the facility's own of that type; PRECONDITION for a condition that more than one meets
    and for another version than expected; INCORRECT when two mean the same.
    """
    author = origin.facility_number
    wanted: dict[Key, Deletion] = {}
    for deletion in deletions:
        if deletion.condition is not None:
            deletion.key = _one(hub, tx, author, deletion, budget)
        if deletion.key is None:
            deletion.version = 0
            continue
        if deletion.key in wanted:
            args = {"other": wanted[deletion.key].path}
            raise HubError(Category.INCORRECT, Issue("HUB-3121", deletion.path, args=args))
        wanted[deletion.key] = deletion
    rows = tx.get(list(wanted)) if wanted else {}
    for key, deletion in wanted.items():
        row = rows.get(key)
        if row is None or row.author != author or type_name(row.type) != deletion.type:
            raise absent(deletion.path)
        if deletion.expected is not None and row.version != deletion.expected:
            raise HubError(Category.PRECONDITION, Issue("HUB-3106", deletion.path))
        deletion.version = row.version if row.is_deleted else row.version + 1
        deletion.updated_ms = row.updated_ms if row.is_deleted else origin.received_ms
    return rows


def bury(hub: Hub, tx: ReadTx, rows: Mapping[Key, Row], paths: Mapping[Key, str], changing: Collection[Key]) -> Buried:
    """What of these rows is to be deleted. CONFLICT, naming how many, while others that stay (and are not `changing` in
    the same part) point to one, or a Patient still has records. A Provenance holds nothing back, and a facility's own
    directory (Practitioner, Location…) may be pointed to by a deleted entry."""
    living = {key: row for key, row in rows.items() if not row.is_deleted}
    issues = []
    for key, row in living.items():
        is_patient = key.rid == PATIENT_RID
        left = _left(tx, key, living) if is_patient else _pointing(hub, tx, key, row, living, changing)
        if left:
            kinds = ", ".join(f"{count} {type_name(kind)}" for kind, count in sorted(left.items()))
            args = {"type": type_name(row.type), "count": str(left.total()), "kinds": kinds}
            issues.append(Issue("HUB-3311" if is_patient else "HUB-3310", paths.get(key, ""), args=args))
    if issues:
        raise HubError(Category.CONFLICT, *issues)
    patients = open_resources(hub, [row for key, row in living.items() if key.rid == PATIENT_RID])
    tokens = {
        key.compartment: {hub.blinder.mpi(kind, value) for kind, value in blocking_keys(demographics(patient))}
        for key, patient in patients.items()
    }
    return Buried(living, tokens)


def _one(hub: Hub, tx: ReadTx, author: int, deletion: Deletion, budget: Budget) -> Key | None:
    assert deletion.condition is not None
    found = own_matches(hub, tx, author, deletion.type, deletion.condition, budget)
    if len(found) > 1:
        raise HubError(Category.PRECONDITION, Issue("HUB-3312", deletion.path))
    return found[0] if found else None


def _left(tx: ReadTx, patient: Key, living: Mapping[Key, Row]) -> Counter[int]:
    """Records of the Patient's compartment that would be left behind, by type."""
    going = Counter(row.type for key, row in living.items() if key.compartment == patient.compartment)
    left = Counter(tx.kinds(patient.compartment)) - going
    del left[type_number("Provenance")]
    return left


def _pointing(
    hub: Hub, tx: ReadTx, key: Key, row: Row, living: Collection[Key], changing: Collection[Key]
) -> Counter[int]:
    """Records of the same patient that point to it and neither go nor change with it, by type."""
    require_references(hub)
    token = hub.blinder.token(row.author, "_ref", f"{type_name(row.type)}/{hub.ids.encode(key)}")
    met = {Key(each.compartment, each.rid): each.type for each in tx.pointing(key.compartment, token)}
    left = Counter(type_ for each, type_ in met.items() if each not in living and each not in changing and each != key)
    del left[type_number("Provenance")]
    return left
