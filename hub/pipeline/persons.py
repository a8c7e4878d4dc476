"""Stage 3, identify, the other half: which compartments are one person. Links are added, nothing is ever merged.

A new or corrected Patient is compared with the Patients that share a blocking key, here and at other facilities; a
certain match becomes a link, a doubtful one a place in the review queue (docs/adr: identity). What a person decided
about two records stands: the hub never joins them again by itself, not by way of a third record either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice
from typing import Any

import msgspec

from hub.access.opening import open_resources
from hub.crypto import random_key
from hub.identity import TELLING, Demographics, Match, blocking_keys, demographics, is_same_bearer, judge
from hub.model import PATIENT_RID, Key, Origin
from hub.parts import Hub
from hub.pipeline.apart import BY_HUB, Pair, contested, decided_by_people, pair_of, speaks_against, thinned, unsafe
from hub.pipeline.place import Placed
from hub.store import Conflict, Link, ReadTx, ReviewRow, WriteTx

CANDIDATES = 50
"""Beyond this many sharing a key the key says nothing (a shared phone, a placeholder)."""

PAIRS = 20_000
"""Pairs of one part, and pairs of their names, that are compared; those of the most telling keys first. A part of 2,000
people that each share keys with ten others stays below."""


@dataclass(slots=True)
class People:
    """Index tokens, links and doubts that a part adds."""

    tokens: dict[int, set[bytes]] = field(default_factory=dict)
    stale: dict[int, set[bytes]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    ended: list[Link] = field(default_factory=list)
    reviews: list[ReviewRow] = field(default_factory=list)
    considered: dict[bytes, list[int]] = field(default_factory=dict)
    network: list[Link] = field(default_factory=list)

    def write(self, tx: WriteTx, at_ms: int) -> None:
        """Into the part's own transaction. Conflict when a candidate arrived since the comparison: it must be compared
        too, or one person would stay two; and when a link was made or ended that the new links depend on."""
        if not self.tokens:
            return
        tx.lock_mpi()
        if tx.mpi({token for tokens in self.tokens.values() for token in tokens}) != self.considered:
            raise Conflict("a candidate arrived meanwhile")
        if self.links and tx.network(_ends(self.links)) != self.network:
            raise Conflict("a link was made or ended meanwhile")
        tx.add_mpi((token, c) for c, tokens in self.tokens.items() if c not in self.stale for token in tokens)
        for compartment, before in self.stale.items():
            now = self.tokens[compartment]
            tx.set_mpi(compartment, add=now - before, remove=before - now)
        for link in self.ended:
            tx.end_link(link.compartment, link.other, link.id, ended_ms=at_ms, ended_by=BY_HUB)
        tx.add_links(self.links)
        tx.add_reviews(self.reviews)
        tx.settle_reviews(map(pair_of, self.links), decided_ms=max((link.at_ms for link in self.links), default=0))


@dataclass(slots=True)
class _Judged:
    """Pairs with what is held of them now: to be joined, to be doubted."""

    certain: list[tuple[Pair, Match]] = field(default_factory=list)
    unsure: list[tuple[Pair, Match]] = field(default_factory=list)


def recognise(hub: Hub, tx: ReadTx, origin: Origin, placed: Placed) -> People:
    """Compare each new or corrected Patient of the part with those who share a blocking key, in the part or stored."""
    fresh: dict[int, Demographics] = {}
    for linked in placed.linked:
        if linked is not None and linked.outcome != "unchanged" and linked.validated.mapped.type == "Patient":
            known = demographics(linked.validated.mapped.resource, str(origin.facility_number))
            fresh[linked.key.compartment] = known
    people = People()
    if not fresh:
        return people
    by_token: dict[bytes, list[int]] = {}
    ranks: dict[bytes, str] = {}
    for compartment, known in fresh.items():
        tokens = {hub.blinder.mpi(kind, value): kind for kind, value in blocking_keys(known)}
        people.tokens[compartment] = set(tokens)
        ranks |= tokens
        for token in tokens:
            by_token.setdefault(token, []).append(compartment)
    before = [placed.known[key] for c in fresh if (key := Key(c, PATIENT_RID)) in placed.known]
    for key, resource in open_resources(hub, before).items():
        people.stale[key.compartment] = _tokens(hub, demographics(resource))
    stored = people.considered = tx.mpi(list(by_token))
    telling = sorted(by_token, key=lambda token: TELLING.index(ranks[token]))
    pairs = list(islice(_pairs({token: by_token[token] for token in telling}, stored), PAIRS))
    past = tx.links(list(fresh), is_ended=True)
    standing = [link for link in past if link.ended_ms is None]
    by_people = decided_by_people(past)
    corrected = {
        pair_of(link)
        for link in standing
        if link.judgement == "positive" and link.compartment in people.stale and pair_of(link) not in by_people
    }
    everybody = _known(hub, tx, fresh, corrected.union(pairs))
    judged = _judge_all(everybody, _affordable(everybody, pairs) - {pair_of(link) for link in standing}, by_people)
    _doubt_changed(hub, tx, judged, fresh)
    doubted = [(pair, match) for pair, match in _matches(everybody, corrected) if speaks_against(match)]
    judged.unsure += doubted
    apart = {pair for pair, _ in doubted}
    people.ended = list({pair_of(link): link for link in standing if pair_of(link) in apart}.values())
    _conclude(hub, tx, people, judged, apart)
    return people


def _pairs(by_token: dict[bytes, list[int]], stored: dict[bytes, list[int]]) -> Iterator[Pair]:
    """Who shares a key, each pair once, in the order of the keys."""
    met: set[Pair] = set()
    for token, ones in by_token.items():
        others = [*ones, *stored.get(token, ())][:CANDIDATES]
        for one in ones:
            for other in others:
                pair = min(one, other), max(one, other)
                if one != other and pair not in met:
                    met.add(pair)
                    yield pair


def _affordable(known: dict[int, Demographics], pairs: Iterable[Pair]) -> set[Pair]:
    """The first pairs, as far as their names can be compared, each with each."""
    left, found = PAIRS, set()
    for one, other in pairs:
        if one in known and other in known:
            left -= max(1, len(known[one].names) * len(known[other].names))
            if left < 0:
                break
            found.add((one, other))
    return found


def _doubt_changed(hub: Hub, tx: ReadTx, judged: _Judged, fresh: dict[int, Demographics]) -> None:
    """A record that was first somebody else's is joined to nobody by the hub: whoever holds its account, or its paper
    file, would get the record of the person it says it is now. A person decides."""
    ends = {c for pair, _ in judged.certain for c in pair}
    first = [version for c in sorted(ends) if (version := tx.version(Key(c, PATIENT_RID), 1)) is not None]
    opened = open_resources(hub, [row for row in first if not row.is_deleted])
    rows = tx.get([key for key in opened if key.compartment not in fresh])
    now = {key.compartment: demographics(resource) for key, resource in open_resources(hub, rows.values()).items()}
    changed = {
        key.compartment
        for key, resource in opened.items()
        if (known := fresh.get(key.compartment) or now.get(key.compartment))
        and not is_same_bearer(demographics(resource), known)
    }
    judged.unsure += [
        (pair, replace(match, judgement="unsure", rule="identity-changed"))
        for pair, match in judged.certain
        if not changed.isdisjoint(pair)
    ]
    judged.certain = [(pair, match) for pair, match in judged.certain if changed.isdisjoint(pair)]


def _known(hub: Hub, tx: ReadTx, fresh: dict[int, Demographics], pairs: set[Pair]) -> dict[int, Demographics]:
    """The demographics of everybody in these pairs."""
    others = {c for pair in pairs for c in pair} - fresh.keys()
    rows = tx.get([Key(c, PATIENT_RID) for c in others]) if others else {}
    opened = open_resources(hub, [row for row in rows.values() if not row.is_deleted])
    return fresh | {key.compartment: demographics(resource, str(rows[key].author)) for key, resource in opened.items()}


def _matches(known: dict[int, Demographics], pairs: set[Pair]) -> Iterable[tuple[Pair, Match]]:
    for one, other in sorted(pairs):
        if one in known and other in known:
            yield (one, other), judge(known[one], known[other])


def _judge_all(known: dict[int, Demographics], pairs: set[Pair], by_people: set[Pair]) -> _Judged:
    judged = _Judged()
    for pair, match in _matches(known, pairs):
        if match.judgement == "positive" and pair not in by_people:
            judged.certain.append((pair, match))
        elif match.judgement != "negative":
            judged.unsure.append((pair, match))
    return judged


def _conclude(hub: Hub, tx: ReadTx, people: People, judged: _Judged, doubted: set[Pair]) -> None:
    """Links for what is certain and safe, doubts for the rest."""
    now = hub.clock()
    numbers = count(random_key() >> 20)
    unsure = list(judged.unsure)
    links = [
        Link(*pair, next(numbers), match.judgement, match.score, _sealed(hub, match), BY_HUB, now)
        for pair, match in judged.certain
    ]
    if links:
        people.network = tx.network(_ends(links))
        in_doubt = {pair for pair, _ in judged.unsure} | contested(tx, [*people.network, *links])
        in_doubt = doubted | (
            in_doubt - {pair_of(link) for link in links}
        )  # their own doubts are settled by being certain
        withheld = unsafe(people.network, links, in_doubt)
        people.links = thinned(people.network, [link for link in links if pair_of(link) not in withheld])
        unsure += [(pair, match) for pair, match in judged.certain if pair in withheld]
        if not people.links:
            people.network = []
        elif withheld:
            people.network = tx.network(_ends(people.links))
    people.reviews = [
        ReviewRow(*pair, match.score, "open", now, None, None, _sealed(hub, match)) for pair, match in unsure
    ]


def _ends(links: Iterable[Link]) -> set[int]:
    return {end for link in links for end in (link.compartment, link.other)}


def _tokens(hub: Hub, known: Demographics) -> set[bytes]:
    return {hub.blinder.mpi(kind, value) for kind, value in blocking_keys(known)}


def _sealed(hub: Hub, match: Match) -> bytes:
    """The explanation of a judgement; feature names and weights, sealed all the same."""
    plain: dict[str, Any] = {"rule": match.rule, "score": match.score, "features": [list(f) for f in match.features]}
    return hub.boxes.link.seal(msgspec.json.encode(plain), b"link")
