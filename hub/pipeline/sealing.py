"""Stage 5, seal: logical id, version and time set, search tokens taken, content compressed and encrypted."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.access.tags import tag_aad, write_labels
from hub.clock import instant
from hub.crypto import FIRST_SEED_VERSION, record_aad, seal
from hub.fhir import json, type_number
from hub.model import Key, Labelled, Labels, Linked, Origin, Row, Sealed
from hub.parts import Hub
from hub.pipeline.forms import Form, forms_of, leading_out
from hub.pipeline.place import SHARED
from hub.search import Extract, extract
from hub.store import TagRow


@dataclass(slots=True)
class SealedPart:
    """Rows for the store, the meaning of their access tags, and the plain bodies
    (only for the answer to the sender), and clinical days (0 = none). `gone`: what stood before each tombstone;
    `deleted`: those of them that were asked to be deleted; `forms`: in which codes are used."""

    rows: list[Sealed] = field(default_factory=list)
    tags: dict[tuple[int, int], TagRow] = field(default_factory=dict)
    bodies: dict[Key, bytes] = field(default_factory=dict)
    days: dict[Key, int] = field(default_factory=dict)
    gone: dict[Key, Row] = field(default_factory=dict)
    deleted: set[Key] = field(default_factory=set)
    forms: set[Form] = field(default_factory=set)


def seal_part(hub: Hub, origin: Origin, labelled: list[Labelled], seeds: dict[int, bytes]) -> SealedPart:
    """Seal every labelled resource under its compartment's seed."""
    part = SealedPart()
    updated = instant(origin.received_ms)
    tags: dict[tuple[int, Labels], int] = {}
    for item in labelled:
        linked = item.linked
        key, mapped = linked.key, linked.validated.mapped
        body = stamped(mapped.type, mapped.resource, linked.id, linked.version, updated)
        part.bodies[key] = body
        seed = seeds[key.compartment]
        tag = tags.get((key.compartment, item.labels))
        if tag is None:
            row = tag_row(hub, origin.facility_number, key.compartment, seed, item.labels)
            tag = tags[key.compartment, item.labels] = row.tag
            part.tags[key.compartment, tag] = row
        sealed = _row(hub, origin, linked, seed, tag, body, part.forms)
        part.days[key] = sealed.day
        part.rows.append(sealed)
    return part


def stamped(type_: str, resource: dict[str, Any], id_: str, version: int, updated: str) -> bytes:
    """The resource as it is stored and answered: the hub's id, version and time, everything else as sent."""
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": updated}
    whole = {"resourceType": type_, "id": id_, "meta": meta} | resource
    whole["id"], whole["meta"] = id_, meta
    return json.write(whole)


def tag_row(hub: Hub, author: int, compartment: int, seed: bytes, labels: Labels) -> TagRow:
    """The access tag of (author, labels) in a compartment, with its sealed meaning."""
    text = write_labels(labels)
    meaning = hub.boxes.tag.seal(text.encode(), tag_aad(compartment))
    return TagRow(compartment, hub.blinder.tag(seed, author, text), author, meaning)


def _row(hub: Hub, origin: Origin, linked: Linked, seed: bytes, tag: int, body: bytes, forms: set[Form]) -> Sealed:
    key, mapped = linked.key, linked.validated.mapped
    number, author = type_number(mapped.type), origin.facility_number
    codec, packed = hub.codec.compress(body)
    aad = record_aad(hub.config.tenant, key.compartment, number, key.rid, linked.version, codec, False)
    found = extract(mapped.type, mapped.resource, linked.references)
    keys, index = tokens_of(hub, key, number, author, found, linked.references, forms)
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
        keys=keys,
        body=seal(seed, FIRST_SEED_VERSION, packed, aad),
        index=index,
    )


def tokens_of(
    hub: Hub,
    key: Key,
    number: int,
    author: int,
    found: Extract,
    references: Mapping[str, Key | None],
    forms: set[Form],
) -> tuple[bytes, tuple[int, ...]]:
    """All tokens of a resource, packed, and those that get index rows; the forms of its codes go to `forms`.
    `references`: the places that its local references lead to, None for those that lead to none."""
    tokens = hub.blinder.tokens(author, found.values)
    index = {tokens[pair] for pair in found.indexed} | leading_out(hub, key.compartment, references, author, tokens)
    forms |= forms_of(number, tokens, found.indexed)
    return pack_tokens(tokens.values()), tuple(sorted(index))


def pack_tokens(tokens: Any) -> bytes:
    """Distinct signed 64-bit tokens, sorted, big-endian, end to end."""
    distinct = sorted(set(tokens))
    return struct.pack(f">{len(distinct)}q", *distinct)
