"""Plain writes of one moment, each by a client of its own or of the same: those of one sender are one part, which costs
a tenth of as many parts. What does not go as smoothly as that is done again by itself, so nobody feels the others."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub.access.reading import absent
from hub.errors import Category, HubError
from hub.model import Mapped, Principal
from hub.parts import Hub
from hub.pipeline.deletion import Deletion
from hub.pipeline.interactions import (
    Written,
    create,
    delete,
    examine,
    new_mapped,
    origin_of,
    update,
    update_mapped,
    written,
)
from hub.pipeline.part import store_part
from hub.pipeline.place import Placed


@dataclass(frozen=True, slots=True)
class Write:
    """A create (no id), an update, or a delete (no resource) by id and without another condition than `expected`, the
    version of If-Match."""

    who: Principal
    type: str
    id: str = ""
    resource: dict[str, Any] | None = None
    expected: int | None = None


Outcome = Written | Deletion | Exception


def write_many(hub: Hub, writes: Sequence[Write]) -> list[Outcome]:
    """What became of each, in order, or the exception it ends with: as `create`, `update` and `delete` have it."""
    found: dict[int, Outcome] = {}
    for group in _groups(writes):
        if len(group) > 1:
            # What fails here has stored nothing; whose fault it was shows when each is alone.
            with suppress(HubError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
                found.update(zip(group, _together(hub, [writes[at] for at in group]), strict=True))
    return [found[at] if at in found else _alone(hub, write) for at, write in enumerate(writes)]


def _groups(writes: Sequence[Write]) -> list[list[int]]:
    """Those of one sender, each about another resource: of two about the same the second is for itself."""
    groups: dict[tuple[str, str, str | None], dict[str, int]] = {}
    for at, write in enumerate(writes):
        who = write.who
        group = groups.setdefault((who.subject, who.role, who.facility), {})
        group.setdefault(write.id or f"new {at}", at)
    return [list(group.values()) for group in groups.values()]


def _together(hub: Hub, writes: Sequence[Write]) -> list[Outcome]:
    who = writes[0].who
    items: list[tuple[int, Mapped]] = []
    deletions: dict[int, Deletion] = {}
    for at, write in enumerate(writes):
        if write.resource is None:
            deletions[at] = Deletion(write.type, hub.ids.decode(write.id), expected=write.expected)
        elif write.id:
            items.append((at, update_mapped(hub, write.type, write.id, write.resource)))
        else:
            items.append((at, new_mapped(hub, write.resource, None)))
    if any(deletion.key is None for deletion in deletions.values()):
        raise absent()
    is_new: list[bool] = []

    def guard(placed: Placed) -> None:
        is_new[:] = [examine(placed, i, mapped, writes[at].expected) for i, (at, mapped) in enumerate(items)]

    parts = [mapped for _, mapped in items]
    stored = store_part(
        hub, origin_of(hub, who), parts, guard=guard, is_atomic=True, deletions=list(deletions.values())
    )
    if any(each.is_refused for each in stored):
        raise HubError(Category.UNPROCESSABLE, *(issue for each in stored for issue in each.issues))
    found: dict[int, Outcome] = dict(deletions)
    for (at, _), each, fresh in zip(items, stored, is_new, strict=True):
        found[at] = _ended(partial(written, hub, each, is_new=fresh))
    return [found[at] for at in range(len(writes))]


def _alone(hub: Hub, write: Write) -> Outcome:
    who, type_, id_, resource = write.who, write.type, write.id, write.resource
    if resource is None:
        return _ended(lambda: delete(hub, who, type_, id_, write.expected))
    if id_:
        return _ended(lambda: update(hub, who, type_, id_, resource, write.expected))
    return _ended(lambda: create(hub, who, resource))


def _ended(work: Callable[[], Written | Deletion]) -> Outcome:
    try:
        return work()
    except Exception as error:
        return error
