"""The FHIR API's way in, one resource at a time: create, update, validate. https://www.hl7.org/fhir/R4/http.html"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from hub.access.opening import open_rows
from hub.access.reading import absent
from hub.errors import Category, HubError
from hub.fhir import type_name
from hub.model import Issue, Key, Mapped, Origin, Principal
from hub.parts import Hub
from hub.pipeline.part import Stored, store_part
from hub.pipeline.place import Placed
from hub.validation import check_resource

_DAY_MS = 86_400_000


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


def create(hub: Hub, who: Principal, resource: dict[str, Any], if_none_exist: str | None = None) -> Written:
    """Store a new resource. `if_none_exist`: `identifier=system|value`; an existing own one is answered unchanged."""
    mapped = new_mapped(hub, resource, if_none_exist)

    def guard(placed: Placed) -> None:
        if placed.unclear:
            raise HubError(Category.PRECONDITION, Issue("HUB-3107"))

    stored = store_part(hub, origin_of(hub, who), [mapped], guard=guard, is_atomic=True)[0]
    return written(hub, stored)


def new_mapped(hub: Hub, resource: dict[str, Any], if_none_exist: str | None, full_url: str | None = None) -> Mapped:
    """A resource to be created, as a stage item."""
    type_ = str(resource.get("resourceType", ""))
    source = _identifier(if_none_exist) if if_none_exist else None
    return Mapped(type_, resource, source, source is not None, full_url=full_url, asof_day=hub.clock() // _DAY_MS)


def _identifier(if_none_exist: str) -> str:
    """The one supported condition, exactly `identifier=system|value`; the identifier stays claimed for its resource."""
    name, mark, value = if_none_exist.removeprefix("?").partition("=")
    identifier = unquote(value)
    if name != "identifier" or not mark or "|" not in identifier or "&" in value or "," in identifier:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107"))
    return identifier


def update(
    hub: Hub, who: Principal, type_: str, id_: str, resource: dict[str, Any], if_match: int | None = None
) -> Written:
    """A new version of an own resource. NOT_FOUND when it is not the facility's own, whether or not it exists."""
    if resource.get("resourceType") != type_:
        raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": type_}))
    if resource.get("id") != id_:
        raise HubError(Category.INCORRECT, Issue("HUB-3112", f"{type_}.id"))
    mapped = update_mapped(hub, who, type_, id_, resource)

    def guard(placed: Placed) -> None:
        row = placed.known.get(mapped.target) if mapped.target else None
        if row is None or row.is_deleted:
            raise absent()
        if if_match is not None and row.version != if_match:
            raise HubError(Category.PRECONDITION, Issue("HUB-3106"))

    stored = store_part(hub, origin_of(hub, who), [mapped], guard=guard, is_atomic=True)[0]
    return written(hub, stored)


def update_mapped(hub: Hub, who: Principal, type_: str, id_: str, resource: dict[str, Any]) -> Mapped:
    """A resource to be updated, as a stage item; refuses what is not the facility's own of that type."""
    key = hub.ids.decode(id_)
    with hub.store.reading() as tx:
        row = tx.get([key]).get(key) if key else None
    number = hub.facilities[who.facility].number if who.facility else -1
    if key is None or row is None or row.author != number or type_name(row.type) != type_ or row.is_deleted:
        raise absent()
    return Mapped(type_, resource, target=key, asof_day=hub.clock() // _DAY_MS)


def validate(resource: dict[str, Any], type_: str | None = None) -> list[Issue]:
    """$validate: every issue, nothing stored. https://www.hl7.org/fhir/R4/resource-operation-validate.html"""
    return check_resource(resource, type_)


def written(hub: Hub, stored: Stored) -> Written:
    """The answer for one stored item. UNPROCESSABLE with every issue when it was refused."""
    if stored.is_refused or stored.linked is None:
        raise HubError(Category.UNPROCESSABLE, *stored.issues)
    key = stored.linked.key
    body = stored.body if stored.body is not None else _stored_body(hub, key)
    linked = stored.linked
    return Written(
        stored.mapped.type,
        hub.ids.encode(key),
        linked.version,
        stored.updated_ms,
        linked.outcome,
        body,
        tuple(stored.issues),
    )


def _stored_body(hub: Hub, key: Key) -> bytes:
    with hub.store.reading() as tx:
        rows = tx.get([key])
    return open_rows(hub, rows.values())[key]
