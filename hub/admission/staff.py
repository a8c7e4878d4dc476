"""Staff of the health office and of the hub: one person, one sign-in, one or more duties (docs/operations.md).

Each page is opened in one duty, the one it asks for; that duty's purpose and rights apply and stand in the trail.
Duties are asked anew on every request: one that is withdrawn is gone at once, also from open sessions.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import msgspec

from hub.access.trace import sealed_entry
from hub.admission.links import PURPOSES, SCOPES, mint_login_link
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.model.people import Role
from hub.parts import Hub

DUTIES: tuple[Role, ...] = tuple(role for role in PURPOSES if role not in ("clinician", "patient"))
"""What a member of staff may be entrusted with; each is a role with pages of its own."""
_LONGEST = 80


class _Member(msgspec.Struct, frozen=True, array_like=True):
    person: str
    duties: tuple[Role, ...]


def set_staff(hub: Hub, person: str, duties: Collection[str]) -> tuple[Role, ...]:
    """Entrust a person (a stable name) with exactly these duties; none = all are withdrawn. Returns them in order.

    INCORRECT when a duty is unknown (HUB-4335) or the name is not a short text (HUB-5005).
    """
    unknown = [duty for duty in duties if duty not in DUTIES]
    if unknown:
        args = {"name": unknown[0][:40], "known": ", ".join(DUTIES)}
        raise HubError(Category.INCORRECT, Issue("HUB-4335", args=args))
    if not 0 < len(person) <= _LONGEST or not person.isprintable():
        raise HubError(Category.INCORRECT, Issue("HUB-5005", args={"role": "staff", "need": "person"}))
    chosen = tuple(duty for duty in DUTIES if duty in duties)
    place = _place(hub, person)
    body = hub.boxes.staff.seal(msgspec.msgpack.encode(_Member(person, chosen)), place)
    action: Literal["U", "D"] = "U" if chosen else "D"
    told = {"person": person, "duties": " ".join(chosen)}
    now = hub.clock()
    entry = AuditEntry(now, "staff.duties", action, "permit", "operator", "operator", "", "SYSADMIN", details=told)
    with hub.store.writing() as tx:
        tx.set_staff(place, now, body)
        tx.outbox([sealed_entry(hub, entry)])
    return chosen


def staff(hub: Hub) -> dict[str, tuple[Role, ...]]:
    """Everybody with a duty, by name."""
    with hub.store.reading() as tx:
        found = [_opened(hub, place, body) for place, body in tx.staff().items()]
    return {one.person: one.duties for one in sorted(found, key=lambda one: one.person) if one.duties}


def duties_of(hub: Hub, person: str) -> tuple[Role, ...]:
    """A person's duties now; none when unknown or withdrawn."""
    place = _place(hub, person)
    with hub.store.reading() as tx:
        body = tx.staff(place).get(place)
    return _opened(hub, place, body).duties if body is not None else ()


def staff_link(hub: Hub, person: str) -> str:
    """A one-time sign-in link for all of a person's duties. NOT_FOUND (HUB-4336) without any."""
    duties = duties_of(hub, person)
    if not duties:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4336"))
    return mint_login_link(hub, duties[0], person=person, duties=duties)


def still(hub: Hub, who: Principal) -> Principal | None:
    """The member of staff with the duties left of those signed in with; None when there are none."""
    if not who.duties:
        return who
    now = duties_of(hub, who.subject)
    left = tuple(duty for duty in who.duties if duty in now)
    return in_duty(replace(who, duties=left), who.role if who.role in left else left[0]) if left else None


def acting(who: Principal, roles: Collection[str]) -> Principal:
    """The person in the first of `roles` among the own duties; unchanged when there is none."""
    duty = next((role for role in roles if role in who.duties), None)
    return in_duty(who, duty) if duty is not None else who


def in_duty(who: Principal, duty: Role) -> Principal:
    """The same person, acting in one duty: with its purpose and its rights."""
    return replace(who, role=duty, purpose=PURPOSES[duty], scopes=SCOPES[duty])


def _place(hub: Hub, person: str) -> bytes:
    return hub.blinder.mpi("staff", person)


def _opened(hub: Hub, place: bytes, body: bytes) -> _Member:
    return msgspec.msgpack.decode(hub.boxes.staff.open(body, place), type=_Member)
