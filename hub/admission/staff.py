"""Staff of the health office and of the hub: one person, one sign-in, one or more duties (docs/operations.md).

Each page is opened in one duty, the one it asks for; that duty's purpose and rights apply and stand in the trail.
Duties are asked anew on every request: one that is withdrawn is gone at once, also from open sessions, and these stay
without it when it is given again. Staff of a facility are withdrawn in the same way (`facility`).
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import msgspec

from hub.access.trace import sealed_entry
from hub.admission.grants import UNGRANTED, entrusted, holding, member, open_member, place_of
from hub.admission.links import PURPOSES, SCOPES, mint_login_link
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.model.people import Role
from hub.parts import Hub
from hub.store import ReadTx

DUTIES: tuple[Role, ...] = tuple(role for role in PURPOSES if role not in ("clinician", "patient"))
"""What a member of staff may be entrusted with; each is a role with pages of its own."""
OF_A_FACILITY: tuple[Role, ...] = ("clinician",)
_LONGEST = 80


def set_staff(hub: Hub, person: str, duties: Collection[str], facility: str = "") -> tuple[Role, ...]:
    """Entrust a person (a stable name) with exactly these duties; none = all are withdrawn, also those that a sign-in
    link alone gave. `facility`: staff of that facility, whose one duty is clinician. Returns the duties in order.

    INCORRECT when a duty is unknown (HUB-4335), or the name is no short text or the facility unknown (HUB-5005).
    """
    known = OF_A_FACILITY if facility else DUTIES
    unknown = [duty for duty in duties if duty not in known]
    if unknown:
        args = {"name": unknown[0][:40], "known": ", ".join(known)}
        raise HubError(Category.INCORRECT, Issue("HUB-4335", args=args))
    if not 0 < len(person) <= _LONGEST or not person.isprintable():
        raise HubError(Category.INCORRECT, Issue("HUB-5005", args={"role": "staff", "need": "person"}))
    if facility and facility not in hub.facilities:
        raise HubError(Category.INCORRECT, Issue("HUB-5005", args={"role": "staff", "need": "facility"}))
    chosen = tuple(duty for duty in known if duty in duties)
    place = place_of(hub, person, facility)
    action: Literal["U", "D"] = "U" if chosen else "D"
    told = {"person": person, "duties": " ".join(chosen)}
    now, by = hub.clock(), "operator"
    entry = AuditEntry(now, "staff.duties", action, "permit", by, by, facility, "SYSADMIN", details=told)
    with hub.store.writing() as tx:
        after = entrusted(member(hub, tx, person, facility), person, facility, chosen)
        tx.set_staff(place, now, hub.boxes.staff.seal(msgspec.msgpack.encode(after), place))
        tx.outbox([sealed_entry(hub, entry)])
    return chosen


def staff(hub: Hub) -> dict[tuple[str, str], tuple[Role, ...]]:
    """Everybody with a duty, by (name, facility); facility "" at the health office."""
    with hub.store.reading() as tx:
        found = [open_member(hub, place, body) for place, body in tx.staff().items()]
    by_name = sorted(found, key=lambda one: (one.facility, one.person))
    return {(one.person, one.facility): one.duties for one in by_name if one.duties}


def duties_of(hub: Hub, person: str) -> tuple[Role, ...]:
    """A person's duties now; none when unknown or withdrawn."""
    with hub.store.reading() as tx:
        known = member(hub, tx, person)
    return known.duties if known is not None else ()


def staff_link(hub: Hub, person: str) -> str:
    """A one-time sign-in link for all of a person's duties. NOT_FOUND (HUB-4336) without any."""
    duties = duties_of(hub, person)
    if not duties:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4336"))
    return mint_login_link(hub, duties[0], person=person, duties=duties)


def still(hub: Hub, tx: ReadTx, who: Principal) -> Principal | None:
    """Whoever signed in, with the duties left of those signed in with; None when there are none."""
    if who.role in UNGRANTED:
        return who
    left = holding(hub, tx, who)
    if not who.duties or not left:
        return who if left else None
    return in_duty(replace(who, duties=left, grants=()), who.role if who.role in left else left[0])


def acting(who: Principal, roles: Collection[str]) -> Principal:
    """The person in the first of `roles` among the own duties; unchanged when there is none."""
    duty = next((role for role in roles if role in who.duties), None)
    return in_duty(who, duty) if duty is not None else who


def in_duty(who: Principal, duty: Role) -> Principal:
    """The same person, acting in one duty: with its purpose and its rights."""
    return replace(who, role=duty, purpose=PURPOSES[duty], scopes=SCOPES[duty])
