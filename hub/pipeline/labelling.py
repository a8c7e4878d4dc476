"""Stage 4, label: what is sensitive, including what merely points to something sensitive."""

from collections.abc import Collection, Mapping

from hub.access.tags import read_labels, tag_aad
from hub.consent import combine, label
from hub.model import ORDINARY, Facility, Key, Labelled, Labels
from hub.parts import Hub
from hub.pipeline.place import Placed
from hub.store import ReadTx


def label_part(hub: Hub, tx: ReadTx, facility: Facility, placed: Placed) -> list[Labelled]:
    """Label what is to be stored; a resource that points to a sensitive one inherits (docs/privacy.md)."""
    fresh = [linked for linked in placed.linked if linked is not None and linked.outcome != "unchanged"]
    labels = {linked.key: label(linked.validated.mapped.resource, facility.labels) for linked in fresh}
    outside = {key for linked in fresh for key in linked.references.values() if key in placed.known} - labels.keys()
    labels.update(stored_labels(hub, tx, {key: placed.known[key].tag for key in outside}))
    _inherit(labels, {linked.key: linked.references.values() for linked in fresh})
    return [Labelled(linked, labels[linked.key]) for linked in fresh]


def stored_labels(hub: Hub, tx: ReadTx, tags: dict[Key, int]) -> dict[Key, Labels]:
    """The labels of stored rows, read back from their access tags."""
    if not tags:
        return {}
    meaning = {
        (row.compartment, row.tag): read_labels(hub.boxes.tag.open(row.body, tag_aad(row.compartment)))
        for row in tx.tags({key.compartment for key in tags})
    }
    return {key: meaning[key.compartment, tag] for key, tag in tags.items()}


def _inherit(labels: dict[Key, Labels], pointers: Mapping[Key, Collection[Key | None]]) -> None:
    """Carry labels against the direction of the pointers until nothing changes (chains are short)."""
    sensitive = {key for key, found in labels.items() if found is not ORDINARY and found != ORDINARY}
    changed = bool(sensitive)
    while changed:
        changed = False
        for key, targets in pointers.items():
            if sensitive.isdisjoint(targets):
                continue
            found = labels[key]
            for target in sensitive.intersection(targets):
                found = combine(found, labels[target])
            if found != labels[key]:
                labels[key] = found
                sensitive.add(key)
                changed = True
