"""What an attacker knows of released indicator tables, as relations between their cells: see attack.py."""

from collections.abc import Iterable, Iterator, Sequence

from hub.monitor.groups import parts
from hub.monitor.indicator_counts import Pair, Pairs
from hub.monitor.indicator_tables import COLUMNS
from hub.monitor.tables import ABSENT, HIDDEN, Table
from hub.monitor.trees import Tree
from tests.monitor.attack import Cell, Sum

REST = "rest"


def cells_of(tables: Iterable[Table], pairs: Pairs, trees: dict[str, Tree], where: str = "") -> dict[Cell, int]:
    """Every cell and what is left of its denominator (told where everybody can tell it). `where`: whose tables."""
    found: dict[Cell, int] = {}
    for table in tables:
        for row in table.rows:
            for column, value in zip(table.columns, row.cells, strict=True):
                if value != ABSENT:
                    found[where + table.cube, row.of, row.key, column] = value
            pair = pairs[table.cube][row.of]
            if pair.base is not None:
                found[where + table.cube, row.of, row.key, REST] = _rest(pair, row.key)
    for cube, axes in pairs.items():  # lines that are left out because they are known to be empty
        for axis in axes:
            for node in trees[axis].downward:
                for column in ("numerator",) if pairs[cube][axis].base is None else (*COLUMNS, REST):
                    found.setdefault((where + cube, axis, node, column), 0)
    return found


def _rest(pair: Pair, node: str) -> int:
    assert pair.base is not None
    some, rest = parts(pair.base, pair.part, node)
    if rest is not None:
        return rest
    return HIDDEN if some is None or not pair.base.is_shown(node) else pair.base.values[node] - some


def sums_within(known: dict[Cell, int], trees: dict[str, Tree]) -> Iterator[Sum]:
    """Trees add up, the trees of an indicator share the city, a numerator and the rest make the denominator."""
    for cube in {cell[0] for cell in known}:
        axes = {cell[1] for cell in known if cell[0] == cube}
        first = sorted(axes)[0]
        for axis in axes:
            is_of_people = (cube, axis, "city", REST) not in known
            for column in ("numerator",) if is_of_people else (*COLUMNS, REST):
                if (cube, axis, "city", column) not in known:
                    continue
                for node, below in trees[axis].children.items():
                    parts_ = [(cube, axis, each, column) for each in below if (cube, axis, each, column) in known]
                    yield Sum((cube, axis, node, column), tuple(parts_))
                yield Sum((cube, first, "city", column), ((cube, axis, "city", column),))
            for node in trees[axis].downward:
                base, some, rest = ((cube, axis, node, column) for column in ("denominator", "numerator", REST))
                if base in known and rest in known:
                    yield Sum(base, (some, rest))


def sums_between(known: dict[Cell, int], same: Sequence[tuple[tuple[str, str], tuple[str, str]]]) -> Iterator[Sum]:
    """Columns that hold the same numbers (cube, column), as their definitions say."""
    for (cube, column), other in same:
        for _, axis, node, _ in [cell for cell in known if cell[0] == cube and cell[3] == column]:
            one, two = (cube, axis, node, column), (other[0], axis, node, other[1])
            if two in known:
                yield Sum(one, (two,))


def sums_with_visits(known: dict[Cell, int], visits: dict[Cell, int]) -> Iterator[Sum]:
    """Nobody is counted without a visit; of a known number of people, no more than there are."""
    names = {"area": "visits-area", "facility": "visits-facility"}
    for cell in known:
        visit = (names.get(cell[1], ""), "", cell[2], "total")
        is_of_people = (*cell[:3], REST) not in known
        if cell[3] == ("numerator" if is_of_people else "denominator") and visit in visits:
            yield Sum(visit, (cell,), is_exact=False)
        if cell[3] == "numerator" and is_of_people and (people := (*cell[:3], "denominator")) in known:
            yield Sum(people, (cell,), is_exact=False)
