"""What the hub may not join by itself: records a person told apart, and records whose being joined is in doubt."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from hub.identity import Match
from hub.store import Link, ReadTx

Pair = tuple[int, int]
BY_HUB = "hub"
STRONG_BITS = 3.0
"""Evidence against, in bits, that contradicts a link; less is noise."""
MOST_COMPARED = 40
MANY_RECORDS = 20
"""From this many records on a person's new record is joined to one of them, not to all."""
_GENERATIONS = frozenset({"mother-and-child", "parent-and-child"})
_IDENTIFYING = frozenset({"nik", "bpjs", "mother", "order", "name", "birth", "sex"})


def pair_of(link: Link) -> Pair:
    """The two ends, the smaller first."""
    return min(link.compartment, link.other), max(link.compartment, link.other)


def decided_by_people(links: Iterable[Link]) -> set[Pair]:
    """The pairs about which a person ever decided anything: from then on only a person decides about them."""
    return {pair_of(link) for link in links if link.by != BY_HUB or link.ended_by not in (None, BY_HUB)}


def speaks_against(match: Match) -> bool:
    """What is known now contradicts a link, rather than merely no longer proving it: a visit registered without a NIK
    must not fill the queue."""
    against = {name for name, class_, bits in match.features if class_ == "different" or bits <= -STRONG_BITS}
    return match.judgement != "positive" and (match.rule in _GENERATIONS or not against.isdisjoint(_IDENTIFYING))


def contested(tx: ReadTx, links: Iterable[Link]) -> set[Pair]:
    """The pairs among the records at the ends of these links about which a person's decision is awaited: what is in
    doubt is not joined by way of a third record either."""
    ends = sorted({end for link in links for end in (link.compartment, link.other)})
    pairs = set(combinations(ends[:MOST_COMPARED], 2)) | {pair_of(link) for link in links}
    return {pair for pair, row in tx.review(pairs).items() if row.state == "open"} if pairs else set()


def unsafe(network: Iterable[Link], new: Iterable[Link], doubted: set[Pair]) -> set[Pair]:
    """Those of the new links that would make one person of records told apart or in doubt.

    `network`: the links in force of everybody concerned. Over any number of steps: A is not B, so C may not join both;
    which of the two C belongs to is then a person's decision, too.
    """
    network, new = list(network), list(new)
    roots: dict[int, int] = {}
    for link in [*network, *new]:
        if link.judgement == "positive":
            one, other = _root(roots, link.compartment), _root(roots, link.other)
            roots[one] = other
    apart = {pair_of(link) for link in network if link.judgement == "negative"} | doubted
    broken = {_root(roots, one) for one, other in apart if _root(roots, one) == _root(roots, other)}
    return {pair_of(link) for link in new if _root(roots, link.compartment) in broken}


def thinned(network: Iterable[Link], new: Iterable[Link]) -> list[Link]:
    """The new links without those that join nothing more in a person of very many records: all pairs of n records are
    n squared links, and a client that sends one person over and over would slow every writer."""
    roots: dict[int, int] = {}
    size: Counter[int] = Counter()

    def join(one: int, other: int) -> bool:
        """Make one of two; False when they are large and one already."""
        a, b = _root(roots, one), _root(roots, other)
        if a == b:
            return size[a] < MANY_RECORDS
        roots[a] = b
        size[b] = max(1, size[a]) + max(1, size[b])
        return True

    for link in network:
        if link.judgement == "positive":
            join(link.compartment, link.other)
    return [link for link in new if join(link.compartment, link.other)]


def _root(roots: dict[int, int], compartment: int) -> int:
    root = compartment
    while (above := roots.get(root, root)) != root:
        root = above
    while (above := roots.get(compartment, compartment)) != root:
        roots[compartment] = root
        compartment = above
    return root
