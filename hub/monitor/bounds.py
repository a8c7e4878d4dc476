"""What the tables released before say about an indicator, so that both together tell no more than each alone.

Nobody is counted without a visit, nor with a diagnosis that the tables of diagnoses do not count at that place, nor
where the definition leaves nobody (a hospital where only primary care counts, a band of ages it does not take). What an
indicator is counted among is its bound: its numbers are hidden wherever that is hidden, so its groups are unions of the
bound's and leave them free; and its own ranges are reckoned with what the bound shows (docs/adr/0021).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.monitor.above import Above
from hub.monitor.groups import Unit
from hub.monitor.indicator_counts import AGE, AREA, AXES, FACILITY, Count
from hub.monitor.indicators.indicator import Rule
from hub.monitor.indicators.touching import OTHER, is_records, lines_of
from hub.monitor.joining import added, meet
from hub.monitor.shapes import CITY
from hub.monitor.suppression import free, suppress
from hub.monitor.trees import Tree


@dataclass(frozen=True)
class Bound:
    """What bounds an indicator on one tree. `closed`: nodes that are hidden wherever anybody is counted there; `whole`:
    what a number of records is a part of, where that is shown; `tight`: leaves inside which the bound hides something,
    and (`sure`) what it shows of them, where it shows a part."""

    units: tuple[Unit, ...] = ()
    closed: frozenset[str] = frozenset()
    whole: Mapping[str, int] = field(default_factory=dict)
    tight: frozenset[str] = frozenset()
    sure: Mapping[str, int] | None = None


Bounds = Mapping[str, Bound]
"""By tree."""


def bounds_of(
    count: Count, rule: Rule | None, above: Sequence[Above], trees: Mapping[str, Tree], k: int
) -> dict[str, Bound] | None:
    """What bounds an indicator, by tree. `above`: the tables of all the months its facts lie in; none where one of them
    is not released. None where its number for the city alone tells too much of what is hidden."""
    found = {}
    for axis in AXES:
        tree, barred = trees[axis], count.barred.get(axis, frozenset())
        counted_in = tree.sums(count.numerators[axis] if count.people is not None else count.denominators[axis])
        if axis == AGE:
            bound = _by_age(above, counted_in, tree)
        else:
            bound = _by_place(rule, above, axis, tree, counted_in, k, owner=_only_owner(count, trees))
        if bound is None:
            return None  # what the tables of diagnoses could not show at all would be told here
        for unit in bound.units:
            held = sum(counted_in[leaf] for leaf in unit.known)
            if unit.slack and not barred.isdisjoint(unit.known) and unit.cap - held < k:
                return None  # those that are not among them are nearly the rest, and could be told from it
        found[axis] = replace(bound, units=_without(bound.units or free(tree, counted_in[CITY]), barred))
    return found


def _by_place(
    rule: Rule | None,
    above: Sequence[Above],
    axis: str,
    tree: Tree,
    counted_in: Mapping[str, int],
    k: int,
    *,
    owner: str,
) -> Bound | None:
    visits = [each.visits[axis] for each in above if axis in each.visits]
    if not above or len(visits) < len(above):
        return Bound()
    units = added(visits, tree)
    chosen = [lines_of(rule, each.cases.keys() - {OTHER}) if rule else None for each in above]
    if any(lines is None for lines in chosen):
        if axis == AREA and owner and rule is not None:
            parts = [each.owners[owner] for each in above if owner in each.owners]
            return Bound(meet(units, added(parts, tree), counted_in)) if len(parts) == len(above) else None
        return _by_class(rule, above, axis, units, counted_in)
    lines = [(each, line) for each, of in zip(above, chosen, strict=True) for line in sorted(of or ())]
    parts = [each.cases[line][axis] for each, line in lines if line in each.cases and axis in each.cases[line]]
    whole = added(parts, tree)
    if any(line not in each.cases for each, line in lines) and _exceeds(whole, counted_in):
        return None
    shown = {node: sum(part.values[node] for part in parts) for node in tree.downward}
    hidden = {node for part in parts for node in part.hidden}
    divided = ["owner"] if owner else []
    divided += ["new"] if rule is not None and any(each.case for each in rule.base) else []
    closed = {node for each, line in lines for what in divided for node in each.half_hidden.get((line, what), ())}
    if rule is not None and is_records(rule):  # a visit may have several
        known = {node: n for node, n in shown.items() if node not in hidden}
        few = _beside(lines, axis, tree, counted_in, k)
        return None if few is None else Bound(whole, frozenset((closed | few) & shown.keys()), known)
    return Bound(meet(units, whole, counted_in), frozenset(closed & shown.keys()))


def _beside(
    lines: Iterable[tuple[Above, str]], axis: str, tree: Tree, counted_in: Mapping[str, int], k: int
) -> set[str] | None:
    """Nodes to hide so that what is counted of diagnoses without a line of their own is hidden as a number of its own
    would be: who knows the lines takes them away. None where it cannot be hidden."""
    parts = [each.cases[line][axis] for each, line in lines if line != OTHER and axis in each.cases.get(line, {})]
    hidden = {node for part in parts for node in part.hidden}
    known = {node: counted_in[node] - sum(part.values[node] for part in parts) for node in tree.downward}
    if not parts or min(known[node] for node in tree.downward if node not in hidden) < 0:
        return set()  # only some of the lines' diagnoses are counted: nothing can be taken away
    if 0 < known[CITY] < k:
        return None
    leaves = {leaf: max(0, known[leaf]) for leaf in tree.leaves}  # where a line is hidden, of a world like the real one
    found = suppress(tree, leaves, k, free(tree, sum(leaves.values())))
    few = {node for node, n in known.items() if 0 < n < k and node not in hidden}
    return None if found is None else few | found.hidden


def _only_owner(count: Count, trees: Mapping[str, Tree]) -> str:
    """Whether only public or only private facilities are counted, by definition; "" for both."""
    tree, barred = trees[FACILITY], count.barred.get(FACILITY, frozenset())
    owners = {tree.parents[leaf] for leaf in tree.leaves - barred} if barred else set()
    return owners.pop() if len(owners) == 1 else ""


def _by_class(
    rule: Rule | None, above: Sequence[Above], axis: str, units: tuple[Unit, ...], counted_in: Mapping[str, int]
) -> Bound:
    """Visits of one class (a waiting time is an outpatient's) where the classes of a facility's visits are hidden."""
    classed = rule is not None and any(set(each.kinds) <= {"encounter", "wait"} for each in rule.base)
    if not classed or axis != FACILITY:
        return Bound(units)
    tight = frozenset(node for each in above for node in each.half_hidden.get(("", "class"), ()))
    waits = rule is not None and all(set(each.kinds) == {"wait"} for each in rule.base)
    outpatients = {leaf: [each.classes.get(leaf) for each in above] for unit in units for leaf in unit.known}
    if waits:
        caps = (
            Unit({leaf: sum(n for n in found if n is not None)}) if None not in found else None
            for leaf, found in outpatients.items()
        )
        free = {leaf: unit.range([leaf])[1] for unit in units for leaf in unit.known}
        units = meet(
            units, [cap or Unit({leaf: free[leaf]}) for leaf, cap in zip(outpatients, caps, strict=True)], counted_in
        )
    return Bound(units, closed=tight, tight=tight)


def _by_age(above: Sequence[Above], counted_in: Mapping[str, int], tree: Tree) -> Bound | None:
    """Sex and band: no more than the visits of that sex and band in all kecamatan. Where a kecamatan hides some of
    them, what is counted must not say that they are many."""
    if not above or not all(each.ages for each in above):
        return Bound()
    sure = {leaf: sum(each.ages.get(leaf, (0, 0))[0] for each in above) for leaf in tree.leaves}
    most = {leaf: sum(each.ages.get(leaf, (0, 0))[1] for each in above) for leaf in tree.leaves}
    closed = {leaf for leaf in tree.leaves if sure[leaf] < most[leaf] and counted_in[leaf] > sure[leaf]}
    units = tuple(Unit({leaf: n}) for leaf, n in most.items())
    tight = frozenset(leaf for leaf in tree.leaves if sure[leaf] < most[leaf])
    return Bound(units, frozenset(closed), {}, tight, sure)


def _exceeds(units: Iterable[Unit], counted_in: Mapping[str, int]) -> bool:
    return any(sum(counted_in[leaf] for leaf in unit.known) > unit.cap for unit in units)


def _without(units: Iterable[Unit], barred: Collection[str]) -> tuple[Unit, ...]:
    """Nobody is counted at the barred leaves, and everybody knows."""
    found = []
    for unit in units:
        if gone := [leaf for leaf in unit.known if leaf in barred]:
            known = {leaf: 0 if leaf in barred else n for leaf, n in unit.known.items()}
            found.append(replace(unit, known=known, most={**unit.most, **dict.fromkeys(gone, 0)}))
        else:
            found.append(unit)
    return tuple(found)
