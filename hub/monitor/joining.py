"""Bounds put together: of several measures at once, and of the sum of several. What one of them hides joins leaves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

from hub.monitor.groups import Shown, Unit
from hub.monitor.trees import Tree


def meet(one: Iterable[Unit], other: Iterable[Unit], values: Mapping[str, int]) -> tuple[Unit, ...]:
    """Both bounds at once, of a measure with these values.

    Where hidden leaves of one lie among more of the other, they stay a unit within a larger. Where both have such, what
    those of one side can hold is shared out between their leaves: fewer worlds than there are, but each of them is one.
    """
    sides = [[each for unit in units for each in _single(unit)] for units in (one, other)]
    if not all(sides):
        return tuple(sides[0] or sides[1])
    groups = _Groups()
    for unit in (*sides[0], *sides[1]):
        groups.join(unit.known, is_hidden=bool(unit.slack))
    members = groups.members()
    caps: dict[str, int] = {}
    totals: list[dict[str, int]] = [{}, {}]
    inner: list[dict[str, list[Unit]]] = [{}, {}]
    around: dict[str, Unit] = {}
    for total, within, units in zip(totals, inner, sides, strict=True):
        for unit in units:
            top = groups.top(next(iter(unit.known)))
            total[top] = total.get(top, 0) + unit.range(unit.known)[1]
            is_whole = len(members[top]) == len(unit.known)
            below = {id(each): each for each in unit.within.values()}.values() if is_whole else [unit]
            within.setdefault(top, []).extend(each for each in below if each.slack)
            if is_whole and any(unit.known.values()):
                around[top] = unit
            for leaf in unit.known:
                alone = unit.range([leaf])[1]
                caps[leaf] = min(caps.get(leaf, alone), alone)
    found = []
    for top, leaves in members.items():
        most = {leaf: caps[leaf] for leaf in leaves}
        if top not in groups.hidden:
            found.append(Unit(most))
            continue
        shared, kept = sorted((side.get(top, []) for side in inner), key=lambda units: -_share(units, values))
        for unit in shared if kept else ():
            most |= _shared_out(unit, most, values)
        kept = kept or [around[each] for each in (top,) if each in around]
        inside = {leaf: unit for unit in kept for leaf in unit.known}
        found.append(Unit(dict.fromkeys(leaves, 0), min(total[top] for total in totals), most, within=inside))
    return tuple(found)


def _spare(unit: Unit, values: Mapping[str, int]) -> int:
    return unit.range(unit.known)[1] - sum(values.get(leaf, 0) for leaf in unit.known)


def _share(units: Collection[Unit], values: Mapping[str, int]) -> float:
    """What each leaf gets where it gets least."""
    return min((_spare(unit, values) / len(unit.known) for unit in units), default=inf)


def _shared_out(unit: Unit, most: Mapping[str, int], values: Mapping[str, int]) -> dict[str, int]:
    """The most each leaf of a unit can hold, so that all can hold that at once."""
    if (spare := _spare(unit, values)) < 0:
        return {}
    share, more = divmod(spare, len(unit.known))
    emptiest = sorted(unit.known, key=lambda leaf: (values.get(leaf, 0), leaf))[:more]
    return {leaf: min(most[leaf], values.get(leaf, 0) + share + (leaf in emptiest)) for leaf in unit.known}


def added(parts: Sequence[Shown], tree: Tree) -> tuple[Unit, ...]:
    """What the sum of several measures can be: by leaf what is shown of them, and the hidden ones together."""
    groups = _Groups()
    known = dict.fromkeys(tree.leaves, 0)
    more = dict.fromkeys(tree.leaves, 0)
    slack: list[tuple[str, int]] = []
    for leaf in tree.leaves:
        groups.join([leaf], is_hidden=False)
    for part in parts:
        for leaf in tree.leaves:
            known[leaf] += part.values[leaf] if part.is_shown(leaf) else 0
        for leaves in part.groups().values():
            told = {leaf: n for leaf, (of, n) in part.told(leaves).items() if len(of) == 1}
            if total := sum(part.values[leaf] for leaf in leaves):
                groups.join(leaves, is_hidden=True)
                slack.append((next(iter(leaves)), total - sum(told.values())))
                for leaf in leaves:
                    known[leaf] += told.get(leaf, 0)
                    more[leaf] += total - sum(told.values())
    together: dict[str, int] = {}
    for leaf, total in slack:
        together[groups.top(leaf)] = together.get(groups.top(leaf), 0) + total
    return tuple(
        Unit({leaf: known[leaf] for leaf in leaves}, together[top], {leaf: known[leaf] + more[leaf] for leaf in leaves})
        if top in groups.hidden
        else Unit({leaf: known[leaf] for leaf in leaves})
        for top, leaves in groups.members().items()
    )


def _single(unit: Unit) -> list[Unit]:
    """Leaves that nothing hidden joins are bounded each alone."""
    if unit.slack:
        return [unit]
    return [Unit({leaf: min(n, unit.most.get(leaf, n))}) for leaf, n in unit.known.items()]


class _Groups:
    """Leaves that are joined because something hidden lies in all of them."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self.hidden: set[str] = set()

    def top(self, leaf: str) -> str:
        """The one that stands for all it is joined to."""
        while (above := self._above.setdefault(leaf, leaf)) != leaf:
            leaf = above
        return leaf

    def join(self, leaves: Collection[str], *, is_hidden: bool) -> None:
        """Join leaves, or make each known."""
        tops = {self.top(leaf) for leaf in leaves}
        if is_hidden:
            first = min(tops)
            for each in tops:
                self._above[each] = first
            self.hidden = {self.top(each) for each in (*self.hidden, first)}

    def members(self) -> dict[str, list[str]]:
        """Every group by its top."""
        found: dict[str, list[str]] = {}
        for leaf in sorted(self._above):
            found.setdefault(self.top(leaf), []).append(leaf)
        return found
