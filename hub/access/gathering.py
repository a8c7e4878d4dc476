"""Bulk export, the work: find the keys of what was ordered, as far as consent permits, and put them into files, sealed.

The time an export stands for (`transactionTime`) lies MARGIN_MS before its start: what a slow transaction commits late
is then in the next export, so that nothing falls between two; some resources come twice instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from struct import Struct

import msgspec

from hub.access.exporting import LIFE_MS, Job, open_job, pairs
from hub.access.finding import page, planned
from hub.access.scope import scope_of
from hub.access.sight import reaches, sight_of
from hub.access.yielding import give_way
from hub.fhir import json, outcome, type_number
from hub.model import PATIENT_RID, After, Issue, Key, Selection
from hub.parts import Hub
from hub.search import Query, parse
from hub.store import ExportFile, ExportRow, ReadTx

MOST_LINES = 10_000
"""Lines of one file."""
MARGIN_MS = 60_000
_PAGE = 1000
_LAST_MS = 2**62
_KEY = Struct(">qqih")

Line = tuple[int, int, int, int]
"""Compartment, number, version and type of what a line will hold."""


class CalledOff(Exception):
    """The job was called off, or taken over by another process."""


def gather(hub: Hub, row: ExportRow) -> None:
    """Carry out a claimed job to its end. CalledOff when it is no longer wanted; whatever else is raised failed it."""
    job, started = open_job(hub, row), hub.clock()
    files = _Files(hub, row.id)
    for type_ in job.order.types:
        for lines in _of_type(hub, job, type_):
            give_way()
            files.add("output", type_, lines)
        files.close()
    if job.order.since_ms:
        for lines in _deleted(hub, job):
            files.add("deleted", "Bundle", lines)
        files.close()
    if faults := _faults(job):
        files.text("error", "OperationOutcome", faults)
    ready = Job(job.order, job.who, started - MARGIN_MS)
    body = hub.boxes.export.seal(msgspec.msgpack.encode(ready), row.id.encode())
    with hub.store.writing() as tx:
        tx.end_export(row.id, "ready", body, hub.clock() + LIFE_MS)


def lines_of(hub: Hub, file: ExportFile) -> list[Line]:
    """The keys of a file of kind output or deleted."""
    return list(_KEY.iter_unpack(open_file(hub, file)))


def open_file(hub: Hub, file: ExportFile) -> bytes:
    """A file's body as it was sealed."""
    return hub.boxes.export.open(file.body, f"{file.export}/{file.number}".encode())


class _Files:
    """The files of one job, written as they fill."""

    def __init__(self, hub: Hub, job: str) -> None:
        self.hub, self.job = hub, job
        self.number = self.total = 0
        self.held: list[Line] = []
        self.kind = self.type = ""

    def add(self, kind: str, type_: str, lines: Iterable[Line]) -> None:
        """Take lines of one kind and type; `close` before the next."""
        self.kind, self.type = kind, type_
        self.held += lines
        while len(self.held) >= MOST_LINES:
            self._write(self.held[:MOST_LINES])
            self.held = self.held[MOST_LINES:]

    def close(self) -> None:
        """Write what is left, and say that the job is alive."""
        self._write(self.held)
        self.held = []

    def text(self, kind: str, type_: str, lines: list[bytes]) -> None:
        """A file of finished lines."""
        self._put(kind, type_, len(lines), b"".join(line + b"\n" for line in lines))

    def _write(self, lines: list[Line]) -> None:
        packed = b"".join(_KEY.pack(*line) for line in lines)
        self._put(self.kind, self.type, len(lines), packed)

    def _put(self, kind: str, type_: str, count: int, body: bytes) -> None:
        files = []
        if count:
            self.total += count
            sealed = self.hub.boxes.export.seal(body, f"{self.job}/{self.number}".encode())
            files = [ExportFile(self.job, self.number, kind, type_, count, sealed)]
            self.number += 1
        with self.hub.store.writing() as tx:
            if not tx.advance_export(self.job, self.hub.clock(), f"{type_}: {self.total}", files):
                raise CalledOff


def _of_type(hub: Hub, job: Job, type_: str) -> Iterator[list[Line]]:
    order = job.order
    queries = [query for name, query in order.filters if name == type_]
    if queries:
        yield from _filtered(hub, job, type_, queries)
    elif order.patients is None:
        yield from _authored(hub, job, type_)
    else:
        for patient in order.patients:
            with hub.store.reading() as tx:
                yield _of_patient(hub, tx, job, type_, patient)


def _authored(hub: Hub, job: Job, type_: str) -> Iterator[list[Line]]:
    """Everything of a type that the caller's own facility authored; its own data are always open to it."""
    author, number = hub.facilities[job.who.facility or ""].number, type_number(type_)
    after = (0, 0)
    while True:
        with hub.store.reading() as tx:
            found = tx.authored(author, number, job.order.since_ms, after, MOST_LINES)
        yield [(compartment, rid, version, number) for compartment, rid, version in found]
        if len(found) < MOST_LINES:
            return
        after = (found[-1][1], found[-1][0])


def _of_patient(hub: Hub, tx: ReadTx, job: Job, type_: str, patient: str) -> list[Line]:
    """What of a type is open to the caller of one person; nothing when the named Patient itself is not."""
    key = hub.ids.decode(patient)
    if key is None or key.rid != PATIENT_RID or not _is_visible(hub, tx, job, key):
        return []
    sight = sight_of(hub, tx, job.who, tx.person([key.compartment]))
    updated = ((job.order.since_ms, _LAST_MS),)
    selection = Selection(type_number(type_), tuple(reaches(hub, tx, job.who, sight, type_)), updated=updated)
    return _lines(tx, selection)


def _filtered(hub: Hub, job: Job, type_: str, queries: list[str]) -> Iterator[list[Line]]:
    """What meets one of the queries, each line once, found by the same plan as a search."""
    seen: set[Key] = set()
    for text in queries:
        query = replace(parse(type_, pairs(text), lenient=False), total="none")
        for part in _of_named(query, job.order.patients):
            after: After | None = None
            while True:
                with hub.store.reading() as tx:
                    found = page(planned(scope_of(hub, tx, job.who, part), part), _PAGE, after, None, None)
                rows = [row for row in found.rows if row.updated_ms >= job.order.since_ms]
                yield [(r.compartment, r.rid, r.version, r.type) for r in rows if Key(r.compartment, r.rid) not in seen]
                seen |= {Key(row.compartment, row.rid) for row in rows}
                if (after := found.after) is None:
                    break


def _of_named(query: Query, patients: tuple[str, ...] | None) -> Iterator[Query]:
    """The query, or the query of each of these patients that it does not rule out itself."""
    if patients is None:
        yield query
        return
    for patient in patients:
        if query.patient is None or patient in query.patient:
            yield replace(query, patient=(patient,))


def _is_visible(hub: Hub, tx: ReadTx, job: Job, patient: Key) -> bool:
    sight = sight_of(hub, tx, job.who, tx.person([patient.compartment]))
    opened = tuple(reaches(hub, tx, job.who, sight, "Patient"))
    return tx.count(Selection(type_number("Patient"), opened, ids=(patient,))) > 0


def _lines(tx: ReadTx, selection: Selection) -> list[Line]:
    """Every row of a selection, page by page."""
    found: list[Line] = []
    after: After | None = None
    while True:
        page = tx.select(replace(selection, after=after, limit=_PAGE, is_counted=False))
        found += [(row.compartment, row.rid, row.version, row.type) for row in page.rows]
        if (after := page.after) is None:
            return found


def _deleted(hub: Hub, job: Job) -> Iterator[list[Line]]:
    """What the facility deleted since, of the types asked for."""
    author = hub.facilities[job.who.facility or ""].number
    if job.order.patients is not None:
        return
    for number in map(type_number, job.order.types):
        with hub.store.reading() as tx:
            buried = tx.buried(author, number, job.order.since_ms, MOST_LINES)
        yield [(compartment, rid, 0, number) for compartment, rid in buried]


def _faults(job: Job) -> list[bytes]:
    """What of the order could not be carried out, as OperationOutcomes."""
    issues = [Issue("HUB-4455", severity="warning", args={"name": name}) for name in job.order.skipped]
    if job.order.is_narrowed:
        issues.append(Issue("HUB-4462", severity="information", args={"scopes": " ".join(job.who.scopes)}))
    return [json.write(outcome([issue], "en")) for issue in issues]
