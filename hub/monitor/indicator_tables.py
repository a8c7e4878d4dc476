"""An indicator's released table of a month: which lines there are, and what stands in each cell."""

from collections.abc import Mapping

import msgspec

from hub.monitor.groups import parts
from hub.monitor.indicator_counts import AGE, AREA, SEXES, Count, Pair, People, is_of_residents
from hub.monitor.shapes import ELSEWHERE, Lines
from hub.monitor.tables import ABSENT, HIDDEN, Table
from hub.monitor.tally import Places
from hub.monitor.trees import Tree

COLUMNS = ("numerator", "denominator")


def indicator_table(
    name: str, month: str, k: int, count: Count, pairs: Mapping[str, Pair], trees: Mapping[str, Tree], places: Places
) -> Table:
    """An indicator's table of a month: for each tree (`of`) its lines, parents first; `name` is the cube's."""
    lines = Lines(places)
    ages = Lines(places, {node: "sex" if node in SEXES else "age" for node in trees[AGE].parents})
    rows = []
    for axis, pair in pairs.items():
        tree = trees[axis]
        skipped = ELSEWHERE if axis == AREA and is_of_residents(count.people) else ()
        for node in tree.downward:
            if node not in skipped and not (axis == AGE and _is_empty(pair, node)):
                cells = _cells(axis, node, pair, count.people)
                rows.append((ages if axis == AGE else lines).row(axis, tree, node, cells))
    return Table(name, month, k, COLUMNS, tuple(rows))


def _is_empty(pair: Pair, node: str) -> bool:
    """Nobody was counted there and everybody may know."""
    shown = pair.base or pair.part
    return shown.is_shown(node) and not shown.values[node]


def _cells(axis: str, node: str, pair: Pair, people: People | None) -> tuple[int, int]:
    if pair.base is None:
        shown = pair.part.values[node] if pair.part.is_shown(node) else HIDDEN
        return shown, (people or {}).get(axis, {}).get(node, ABSENT)
    some, _ = parts(pair.base, pair.part, node)
    whole = pair.base.values[node] if pair.base.is_shown(node) else HIDDEN
    return HIDDEN if some is None else some, whole


def kept_short(table: Table) -> Table:
    """The lines that overviews read, each once."""
    rows = {row.key: row for row in reversed(table.rows) if row.level in _OVERVIEW and row.of != AGE}
    return msgspec.structs.replace(table, rows=tuple(reversed(rows.values())))


_OVERVIEW = ("city", "kecamatan", "public", "private")
