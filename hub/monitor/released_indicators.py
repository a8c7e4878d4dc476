"""What of a month's indicators is shown: numerators as parts of denominators, along three trees that share the city.

Every indicator counts units that lie in exactly one cell, so every tree's numbers are sums of cells: city, kecamatan,
kelurahan; city, ownership, facility; and for the city alone sex and age band. The trees share one number, the city's,
which is shown or the indicator is not: so no tree says anything about what another hides (docs/adr/0021). Two
indicators may count the same thing (one's denominator is another's numerator): then they hide the same of it. What is a
part of another indicator is hidden wherever that is, as all are where the tables of visits and diagnoses hide what they
are counted among (hub.monitor.bounds).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.monitor.bounds import Bound, Bounds
from hub.monitor.groups import Kind, Shown, Unit, parts
from hub.monitor.indicator_counts import AXES, Count, Pair, Pairs
from hub.monitor.indicators.touching import Key as Side
from hub.monitor.joining import meet
from hub.monitor.suppression import suppress
from hub.monitor.trees import Tree

ROUNDS = 8
"""How often indicators that count the same, or parts of each other, are hidden again, until they agree."""
Parts = Sequence[tuple[Side, Side]]
"""(part, whole): see hub.monitor.indicators.touching.parts_of."""


@dataclass
class _Work:
    """Hiding all indicators of a month along one tree."""

    axis: str
    tree: Tree
    k: int
    bounds: Mapping[str, Bound]
    parts: Parts
    forced: dict[tuple[str, bool], set[str]] = field(default_factory=dict)
    """(indicator, is it the denominator) to the nodes that must be hidden."""
    pairs: dict[str, Pair | None] = field(default_factory=dict)

    def pair(self, count: Count) -> Pair | None:
        """What may be shown of one indicator; None when it cannot be protected."""
        name, values = count.indicator, count.numerators[self.axis]
        k = max(self.k, count.own_k.get(self.k, 0))
        bound = self.bounds.get(name, Bound())
        units = bound.units
        counted_in = values if count.people is not None else count.denominators[self.axis]
        for whole in self._shown_wholes(name, is_numerator=False):
            units = meet(units, whole.units_at(self.tree.leaves), counted_in)
            left = {node: n for node, n in whole.values.items() if whole.is_shown(node)}
            bound = replace(bound, closed=bound.closed | self._nearly(left, counted_in, k))
        hide = set(self.forced.get((name, False), ()))
        if count.people is not None:
            known = {leaf: n for leaf, n in count.people.get(self.axis, {}).items() if leaf in self.tree.leaves}
            known |= dict.fromkeys(count.barred.get(self.axis, ()), 0) if known else {}
            kind: Kind = "share" if known else "whole"
            among = _among(units, known, sum(values.values()), self.tree) if known else units
            part = suppress(self.tree, values, k, among, kind, (), hide | self._closed(bound, values, k))
            return Pair(None, part) if part is not None and self._is_wide(part, bound, k) else None
        whole_values = count.denominators[self.axis]
        hidden = self.forced.get((name, True), set()) | self._closed(bound, whole_values, k)
        base = suppress(self.tree, whole_values, k, units, forced=hidden, least=count.least.get(self.axis))
        if base is None or not self._is_wide(base, bound, k):
            return None
        for whole in self._shown_wholes(name, is_numerator=True):
            left = {node: n for node, n in whole.values.items() if whole.is_shown(node)}
            hide |= self._closed(Bound(whole=left), values, k)
        part = suppress(self.tree, values, k, base.units_at(self.tree.leaves), "part", (), hide)
        return None if part is None else Pair(base, part)

    def _shown_wholes(self, name: str, *, is_numerator: bool) -> list[Shown]:
        """What is shown of what this one's units, or numerator, are among."""
        found = []
        for one, (whole, is_some) in self.parts:
            if one == (name, is_numerator) and (pair := self.pairs.get(whole)) is not None:
                found.append(pair.part if is_some else pair.base or pair.part)
        return found

    def _closed(self, bound: Bound, leaves: Mapping[str, int], k: int) -> set[str]:
        """Nodes to hide because of what the bound hides or because little would be left of it, each with a leaf."""
        values = self.tree.sums(leaves)
        found = {node for node in bound.closed if values.get(node)} | self._nearly(bound.whole, leaves, k)
        for node in list(found):
            if self.tree.under[node].isdisjoint(found):
                found.add(min((leaf for leaf in self.tree.under[node] if values[leaf]), key=lambda leaf: values[leaf]))
        return found

    def _nearly(self, wholes: Mapping[str, int], leaves: Mapping[str, int], k: int) -> set[str]:
        """Nodes at which 1 to k - 1 are left of a whole that is shown."""
        values = self.tree.sums(leaves)
        return {node for node, whole in wholes.items() if 0 < abs(whole - values[node]) < k and values[node]}

    def _is_wide(self, shown: Shown, bound: Bound, k: int) -> bool:
        """Whether what the bound hides inside its leaves stays as free as it was."""
        if not bound.tight:
            return True
        if (sure := bound.sure) is not None:
            told = [(shown.values[node], self.tree.under[node]) for node in self.tree.downward if shown.is_shown(node)]
            told += [
                (sum(shown.values[leaf] for leaf in group), group) for group in map(frozenset, shown.groups().values())
            ]
            return all(
                n <= sum(sure.get(leaf, 0) for leaf in under) for n, under in told if not bound.tight.isdisjoint(under)
            )
        return all(
            sum(unit.range(group)[1] for unit in bound.units) - sum(shown.values[leaf] for leaf in group) >= k
            for group in shown.groups().values()
            if not bound.tight.isdisjoint(group)
        )


def _among(units: Sequence[Unit], known: Mapping[str, int], total: int, tree: Tree) -> tuple[Unit, ...]:
    """Bounds by a known number of people, and by what else bounds it."""
    if not units:
        return tuple(Unit({leaf: known.get(leaf, total)}) for leaf in sorted(tree.leaves))
    found = []
    for unit in units:
        if len(unit.known) == 1 and not unit.slack:
            found += [Unit({leaf: known.get(leaf, total)}, most={leaf: unit.range([leaf])[1]}) for leaf in unit.known]
        else:
            most = {leaf: min(known.get(leaf, total), unit.most.get(leaf, total)) for leaf in unit.known}
            found.append(replace(unit, most=most))
    return tuple(found)


def hidden_alike(
    counts: Sequence[Count],
    trees: Mapping[str, Tree],
    k: int,
    bounds: Mapping[str, Bounds | None] | None = None,
    inside: Pairs | None = None,
    within: Parts = (),
) -> Pairs:
    """What may be shown of a month's indicators.

    `bounds` (hub.monitor.bounds.bounds_of): what each is counted among, None for one that may not be shown at all.
    `inside`: what is shown of the same indicators to those who see more; nothing is shown here that is not shown there,
    so that who sees both learns no more than there. `within`: which are parts of which.
    """
    found: Pairs = {}
    known = bounds or {}
    counts = [each for each in counts if known.get(each.indicator, {}) is not None]
    names = {each.indicator for each in counts}
    pairs = [pair for pair in within if {pair[0][0], pair[1][0]} <= names]
    counts = _in_order(counts, pairs)
    for axis in AXES:
        of_axis = {name: of[axis] for name, of in known.items() if of is not None and axis in of}
        work = _Work(axis, trees[axis], k, of_axis, pairs)
        chosen = list(counts)
        if inside is not None:
            chosen = [each for each in counts if axis in inside.get(each.indicator, {})]
            for each in chosen:
                pair = inside[each.indicator][axis]
                work.forced[each.indicator, False] = set(pair.part.hidden)
                work.forced[each.indicator, True] = set(pair.base.hidden) if pair.base else set()
        for name, pair_ in _settled(work, chosen).items():
            found.setdefault(name, {})[axis] = pair_
    return found


def _in_order(counts: Sequence[Count], pairs: Parts) -> list[Count]:
    """What others are parts of first, as far as all units go; of numerators nothing is first."""
    above: dict[str, set[str]] = {each.indicator: set() for each in counts}
    for (part, is_some), (whole, _) in pairs:
        if not is_some:
            above[part].add(whole)
    found: list[Count] = []
    waiting = list(counts)
    while waiting:
        done = {each.indicator for each in found}
        free = [each for each in waiting if above[each.indicator] <= done] or waiting[:1]
        found += free
        waiting = [each for each in waiting if each not in free]
    return found


def _settled(work: _Work, counts: Sequence[Count]) -> dict[str, Pair]:
    """The indicators along one tree: those that count the same hide the same of it, a part is hidden where its whole
    is; those that never agree are left out."""
    alike = _alike(work, counts)
    for each in counts:
        work.pairs[each.indicator] = work.pair(each)
    is_early = any(is_some for (_, is_some), _ in work.parts)  # some may have been judged before their whole
    for _ in range(ROUNDS):
        is_moved, is_early = is_early, False
        for hidden in (_hidden(work, work.pairs, group) for group in alike):
            every = set().union(*hidden.values())
            for (name, side), nodes in hidden.items():
                if nodes != every:
                    work.forced.setdefault((name, side == _BASE), set()).update(every)
                    is_moved = True
        if not is_moved:
            break
        for each in counts:
            if work.pairs[each.indicator] is not None:
                work.pairs[each.indicator] = work.pair(each)
    for group in alike:
        if len({frozenset(nodes) for nodes in _hidden(work, work.pairs, group).values()}) > 1:
            work.pairs |= dict.fromkeys((name for name, _ in group), None)
    return {name: pair for name, pair in work.pairs.items() if pair is not None}


_BASE, _PART, _REST = "denominator", "numerator", "rest"
Key = tuple[str, str]
"""An indicator and one of its three numbers."""


def _hidden(work: _Work, pairs: Mapping[str, Pair | None], group: Collection[Key]) -> dict[Key, set[str]]:
    """Which nodes' numbers nobody is told, of those that are shown at all."""
    found = {}
    for name, side in group:
        if (pair := pairs[name]) is None:
            continue
        if side == _BASE and pair.base:
            found[name, side] = set(pair.base.hidden)
        elif pair.base is None:
            found[name, side] = set(pair.part.hidden)
        else:
            at = (_PART, _REST).index(side)
            found[name, side] = {n for n in work.tree.downward if parts(pair.base, pair.part, n)[at] is None}
    return found


def _alike(work: _Work, counts: Sequence[Count]) -> list[set[Key]]:
    """Which numbers of which indicators hide the same: those that are the same on every leaf, as whoever knows the
    definitions knows, and numerators and what they are parts of (then a world that has the one has the other, each
    leaf in proportion: docs/adr/0021)."""
    same: dict[tuple[tuple[str, int], ...], set[Key]] = {}
    for each in counts:
        some, whole = each.numerators[work.axis], each.denominators[work.axis]
        sides = {_PART: some}
        if each.people is None:
            sides |= {_BASE: whole, _REST: {leaf: n - some.get(leaf, 0) for leaf, n in whole.items()}}
        for side, values in sides.items():
            if key := tuple(sorted((leaf, n) for leaf, n in values.items() if n)):
                same.setdefault(key, set()).add((each.indicator, side))
    units = {each.indicator: _BASE if each.people is None else _PART for each in counts}
    pairs = [
        {(part, _PART), (whole, _PART if of_some else units[whole])}
        for (part, is_some), (whole, of_some) in work.parts
        if is_some and {part, whole} <= units.keys()
    ]
    return pairs + [group for group in same.values() if len({name for name, _ in group}) > 1]
