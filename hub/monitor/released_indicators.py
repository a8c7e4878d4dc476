"""What of a month's indicators is shown: numerators as parts of denominators, along three trees that share the city.

Every indicator counts units that lie in exactly one cell, so every tree's numbers are sums of cells: city, kecamatan,
kelurahan; city, ownership, facility; and for the city alone sex and age band. The trees share one number, the city's,
which is shown or the indicator is not: so no tree says anything about what another hides (docs/adr/0021). Two
indicators may count the same thing (one's denominator is another's numerator): then they hide the same of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hub.monitor.groups import Kind, Unit, parts
from hub.monitor.indicator_counts import AREA, AXES, FACILITY, Count, Pair, Pairs, is_of_residents
from hub.monitor.shapes import CITY, ELSEWHERE, Measure
from hub.monitor.suppression import suppress
from hub.monitor.trees import Tree

ROUNDS = 6
"""How often indicators that count the same are hidden again, until they hide the same."""


@dataclass
class _Work:
    """Hiding all indicators of a month along one tree."""

    axis: str
    tree: Tree
    k: int
    units: tuple[Unit, ...]
    forced: dict[tuple[str, bool], set[str]] = field(default_factory=dict)
    """(indicator, is it the denominator) to the nodes that must be hidden."""

    def pair(self, count: Count) -> Pair | None:
        """What may be shown of one indicator; None when it cannot be protected."""
        name, values = count.indicator, count.numerators[self.axis]
        k = max(self.k, count.own_k.get(self.k, 0))
        hide = self.forced.get((name, False), set())
        if count.people is not None:
            known = {leaf: n for leaf, n in count.people.get(self.axis, {}).items() if leaf in self.tree.leaves}
            if self.axis == AREA and is_of_residents(count.people):
                known |= dict.fromkeys(ELSEWHERE, 0)
            units = self._among(known, sum(values.values())) if known else self.units
            kind: Kind = "share" if known else "whole"
            part = suppress(self.tree, values, k, units, kind, (), hide)
            return None if part is None else Pair(None, part)
        whole = count.denominators[self.axis]
        base = suppress(self.tree, whole, k, self.units, forced=self.forced.get((name, True), set()))
        if base is None:
            return None
        part = suppress(self.tree, values, k, base.units_at(self.tree.leaves), "part", (), hide)
        return None if part is None else Pair(base, part)

    def _among(self, known: Mapping[str, int], total: int) -> tuple[Unit, ...]:
        """Bounds by a known number of people, and by the visits."""
        if not self.units:
            return tuple(Unit({leaf: known.get(leaf, total)}) for leaf in sorted(self.tree.leaves))
        found = []
        for unit in self.units:
            if len(unit.known) == 1 and not unit.slack:
                found += [Unit({leaf: known.get(leaf, total)}, most={leaf: n}) for leaf, n in unit.known.items()]
            else:
                found.append(Unit(unit.known, unit.slack, {leaf: known.get(leaf, total) for leaf in unit.known}))
        return tuple(found)


def visit_bounds(visits: Measure, trees: Mapping[str, Tree]) -> dict[str, tuple[Unit, ...]]:
    """How the visits that are shown bound what can be counted, on the trees of places and of facilities."""
    if visits.area is None:
        return {}
    total = visits.area.values[CITY]
    found = {}
    for axis, shown in ((AREA, visits.area), (FACILITY, visits.facility)):
        leaves = trees[axis].leaves
        found[axis] = shown.units_at(leaves) if shown else (Unit(dict.fromkeys(leaves, 0), total),)
    return found


def hidden_alike(
    counts: Sequence[Count],
    trees: Mapping[str, Tree],
    k: int,
    bounds: Mapping[str, tuple[Unit, ...]] | None = None,
    inside: Pairs | None = None,
) -> Pairs:
    """What may be shown of a month's indicators.

    `bounds` (`visit_bounds`): nobody is counted without a visit. `inside`: what is shown of the same
    indicators to those who see more; nothing is shown here that is not shown there, so that who sees both learns no
    more than there.
    """
    found: Pairs = {}
    places = (bounds or {}).get(AREA, ())
    counts = [each for each in counts if not (is_of_residents(each.people) and _tells_elsewhere(each, places, k))]
    for axis in AXES:
        work = _Work(axis, trees[axis], k, (bounds or {}).get(axis, ()))
        chosen = list(counts)
        if inside is not None:
            chosen = [each for each in counts if axis in inside.get(each.indicator, {})]
            for each in chosen:
                pair = inside[each.indicator][axis]
                work.forced[each.indicator, False] = set(pair.part.hidden)
                work.forced[each.indicator, True] = set(pair.base.hidden) if pair.base else set()
        for name, pair in _settled(work, chosen).items():
            found.setdefault(name, {})[axis] = pair
    return found


def _tells_elsewhere(count: Count, places: tuple[Unit, ...], k: int) -> bool:
    """Whether the residents counted leave the visits of others, where their number is hidden, less than k to vary."""
    cut = [unit for unit in places if unit.slack and not unit.known.keys().isdisjoint(ELSEWHERE)]
    residents = count.numerators[AREA]
    return any(unit.cap - sum(residents.get(leaf, 0) for leaf in unit.known) < k for unit in cut)


def _settled(work: _Work, counts: Sequence[Count]) -> dict[str, Pair]:
    """The indicators along one tree, those that count the same thing hiding the same of it; those that never agree are
    left out."""
    alike = _alike(work, counts)
    pairs = {each.indicator: work.pair(each) for each in counts}
    for _ in range(ROUNDS):
        moved: set[str] = set()
        for hidden in (_hidden(work, pairs, group) for group in alike):
            every = set().union(*hidden.values())
            for (name, side), nodes in hidden.items():
                if nodes != every:
                    work.forced.setdefault((name, side == _BASE), set()).update(every)
                    moved.add(name)
        if not moved:
            break
        pairs |= {each.indicator: work.pair(each) for each in counts if each.indicator in moved}
    for group in alike:
        if len({frozenset(nodes) for nodes in _hidden(work, pairs, group).values()}) > 1:
            pairs |= dict.fromkeys((name for name, _ in group), None)
    return {name: pair for name, pair in pairs.items() if pair is not None}


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
    """Which numbers of which indicators are the same on every leaf: whoever knows the definitions knows it."""
    same: dict[tuple[tuple[str, int], ...], set[Key]] = {}
    for each in counts:
        some, whole = each.numerators[work.axis], each.denominators[work.axis]
        sides = {_PART: some}
        if each.people is None:
            sides |= {_BASE: whole, _REST: {leaf: n - some.get(leaf, 0) for leaf, n in whole.items()}}
        for side, values in sides.items():
            if key := tuple(sorted((leaf, n) for leaf, n in values.items() if n)):
                same.setdefault(key, set()).add((each.indicator, side))
    return [group for group in same.values() if len({name for name, _ in group}) > 1]
