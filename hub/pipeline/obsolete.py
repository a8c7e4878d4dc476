"""A corrected source row may say less than before (a diagnosis taken out): what it no longer says becomes a tombstone.

The row's Provenance names everything the row said; comparing its stored version with the new one finds what is gone.
What another row still says stays, and so do people, places and things.
"""

from hub.access.opening import open_resources
from hub.crypto import FIRST_SEED_VERSION, record_aad, seal
from hub.fhir import type_name
from hub.model import Key, Labelled, Origin, Row, Sealed
from hub.parts import Hub
from hub.pipeline.place import Placed
from hub.pipeline.withdrawal import STAYS, said_elsewhere, targets_of
from hub.store import ReadTx


def obsolete(hub: Hub, tx: ReadTx, origin: Origin, placed: Placed, labelled: list[Labelled]) -> dict[Key, Row]:
    """The stored rows of what a corrected source row no longer yields."""
    corrected = [
        item.linked
        for item in labelled
        if item.linked.outcome == "corrected" and item.linked.validated.mapped.type == "Provenance"
    ]
    if not corrected or origin.source == "fhir":
        return {}
    before = open_resources(hub, [placed.known[linked.key] for linked in corrected])
    said = {key for trace in before.values() for key in targets_of(hub, trace)}
    says = {
        key
        for item in labelled
        if item.linked.validated.mapped.type == "Provenance"
        for key in targets_of(hub, item.linked.validated.mapped.resource)
    }
    gone = {
        key: row
        for key, row in (tx.get(list(said - says)) if said - says else {}).items()
        if not row.is_deleted and type_name(row.type) not in STAYS and row.author == origin.facility_number
    }
    kept = said_elsewhere(hub, tx, gone, before.keys())
    return {key: row for key, row in gone.items() if key not in kept}


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
