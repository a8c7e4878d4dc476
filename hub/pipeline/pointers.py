"""When a correction makes a resource more sensitive, what points to it becomes as sensitive, in the same commit."""

from typing import NamedTuple

from hub.access.indexes import require_references
from hub.consent import combine
from hub.fhir import type_name
from hub.model import Key, Labelled, Labels, Origin
from hub.parts import Hub
from hub.pipeline.labelling import stored_labels
from hub.pipeline.place import Placed
from hub.pipeline.sealing import tag_row
from hub.store import ReadTx, TagRow


class Relabelled(NamedTuple):
    """A stored row that gets a stricter access tag; its content and version stay."""

    key: Key
    meaning: TagRow


def stricter_pointers(
    hub: Hub, tx: ReadTx, origin: Origin, placed: Placed, labelled: list[Labelled], seeds: dict[int, bytes]
) -> list[Relabelled]:
    """Rows of the same compartment that point to a corrected, now more sensitive resource, with their new tags."""
    corrected = {item.linked.key: item for item in labelled if item.linked.outcome == "corrected"}
    before = stored_labels(hub, tx, {key: placed.known[key].tag for key in corrected})
    fresh = {item.linked.key for item in labelled}
    work = [(key, item.labels) for key, item in corrected.items() if item.labels != before[key]]
    found: dict[Key, Relabelled] = {}
    seen: dict[Key, Labels] = {}
    while work:
        require_references(hub)
        key, labels = work.pop()
        type_ = corrected[key].linked.validated.mapped.type if key in corrected else None
        token = hub.blinder.token(origin.facility_number, "_ref", f"{type_ or _type(tx, key)}/{hub.ids.encode(key)}")
        rows = {Key(r.compartment, r.rid): r for r in tx.pointing(key.compartment, token)}
        held = stored_labels(hub, tx, {k: r.tag for k, r in rows.items() if k not in fresh})
        for pointer, old in held.items():
            new = combine(seen.get(pointer, old), labels)
            if new == seen.get(pointer, old):
                continue
            seen[pointer] = new
            home = pointer.compartment
            found[pointer] = Relabelled(pointer, tag_row(hub, origin.facility_number, home, seeds[home], new))
            work.append((pointer, new))
    return list(found.values())


def _type(tx: ReadTx, key: Key) -> str:
    return type_name(tx.get([key])[key].type)
