"""What an attacker does who holds every released table of a month: a linear programme over all numbers at once.

Knows nothing of how tables are made, only what they say: which lines add up to which, that public and private make the
total, that a table of facilities and a table of areas count the same city, that counts are not negative, that new cases
are among all cases, and (`is_sharp`) that nobody has a diagnosis without a visit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from hub.monitor.doubts import is_empty
from hub.monitor.tables import ABSENT, HIDDEN, Table
from hub.monitor.tally import Content, Tally

Cell = tuple[str, str, str, str]
"""Cube, what it is fixed to, line, column."""


class Sum(NamedTuple):
    """The parts add up to the whole (and what else stands `beside` it); or stay at or below."""

    whole: Cell
    parts: tuple[Cell, ...]
    is_exact: bool = True
    beside: tuple[Cell, ...] = ()


class Narrowed(NamedTuple):
    """A hidden cell that the tables give away."""

    cell: Cell
    least: float
    most: float


def values_of(tables: Iterable[Table]) -> dict[Cell, int]:
    """Every cell that exists."""
    return {
        (table.cube, row.of, row.key, column): value
        for table in tables
        for row in table.rows
        for column, value in zip(table.columns, row.cells, strict=True)
        if value != ABSENT
    }


def sums_of(tables: Iterable[Table], *, is_sharp: bool = True) -> Iterator[Sum]:
    """Every relation between released cells that can be read off the tables."""
    tables = list(tables)
    known = values_of(tables)
    for table in tables:
        rows = {(row.of, row.key): row for row in table.rows}
        for of, key in rows:
            for column in table.columns:
                whole = (table.cube, of, key, column)
                below = [row.key for row in table.rows if row.of == of and row.parent == key and table.cube != "ages"]
                if table.cube == "diagnoses-facility" and column == "new" and key == "city":
                    below = [row.key for row in table.rows if row.of == of and row.level == "facility"]
                parts = tuple((table.cube, of, each, column) for each in below)
                if whole in known and parts and all(part in known for part in parts):
                    yield Sum(whole, parts)
            cells = {column: (table.cube, of, key, column) for column in table.columns}
            if table.cube.endswith("-area") and cells["public"] in known:
                yield Sum(cells["total"], (cells["public"], cells["private"]))
            if table.cube == "visits-facility" and cells["AMB"] in known:
                yield Sum(cells["total"], tuple(cell for column, cell in cells.items() if column != "total"))
            if table.cube.startswith("diagnoses"):
                yield from _bounded(cells, of, key, known, is_sharp=is_sharp)
        if table.cube == "ages":
            for of in {row.of for row in table.rows}:
                parts = tuple(cell for cell in known if cell[0] == "ages" and cell[1] == of)
                yield Sum(("visits-area", "", of, "total"), parts)
    yield from _same(known)


def _bounded(cells: dict[str, Cell], of: str, key: str, known: dict[Cell, int], *, is_sharp: bool) -> Iterator[Sum]:
    if cells["new"] in known:
        yield Sum(cells["total"], (cells["new"],), is_exact=False)
    if is_sharp and of != "other":
        cube = cells["total"][0].replace("diagnoses", "visits")
        for column in ("public", "private", "total"):
            if cells.get(column) in known:
                yield Sum((cube, "", key, column), (cells[column],), is_exact=False)


def _same(known: dict[Cell, int]) -> Iterator[Sum]:
    """The city's numbers are the same in the tables of areas and of facilities."""
    for of in {cell[1] for cell in known if cell[0] == "diagnoses-area"} | {""}:
        kind = "diagnoses" if of else "visits"
        for column, line, other in (
            ("total", "city", "total"),
            ("public", "public", "total"),
            ("private", "private", "total"),
            ("new", "city", "new"),
        ):
            one, two = (f"{kind}-area", of, "city", column), (f"{kind}-facility", of, line, other)
            if one in known and two in known:
                yield Sum(one, (two,))


def reporting_of(tally: Tally) -> tuple[dict[Cell, int], list[Sum]]:
    """What the matrix of weeks says of a month's visits: at least as many as weeks with a word, and twenty in a week
    that is called empty."""
    there = {each.number: each for each in tally.places.facilities}
    known: Counter[Cell] = Counter()
    for number, week in {(number, day - (day + 4) % 7) for number, day, _ in tally.received}:
        content = tally.weekly.get((number, week), Content())
        known["weeks", "", there[number].id, "least"] += 20 if is_empty(content, there[number].kind, 5) else 1
    return known, [Sum(("visits-facility", "", cell[2], "total"), (cell,), is_exact=False) for cell in known]


def narrowed(tables: Iterable[Table], k: int, *, is_sharp: bool = True) -> list[Narrowed]:
    """The hidden cells whose range over all worlds that publish these tables is narrower than k.

    Every answer of the solver is a world that publishes the same; a cell that differs by k between two is safe. So the
    solver is asked about single cells only where some random worlds have not settled it.
    """
    tables = list(tables)
    return narrowed_by(values_of(tables), list(sums_of(tables, is_sharp=is_sharp)), k)


def narrowed_by(known: dict[Cell, int], sums: list[Sum], k: int) -> list[Narrowed]:
    """The same for any cells and relations between them."""
    hidden = [cell for cell, value in known.items() if value == HIDDEN]
    if not hidden:
        return []
    worlds = _Worlds(hidden, sums, known)
    random = np.random.default_rng(1)
    for _ in range(5):
        goal = random.normal(size=len(hidden))
        worlds.most(goal)
        worlds.most(-goal)
    open_ = {cell for cell in hidden if worlds.seen(cell) < k}
    found: list[Narrowed] = []
    for cells, inside in _components(known, sums):
        if open_.isdisjoint(cells):
            continue
        worlds = _Worlds(cells, inside, known)
        for cell in cells:
            if cell in open_ and worlds.seen(cell) < k:
                ends = -worlds.most(-worlds.only(cell)), worlds.most(worlds.only(cell))
                if ends[1] - ends[0] < k - 1e-6:
                    found.append(Narrowed(cell, *ends))
    return found


def _components(known: dict[Cell, int], sums: list[Sum]) -> Iterator[tuple[list[Cell], list[Sum]]]:
    """Hidden cells that have to do with each other, and the sums they stand in."""
    parent = {cell: cell for cell, value in known.items() if value == HIDDEN}

    def root(cell: Cell) -> Cell:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    hidden_in = [[cell for cell in (each.whole, *each.parts, *each.beside) if cell in parent] for each in sums]
    for cells in hidden_in:
        for cell in cells[1:]:
            parent[root(cell)] = root(cells[0])
    members: dict[Cell, list[Cell]] = {}
    for cell in parent:
        members.setdefault(root(cell), []).append(cell)
    inside: dict[Cell, list[Sum]] = {}
    for each, cells in zip(sums, hidden_in, strict=True):
        if cells:
            inside.setdefault(root(cells[0]), []).append(each)
    for top, cells in members.items():
        yield cells, inside.get(top, [])


class _Worlds:
    """All worlds that publish the same, as far as these cells go, and the least and most seen of each cell."""

    def __init__(self, cells: list[Cell], sums: list[Sum], known: dict[Cell, int]) -> None:
        self.number = {cell: index for index, cell in enumerate(cells)}
        self.limits = _matrices(self.number, sums, known)
        self.low, self.high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)

    def only(self, cell: Cell) -> np.ndarray:
        """The goal that is one cell."""
        goal = np.zeros(len(self.number))
        goal[self.number[cell]] = 1
        return goal

    def most(self, goal: np.ndarray) -> float:
        """The greatest value of `goal` over all worlds (a count without a limit ends at a great number)."""
        done = linprog(-goal, **self.limits, bounds=(0, _MANY), method="highs")
        assert done.status == 0, done.message
        np.minimum(self.low, done.x, out=self.low)
        np.maximum(self.high, done.x, out=self.high)
        return -float(done.fun)

    def seen(self, cell: Cell) -> float:
        """How far the cell differs between worlds seen so far."""
        return float(self.high[self.number[cell]] - self.low[self.number[cell]])


_MANY = 10**6


def _matrices(number: dict[Cell, int], sums: list[Sum], known: dict[Cell, int]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for is_exact, names in ((True, ("A_eq", "b_eq")), (False, ("A_ub", "b_ub"))):
        rows, columns, values, right = [], [], [], []
        chosen = [each for each in sums if each.is_exact is is_exact]
        for index, each in enumerate(chosen):
            constant = 0
            wholes = ((-1, cell) for cell in (each.whole, *each.beside))
            for sign, cell in (*wholes, *((1, part) for part in each.parts)):
                if cell in number:
                    rows.append(index)
                    columns.append(number[cell])
                    values.append(sign)
                else:
                    constant += sign * known[cell]
            right.append(-constant)
        if chosen:
            shape = (len(chosen), len(number))
            limits |= zip(names, (coo_array((values, (rows, columns)), shape=shape).tocsr(), right), strict=True)
    return limits
