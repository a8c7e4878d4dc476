"""Stage 3, identify, the other half: which compartments are one person. Links are added, nothing is ever merged.

A new or corrected Patient is compared with the Patients that share a blocking key, here and at other facilities; a
certain match becomes a link, a doubtful one a place in the review queue (docs/adr: identity).
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from hub.access.opening import open_resources
from hub.crypto import random_key
from hub.identity import Demographics, Match, blocking_keys, demographics, judge
from hub.model import PATIENT_RID, Key
from hub.parts import Hub
from hub.pipeline.place import Placed
from hub.store import Conflict, Link, ReadTx, ReviewRow, WriteTx

CANDIDATES = 50
"""Beyond this many sharing a key the key says nothing (a shared phone, a placeholder)."""


@dataclass(slots=True)
class People:
    """Index tokens, links and doubts that a part adds."""

    tokens: dict[int, set[bytes]] = field(default_factory=dict)
    stale: dict[int, set[bytes]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    reviews: list[ReviewRow] = field(default_factory=list)
    considered: dict[bytes, list[int]] = field(default_factory=dict)

    def write(self, tx: WriteTx) -> None:
        """Into the part's own transaction. Conflict when a candidate arrived since the comparison: it must be compared
        too, or one person would stay two."""
        if not self.tokens:
            return
        tx.lock_mpi()
        if tx.mpi({token for tokens in self.tokens.values() for token in tokens}) != self.considered:
            raise Conflict("a candidate arrived meanwhile")
        tx.add_mpi((token, c) for c, tokens in self.tokens.items() if c not in self.stale for token in tokens)
        for compartment, before in self.stale.items():
            now = self.tokens[compartment]
            tx.set_mpi(compartment, add=now - before, remove=before - now)
        tx.add_links(self.links)
        tx.add_reviews(self.reviews)


def recognise(hub: Hub, tx: ReadTx, placed: Placed) -> People:
    """Compare each new or corrected Patient of the part with those who share a blocking key, in the part or stored."""
    fresh: dict[int, Demographics] = {}
    for linked in placed.linked:
        if linked is not None and linked.outcome != "unchanged" and linked.validated.mapped.type == "Patient":
            fresh[linked.key.compartment] = demographics(linked.validated.mapped.resource)
    people = People()
    if not fresh:
        return people
    by_token: dict[bytes, list[int]] = {}
    for compartment, known in fresh.items():
        people.tokens[compartment] = _tokens(hub, known)
        for token in people.tokens[compartment]:
            by_token.setdefault(token, []).append(compartment)
    before = [placed.known[key] for c in fresh if (key := Key(c, PATIENT_RID)) in placed.known]
    for key, resource in open_resources(hub, before).items():
        people.stale[key.compartment] = _tokens(hub, demographics(resource))
    stored = people.considered = tx.mpi(list(by_token))
    pairs = {
        (min(one, other), max(one, other))
        for token, ones in by_token.items()
        for one in ones
        for other in [*ones, *stored.get(token, ())][:CANDIDATES]
        if one != other
    }
    standing = {
        (min(link.compartment, link.other), max(link.compartment, link.other)) for link in tx.links(list(fresh))
    }
    _judge_all(hub, tx, people, fresh, pairs - standing)
    return people


def _judge_all(
    hub: Hub, tx: ReadTx, people: People, fresh: dict[int, Demographics], pairs: set[tuple[int, int]]
) -> None:
    known = dict(fresh)
    others = {c for pair in pairs for c in pair} - known.keys()
    rows = tx.get([Key(c, PATIENT_RID) for c in others]) if others else {}
    for key, resource in open_resources(hub, [row for row in rows.values() if not row.is_deleted]).items():
        known[key.compartment] = demographics(resource)
    now = hub.clock()
    numbers = count(random_key() >> 20)
    for one, other in sorted(pairs):
        if one not in known or other not in known:
            continue
        match = judge(known[one], known[other])
        if match.judgement == "positive":
            body = _sealed(hub, match)
            people.links.append(Link(one, other, next(numbers), match.judgement, match.score, body, "hub", now))
        elif match.judgement == "unsure":
            people.reviews.append(ReviewRow(one, other, match.score, "open", now, None, None, _sealed(hub, match)))


def _tokens(hub: Hub, known: Demographics) -> set[bytes]:
    return {hub.blinder.mpi(kind, value) for kind, value in blocking_keys(known)}


def _sealed(hub: Hub, match: Match) -> bytes:
    """The explanation of a judgement; feature names and weights, sealed all the same."""
    plain: dict[str, Any] = {"rule": match.rule, "score": match.score, "features": [list(f) for f in match.features]}
    return hub.boxes.link.seal(msgspec.json.encode(plain), b"link")
