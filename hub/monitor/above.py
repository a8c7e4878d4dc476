"""A month's released tables on the trees of indicators: what indicators are counted among, as everybody can read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hub.monitor.groups import Shown
from hub.monitor.indicator_counts import AREA, FACILITY, SEXES
from hub.monitor.shapes import CITY, OWNERSHIPS
from hub.monitor.tables import HIDDEN, Table
from hub.monitor.trees import Tree


@dataclass(frozen=True)
class Above:
    """A month's released tables on the trees of indicators: visits by tree, cases by line (an ICD-10 category, "other")
    and tree, and what they hide beside these."""

    visits: Mapping[str, Shown]
    cases: Mapping[str, Mapping[str, Shown]] = field(default_factory=dict)
    ages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Sex and band to the visits that are shown of it, and to the most there can be."""
    half_hidden: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Line ("" for visits) and what divides it (new, owner, class) to the nodes where the whole is shown and a part is
    not; of classes, where any is not."""
    classes: Mapping[str, int] = field(default_factory=dict)
    """Facility to its outpatient visits, where they are shown."""
    owners: Mapping[str, Shown] = field(default_factory=dict)
    """Public and private visits by area."""


def above_of(tables: Mapping[str, Table], trees: Mapping[str, Tree], least: Mapping[str, int] | None = None) -> Above:
    """A month's tables, by the name of their cube; those that are missing say nothing. `least`: how many visits of each
    facility everybody can tell besides (hub.monitor.doubts.least_told)."""
    visits: dict[str, Shown] = {}
    owners: dict[str, Shown] = {}
    cases: dict[str, dict[str, Shown]] = {}
    hidden: dict[tuple[str, str], set[str]] = {}
    for axis in (AREA, FACILITY):
        if (table := tables.get(f"visits-{axis}")) is not None:
            cells = {row.key: row.cells[-1] for row in table.rows}
            for owner in OWNERSHIPS if OWNERSHIPS[0] in table.columns else ():
                parts = {row.key: row.cells[table.columns.index(owner)] for row in table.rows}
                if (part := shown_of(parts, trees[axis])) is not None:
                    owners[owner] = part
            sure: dict[str, int] = {}
            if axis == FACILITY:
                hidden["", "class"] = {row.key for row in table.rows if HIDDEN in row.cells[:-1]}
                classes = {row.key: sum(n for n in row.cells[:-1] if n > 0) for row in table.rows}
                sure = {row.key: max(classes[row.key], (least or {}).get(row.key, 0)) for row in table.rows}
            if (shown := shown_of(cells, trees[axis], sure)) is not None:
                visits[axis] = shown
        if (table := tables.get(f"diagnoses-{axis}")) is not None:
            at = table.columns.index("total")
            for line in {row.of for row in table.rows}:
                cells = {row.key: row.cells[at] for row in table.rows if row.of == line}
                if (shown := shown_of(cells, trees[axis])) is not None:
                    cases.setdefault(line, {})[axis] = shown
                for what, columns in _DIVIDED.items():
                    hidden.setdefault((line, what), set()).update(_half_hidden(table, columns, line))
    outpatients = {
        row.key: row.cells[0]
        for table in [tables.get("visits-facility")]
        if table is not None
        for row in table.rows
        if row.level == "facility" and row.cells[0] >= 0
    }
    ages = _ages(tables["ages"], visits[AREA]) if "ages" in tables and AREA in visits else {}
    half_hidden = {of: frozenset(nodes) for of, nodes in hidden.items()}
    return Above(visits, cases, ages, half_hidden, outpatients, owners)


def shown_of(cells: Mapping[str, int], tree: Tree, least: Mapping[str, int] | None = None) -> Shown | None:
    """A released column on its tree, with one leaf of each group of hidden ones in place of all of them: what the group
    holds together is all that anybody can tell. None when even the whole is hidden."""
    hidden = {node for node in tree.downward if cells.get(node, HIDDEN) < 0}
    if CITY in hidden:
        return None
    values = {node: 0 if node in hidden else cells[node] for node in tree.downward}
    shown = Shown(tree, values, hidden, ())
    leaves = {leaf: values[leaf] for leaf in tree.leaves}
    groups = shown.groups()
    for top in reversed(tree.downward):
        if top in groups:
            leaves[min(groups[top])] = values[top] - sum(leaves[leaf] for leaf in tree.under[top])
    return Shown(tree, tree.sums(leaves), hidden, (), least or {})


_DIVIDED = {"new": ("new",), "owner": OWNERSHIPS}


def _half_hidden(table: Table, columns: Collection[str], line: str = "") -> set[str]:
    """Lines of which the total is shown and one of these columns is not."""
    total = table.columns.index("total")
    places = [at for at, column in enumerate(table.columns) if column in columns]
    rows = [row for row in table.rows if row.of == line and row.cells[total] != HIDDEN]
    return {row.key for row in rows if any(row.cells[at] == HIDDEN for at in places)}


def _ages(table: Table, visits: Shown) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    sexes = dict(zip(table.columns, SEXES, strict=True))
    for district in {row.of for row in table.rows}:
        cells = {
            f"{sexes[column]}/{row.key}": n
            for row in table.rows
            if row.of == district
            for column, n in zip(table.columns, row.cells, strict=True)
        }
        total = visits.values[district] if visits.is_shown(district) else visits.values[CITY]
        left = total - sum(n for n in cells.values() if n != HIDDEN)
        for leaf, n in cells.items():
            sure, most = found.get(leaf, (0, 0))
            found[leaf] = (sure, most + left) if n == HIDDEN else (sure + n, most + n)
    return found
