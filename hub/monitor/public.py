"""What of a month's visits may leave the health office: fewer than eleven are never told, and nothing that the office's
own table hides is shown here (so that both together tell no more than the office's)."""

from hub.monitor.measures import Month
from hub.monitor.shapes import Lines
from hub.monitor.suppression import suppress
from hub.monitor.tables import HIDDEN, K_PUBLIC, Table
from hub.monitor.tally import Places

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
    lines = Lines(places)
    told = {node: n if shown.is_shown(node) and office.is_shown(node) else HIDDEN for node, n in shown.values.items()}
    rows = tuple(lines.row("", tree, node, (told[node],)) for node in tree.downward)
    return [Table(CUBE, month, K_PUBLIC, ("total",), rows)]
