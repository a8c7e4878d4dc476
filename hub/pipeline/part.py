"""One part of a submission, the whole way in: validate, identify, label, seal, store; one part = one transaction.

A part is at most 50 source records or one FHIR transaction. Reads and all computing come first, the write
transaction is short, and a part that lost a race (another writer took the same source identifier or version)
is done again from the read: what the other stored is then found, and nothing is stored twice.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from hub.access.costs import Budget, budget
from hub.access.indexes import admit_writer
from hub.access.trace import audit
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Key, Labelled, Linked, Mapped, Origin, Row, Validated
from hub.parts import Hub
from hub.pipeline.content import unmet
from hub.pipeline.deletion import Buried, Deletion, bury, named
from hub.pipeline.events import Events, events_of
from hub.pipeline.forms import unknown_forms
from hub.pipeline.labelling import label_part
from hub.pipeline.obsolete import obsolete, tombstone
from hub.pipeline.persons import People, recognise
from hub.pipeline.place import Placed, place
from hub.pipeline.pointers import Relabelled, stricter_pointers
from hub.pipeline.sealing import SealedPart, seal_part
from hub.store import CompartmentRow, Conflict, ReadTx, WriteTx
from hub.validation import check

ATTEMPTS = 8
RACES = 2
"""Attempts that let others write meanwhile; the later ones don't."""


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
        return bool(self.issues) and any(issue.severity in ("error", "fatal") for issue in self.issues)


Standing = list[tuple[int, Validated]]
"""The items still to be stored, each with its index in the part."""


@dataclass(slots=True)
class _Work:
    """Everything computed before the write transaction."""

    placed: Placed
    labelled: list[Labelled]
    people: People
    sealed: SealedPart
    events: Events
    relabelled: list[Relabelled]
    buried: Buried


Also = Callable[[WriteTx, list[Stored]], None]
"""Writes that belong to the part's transaction but are not clinical: the receipt, the quarantine."""

Guard = Callable[[Placed], None]
"""Looks at the placed part before anything is stored and raises HubError to stop it (If-Match, If-None-Exist)."""


@dataclass(slots=True)
class _Run:
    """A part on its way: what was asked, and what the latest attempt made of it."""

    origin: Origin
    results: list[Stored]
    guard: Guard | None
    also: Also | None
    is_atomic: bool
    deletions: Sequence[Deletion] = ()
    budget: Budget = field(default_factory=budget)
    meant: dict[Key, Row] = field(default_factory=dict)
    valid: Standing = field(default_factory=list)
    standing: Standing = field(default_factory=list)
    placed: Placed | None = None
    work: _Work | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing is to be written: of a part that is refused as a whole not even what belongs to it."""
        return self.work is None and (self.also is None or self.is_atomic)

    def undo(self) -> None:
        """Put the sender's own references back."""
        if self.placed is not None:
            self.placed.undo()


def store_part(
    hub: Hub,
    origin: Origin,
    part: list[Mapped],
    also: Also | None = None,
    guard: Guard | None = None,
    is_atomic: bool = False,
    is_check: bool = False,
    deletions: Sequence[Deletion] = (),
) -> list[Stored]:
    """Store a part, with what it deletes, and say what became of each item, in order.

    An item refused by validation or identification takes its whole source row with it (with `is_atomic` the whole
    part) and comes back with its issues. `is_check` finds out everything and stores nothing. An item found by
    `criteria` is looked for and stored while nobody else looks: two alike at one moment are one.
    """
    run = _Run(origin, [Stored(mapped) for mapped in part], guard, also, is_atomic, deletions)
    run.valid = _validate(run.results, hub.facilities[origin.facility].settings.get("profiles", ""))
    if is_atomic and any(result.is_refused for result in run.results):  # told with it: there will be no placing
        for index, issues in unmet(part).items():
            run.results[index].issues += issues
    if is_check:
        with hub.encoding, hub.store.reading() as tx:
            _place(hub, tx, run)
        return _note(run)
    admit_writer(hub)
    races = 0 if any(mapped.criteria for mapped in part) else RACES
    before = replace(run.budget)
    for attempt in range(ATTEMPTS):
        try:
            if attempt < races:
                _store(hub, run, is_first=attempt == 0)
            else:
                _store_alone(hub, run)
            return run.results
        except Conflict:
            run.undo()
            run.budget.go_back(before)
        except Exception:
            run.undo()  # who asked may ask again, in another company
            raise
    raise HubError(Category.BUSY, Issue("HUB-3114"))


def _store(hub: Hub, run: _Run, *, is_first: bool) -> None:
    """Compute on a snapshot, then write. Conflict when somebody else came first."""
    with ExitStack() as turn:
        turn.enter_context(hub.encoding)
        with hub.store.reading() as tx:
            _compute(hub, tx, run)
        if is_first and run.origin.source == "fhir":
            turn.close()  # the next part is encoded while this one is written; parts of files share too many patients
        if not run.is_idle:
            with hub.store.writing() as writing:
                _write(hub, writing, run)
    if run.is_idle:
        audit(hub, _refusal(run))


def _store_alone(hub: Hub, run: _Run) -> None:
    """Compute and write in one transaction, while nobody else makes a patient known: who lost races against a stream of
    rivals would lose the next ones too, since each rival commits while the part is computed."""
    with hub.encoding, hub.store.writing() as tx:
        tx.lock_mpi()
        _compute(hub, tx, run)
        _write(hub, tx, run)
    if run.is_idle:
        audit(hub, _refusal(run))


def _compute(hub: Hub, tx: ReadTx, run: _Run) -> None:
    """Everything there is to know before the first write."""
    run.meant = named(hub, tx, run.origin, run.deletions, run.budget) if run.deletions else {}
    _place(hub, tx, run)
    run.work = _prepare(hub, tx, run, run.placed) if run.placed is not None else None


def _refusal(run: _Run) -> AuditEntry:
    """The audit entry of a request of which nothing was stored: its codes, no content."""
    origin, results = run.origin, run.results
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


def _validate(results: list[Stored], profiles: str) -> Standing:
    """Stage 2 for the whole part; refused items keep their issues. `profiles`: the facility's setting."""
    valid = []
    for index, found in enumerate(check([result.mapped for result in results], profiles=profiles)):
        if isinstance(found, list):
            results[index].issues = found
        else:
            results[index].issues = list(found.warnings)
            valid.append((index, found))
    return valid


def _place(hub: Hub, tx: ReadTx, run: _Run) -> None:
    """Place what still stands; a row that falls takes its items out and the rest is placed again without them."""
    results, run.placed = run.results, None
    before = replace(run.budget)
    while True:
        fallen = {result.mapped.row for result in results if result.is_refused}
        run.standing = [
            (index, item)
            for index, item in run.valid
            if not results[index].is_refused and (item.mapped.row is None or item.mapped.row not in fallen)
        ]
        if not (run.standing or run.deletions) or (run.is_atomic and any(result.is_refused for result in results)):
            return
        placed = place(hub, tx, run.origin, [item for _, item in run.standing], run.meant, run.budget)
        if not placed.refused:
            break
        placed.undo()
        run.budget.go_back(before)
        for position, issues in placed.refused.items():
            results[run.standing[position][0]].issues += issues
    run.placed = placed
    if run.guard is not None:
        run.guard(placed)


def _prepare(hub: Hub, tx: ReadTx, run: _Run, placed: Placed) -> _Work:
    origin = run.origin
    facility = hub.facilities[origin.facility]
    labelled = label_part(hub, tx, facility, placed)
    people = recognise(hub, tx, origin, placed)
    changing = {item.linked.key for item in labelled}
    buried = bury(hub, tx, run.meant, {d.key: d.path for d in run.deletions if d.key is not None}, changing)
    gone = buried.rows | obsolete(hub, tx, origin, placed, labelled)
    compartments = {key.compartment for key in changing | gone.keys()}
    hub.keyring.create(placed.new_compartments & compartments)
    seeds = hub.keyring.seeds(compartments)
    sealed = seal_part(hub, origin, labelled, seeds)
    sealed.gone, sealed.deleted = gone, set(buried.rows)
    sealed.forms = set(unknown_forms(hub, tx, sealed.forms))
    sealed.rows += [tombstone(hub, origin, row, seeds[row.compartment]) for row in gone.values()]
    events = events_of(hub, tx, origin, placed, labelled, sealed)
    relabelled = stricter_pointers(hub, tx, origin, placed, labelled, seeds)
    return _Work(placed, labelled, people, sealed, events, relabelled, buried)


def _note(run: _Run) -> list[Stored]:
    """Write the outcome of each standing item into the results."""
    placed, work, results = run.placed, run.work, run.results
    if placed is None:
        return results
    for position, (index, _) in enumerate(run.standing):
        linked = placed.linked[placed.same.get(position, position)]
        if position in placed.same and linked is not None:
            linked = replace(linked, outcome="unchanged")
        results[index].linked = linked
        if linked is None:
            continue
        row: Row | None = placed.known.get(linked.key) if linked.outcome == "unchanged" else None
        results[index].updated_ms = row.updated_ms if row is not None else run.origin.received_ms
        results[index].body = work.sealed.bodies.get(linked.key) if work is not None else None
    return results


def _write(hub: Hub, tx: WriteTx, run: _Run) -> None:
    """The one place where a part becomes durable (the transaction commits on leaving)."""
    _note(run)
    if run.work is not None:
        _write_work(hub, tx, run.origin, run.work)
    if run.also is not None:
        run.also(tx, run.results)


def _write_work(hub: Hub, tx: WriteTx, origin: Origin, work: _Work) -> None:
    fresh = {item.linked.key.compartment for item in work.labelled}
    author = origin.facility_number
    new = work.placed.new_compartments & fresh
    # first, so that whoever waits for the patient index waits with nothing locked
    work.people.write(tx, origin.received_ms)
    work.buried.write(tx)
    tx.add_compartments([CompartmentRow(compartment, author, 0, origin.received_ms) for compartment in new])
    tx.add_sources(work.placed.sources)
    tx.put(work.sealed.rows)
    tx.add_forms(work.sealed.forms)
    tx.add_tags([*work.sealed.tags.values(), *(change.meaning for change in work.relabelled)])
    tx.relabel([(change.key, change.meaning.tag) for change in work.relabelled])
    work.events.write(hub, tx, author)
