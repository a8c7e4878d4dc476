"""What of a month's visits may leave the health office: fewer than eleven are never told, and nothing that the office's
own table hides is shown here (so that both together tell no more than the office's)."""

from hub.monitor.measures import Month
from hub.monitor.shapes import CITY
from hub.monitor.suppression import suppress
from hub.monitor.tables import HIDDEN, Row, Table
from hub.monitor.tally import Places

K_PUBLIC = 11
CUBE = "visits-area"


def public_tables(found: Month, places: Places, month: str) -> list[Table]:
    """The public cubes of a month (YYYY-MM): visits by city, kecamatan and kelurahan of residence, one column. None
    when even the city's number is too small."""
    office = found.visits.area
    if office is None:
        return []
    tree = found.trees.area
    leaves = {leaf: office.values[leaf] for leaf in tree.leaves}
    shown = suppress(tree, leaves, K_PUBLIC, forced=[node for node in tree.downward if not office.is_shown(node)])
    if shown is None:
        return []
    names = {**places.kecamatan, **places.kelurahan}
    levels = dict.fromkeys(places.kecamatan, "kecamatan") | dict.fromkeys(places.kelurahan, "kelurahan")
    rows = []
    for node in tree.downward:
        is_told = shown.is_shown(node) and office.is_shown(node)
        level = "city" if node == CITY else levels.get(node, node)
        value = shown.values[node] if is_told else HIDDEN
        rows.append(Row("", node, level, names.get(node, ""), tree.parents.get(node, ""), (value,)))
    return [Table(CUBE, month, K_PUBLIC, ("total",), tuple(rows))]
