"""Across consents: newer, nowhere broader, no weaker (NNB; docs/privacy.md, step 9).

A deny stands unless a qualifying permit was given later, at least as surely, and is in no direction broader.
Newest-wins would let a general "yes" cancel a specific "never"; any-deny-wins would make a later, deliberate exception
impossible.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from hub.consent.tree import PERSON, Hit, View


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the patient's consents say together, by which of them, and whether a deny names this very person."""

    effect: Literal["permit", "deny", "none"]
    consents: tuple[str, ...] = ()
    is_person_blocked: bool = False


def combine(found: Iterable[Hit], view: View, qualifies: Callable[[Hit], bool]) -> Verdict:
    """The verdict; independent of the order of `found`."""
    permits, denies = [], []
    for hit in found:
        if hit.effect == "deny":
            denies.append(hit)
        elif hit.covers(view) and qualifies(hit):
            permits.append(hit)
    standing = [deny for deny in denies if not any(defeats(permit, deny) for permit in permits)]
    if standing:
        return Verdict("deny", _names(standing), any(deny.actor == PERSON for deny in standing))
    if permits:
        return Verdict("permit", _names(permits))
    return Verdict("none")


def defeats(permit: Hit, deny: Hit) -> bool:
    """Whether the permit is newer, no weaker authenticated and nowhere broader than the deny."""
    if permit.time <= deny.time or permit.auth < deny.auth:
        return False
    if permit.actor < deny.actor or (deny.purpose and not permit.purpose):
        return False
    if permit.data:
        return True
    if deny.data or deny.klass > permit.klass or deny.code > permit.code or deny.label > permit.label:
        return False
    if deny.data_period is None:
        return True
    inner, outer = permit.data_period, deny.data_period
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _names(found: list[Hit]) -> tuple[str, ...]:
    return tuple(sorted({hit.consent for hit in found}))
