"""A tree of places or facilities: every node is the sum of its children."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Tree:
    """`parents` names every node but the root. A node without children is a leaf."""

    root: str
    parents: Mapping[str, str]

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Inner nodes to their children, in the order given."""
        found: dict[str, list[str]] = {}
        for node, parent in self.parents.items():
            found.setdefault(parent, []).append(node)
        return found

    @cached_property
    def downward(self) -> list[str]:
        """All nodes, every parent before its children."""
        order = [self.root]
        for node in order:
            order += self.children.get(node, ())
        return order

    @cached_property
    def under(self) -> dict[str, frozenset[str]]:
        """The leaves under each node; a leaf's are itself."""
        found: dict[str, frozenset[str]] = {}
        for node in reversed(self.downward):
            below = self.children.get(node)
            found[node] = frozenset().union(*(found[child] for child in below)) if below else frozenset([node])
        return found

    @property
    def leaves(self) -> frozenset[str]:
        """All leaves."""
        return self.under[self.root]

    def above(self, node: str) -> Iterable[str]:
        """The ancestors, nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def sums(self, leaves: Mapping[str, int]) -> dict[str, int]:
        """The value of every node; a leaf that is not in `leaves` counts 0."""
        found: dict[str, int] = {}
        for node in reversed(self.downward):
            below = self.children.get(node)
            found[node] = sum(found[child] for child in below) if below else leaves.get(node, 0)
        return found
