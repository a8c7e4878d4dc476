"""Bulk export, the order: who may ask for what, how far it is, and calling it off.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html. An export is a list of keys: content stays sealed where it lies,
and is decided, opened and audited again when a file is fetched (hub/access/shipping.py).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

import msgspec

from hub.access.indexes import require_indexes
from hub.access.reading import read
from hub.access.trace import audit, looked
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, json
from hub.fhir.definitions import compartments
from hub.model import Decision, Issue, Principal
from hub.parts import Hub
from hub.search import parse
from hub.search.shaping import RESULT
from hub.store import ExportFile, ExportRow, WriteTx

LIFE_MS = 24 * 3_600_000
MOST_PATIENTS = 10_000
ORDERED = Decision("PERMIT", "export")
Also = Callable[[WriteTx, str], None]
"""What else is written in the transaction that accepts an export, of its id."""


class Order(msgspec.Struct, frozen=True):
    """What an export is to hold. `patients` are logical ids (None: everything the facility authored); `filters` are
    (type, query) pairs, alternatives for one type; `is_of_patients`: only types of the Patient compartment. `request`:
    the address it was asked for at. `skipped`: names that were passed over (lenient handling). `is_narrowed`: no types
    were asked for, and the caller's scopes do not cover all."""

    types: tuple[str, ...]
    since_ms: int = 0
    filters: tuple[tuple[str, str], ...] = ()
    patients: tuple[str, ...] | None = None
    is_of_patients: bool = False
    request: str = ""
    skipped: tuple[str, ...] = ()
    is_narrowed: bool = False


class Job(msgspec.Struct, frozen=True):
    """A sealed job: the order, who gave it, and the time its content stands for once it is ready."""

    order: Order
    who: Principal
    started_ms: int = 0


class Progress(msgspec.Struct, frozen=True):
    """How far a job is: its state, a word on it, and when ready its time, address and files (without bodies)."""

    state: str
    progress: str
    request: str
    started_ms: int
    files: tuple[ExportFile, ...] = ()


def order_export(hub: Hub, who: Principal, order: Order, group: str | None = None, also: Also | None = None) -> str:
    """Accept an export and return its id. `group`: the members of this Group, as far as the caller may see it.

    FORBIDDEN unless the caller is a facility's client whose scopes cover every type asked for; NOT_FOUND for a Group
    that is hidden or absent; BUSY while another export of this client waits or runs.
    """
    if who.role != "clinic-client" or who.facility is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4450"))
    types = tuple(name for name in order.types or RESOURCE_TYPES if is_open(who, name))
    if beyond := [name for name in order.types if name not in types]:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4452", args={"types": ", ".join(beyond[:20])}))
    if not types:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4452", args={"types": "*"}))
    is_narrowed = not order.types and len(types) < len(RESOURCE_TYPES)
    if order.is_of_patients:
        within = compartments()["Patient"]
        types = tuple(name for name in types if name == "Patient" or name in within)
    for type_, query in order.filters:
        if type_ in types:
            _filter(hub, type_, query)
    if group is not None:
        order = msgspec.structs.replace(order, patients=_members(hub, who, group))
    order = msgspec.structs.replace(order, types=types, is_narrowed=is_narrowed)
    job = Job(order, replace(who, request_id=""))
    now, id_ = hub.clock(), secrets.token_hex(16)
    body = hub.boxes.export.seal(msgspec.msgpack.encode(job), id_.encode())
    with hub.store.writing() as tx:
        if tx.exports_at_work(who.subject):
            raise HubError(Category.BUSY, Issue("HUB-4451", args={"seconds": "30"}))
        tx.add_export(ExportRow(id_, who.subject, "waiting", now, now, now + LIFE_MS, "", body))
        if also is not None:
            also(tx, id_)
    audit(hub, looked(hub, who, "export.order", ORDERED, (), "", 0, order.request.partition("?")[0]))
    return id_


def progress_of(hub: Hub, who: Principal, id_: str) -> Progress:
    """How far one's own export is. NOT_FOUND for any other."""
    with hub.store.reading() as tx:
        row, job = own_job(hub, who, tx.export(id_))
        files = tuple(tx.export_files(id_)) if row.state == "ready" else ()
    return Progress(row.state, row.progress, job.order.request, job.started_ms, files)


def call_off(hub: Hub, who: Principal, id_: str) -> None:
    """Stop one's own export and forget its files. NOT_FOUND for any other."""
    with hub.store.writing() as tx:
        own_job(hub, who, tx.export(id_))
        tx.drop_export(id_)


def own_job(hub: Hub, who: Principal, row: ExportRow | None) -> tuple[ExportRow, Job]:
    """A job with what was ordered; NOT_FOUND unless it is the caller's and has not expired."""
    if row is None or row.client != who.subject or row.expires_ms <= hub.clock():
        raise HubError(Category.NOT_FOUND, Issue("HUB-4453"))
    job = open_job(hub, row)
    if job.who.facility != who.facility:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4453"))
    return row, job


def open_job(hub: Hub, row: ExportRow) -> Job:
    """What a job's row holds sealed."""
    return msgspec.msgpack.decode(hub.boxes.export.open(row.body, row.id.encode()), type=Job)


def is_open(who: Principal, type_: str) -> bool:
    """Whether the caller's scopes let it have a type exported."""
    return allows(who.scopes, type_, "read") and allows(who.scopes, type_, "search")


def _filter(hub: Hub, type_: str, query: str) -> None:
    """Refuses a filter that can't be carried out now rather than in the middle of the job."""
    asked = parse(type_, pairs(query), lenient=False)
    shapes = any(name.partition(":")[0] in RESULT for name, _ in pairs(query))
    if asked.chains or asked.has or shapes:
        raise HubError(Category.INCORRECT, Issue("HUB-4454", args={"type": type_}))
    require_indexes(hub, asked)


def pairs(query: str) -> list[tuple[str, str]]:
    """The parameters of a filter's query."""
    return parse_qsl(query, keep_blank_values=True, max_num_fields=40)


def _members(hub: Hub, who: Principal, group: str) -> tuple[str, ...]:
    """The Patients of a Group that the caller may see."""
    found = json.read(read(hub, who, "Group", group).body)
    references: Sequence[str] = [
        str(member.get("entity", {}).get("reference", ""))
        for member in found.get("member", ())
        if not member.get("inactive", False)
    ]
    ids = [text.partition("/")[2] for text in references if text.startswith("Patient/")]
    if len(ids) > MOST_PATIENTS:
        raise HubError(Category.TOO_LARGE, Issue("HUB-4456", args={"limit": str(MOST_PATIENTS)}))
    return tuple(dict.fromkeys(ids))
