"""history-type and history-system: what was written of a type or of all, newest first, deletions too.

https://www.hl7.org/fhir/R4/http.html#history. A client system sees what its own facility authored, a patient the own
record; decided before anything is counted. Pages go on below a place, so what is written meanwhile shifts nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hub.access.opening import open_rows
from hub.access.sight import Sight, code_of, decide_for, sight_of
from hub.access.trace import audit, looked
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import Past, history, json, type_name, type_number
from hub.fhir.trimming import Summary, trimmed
from hub.model import Decision, Issue, Key, Labels, Principal, Row
from hub.parts import Hub
from hub.store import ReadTx
from hub.store.changes import NEWEST

PAGE_LIFE_MS = 600_000
MOST_VERSIONS = 20_000
"""Versions of one person's record that are gone through for the person's own history."""
_PERMIT = Decision("PERMIT", "author-facility")
_OWN = Decision("PERMIT", "own-record")
_Place = tuple[int, int, int, int]


class Form(msgspec.Struct, frozen=True):
    """How much of each resource is wanted (hub.fhir.trimming)."""

    summary: Summary = "false"
    elements: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Every resource as it is stored."""
        return self.summary in ("false", "count") and not self.elements


class AskedHistory(msgspec.Struct, frozen=True):
    """`type` None: of all types. `types`: those whose history the caller may ask for. `query`: for the self link."""

    type: str | None
    types: tuple[str, ...]
    since_ms: int = 0
    count: int = 20
    form: Form = Form()
    query: str = ""


class _Cursor(msgspec.Struct, array_like=True):
    """What a page link carries, sealed: whose it is, what was asked and below which place to go on."""

    subject: str
    expires_ms: int
    asked: AskedHistory
    below: _Place


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[Row]
    below: _Place | None
    decision: Decision
    total: int | None = None


def histories(hub: Hub, who: Principal, asked: AskedHistory, base_url: str) -> bytes:
    """A history Bundle of the newest versions. It has a total only for a patient: a facility's may be millions."""
    return _answer(hub, who, asked, base_url, NEWEST)


def next_histories(
    hub: Hub, who: Principal, type_: str | None, types: Collection[str], token: str, base_url: str
) -> bytes:
    """The page a link leads to, never wider than `types`, which the caller's scopes cover now. INCORRECT when the link
    expired, is another's or leads elsewhere."""
    try:
        cursor = msgspec.msgpack.decode(hub.boxes.page.open(urlsafe_b64decode(token), b"history"), type=_Cursor)
    except Exception as error:  # whatever is wrong with a token, the answer is the same
        raise HubError(Category.INCORRECT, Issue("HUB-4104")) from error
    asked = cursor.asked
    if cursor.subject != who.subject or asked.type != type_ or cursor.expires_ms < hub.clock():
        raise HubError(Category.INCORRECT, Issue("HUB-4104"))
    asked = msgspec.structs.replace(asked, types=tuple(name for name in asked.types if name in types))
    return _answer(hub, who, asked, base_url, cursor.below)


def _answer(hub: Hub, who: Principal, asked: AskedHistory, base_url: str, below: _Place) -> bytes:
    with hub.store.reading() as tx:
        page = _own(hub, tx, who, asked, below) if who.role == "patient" else _authored(hub, tx, who, asked, below)
    shown = {row.compartment for row in page.rows}
    audit(hub, looked(hub, who, "history", page.decision, tuple(sorted(shown)), asked.type or "", len(page.rows)))
    address = f"{base_url}/{asked.type}/_history" if asked.type else f"{base_url}/_history"
    links = {"self": address + (f"?{asked.query}" if asked.query else "")}
    if page.below is not None:
        cursor = _Cursor(who.subject, hub.clock() + PAGE_LIFE_MS, asked, page.below)
        token = urlsafe_b64encode(hub.boxes.page.seal(msgspec.msgpack.encode(cursor), b"history")).decode()
        links["next"] = f"{address}?_page={token}"
    bodies = {(row.compartment, row.rid, row.version): body for row in page.rows for body in opened(hub, row)}
    versions = [_past(hub, base_url, asked.form, row, bodies) for row in page.rows]
    return json.write(history([each for each in versions if each is not None], page.total, links))


def _authored(hub: Hub, tx: ReadTx, who: Principal, asked: AskedHistory, below: _Place) -> _Page:
    """Of what the caller's own facility wrote: `decide` permits it once for all of it, or not at all. A person of its
    staff must name a patient: somebody may have closed the record to that one person."""
    if who.facility is None or who.person is not None:
        return _Page((), None, Decision("DENY", "no-consent"))
    number = hub.facilities[who.facility].number
    decision = decide_for(hub, who, Sight({}, {}, [], is_related=False), number, Labels("N"))
    if decision.effect != "PERMIT":
        return _Page((), None, decision)
    types = [type_number(name) for name in asked.types]
    found = tx.changes(number, types, since_ms=asked.since_ms, below=below, limit=asked.count + 1)
    shown = found[: asked.count]
    rows = tx.versions_at([(row.compartment, row.rid, row.version) for row in shown])
    kept = [rows[place] for row in shown if (place := (row.compartment, row.rid, row.version)) in rows]
    return _Page(kept, shown[-1].place if len(found) > len(shown) else None, _PERMIT)


def _own(hub: Hub, tx: ReadTx, who: Principal, asked: AskedHistory, below: _Place) -> _Page:
    """Of the signed-in patient's record at all facilities: each version is decided by its own labels and by those of
    what stands now; a deletion shows where what was deleted does."""
    if who.compartment is None:
        return _Page((), None, Decision("DENY", "not-subject"))
    person = tx.person([who.compartment])
    sight = sight_of(hub, tx, who, person)
    rows = tx.all_versions(person, MOST_VERSIONS + 1)
    if len(rows) > MOST_VERSIONS:
        raise HubError(Category.INCORRECT, Issue("HUB-4103"))
    by_key: dict[Key, list[Row]] = {}
    for row in rows:
        by_key.setdefault(Key(row.compartment, row.rid), []).append(row)
    types = {type_number(name) for name in asked.types}
    wanted = []
    for versions in by_key.values():
        versions.sort(key=lambda row: row.version)
        seen = [_is_open(hub, who, sight, row) for row in versions]
        if versions[0].type not in types or not seen[-1]:
            continue
        for at, row in enumerate(versions):
            is_before_open = not row.is_deleted or at == 0 or seen[at - 1]
            if seen[at] and is_before_open and row.updated_ms >= asked.since_ms:
                wanted.append(row)
    wanted.sort(key=_place, reverse=True)
    left = [row for row in wanted if _place(row) < below]
    is_more = len(left) > asked.count
    return _Page(left[: asked.count], _place(left[asked.count - 1]) if is_more else None, _OWN, len(wanted))


def _is_open(hub: Hub, who: Principal, sight: Sight, row: Row) -> bool:
    labels = sight.labels.get((row.compartment, row.tag), Labels(None))
    return decide_for(hub, who, sight, row.author, labels, row, code_of(hub, row)).effect == "PERMIT"


def _place(row: Row) -> _Place:
    return row.updated_ms, row.rid, row.compartment, row.version


def opened(hub: Hub, row: Row) -> list[bytes]:
    """One version's JSON bytes, as a list that is empty when its key was destroyed."""
    return list(open_rows(hub, [row]).values())


def _past(hub: Hub, base_url: str, form: Form, row: Row, bodies: Mapping[tuple[int, int, int], bytes]) -> Past | None:
    """One version with the request that made it; what was erased for good is left out."""
    body = bodies.get((row.compartment, row.rid, row.version))
    if body is None:
        return None
    type_ = type_name(row.type)
    named = f"{type_}/{hub.ids.encode(Key(row.compartment, row.rid))}"
    url, stamp, etag = f"{base_url}/{named}", instant(row.updated_ms), f'W/"{row.version}"'
    if row.is_deleted:
        return Past(url, "DELETE", named, "204 No Content", stamp, etag, None)
    if row.version == 1:
        return Past(url, "POST", type_, "201 Created", stamp, etag, shaped(body, form))
    return Past(url, "PUT", named, "200 OK", stamp, etag, shaped(body, form))


def shaped(body: bytes, form: Form) -> Any:
    """A stored body to be put into an answer: its bytes as they are, or trimmed."""
    return msgspec.Raw(body) if form.is_whole else trimmed(json.read(body), form.summary, form.elements)
