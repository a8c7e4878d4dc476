"""What a person's sign-in rests on: the grant of each duty. A link and its session name the grants they came from and
hold as long as these do: what was withdrawn does not come back to life when the duty is given again."""

import secrets
from collections.abc import Collection
from dataclasses import replace

import msgspec

from hub.model import Principal
from hub.model.people import Role
from hub.parts import Hub
from hub.store import ReadTx

UNGRANTED: tuple[Role, ...] = ("clinic-client", "patient", "agency", "system")
"""Roles nobody is entrusted with: patients sign in as themselves, client systems have keys."""


class Member(msgspec.Struct, frozen=True, array_like=True):
    """A person's duties and the grant each came by, in the same order; `facility` "": staff of the health office."""

    person: str
    duties: tuple[Role, ...]
    grants: tuple[str, ...] = ()
    facility: str = ""

    def held(self) -> dict[Role, str]:
        """Duty to its grant; "" for one that was given before grants had names."""
        return dict(zip(self.duties, self.grants or ("",) * len(self.duties), strict=True))


def entrusted(old: Member | None, person: str, facility: str, duties: Collection[Role]) -> Member:
    """The person with exactly these duties: those that stay keep their grant, the others get a new one."""
    held = old.held() if old is not None else {}
    grants = tuple(held.get(duty, secrets.token_hex(8)) for duty in duties)
    return Member(person, tuple(duties), grants, facility)


def member(hub: Hub, tx: ReadTx, person: str, facility: str = "") -> Member | None:
    """What is known of a person; None when duties were neither given nor withdrawn."""
    place = place_of(hub, person, facility)
    body = tx.staff(place).get(place)
    return open_member(hub, place, body) if body is not None else None


def bound(hub: Hub, tx: ReadTx, who: Principal) -> Principal | None:
    """The person of a new link, bound to the grants there are; None when a duty of theirs was withdrawn. Somebody of
    whom nothing is kept is entrusted by the link itself, until `hub staff` says otherwise."""
    if who.role in UNGRANTED:
        return who
    known = _known(hub, tx, who)
    if known is None:
        return None if who.duties else who
    held = known.held()
    wanted = who.duties or (who.role,)
    return replace(who, grants=tuple(held[duty] for duty in wanted)) if held.keys() >= set(wanted) else None


def holding(hub: Hub, tx: ReadTx, who: Principal) -> tuple[Role, ...]:
    """The duties of a link or session whose grants still hold; none = it is over."""
    wanted = who.duties or (who.role,)
    known = _known(hub, tx, who)
    if known is None:
        return () if who.duties else wanted
    held = known.held()
    came_by = who.grants or ("",) * len(wanted)
    return tuple(duty for duty, grant in zip(wanted, came_by, strict=True) if held.get(duty) == grant)


def place_of(hub: Hub, person: str, facility: str = "") -> bytes:
    """Where a person is kept: keyed, so that no name is in the database."""
    return hub.blinder.mpi("staff", f"{person}\n{facility}" if facility else person)


def open_member(hub: Hub, place: bytes, body: bytes) -> Member:
    """A member of staff. Raises hub.crypto.Tampered."""
    return _DECODER.decode(hub.boxes.staff.open(body, place))


def _known(hub: Hub, tx: ReadTx, who: Principal) -> Member | None:
    return member(hub, tx, who.subject, who.facility or "" if who.role == "clinician" else "")


_DECODER = msgspec.msgpack.Decoder(Member)
