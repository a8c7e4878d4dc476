"""Stage 4, label: what is sensitive, including what merely points to something sensitive."""

from hub.access.tags import read_labels, tag_aad
from hub.consent import combine, label
from hub.model import ORDINARY, Facility, Key, Labelled, Labels
from hub.parts import Hub
from hub.pipeline.place import Placed
from hub.store import ReadTx


def label_part(hub: Hub, tx: ReadTx, facility: Facility, placed: Placed) -> list[Labelled]:
    """Label what is to be stored; a resource that points to a sensitive one inherits (docs/privacy.md)."""
    fresh = {
        index: linked
        for index, linked in enumerate(placed.linked)
        if linked is not None and linked.outcome != "unchanged"
    }
    labels = {linked.key: label(linked.validated.mapped.resource, facility.labels) for linked in fresh.values()}
    outside = {key for index in fresh for key in placed.targets[index] if key not in labels and key in placed.known}
    labels.update(stored_labels(hub, tx, {key: placed.known[key].tag for key in outside}))
    _inherit(labels, {linked.key: placed.targets[index] for index, linked in fresh.items()})
    return [Labelled(linked, labels[linked.key]) for linked in fresh.values()]


def stored_labels(hub: Hub, tx: ReadTx, tags: dict[Key, int]) -> dict[Key, Labels]:
    """The labels of stored rows, read back from their access tags."""
    if not tags:
        return {}
    meaning = {
        (row.compartment, row.tag): read_labels(hub.boxes.tag.open(row.body, tag_aad(row.compartment)))
        for row in tx.tags({key.compartment for key in tags})
    }
    return {key: meaning[key.compartment, tag] for key, tag in tags.items()}


def _inherit(labels: dict[Key, Labels], pointers: dict[Key, list[Key]]) -> None:
    """Carry labels against the direction of the pointers until nothing changes (chains are short)."""
    if all(found == ORDINARY for found in labels.values()):
        return
    changed = True
    while changed:
        changed = False
        for key, targets in pointers.items():
            found = labels[key]
            for target in targets:
                if (other := labels.get(target)) is not None and other != ORDINARY:
                    found = combine(found, other)
            if found != labels[key]:
                labels[key] = found
                changed = True
