"""A corrected source row may say less than before (a diagnosis taken out): what it no longer says becomes a tombstone.

The row's Provenance names everything the row said; comparing its stored version with the new one finds what is gone.
"""

from hub.access.opening import open_resources
from hub.crypto import FIRST_SEED_VERSION, record_aad, seal
from hub.fhir import parse_reference, type_number
from hub.model import Key, Labelled, Origin, Row, Sealed
from hub.parts import Hub
from hub.pipeline.place import SHARED, Placed
from hub.store import ReadTx

_KEPT = frozenset(type_number(name) for name in SHARED)


def tombstones(
    hub: Hub, tx: ReadTx, origin: Origin, placed: Placed, labelled: list[Labelled], seeds: dict[int, bytes]
) -> list[Sealed]:
    """A deleted version for each resource that a corrected row no longer yields."""
    corrected = [
        item.linked
        for item in labelled
        if item.linked.outcome == "corrected" and item.linked.validated.mapped.type == "Provenance"
    ]
    if not corrected or origin.source == "fhir":
        return []
    before = open_resources(hub, [placed.known[linked.key] for linked in corrected])
    gone: set[Key] = set()
    for linked in corrected:
        said = _targets(hub, before[linked.key])
        gone |= said - _targets(hub, linked.validated.mapped.resource)
    rows = tx.get(list(gone)) if gone else {}
    return [
        tombstone(hub, origin, row, seeds[row.compartment])
        for row in rows.values()
        if not row.is_deleted and row.type not in _KEPT and row.author == origin.facility_number
    ]


def tombstone(hub: Hub, origin: Origin, row: Row, seed: bytes) -> Sealed:
    """The next version of a row, saying only that it is gone."""
    codec, packed = hub.codec.compress(b"{}")
    version = row.version + 1
    aad = record_aad(hub.config.tenant, row.compartment, row.type, row.rid, version, codec, True)
    return Sealed(
        key=Key(row.compartment, row.rid),
        type=row.type,
        version=version,
        day=row.day,
        day_end=row.day_end,
        updated_ms=origin.received_ms,
        author=row.author,
        tag=row.tag,
        digest=bytes(16),
        codec=codec,
        keys=b"",
        body=seal(seed, FIRST_SEED_VERSION, packed, aad),
        is_deleted=True,
    )


def _targets(hub: Hub, provenance: dict) -> set[Key]:  # type: ignore[type-arg]
    keys = set()
    for target in provenance.get("target", ()):
        reference = parse_reference(target.get("reference", ""))
        if reference and (key := hub.ids.decode(reference.id)):
            keys.add(key)
    return keys
