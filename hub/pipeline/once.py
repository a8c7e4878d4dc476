"""Requests that are carried out once however often they are sent: the same `Idempotency-Key` gets the same answer.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07. What was done is written down in
the transaction that does it, so no crash can come between; places and versions only, sealed: content stays where it
is, and what is erased there is not kept here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.parts import Hub
from hub.store import WriteTx

KEPT_MS = 48 * 3_600_000
T = TypeVar("T")


class Done(msgspec.Struct, array_like=True, frozen=True):
    """What became of one entry: the version it made or found, and what was remarked; `category` of a refusal. `told`:
    what is answered without a version of anything, as JSON; places, counts and states like the rest, no content."""

    type: str = ""
    id: str = ""
    version: int = 0
    updated_ms: int = 0
    outcome: str = ""
    issues: tuple[Issue, ...] = ()
    category: Category | None = None
    told: bytes = b""


Note = Callable[[WriteTx, Done], None]
"""Writes down, in the transaction that does it, what is done."""


class _Kept(msgspec.Struct, array_like=True):
    """A sealed answer: of which request, and what was done."""

    fingerprint: bytes
    done: list[Done]


@dataclass(frozen=True, slots=True)
class Once:
    """A key as one client sent it, with the request it came with."""

    token: bytes
    fingerprint: bytes


def once_of(hub: Hub, who: Principal, key: str, request: bytes) -> Once:
    """The key of this caller; `request` is everything of the request that its answer depends on."""
    token = hub.blinder.source(0, "Idempotency-Key", f"{who.role}\n{who.subject}\n{key}")
    return Once(token, hub.blinder.digest(request))


def of_entry(hub: Hub, once: Once | None, index: int) -> Once | None:
    """The same for one entry of a batch, which is carried out by itself."""
    if once is None:
        return None
    return Once(hub.blinder.source(index, "Idempotency-Key", once.token.hex()), once.fingerprint)


def recall(hub: Hub, once: Once) -> list[Done] | None:
    """What was done when this key came first; None when it is new. UNPROCESSABLE when it came with another request."""
    with hub.store.reading() as tx:
        body = tx.answers([once.token], hub.clock()).get(once.token)
    if body is None:
        return None
    kept = msgspec.msgpack.decode(hub.boxes.answer.open(body, once.token), type=_Kept)
    if kept.fingerprint != once.fingerprint:
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-5827"))
    return kept.done


def keep(hub: Hub, tx: WriteTx, once: Once, done: Sequence[Done]) -> None:
    """Write down what this transaction does. CONFLICT when the same key came first by another way: then nothing of this
    transaction may stay."""
    body = hub.boxes.answer.seal(msgspec.msgpack.encode(_Kept(once.fingerprint, list(done))), once.token)
    now = hub.clock()
    if not tx.add_answer(once.token, body, now, now + KEPT_MS):
        raise in_flight()


def remember(hub: Hub, once: Once, done: Sequence[Done]) -> None:
    """Write down afterwards what was done by many transactions; a crash before it makes the repetition do it again."""
    with hub.store.writing() as tx:
        keep(hub, tx, once, done)


def told_once(hub: Hub, once: Once | None, work: Callable[[Note], Done]) -> Done:
    """Do work that has one answer, or answer again. What one transaction does is noted in it by the work itself; else
    the answer is written down afterwards, and after a crash in between the repetition does the work again."""
    is_noted = False

    def note(tx: WriteTx, done: Done) -> None:
        nonlocal is_noted
        if once is not None:
            keep(hub, tx, once, [done])
            is_noted = True

    def whole() -> Done:
        done = work(note)
        if once is not None and not is_noted:
            remember(hub, once, [done])
        return done

    return once_only(hub, once, whole, lambda kept: kept[0])


def in_flight() -> HubError:
    """The refusal of a request whose key is being worked on."""
    return HubError(Category.CONFLICT, Issue("HUB-5826", args={"seconds": "1"}))


def once_only(hub: Hub, once: Once | None, work: Callable[[], T], again: Callable[[list[Done]], T]) -> T:
    """Do the work, or answer again what was done. A rival that came first makes the work fail one way or another (its
    condition is met no more, its key is taken): then the rival's answer is the answer."""
    if once is None:
        return work()
    if (done := recall(hub, once)) is not None:
        return again(done)
    try:
        return work()
    except HubError:
        if (done := recall(hub, once)) is not None:
            return again(done)
        raise
