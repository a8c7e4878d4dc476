"""The FHIR API's way in, one resource at a time: create, update, delete (each also on a condition), validate.

https://www.hl7.org/fhir/R4/http.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.access.opening import open_rows
from hub.access.reading import absent
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import type_name
from hub.model import AuditEntry, Decision, Issue, Key, Mapped, Origin, Principal, Row
from hub.parts import Hub
from hub.pipeline.conditions import condition_from
from hub.pipeline.deletion import Deletion
from hub.pipeline.once import Done, Once, keep, once_only
from hub.pipeline.part import Stored, store_part
from hub.pipeline.place import Placed
from hub.store import WriteTx
from hub.validation import check_resource, require_profiles

_DAY_MS = 86_400_000
NOTHING = -1
"""The version expected by who wants nothing to be there (`If-None-Match: *`)."""
_OWN = Decision("PERMIT", "author-facility")


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write. `outcome` unchanged: the content was already there (nothing is stored twice)."""

    type: str
    id: str
    version: int
    updated_ms: int
    outcome: str
    body: bytes
    warnings: tuple[Issue, ...] = ()


def origin_of(hub: Hub, who: Principal, source: str = "fhir", submission: str = "") -> Origin:
    """Where a write comes from: the author facility is the token's, never the body's."""
    if who.facility is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3113"))
    facility = hub.facilities[who.facility]
    strength = 2 if who.role == "patient" else 0
    return Origin(facility.id, facility.number, source, submission, hub.clock(), who.subject, strength)


def create(
    hub: Hub, who: Principal, resource: dict[str, Any], if_none_exist: str | None = None, once: Once | None = None
) -> Written:
    """Store a new resource. `if_none_exist`: a query; the one own resource that meets it is answered unchanged.
    `once`: repeated with the same key it is answered again, and nothing is stored."""
    return store_one(hub, who, lambda: (new_mapped(hub, resource, if_none_exist), None), once)


def new_mapped(
    hub: Hub, resource: dict[str, Any], if_none_exist: str | None, full_url: str | None = None, path: str = ""
) -> Mapped:
    """A resource to be created, as a stage item."""
    type_ = str(resource.get("resourceType", ""))
    mapped = Mapped(type_, resource, full_url=full_url, asof_day=hub.clock() // _DAY_MS)
    if if_none_exist is not None:
        mapped.source, mapped.criteria = condition_from(type_, if_none_exist, path)
        mapped.is_condition = True
    return mapped


def update(
    hub: Hub,
    who: Principal,
    type_: str,
    id_: str,
    resource: dict[str, Any],
    if_match: int | None = None,
    once: Once | None = None,
) -> Written:
    """A new version of an own resource; a deleted one comes back. NOT_FOUND when it is not the facility's own, whether
    or not it exists."""
    return store_one(hub, who, lambda: (update_mapped(hub, type_, id_, resource), if_match), once)


def update_mapped(hub: Hub, type_: str, id_: str, resource: dict[str, Any]) -> Mapped:
    """A resource to be updated, as a stage item; `examine` refuses what is not the facility's own of that type."""
    if resource.get("resourceType") != type_:
        raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": type_}))
    if resource.get("id") != id_:
        code = "HUB-3112" if "id" in resource else "HUB-3122"
        raise HubError(Category.INCORRECT, Issue(code, f"{type_}.id"))
    key = hub.ids.decode(id_)
    if key is None:
        raise not_own()
    return Mapped(type_, resource, target=key, asof_day=hub.clock() // _DAY_MS)


def not_own() -> HubError:
    """The one refusal of an update of what is not the facility's own, whether or not it exists: ids are the hub's."""
    refused = absent()
    return HubError(refused.category, *refused.issues, Issue("HUB-3123", severity="information"))


def require_own(hub: Hub, who: Principal, mapped: Mapped) -> None:
    """NOT_FOUND for an update of what is not the facility's own; before telling what is wrong with its content."""
    try:
        if mapped.target is not None:
            own_row(hub, who, mapped.type, mapped.target)
    except HubError:
        raise not_own() from None


def own_row(hub: Hub, who: Principal, type_: str, key: Key | None) -> tuple[Key, Row]:
    """The stored row of a type that the caller's own facility authored, a tombstone too; NOT_FOUND for any other."""
    with hub.store.reading(is_single=True) as tx:
        row = tx.get([key]).get(key) if key else None
    number = hub.facilities[who.facility].number if who.facility else -1
    if key is None or row is None or row.author != number or type_name(row.type) != type_:
        raise absent()
    return key, row


def update_where(
    hub: Hub,
    who: Principal,
    type_: str,
    query: str,
    resource: dict[str, Any],
    if_match: int | None = None,
    once: Once | None = None,
) -> Written:
    """Update the one own resource that meets a query, or create it when none does. PRECONDITION when several do.

    https://www.hl7.org/fhir/R4/http.html#cond-update. A body may repeat the id of what is found; with another, or with
    one where nothing is found, it is refused: ids are the hub's.
    """
    if resource.get("resourceType") != type_:
        raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": type_}))
    return store_one(hub, who, lambda: (where_mapped(hub, type_, query, resource), if_match), once)


def where_mapped(hub: Hub, type_: str, query: str, resource: dict[str, Any], path: str = "") -> Mapped:
    """A conditional update, as a stage item."""
    source, criteria = condition_from(type_, query, path)
    return Mapped(type_, resource, source, criteria=criteria, asof_day=hub.clock() // _DAY_MS)


def examine(placed: Placed, index: int, mapped: Mapped, expected: int | None, path: str = "") -> bool:
    """Hold one placed item to its conditions. HubError when they are not met; True when it will be new or come back."""
    if index in placed.unclear:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107" if mapped.is_condition else "HUB-3312", path))
    linked = placed.linked[index]
    if linked is None:
        return False
    row = placed.known.get(linked.key)
    if mapped.target is not None and (row is None or type_name(row.type) != mapped.type):
        raise not_own()
    if expected == NOTHING:
        if row is not None and not row.is_deleted:
            raise HubError(Category.PRECONDITION, Issue("HUB-3125", path))
    elif expected is not None and (row is None or row.version != expected):
        raise HubError(Category.PRECONDITION, Issue("HUB-3106", path))
    is_conditional = not mapped.is_condition and mapped.target is None and (mapped.source or mapped.criteria)
    if is_conditional and "id" in mapped.resource:
        if row is None:
            raise absent()
        if mapped.resource["id"] != linked.id:
            raise HubError(Category.INCORRECT, Issue("HUB-3112", f"{mapped.type}.id"))
    return row is None or row.is_deleted


def delete(hub: Hub, who: Principal, type_: str, id_: str, if_match: int | None = None) -> Deletion:
    """Delete an own resource; deleting it again is harmless. NOT_FOUND when it is not the facility's own, whether or
    not it exists; CONFLICT while others point to it."""
    deletion = Deletion(type_, hub.ids.decode(id_), expected=if_match)
    try:
        if deletion.key is None:
            raise absent()
        store_part(hub, origin_of(hub, who), [], is_atomic=True, deletions=[deletion])
    except HubError:
        _refused(hub, who, f"{type_}/{id_}", deletion.key)
        raise
    return deletion


def delete_where(hub: Hub, who: Principal, type_: str, query: str, if_match: int | None = None) -> Deletion:
    """Delete the one own resource that meets a query; nothing when none does (version 0), PRECONDITION when several
    do. https://www.hl7.org/fhir/R4/http.html#3.1.0.7.1"""
    deletion = Deletion(type_, condition=condition_from(type_, query), expected=if_match)
    store_part(hub, origin_of(hub, who), [], is_atomic=True, deletions=[deletion])
    return deletion


def _refused(hub: Hub, who: Principal, resource: str, key: Key | None) -> None:
    """An attempt that was refused is recorded, and shown to the patient it was about."""
    with hub.store.reading() as tx:
        row = tx.get([key]).get(key) if key is not None else None
    is_own = row is not None and who.facility is not None and hub.facilities[who.facility].number == row.author
    entry = AuditEntry(
        at_ms=hub.clock(),
        event="delete",
        action="D",
        outcome="error" if is_own else "deny",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        reason="" if is_own else "not-author",
        compartments=(row.compartment,) if row is not None else (),
        resource=resource,
        request_id=who.request_id,
    )
    audit(hub, entry)


def store_one(
    hub: Hub, who: Principal, prepare: Callable[[], tuple[Mapped, int | None]], once: Once | None = None
) -> Written:
    """Store what `prepare` makes of the request, which says too what version it expects to find."""

    def work() -> Written:
        mapped, expected = prepare()
        is_new = False

        def guard(placed: Placed) -> None:
            nonlocal is_new
            is_new = examine(placed, 0, mapped, expected)

        def note(tx: WriteTx, results: list[Stored]) -> None:
            if once is not None:
                keep(hub, tx, once, [done_of(results[0], is_new=is_new)])

        also = note if once is not None else None
        stored = store_part(hub, origin_of(hub, who), [mapped], also, guard=guard, is_atomic=True)[0]
        if stored.is_refused:
            require_own(hub, who, mapped)
        return written(hub, stored, is_new=is_new)

    return once_only(hub, once, work, lambda done: written_again(hub, who, done[0]))


def validate(resource: dict[str, Any], type_: str | None = None, profiles: Sequence[str] = ()) -> list[Issue]:
    """$validate: every issue, nothing stored. `profiles`: canonical URLs; INCORRECT when one is not known.

    https://www.hl7.org/fhir/R4/resource-operation-validate.html
    """
    require_profiles(profiles, str(resource.get("resourceType", "")))
    return check_resource(resource, type_, profiles=profiles)


def rehearse(hub: Hub, who: Principal, resource: dict[str, Any], mode: str) -> list[Issue]:
    """$validate with mode `create` or `update`: what the whole way in would say, nothing stored.

    NOT_FOUND for an update of what is not the facility's own.
    """
    type_, id_ = str(resource["resourceType"]), str(resource.get("id", ""))
    mapped = update_mapped(hub, type_, id_, resource) if mode == "update" else new_mapped(hub, resource, None)

    def guard(placed: Placed) -> None:
        examine(placed, 0, mapped, None)

    return store_part(hub, origin_of(hub, who), [mapped], guard=guard, is_atomic=True, is_check=True)[0].issues


def written(hub: Hub, stored: Stored, *, is_new: bool = False) -> Written:
    """The answer for one stored item. UNPROCESSABLE with every issue when it was refused."""
    if stored.is_refused or stored.linked is None:
        raise HubError(Category.UNPROCESSABLE, *stored.issues)
    body = stored.body if stored.body is not None else _stored_body(hub, stored.linked.key)
    done = done_of(stored, is_new=is_new)
    return Written(done.type, done.id, done.version, done.updated_ms, done.outcome, body, done.issues)


def done_of(stored: Stored, *, is_new: bool) -> Done:
    """What became of one stored item; one that came back after its deletion counts as created."""
    assert stored.linked is not None
    linked = stored.linked
    outcome = "created" if is_new and linked.outcome == "corrected" else linked.outcome
    return Done(stored.mapped.type, linked.id, linked.version, stored.updated_ms, outcome, tuple(stored.issues))


def written_again(hub: Hub, who: Principal, done: Done) -> Written:
    """The answer for what was done before: the very version, also when there are newer ones; no body when it was erased
    since. It is read again, so the trail says so."""
    key = hub.ids.decode(done.id)
    with hub.store.reading() as tx:
        row = tx.version(key, done.version) if key is not None else None
    homes = (row.compartment,) if row is not None else ()
    audit(hub, looked(hub, who, "vread", _OWN, homes, f"{done.type}/{done.id}", len(homes)))
    bodies = open_rows(hub, [row]) if row is not None else {}
    body = next(iter(bodies.values()), b"")
    return Written(done.type, done.id, done.version, done.updated_ms, done.outcome, body, done.issues)


def _stored_body(hub: Hub, key: Key) -> bytes:
    with hub.store.reading() as tx:
        rows = tx.get([key])
    return open_rows(hub, rows.values())[key]
