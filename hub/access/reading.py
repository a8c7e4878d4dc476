"""The way out by id: read (also several at once), vread, history. Hidden and absent are the same answer."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from hub.access.opening import open_rows
from hub.access.registered import is_registered, registered
from hub.access.sight import Sight, code_of, decide_for, sight_of
from hub.access.trace import audit, looked
from hub.crypto import Tampered
from hub.errors import Category, HubError
from hub.fhir import type_name
from hub.model import AuditEntry, Decision, Issue, Key, Labels, Principal, Row
from hub.parts import Hub
from hub.store import ReadTx, Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of a resource, ready to send; a deleted one has no body and only stands in a history."""

    body: bytes
    version: int
    updated_ms: int
    is_deleted: bool = False


ABSENT = Decision("DENY", "absent")
REGISTERED = Decision("PERMIT", "registry")
"""A facility of the registry, which everybody may know."""


def absent(path: str = "") -> HubError:
    """The one answer for what does not exist and for what the caller may not know to exist; `path` inside a Bundle."""
    return HubError(Category.NOT_FOUND, Issue("HUB-4101", path))


def gone() -> HubError:
    """The answer for what was deleted, to those who may know that it was there."""
    return HubError(Category.GONE, Issue("HUB-4301"))


class Look(NamedTuple):
    """One caller's wish to read one resource. `request_id` names the request in the audit trail."""

    who: Principal
    type: str
    id: str
    request_id: str


Found = tuple[Row | None, Decision]


def read(hub: Hub, who: Principal, type_: str, id_: str) -> Answer:
    """FHIR read. https://www.hl7.org/fhir/R4/http.html#read. NOT_FOUND for absent and hidden alike, GONE for
    what was deleted and would be open."""
    found = read_many(hub, [Look(who, type_, id_, who.request_id)])[0]
    if isinstance(found, Exception):
        raise found
    return found


def read_many(hub: Hub, looks: Sequence[Look]) -> list[Answer | Exception]:
    """As `read`, for looks that arrived together: each has its own decision, audit entry and answer (or what `read`
    raises), but they share the look-up and the commit. Raises when the audit could not be written: then nobody is
    answered."""
    found = _found_many(hub, looks)
    entries = [
        _entry(hub, look.who, "read", look.type, look.id, each, look.request_id)
        for look, each in zip(looks, found, strict=True)
        if not isinstance(each, Exception)
    ]
    audit(hub, *entries)
    homes = {each[0].compartment for each in found if not isinstance(each, Exception) and each[0] is not None}
    with suppress(Tampered):  # fetched for all at once; a seed that doesn't open fails those it belongs to, below
        hub.keyring.seeds(homes)
    return [
        each if isinstance(each, Exception) else _tried(partial(_shown, hub, look, each))
        for look, each in zip(looks, found, strict=True)
    ]


def _found_many(hub: Hub, looks: Sequence[Look]) -> list[Found | Exception]:
    """What each look is about and what is decided. One's own data need nothing but the row: one statement for all."""
    keys = [hub.ids.decode(look.id) for look in looks]
    with hub.store.reading(is_single=True) as tx:
        rows = tx.get({key for key in keys if key is not None})
    found: list[Found | Exception] = [(None, ABSENT)] * len(looks)
    own: dict[tuple[Principal, int], Decision] = {}
    foreign = []
    for place, (look, key) in enumerate(zip(looks, keys, strict=True)):
        row = rows.get(key) if key is not None else None
        if is_registered(hub, look.type, look.id):
            found[place] = None, REGISTERED
            continue
        if row is None or type_name(row.type) != look.type:
            continue
        if not _is_own(hub, look.who, row):
            foreign.append(place)
            continue
        asked = look.who, row.author
        if asked not in own:
            own[asked] = _own_decision(hub, look.who, row)
        found[place] = row, own[asked]
    if foreign:
        with hub.store.reading() as tx:
            for place in foreign:
                who, type_, id_, _ = looks[place]
                found[place] = _tried(partial(find, hub, tx, who, type_, id_))
    return found


def _tried(work: Callable[[], T]) -> T | Exception:
    """What `work` gives or raises, so that one look's trouble stays its own; a database's is everybody's."""
    try:
        return work()
    except Unavailable:
        raise
    except Exception as error:
        return error


def vread(hub: Hub, who: Principal, type_: str, id_: str, version: int) -> Answer:
    """FHIR vread: one version; the right to it is the right to the current one *and* to its own labels."""
    with hub.store.reading() as tx:
        row, decision = find(hub, tx, who, type_, id_)
        if row is not None and row.version != version and decision.effect == "PERMIT":
            row = tx.version(Key(row.compartment, row.rid), version)
            decision = decide_row(hub, tx, who, row) if row is not None else ABSENT
    return _answer(hub, who, "vread", type_, id_, (row, decision))


def history(hub: Hub, who: Principal, type_: str, id_: str) -> list[Answer]:
    """FHIR instance history, newest first; versions whose own labels hide them are left out."""
    with hub.store.reading() as tx:
        row, decision = find(hub, tx, who, type_, id_)
        versions: list[Row] = []
        if row is not None and decision.effect == "PERMIT":
            all_versions = tx.versions(Key(row.compartment, row.rid))
            versions = [v for v in all_versions if decide_row(hub, tx, who, v).effect == "PERMIT"]
    compartments = (row.compartment,) if row is not None else ()
    audit(hub, looked(hub, who, "history", decision, compartments, f"{type_}/{id_}", len(versions)))
    if not versions:
        raise absent()
    return [
        Answer(b"" if version.is_deleted else body, version.version, version.updated_ms, version.is_deleted)
        for version in versions
        for body in open_rows(hub, [version]).values()
    ]


def decide_row(hub: Hub, tx: ReadTx, who: Principal, row: Row) -> Decision:
    """May the caller see this stored version? Reads what the decision needs."""
    if _is_own(hub, who, row):
        return _own_decision(hub, who, row)
    compartments = tx.person([row.compartment])
    if who.role == "patient" and who.compartment not in compartments:
        return Decision("DENY", "not-subject")
    sight = sight_of(hub, tx, who, compartments)
    if row.compartment not in sight.authors:
        return Decision("DENY", "no-consent")
    labels = sight.labels.get((row.compartment, row.tag), Labels(None))
    return decide_for(hub, who, sight, row.author, labels, row, code_of(hub, row))


_OWN = Sight({}, {}, [], is_related=False)
"""An author facility's own data need no consent look-up: `decide` permits them whatever consents say."""


def _is_own(hub: Hub, who: Principal, row: Row) -> bool:
    facility = who.facility if who.role == "clinic-client" else None
    return facility is not None and hub.facilities[facility].number == row.author


def _own_decision(hub: Hub, who: Principal, row: Row) -> Decision:
    return decide_for(hub, who, _OWN, row.author, Labels("N"))


def find(hub: Hub, tx: ReadTx, who: Principal, type_: str, id_: str) -> Found:
    """The stored row of an address, a tombstone too, and what is decided about it; ABSENT when there is none."""
    key = hub.ids.decode(id_)
    row = tx.get([key]).get(key) if key else None
    if row is None or type_name(row.type) != type_:
        return None, ABSENT
    return row, decide_row(hub, tx, who, row)


def _answer(hub: Hub, who: Principal, event: str, type_: str, id_: str, found: Found) -> Answer:
    audit(hub, _entry(hub, who, event, type_, id_, found, who.request_id))
    return _opened(hub, *found)


def _entry(hub: Hub, who: Principal, event: str, type_: str, id_: str, found: Found, request_id: str) -> AuditEntry:
    row, decision = found
    compartments = (row.compartment,) if row is not None else ()
    named = f"{type_}/{id_}"
    return looked(hub, who, event, decision, compartments, named, 1 if row else 0, request_id=request_id)


def _shown(hub: Hub, look: Look, found: Found) -> Answer:
    if found[1] is REGISTERED:
        body, number = registered(hub, look.id)
        return Answer(body, number, hub.clock())
    return _opened(hub, *found)


def _opened(hub: Hub, row: Row | None, decision: Decision) -> Answer:
    if row is None or decision.effect != "PERMIT":
        raise absent()
    if row.is_deleted:
        raise gone()
    for body in open_rows(hub, [row]).values():
        return Answer(body, row.version, row.updated_ms)
    raise absent()  # its key was destroyed
