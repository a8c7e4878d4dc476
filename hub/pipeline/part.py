"""One part of a submission, the whole way in: validate, identify, label, seal, store; one part = one transaction.

A part is at most 500 source records or one FHIR transaction. Reads and all computing come first, the write
transaction is short, and a part that lost a race (another writer took the same source identifier or version)
is done again from the read: what the other stored is then found, and nothing is stored twice.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Key, Labelled, Linked, Mapped, Origin, Row, Validated
from hub.parts import Hub
from hub.pipeline.events import Events, events_of
from hub.pipeline.labelling import label_part
from hub.pipeline.obsolete import tombstones
from hub.pipeline.persons import People, recognise
from hub.pipeline.place import Placed, place
from hub.pipeline.pointers import Relabelled, stricter_pointers
from hub.pipeline.sealing import SealedPart, seal_part
from hub.store import CompartmentRow, Conflict, ReadTx, WriteTx
from hub.validation import check

ATTEMPTS = 8


@dataclass(slots=True)
class Stored:
    """What became of one item: its place and version, or the issues that refused it. `body` only where fresh."""

    mapped: Mapped
    linked: Linked | None = None
    body: bytes | None = None
    issues: list[Issue] = field(default_factory=list)
    updated_ms: int = 0

    @property
    def is_refused(self) -> bool:
        return any(issue.severity in ("error", "fatal") for issue in self.issues)


@dataclass(slots=True)
class _Work:
    """Everything computed before the write transaction."""

    placed: Placed
    labelled: list[Labelled]
    people: People
    sealed: SealedPart
    events: Events
    relabelled: list[Relabelled]


Standing = list[tuple[int, Validated]]
"""The items still to be stored, each with its index in the part."""

Also = Callable[[WriteTx, list[Stored]], None]
"""Writes that belong to the part's transaction but are not clinical: the receipt, the quarantine."""

Guard = Callable[[Placed], None]
"""Looks at the placed part before anything is stored and raises HubError to stop it (If-Match, If-None-Exist)."""


def store_part(
    hub: Hub,
    origin: Origin,
    part: list[Mapped],
    also: Also | None = None,
    guard: Guard | None = None,
    is_atomic: bool = False,
    is_check: bool = False,
) -> list[Stored]:
    """Store a part and say what became of each item, in order.

    An item refused by validation or identification takes its whole source row with it (with `is_atomic` the whole
    part) and comes back with its issues. `is_check` finds out everything and stores nothing.
    """
    results = [Stored(mapped) for mapped in part]
    valid = _validate(results)
    for attempt in range(ATTEMPTS):
        with ExitStack() as encoding:
            encoding.enter_context(hub.encoding)
            with hub.store.reading() as tx:
                placed, standing = _place(hub, tx, origin, results, valid, is_atomic)
                if guard is not None and placed is not None:
                    guard(placed)
                if is_check:
                    return _note(results, standing, placed, None, origin)
                work = _prepare(hub, tx, origin, placed) if placed is not None else None
            if attempt == 0 and origin.source == "fhir":
                # The next part is encoded while this one is written. Parts of files share too many patients for that,
                # and who lost a race would lose it again: the rival's commit comes after the new attempt's read.
                encoding.close()
            if work is None and also is None:
                audit(hub, _refusal(origin, results))
                return results
            try:
                with hub.store.writing() as tx:
                    _note(results, standing, placed, work, origin)
                    if work is not None:
                        _write(hub, tx, origin, work)
                    if also is not None:
                        also(tx, results)
                return results
            except Conflict:
                if placed is not None:
                    placed.undo()
    raise HubError(Category.BUSY, Issue("HUB-3114"))


def _refusal(origin: Origin, results: list[Stored]) -> AuditEntry:
    """The audit entry of a request of which nothing was stored: its codes, no content."""
    codes = sorted({issue.code for result in results for issue in result.issues})
    return AuditEntry(
        at_ms=origin.received_ms,
        event="ingest",
        action="C",
        outcome="error",
        subject=origin.subject,
        role="clinic-client",
        facility=origin.facility,
        purpose="TREAT",
        count=len(results),
        details={"source": origin.source, "codes": " ".join(codes[:20])},
    )


def _validate(results: list[Stored]) -> Standing:
    """Stage 2 for the whole part; refused items keep their issues."""
    valid = []
    for index, found in enumerate(check([result.mapped for result in results])):
        if isinstance(found, list):
            results[index].issues = found
        else:
            results[index].issues = list(found.warnings)
            valid.append((index, found))
    return valid


def _place(
    hub: Hub, tx: ReadTx, origin: Origin, results: list[Stored], valid: Standing, is_atomic: bool
) -> tuple[Placed | None, Standing]:
    """Place what still stands; a row that falls takes its items out and the rest is placed again without them."""
    while True:
        fallen = {result.mapped.row for result in results if result.is_refused}
        standing = [
            (index, item)
            for index, item in valid
            if not results[index].is_refused and (item.mapped.row is None or item.mapped.row not in fallen)
        ]
        if not standing or (is_atomic and any(result.is_refused for result in results)):
            return None, standing
        placed = place(hub, tx, origin, [item for _, item in standing])
        if not placed.refused:
            return placed, standing
        placed.undo()
        for position, issues in placed.refused.items():
            results[standing[position][0]].issues += issues


def _prepare(hub: Hub, tx: ReadTx, origin: Origin, placed: Placed) -> _Work:
    facility = hub.facilities[origin.facility]
    labelled = label_part(hub, tx, facility, placed)
    people = recognise(hub, tx, placed)
    compartments = {item.linked.key.compartment for item in labelled}
    hub.keyring.create(placed.new_compartments & compartments)
    seeds = hub.keyring.seeds(compartments)
    sealed = seal_part(hub, origin, labelled, seeds)
    sealed.rows += tombstones(hub, tx, origin, placed, labelled, seeds)
    events = events_of(hub, tx, origin, placed, labelled, sealed)
    relabelled = stricter_pointers(hub, tx, origin, placed, labelled, seeds)
    return _Work(placed, labelled, people, sealed, events, relabelled)


def _note(
    results: list[Stored], standing: Standing, placed: Placed | None, work: _Work | None, origin: Origin
) -> list[Stored]:
    """Write the outcome of each standing item into the results."""
    if placed is None:
        return results
    for position, (index, _) in enumerate(standing):
        linked = placed.linked[placed.same.get(position, position)]
        if position in placed.same and linked is not None:
            linked = replace(linked, outcome="unchanged")
        results[index].linked = linked
        if linked is None:
            continue
        row: Row | None = placed.known.get(linked.key) if linked.outcome == "unchanged" else None
        results[index].updated_ms = row.updated_ms if row is not None else origin.received_ms
        results[index].body = work.sealed.bodies.get(linked.key) if work is not None else None
    return results


def _write(hub: Hub, tx: WriteTx, origin: Origin, work: _Work) -> None:
    """The one place where a part becomes durable (the transaction commits on leaving)."""
    fresh = {item.linked.key.compartment for item in work.labelled}
    author = origin.facility_number
    new = work.placed.new_compartments & fresh
    tx.add_compartments([CompartmentRow(compartment, author, 0, origin.received_ms) for compartment in new])
    tx.add_sources(work.placed.sources)
    tx.put(work.sealed.rows)
    tx.add_tags([*work.sealed.tags.values(), *(change.meaning for change in work.relabelled)])
    tx.relabel([(change.key, change.meaning.tag) for change in work.relabelled])
    work.people.write(tx)
    work.events.write(hub, tx, author)


def key_of(stored: Stored) -> Key:
    """The place of an item that was stored or found unchanged."""
    if stored.linked is None:
        raise HubError(Category.UNPROCESSABLE, *stored.issues)
    return stored.linked.key
