"""What is shown of a measure on a tree, what bounds it, and how far what is hidden can vary.

What is hidden below the same shown ancestor forms a group whose sum everybody can compute; inside a group mass can move
freely between the leaves as far as `Unit`s bound it, and the closed formula of `Group.width` says how far.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hub.monitor.trees import Tree

Kind = Literal["whole", "share", "part"]
"""whole: counts of their own (visits). share: cases among visits; hidden too where all but a few of a place's visits
are cases, and where all are. part: one of two parts of a number shown elsewhere (public of all); the other part, which
follows from it, is protected alike."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Leaves whose values are bounded by another measure: at most `known` each, and together `slack` more.

    A number that is shown bounds one leaf (no slack); the hidden ones of a group are known as far as parts of them are
    shown, and share the group's sum. `most` and `most_rest` bound single leaves further, and what they leave of the
    bound (the other part of a `part`), where a third measure does; `within`: the units that bound some of the leaves
    together, by leaf, each wholly inside this one.
    """

    known: Mapping[str, int]
    slack: int = 0
    most: Mapping[str, int] = field(default_factory=dict)
    most_rest: Mapping[str, int] = field(default_factory=dict)
    within: Mapping[str, "Unit"] = field(default_factory=dict)

    @property
    def cap(self) -> int:
        """The most all its leaves can hold together."""
        return sum(self.known.values()) + self.slack

    def range(self, leaves: Collection[str], *, is_rest: bool = False) -> tuple[int, int]:
        """The least and the most that those of its leaves that are in `leaves` can hold (or leave)."""
        most, other = (self.most_rest, self.most) if is_rest else (self.most, self.most_rest)
        inside = [leaf for leaf in self.known if leaf in leaves]
        if not inside:
            return 0, 0
        reach = sum(self.known[leaf] for leaf in inside) + self.slack
        least = sum(max(0, self.known[leaf] - other.get(leaf, reach)) for leaf in inside)
        if is_rest or not self.within:
            return least, min(reach, sum(most.get(leaf, reach) for leaf in inside))
        found: dict[int, list[str]] = {}
        for leaf in inside:
            found.setdefault(id(self.within.get(leaf, leaf)), []).append(leaf)
        return least, min(reach, sum(self._together(some, most, reach) for some in found.values()))

    def _together(self, leaves: Sequence[str], most: Mapping[str, int], reach: int) -> int:
        """The most that leaves of one of the units inside hold."""
        alone, inner = sum(most.get(leaf, reach) for leaf in leaves), self.within.get(leaves[0])
        return alone if inner is None else min(alone, inner.range(leaves)[1])

    def is_settled(self, leaf: str) -> bool:
        """Whether everybody can tell what the leaf holds, or that it holds all or nothing of its bound."""
        least, most = self.range([leaf])
        return not most or not self.range([leaf], is_rest=True)[1] or (least == most and len(self.known) == 1)


Told = tuple[frozenset[str], int]
"""Hidden leaves, and how many they hold together at least, as everybody knows."""


@dataclass(slots=True)
class Shown:
    """A measure on a tree: its values, which nodes are not shown, and what bounds it (the units divide the tree).

    `least`: what everybody knows of some nodes from elsewhere, none of which lies in another."""

    tree: Tree
    values: dict[str, int]
    hidden: set[str]
    units: tuple[Unit, ...]
    least: Mapping[str, int] = field(default_factory=dict)
    unit_of: dict[str, Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.unit_of = {leaf: unit for unit in self.units for leaf in unit.known}

    def bounds(self, node: str) -> tuple[list[Unit], list[Unit]]:
        """The units wholly under a node, and those that lie there with some leaves only."""
        under = self.tree.under[node]
        found = {id(unit): unit for unit in (self.unit_of[leaf] for leaf in under)}.values()
        whole = [unit for unit in found if len(unit.known) == 1 or under.issuperset(unit.known)]
        return whole, [unit for unit in found if len(unit.known) > 1 and not under.issuperset(unit.known)]

    def is_told(self, node: str) -> bool:
        """Whether a shown node's value is known although its bound may be hidden: what is hidden of that holds none."""
        under = self.tree.under[node]
        _, cut = self.bounds(node)
        return all(not self.held(unit) or not unit.range(under)[1] for unit in cut)

    def is_rest_told(self, node: str) -> bool:
        """The same of the other part: what is hidden of the bound is held entirely."""
        under = self.tree.under[node]
        _, cut = self.bounds(node)
        return all(self.held(unit) == unit.cap or not unit.range(under, is_rest=True)[1] for unit in cut)

    def held(self, unit: Unit) -> int:
        """What the unit's leaves hold."""
        return sum(self.values[leaf] for leaf in unit.known)

    def is_shown(self, node: str) -> bool:
        """Whether the node's own value is shown."""
        return node not in self.hidden

    def groups(self) -> dict[str, set[str]]:
        """Shown nodes to the hidden leaves of which they are the nearest shown ancestor."""
        nearest: dict[str, str] = {}
        found: dict[str, set[str]] = {}
        for node in self.tree.downward:
            if node not in self.hidden:
                nearest[node] = node
            elif node != self.tree.root:
                nearest[node] = nearest[self.tree.parents[node]]
                if node not in self.tree.children:
                    found.setdefault(nearest[node], set()).add(node)
        return found

    def told(self, leaves: Collection[str]) -> dict[str, Told]:
        """Which of a group's hidden leaves hold how many together at least, by leaf."""
        found: dict[str, Told] = {}
        for leaf in leaves if self.least else ():
            for node in (leaf, *self.tree.above(leaf)):
                if node not in self.hidden or leaf in found:
                    break
                if node in self.least:
                    under = self.tree.under[node]
                    inside = under.intersection(leaves)
                    rest = self.least[node] - sum(self.values[each] for each in under - inside)
                    found |= dict.fromkeys(inside, (inside, max(0, rest)))
        return found

    def units_at(self, nodes: Iterable[str]) -> tuple[Unit, ...]:
        """How this measure bounds a finer one whose leaves are `nodes` (they divide the tree)."""
        groups = self.groups()
        told = {holder: set(self.told(leaves).values()) for holder, leaves in groups.items()}
        bounds: list[Unit] = []
        hidden: dict[str, dict[str, int]] = {}
        for node in nodes:
            if node not in self.hidden:
                bounds.append(Unit({node: self.values[node]}))
                continue
            holder = next(above for above in self.tree.above(node) if above not in self.hidden)
            under = self.tree.under[node]
            known = sum(self.values[leaf] for leaf in under - groups[holder])
            known += sum(n for leaves, n in told[holder] if leaves <= under)
            hidden.setdefault(holder, {})[node] = known
        together = (Unit(of, sum(self.values[node] - known for node, known in of.items())) for of in hidden.values())
        return (*bounds, *together)


class Group:
    """The hidden leaves below one shown node, with the bounds that reach into it."""

    def __init__(self, shown: Shown, leaves: set[str], kind: Kind) -> None:
        self.leaves, self.unit_of, self.kind = leaves, shown.unit_of, kind
        self.total = sum(shown.values[leaf] for leaf in leaves)
        self.told = shown.told(leaves)
        self.all_told = sum(n for _, n in set(self.told.values()))
        self.units = list({id(unit): unit for unit in (shown.unit_of[leaf] for leaf in leaves)}.values())
        self.rest = sum(unit.cap for unit in self.units) - self.total
        self.whole = {is_rest: _add(unit.range(leaves, is_rest=is_rest) for unit in self.units) for is_rest in _BOTH}

    def width(self, inside: Collection[str]) -> int:
        """By how much the sum of these leaves can differ between two worlds that publish the same."""
        found = self._width(inside, self.total, self._told(inside), is_rest=False)
        return min(found, self._width(inside, self.rest, (0, 0), is_rest=True)) if self.kind == "part" else found

    def _told(self, inside: Collection[str]) -> tuple[int, int]:
        """How many lie at least in these leaves, and in the others."""
        touched = {self.told[leaf] for leaf in inside if leaf in self.told}
        within = sum(n for leaves, n in touched if leaves.issubset(inside))
        return within, self.all_told - sum(n for _, n in touched)

    def _width(self, inside: Collection[str], total: int, told: tuple[int, int], *, is_rest: bool) -> int:
        touched = list({id(unit): unit for unit in (self.unit_of[leaf] for leaf in inside)}.values())
        outside = self.leaves - set(inside) if any(len(unit.known) > 1 for unit in touched) else set()
        least, most = _add(unit.range(inside, is_rest=is_rest) for unit in touched)
        within = _add(unit.range(self.leaves, is_rest=is_rest) for unit in touched)
        beside = _add(unit.range(outside, is_rest=is_rest) for unit in touched)
        least_else, most_else = (self.whole[is_rest][end] - within[end] + beside[end] for end in (0, 1))
        return min(most, total - max(told[1], least_else)) - max(told[0], least, total - most_else)


_BOTH = (False, True)


def _add(ranges: Iterable[tuple[int, int]]) -> tuple[int, int]:
    least = most = 0
    for low, high in ranges:
        least, most = least + low, most + high
    return least, most


def parts(base: Shown, part: Shown | None, node: str) -> tuple[int | None, int | None]:
    """What is shown of a number's two parts at a node; None = hidden. `part` None: the division is not shown at all."""
    if part is None:
        return (0, 0) if base.is_shown(node) and not base.values[node] else (None, None)
    if not part.is_shown(node):
        return None, None
    one, other = part.values[node], base.values[node] - part.values[node]
    return one if part.is_told(node) else None, other if part.is_rest_told(node) else None
