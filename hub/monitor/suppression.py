"""Which numbers of a tree are hidden, so that the rest gives away nothing about fewer than k people.

A number is hidden because it is small, or because a hidden one could be computed from it. The ranges reckoned with
(hub.monitor.groups) are exact for one measure and its bounds; why they hold for all tables of a month together is
argued in docs/adr/0021 and attacked by a linear programme in tests/monitor.
"""

from collections.abc import Collection, Mapping

from hub.monitor.groups import Group, Kind, Shown, Unit
from hub.monitor.trees import Tree


def free(tree: Tree, total: int) -> tuple[Unit, ...]:
    """Bounds that bound nothing: every leaf may hold all."""
    return tuple(Unit({leaf: total}) for leaf in tree.leaves)


def suppress(
    tree: Tree,
    leaves: Mapping[str, int],
    k: int,
    units: tuple[Unit, ...] = (),
    kind: Kind = "whole",
    pinned: Collection[str] = (),
    forced: Collection[str] = (),
    least: Mapping[str, int] | None = None,
) -> Shown | None:
    """What may be shown of a measure, losing as little as possible; None when it cannot be shown at all.

    `units` bound it (for `share` and `part` they are the measure it is counted among, and divide the leaves). The root
    and `pinned` are shown elsewhere and must stay shown: None when they are too small or cannot be protected. `forced`
    nodes are hidden; leaves unless everybody can tell them anyway. `least`: see Shown.
    """
    values = tree.sums(leaves)
    units = units or free(tree, values[tree.root])
    shown = Shown(tree, values, set(), _raised(units, values), least or {})
    fixed = {tree.root, *pinned}
    shown.hidden |= {
        each for each in forced if not all(shown.unit_of[leaf].is_settled(leaf) for leaf in tree.under[each])
    }
    _hide_small(shown, k, kind)
    if shown.hidden & fixed:
        return None
    return shown if _protect(shown, k, kind, fixed) else None


def _raised(units: tuple[Unit, ...], values: Mapping[str, int]) -> tuple[Unit, ...]:
    """Bounds the data themselves break (two diagnoses of a category in one visit) bound nobody's reckoning either."""
    found = []
    for unit in units:
        known = {leaf: max(value, values[leaf] - unit.slack) for leaf, value in unit.known.items()}
        lack = sum(values[leaf] for leaf in known) - sum(known.values()) - unit.slack
        most = {leaf: max(value, values[leaf]) for leaf, value in unit.most.items()}
        most_rest = {leaf: max(value, known[leaf] - values[leaf]) for leaf, value in unit.most_rest.items()}
        slack = unit.slack + max(0, lack)
        inner = {id(each): _raised((each,), values)[0] for each in unit.within.values()}
        within = {leaf: inner[id(each)] for leaf, each in unit.within.items()}
        found.append(Unit(known, slack, most, most_rest, within))
    return tuple(found)


def _hide_small(shown: Shown, k: int, kind: Kind) -> None:
    """Primary: 1 to k - 1, the same of the rest, and everything a hidden number of the bounding measure touches."""
    for unit in shown.units:
        if unit.slack and (held := shown.held(unit)) and not (kind == "part" and held == unit.cap):
            shown.hidden |= _spanned(shown.tree, unit)
    for node in shown.tree.downward:
        value = shown.values[node]
        is_small = 0 < value < k
        if kind != "whole":
            whole, cut = shown.bounds(node)
            rest = sum(unit.cap - shown.held(unit) for unit in whole)
            if kind == "share":
                is_small |= value > 0 and not cut and rest < k
            else:
                is_small = (is_small and shown.is_told(node)) or (0 < rest < k and shown.is_rest_told(node))
        if is_small:
            shown.hidden.add(node)


def _spanned(tree: Tree, unit: Unit) -> set[str]:
    """The unit's leaves, unless everybody can tell them, and the nodes that hold some of them but not all."""
    leaves = set(unit.known)
    found = {leaf for leaf in leaves if not unit.is_settled(leaf)}
    for leaf in set(found):
        for node in tree.above(leaf):
            if leaves <= tree.under[node]:
                break
            found.add(node)
    return found


def _protect(shown: Shown, k: int, kind: Kind, fixed: Collection[str]) -> bool:
    """Complementary: hide more until every hidden number can vary by k. Lower nodes first."""
    tree = shown.tree
    for top in reversed(tree.downward):
        while top not in shown.hidden and not _is_safe(shown, top, shown.groups().get(top, set()), k, kind):
            step = _cheapest(shown, top, k, kind, fixed)
            if step is None:
                if top in fixed:
                    return False
                step = {top}
            shown.hidden |= step
    return True


def _is_safe(shown: Shown, top: str, leaves: set[str], k: int, kind: Kind) -> bool:
    """Whether every hidden node whose nearest shown ancestor is `top` can vary by k."""
    if not leaves:
        return True
    group = Group(shown, leaves, kind)
    nodes = set(leaves)
    for leaf in leaves:
        for node in shown.tree.above(leaf):
            if node == top or node in nodes:
                break
            nodes.add(node)
    return all(group.width(shown.tree.under[node] & leaves) >= k for node in nodes)


def _cheapest(shown: Shown, top: str, k: int, kind: Kind, fixed: Collection[str]) -> set[str] | None:
    """What to hide next below `top`: the least that suffices, else the least that adds something; None when nothing."""
    steps = [step for step in _steps(shown, top) if not step & set(fixed)]
    if not steps:
        return None
    values = shown.values
    steps.sort(key=lambda step: (sum(values[node] for node in step), len(step), sorted(step)))
    before = set(shown.hidden)
    for step in steps:
        shown.hidden |= step
        is_enough = _is_safe(shown, top, shown.groups()[top], k, kind)
        shown.hidden = set(before)
        if is_enough:
            return step
    return next((step for step in steps if any(values[node] for node in step)), steps[0])


def _steps(shown: Shown, top: str) -> list[set[str]]:
    """Ways to enlarge the group of `top`: one more leaf, or an inner node whose own group joins (or its first leaf)."""
    tree, groups = shown.tree, shown.groups()
    settled = {leaf for unit in shown.units for leaf in unit.known if len(unit.known) > 1 or unit.is_settled(leaf)}
    found: list[set[str]] = []
    waiting = list(tree.children.get(top, ()))
    for node in waiting:
        if node in shown.hidden:
            waiting += tree.children.get(node, ())
        elif node in tree.children and groups.get(node):
            found.append({node})
        elif node not in tree.children:
            found += [{node}] if node not in settled else []
        else:
            inner = [leaf for leaf in tree.under[node] - settled if not _shown_between(shown, leaf, node)]
            found += [{node, leaf} for leaf in inner]
    return found


def _shown_between(shown: Shown, leaf: str, node: str) -> bool:
    """Whether a shown node lies between (hiding the leaf would then not reach further up)."""
    for above in shown.tree.above(leaf):
        if above == node:
            return False
        if above not in shown.hidden:
            return True
    return False
