"""patch: a change of an own resource by JSON Patch, by id or on a condition; then the way of any other update.

https://www.hl7.org/fhir/R4/http.html#patch
"""

from collections.abc import Callable
from typing import Any

from hub.access.costs import budget
from hub.access.opening import open_resources
from hub.access.reading import absent, gone
from hub.errors import Category, HubError
from hub.fhir.patch import patched
from hub.model import Issue, Key, Mapped, Principal
from hub.parts import Hub
from hub.pipeline.conditions import condition_from, own_matches
from hub.pipeline.interactions import Written, own_row, store_one
from hub.pipeline.once import Once
from hub.pipeline.part import ATTEMPTS

Operations = list[dict[str, Any]]
STALE = "HUB-3106"
_DAY_MS = 86_400_000


def patch(
    hub: Hub,
    who: Principal,
    type_: str,
    id_: str,
    operations: Operations,
    if_match: int | None = None,
    once: Once | None = None,
) -> Written:
    """Patch an own resource; a patch that changes nothing stores nothing. NOT_FOUND when it is not the facility's own,
    whether or not it exists; GONE when it is deleted."""
    return _until_fresh(hub, who, lambda: (type_, hub.ids.decode(id_)), operations, if_match, once)


def patch_where(
    hub: Hub,
    who: Principal,
    type_: str,
    query: str,
    operations: Operations,
    if_match: int | None = None,
    once: Once | None = None,
) -> Written:
    """Patch the one own resource that meets a query. NOT_FOUND when none does, PRECONDITION when several do."""
    return _until_fresh(hub, who, lambda: (type_, one_own(hub, who, type_, query)), operations, if_match, once)


def one_own(hub: Hub, who: Principal, type_: str, query: str, path: str = "") -> Key:
    """The place of the one own resource that meets a query."""
    condition = condition_from(type_, query, path)
    number = hub.facilities[who.facility].number if who.facility else -1
    with hub.store.reading() as tx:
        found = own_matches(hub, tx, number, type_, condition, budget())
    if len(found) > 1:
        raise HubError(Category.PRECONDITION, Issue("HUB-3312", path))
    if not found:
        raise HubError(Category.NOT_FOUND, Issue("HUB-3318", path))
    return found[0]


def patched_mapped(
    hub: Hub, who: Principal, type_: str, key: Key | None, operations: Operations, expected: int | None, path: str = ""
) -> tuple[Mapped, int]:
    """The patched resource as a stage item, and the version that was patched: it must still stand when it is stored."""
    key, row = own_row(hub, who, type_, key)
    if row.is_deleted:
        raise gone()
    if expected is not None and row.version != expected:
        raise HubError(Category.PRECONDITION, Issue(STALE, path))
    resource = next(iter(open_resources(hub, [row]).values()), None)
    if resource is None:  # its key was destroyed
        raise absent()
    return Mapped(type_, patched(resource, operations), target=key, asof_day=hub.clock() // _DAY_MS), row.version


def _until_fresh(
    hub: Hub,
    who: Principal,
    place: Callable[[], tuple[str, Key | None]],
    operations: Operations,
    if_match: int | None,
    once: Once | None,
) -> Written:
    """Without If-Match a patch that lost a race is made again, of what the winner stored."""

    def prepare() -> tuple[Mapped, int | None]:
        type_, key = place()
        return patched_mapped(hub, who, type_, key, operations, if_match)

    for _ in range(ATTEMPTS):
        try:
            return store_one(hub, who, prepare, once)
        except HubError as error:
            if if_match is not None or error.issues[0].code != STALE:
                raise
    raise HubError(Category.BUSY, Issue("HUB-3114"))
