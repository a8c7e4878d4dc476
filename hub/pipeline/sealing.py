"""Stage 5, seal: logical id, version and time set, search tokens taken, content compressed and encrypted."""

import struct
from dataclasses import dataclass, field
from typing import Any

from hub.access.tags import tag_aad, write_labels
from hub.clock import instant
from hub.crypto import FIRST_SEED_VERSION, record_aad, seal
from hub.fhir import json, type_number
from hub.model import Key, Labelled, Origin, Row, Sealed
from hub.parts import Hub
from hub.pipeline.place import SHARED
from hub.search import extract
from hub.store import TagRow


@dataclass(slots=True)
class SealedPart:
    """Rows for the store, the meaning of their access tags, and the plain bodies
    (only for the answer to the sender), and clinical days (0 = none). `gone`: what stood before each tombstone;
    `deleted`: those of them that were asked to be deleted."""

    rows: list[Sealed] = field(default_factory=list)
    tags: dict[tuple[int, int], TagRow] = field(default_factory=dict)
    bodies: dict[Key, bytes] = field(default_factory=dict)
    days: dict[Key, int] = field(default_factory=dict)
    gone: dict[Key, Row] = field(default_factory=dict)
    deleted: set[Key] = field(default_factory=set)


def seal_part(hub: Hub, origin: Origin, labelled: list[Labelled], seeds: dict[int, bytes]) -> SealedPart:
    """Seal every labelled resource under its compartment's seed."""
    part = SealedPart()
    updated = instant(origin.received_ms)
    for item in labelled:
        linked = item.linked
        key, mapped = linked.key, linked.validated.mapped
        body = json.write(stamped(mapped.type, mapped.resource, hub.ids.encode(key), linked.version, updated))
        part.bodies[key] = body
        seed = seeds[key.compartment]
        text = write_labels(item.labels)
        tag = hub.blinder.tag(seed, origin.facility_number, text)
        if (key.compartment, tag) not in part.tags:
            sealed = hub.boxes.tag.seal(text.encode(), tag_aad(key.compartment))
            part.tags[key.compartment, tag] = TagRow(key.compartment, tag, origin.facility_number, sealed)
        row = _row(hub, origin, item, seed, tag, body)
        part.days[key] = row.day
        part.rows.append(row)
    return part


def stamped(type_: str, resource: dict[str, Any], id_: str, version: int, updated: str) -> dict[str, Any]:
    """The resource as it is stored and answered: the hub's id, version and time, everything else as sent."""
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": updated}
    rest = {name: value for name, value in resource.items() if name not in ("resourceType", "id", "meta")}
    return {"resourceType": type_, "id": id_, "meta": meta, **rest}


def _row(hub: Hub, origin: Origin, item: Labelled, seed: bytes, tag: int, body: bytes) -> Sealed:
    linked = item.linked
    key, mapped = linked.key, linked.validated.mapped
    number = type_number(mapped.type)
    codec, packed = hub.codec.compress(body)
    aad = record_aad(hub.config.tenant, key.compartment, number, key.rid, linked.version, codec, False)
    found = extract(mapped.type, mapped.resource)
    token = hub.blinder.token
    author = origin.facility_number
    keys = {(param, value): token(author, param, value) for param, value in found.values}
    index = {keys[pair] for pair in found.indexed}
    day, day_end = (found.day, found.day_end) if found.day <= found.day_end else (0, 0)
    if mapped.type in SHARED:
        day, day_end = mapped.asof_day, mapped.asof_key
    return Sealed(
        key=key,
        type=number,
        version=linked.version,
        day=day,
        day_end=day_end,
        updated_ms=origin.received_ms,
        author=author,
        tag=tag,
        digest=linked.digest,
        codec=codec,
        keys=pack_tokens(keys.values()),
        body=seal(seed, FIRST_SEED_VERSION, packed, aad),
        index=tuple(sorted(index)),
    )


def pack_tokens(tokens: Any) -> bytes:
    """Distinct signed 64-bit tokens, sorted, big-endian, end to end."""
    distinct = sorted(set(tokens))
    return struct.pack(f">{len(distinct)}q", *distinct)
