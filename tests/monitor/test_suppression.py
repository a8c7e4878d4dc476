"""Hiding on one tree: what is hidden, that little is, and that no reckoned range is wider than the true one."""

import random

import pytest
from scipy.optimize import linprog

from hub.monitor.groups import Group, Shown, Unit
from hub.monitor.joining import meet
from hub.monitor.suppression import suppress
from hub.monitor.trees import Tree

K = 5
FLAT = Tree("all", dict.fromkeys("abcd", "all"))
DEEP = Tree(
    "all",
    {"x": "all", "y": "all", "u": "all"} | dict.fromkeys(("x1", "x2", "x3"), "x") | dict.fromkeys(("y1", "y2"), "y"),
)


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ({"a": 9, "b": 8, "c": 7, "d": 6}, set()),
        ({"a": 9, "b": 8, "c": 7, "d": 0}, set()),  # nobody is nobody's secret
        ({"a": 90, "b": 80, "c": 7, "d": 3}, {"c", "d"}),  # the smallest that hides the small one
        ({"a": 90, "b": 80, "c": 2, "d": 3}, {"c", "d"}),  # together k: nothing more is lost
        ({"a": 90, "b": 80, "c": 1, "d": 3}, {"b", "c", "d"}),
        ({"a": 4, "b": 0, "c": 0, "d": 0}, None),  # the whole is too small
    ],
)
def test_small_numbers_are_hidden_with_as_little_else_as_will_do(
    values: dict[str, int], hidden: set[str] | None
) -> None:
    shown = suppress(FLAT, values, K)
    assert (shown.hidden if shown else None) == hidden


def test_a_hidden_line_beside_a_district_hides_the_district_and_one_place_in_it() -> None:
    shown = suppress(DEEP, {"x1": 40, "x2": 50, "x3": 60, "y1": 70, "y2": 80, "u": 3}, K)
    assert shown is not None
    assert shown.hidden == {"u", "x", "x1"}, "the other places are still shown"


def test_what_is_shown_elsewhere_is_not_hidden() -> None:
    assert suppress(DEEP, {"x1": 40, "x2": 50, "y1": 30, "u": 3}, K, pinned=("x", "y")) is None
    shown = suppress(DEEP, {"x1": 3, "x2": 50, "x3": 60, "y1": 30, "u": 9}, K, pinned=("x", "y"))
    assert shown is not None
    assert shown.hidden == {"x1", "x2"}


def test_cases_that_are_nearly_all_visits_are_hidden() -> None:
    visits = tuple(Unit({leaf: 50}) for leaf in "abcd")
    shown = suppress(FLAT, {"a": 48, "b": 20, "c": 21, "d": 22}, K, visits, "share")
    assert shown is not None
    assert "a" in shown.hidden
    assert len(shown.hidden) == 2


def test_both_parts_of_a_number_are_hidden_together() -> None:
    whole = tuple(Unit({leaf: 50}) for leaf in "abcd")
    shown = suppress(FLAT, {"a": 48, "b": 20, "c": 21, "d": 50}, K, whole, "part")
    assert shown is not None
    assert "a" in shown.hidden, "two are left of fifty"
    assert "d" not in shown.hidden, "none is left of fifty"


@pytest.mark.parametrize("seed", range(30))
def test_a_reckoned_range_is_never_wider_than_the_true_one(seed: int) -> None:
    """One group, its bounds single or shared, against a linear programme over the bounding measure and this one."""
    source = random.Random(seed)
    leaves = [f"p{n}" for n in range(source.randrange(2, 6))]
    tree = Tree("all", dict.fromkeys(leaves, "all"))
    bound = {leaf: source.randrange(30) for leaf in leaves}
    values = {leaf: source.randrange(value + 1) for leaf, value in bound.items()}
    shared = leaves[: source.choice((0, 2, 3))]
    known = {leaf: source.randrange(bound[leaf] + 1) for leaf in shared}
    units = [Unit({leaf: bound[leaf]}) for leaf in leaves if leaf not in shared]
    if shared:
        units.append(Unit(known, sum(bound[leaf] - known[leaf] for leaf in shared)))
    shown = Shown(tree, tree.sums(values), set(leaves), tuple(units))
    group = Group(shown, set(leaves), "part")
    for inside in ([leaves[0]], leaves[-2:], leaves[:2]):
        limits = [_limit(leaves, bound, values, known, inside, sign) for sign in (1, -1)]
        assert group.width(inside) <= limits[1] - limits[0] + 1e-6


def _limit(
    leaves: list[str],
    bound: dict[str, int],
    values: dict[str, int],
    known: dict[str, int],
    inside: list[str],
    sign: int,
) -> float:
    """The least (sign 1) or most (-1) of the sum inside. Variables: what each leaf holds, then what bounds it."""
    n = len(leaves)
    goal = [sign * float(leaf in inside) for leaf in leaves] + [0.0] * n
    below = [[float(i == j) for j in range(n)] + [-float(i == j) for j in range(n)] for i in range(n)]
    exact = [[1.0] * n + [0.0] * n, [0.0] * n + [float(leaf in known) for leaf in leaves]]
    sums = [sum(values.values()), sum(bound[leaf] for leaf in known)]
    ends = [(0, None)] * n + [(known.get(leaf, bound[leaf]), None if leaf in known else bound[leaf]) for leaf in leaves]
    done = linprog(goal, A_ub=below, b_ub=[0] * n, A_eq=exact, b_eq=sums, bounds=ends, method="highs")
    assert done.status == 0
    return sign * float(done.fun)


@pytest.mark.parametrize("seed", range(30))
def test_two_bounds_at_once_are_never_wider_than_they_are(seed: int) -> None:
    """Groups of two bounding measures, that cross or lie in each other, where at least so many are known of a leaf."""
    source = random.Random(seed)
    leaves = [f"p{n}" for n in range(source.randrange(4, 8))]
    tree = Tree("all", dict.fromkeys(leaves, "all"))
    values = {leaf: source.randrange(6) for leaf in leaves}
    sides, limits = [], []
    for number, pieces in enumerate((source.choice((2, 3)), source.choice((1, 2)))):
        real = {leaf: value + source.choice((0, 0, 1, 5)) for leaf, value in values.items()}
        told = {leaf: source.randrange(real[leaf] + 1) if number == 0 else 0 for leaf in leaves}
        groups = [leaves[at::pieces] for at in range(pieces)]
        sums = [sum(real[leaf] for leaf in group) for group in groups]
        units = (
            Unit({leaf: told[leaf] for leaf in group}, n - sum(told[leaf] for leaf in group))
            for group, n in zip(groups, sums, strict=True)
        )
        sides.append(list(units))
        limits.append((told, groups, sums))
    shown = Shown(tree, tree.sums(values), set(leaves), meet(*sides, values))
    group = Group(shown, set(leaves), "whole")
    for inside in ([leaves[0]], leaves[-2:], leaves[:3]):
        low, high = (_end(leaves, values, limits, inside, sign) for sign in (1, -1))
        assert group.width(inside) <= high - low + 1e-6


Limits = list[tuple[dict[str, int], list[list[str]], list[int]]]
"""Of each bound: what is known of leaves at least, its groups and their sums."""


def _end(leaves: list[str], values: dict[str, int], limits: Limits, inside: list[str], sign: int) -> float:
    """The least (sign 1) or most (-1) of the sum inside. Variables: what each leaf holds, then its two bounds."""
    n = len(leaves)
    goal = [sign * float(leaf in inside) for leaf in leaves] + [0.0] * 2 * n
    exact, sums = [[1.0] * n + [0.0] * 2 * n], [sum(values.values())]
    below, ends = [], [(0, None)] * n
    for number, (told, groups, totals) in enumerate(limits, 1):
        below += [[float(i == j) - float(i + number * n == j) for j in range(3 * n)] for i in range(n)]
        places = [[float(j == number * n + leaves.index(leaf)) for j in range(3 * n)] for leaf in leaves]
        exact += [[sum(places[leaves.index(leaf)][j] for leaf in group) for j in range(3 * n)] for group in groups]
        sums += totals
        ends += [(told[leaf], None) for leaf in leaves]
    done = linprog(goal, A_ub=below, b_ub=[0] * len(below), A_eq=exact, b_eq=sums, bounds=ends, method="highs")
    assert done.status == 0
    return sign * float(done.fun)
