"""A month's measures as tables: which lines and columns there are, and what stands in each cell."""

from collections.abc import Callable, Iterator

from hub.monitor.ages import BANDS
from hub.monitor.groups import Shown, parts
from hub.monitor.measures import SEXES, Month
from hub.monitor.shapes import CITY, Diagnosis, Lines, Measure
from hub.monitor.tables import ABSENT, HIDDEN, Row, Table
from hub.monitor.tally import CLASSES, Places

COLUMNS = {
    "visits-area": ("public", "private", "total"),
    "visits-facility": (*CLASSES, "other", "total"),
    "diagnoses-area": ("public", "private", "total", "new"),
    "diagnoses-facility": ("total", "new"),
    "ages": ("male", "female", "unknown"),
    "sensitive": ("total",),
}
"""The fixed cubes and the columns of each."""


def tables_of(found: Month, places: Places, month: str, k: int, sensitive: int) -> list[Table]:
    """The cubes of a month (YYYY-MM). `sensitive`: the number of sensitive visits in the whole city."""
    lines = Lines(places)
    rows = {
        "visits-area": list(_visits_by_area(found, lines)),
        "visits-facility": list(_visits_by_facility(found, lines)),
        "diagnoses-area": [row for each in found.diagnoses for row in _by_area(each, found, lines)],
        "diagnoses-facility": [row for each in found.diagnoses for row in _by_facility(each, found, lines)],
        "ages": list(_by_age(found)),
        "sensitive": [Row("", CITY, "city", "", "", (HIDDEN if 0 < sensitive < k else sensitive,))],
    }
    return [Table(cube, month, k, columns, tuple(rows[cube])) for cube, columns in COLUMNS.items()]


def _cell(shown: Shown | None, node: str) -> int:
    return shown.values[node] if shown is not None and shown.is_shown(node) else HIDDEN


def _pair(base: Shown | None, part: Shown | None, node: str) -> tuple[int, int]:
    one, other = parts(base, part, node) if base is not None else (None, None)
    return HIDDEN if one is None else one, HIDDEN if other is None else other


def _visits_by_area(found: Month, lines: Lines) -> Iterator[Row]:
    visits, tree = found.visits, found.trees.area
    for node in tree.downward:
        cells = (*_pair(visits.area, visits.public, node), _cell(visits.area, node))
        yield lines.row("", tree, node, cells)


def _visits_by_facility(found: Month, lines: Lines) -> Iterator[Row]:
    tree, by_class = found.trees.facility, found.classes
    for node in tree.downward:
        if lines.levels[node] == "facility":
            classes = tuple(_cell(by_class, f"{node}/{cls}") for cls in (*CLASSES, "other"))
        else:
            classes = (ABSENT,) * (len(CLASSES) + 1)
        total = _cell(found.visits.area if node == CITY else by_class, node)
        yield lines.row("", tree, node, (*classes, total))


def _by_area(each: Diagnosis, found: Month, lines: Lines) -> Iterator[Row]:
    tree, visits = found.trees.area, found.visits
    for node in tree.downward:
        divided = (ABSENT, ABSENT)
        total = _cell(each.all.area, node)
        if node in found.trees.districts.under:
            divided = _pair(each.all.area, each.all.public, node)
            if each.all.area is not None and each.all.public is None:
                divided = _told(divided, total, _pair(visits.area, visits.public, node))
            divided = _told(divided, total, _pair(each.all.area, each.all.public, CITY))
        new = _new(each, lambda measure: measure.area, node)
        yield lines.row(each.code, tree, node, (*divided, total, new))


def _told(divided: tuple[int, int], total: int, visits: tuple[int, int]) -> tuple[int, int]:
    """A division that is not shown, where everybody can tell it: all on one side, as nobody came to the other (or had
    the diagnosis there, in the whole city)."""
    if visits[0] == 0:
        return 0, total
    return (total, 0) if visits[1] == 0 else divided


def _by_facility(each: Diagnosis, found: Month, lines: Lines) -> Iterator[Row]:
    tree = found.trees.facility
    new_in_city = _new(each, lambda measure: measure.area, CITY)
    yield lines.row(each.code, tree, CITY, (_cell(each.all.area, CITY), new_in_city))
    for node in tree.downward[1:]:
        total = _cell(each.all.facility, node)
        if total == HIDDEN and each.all.facility is None and lines.levels[node] == "facility":
            total = HIDDEN if _cell(found.visits.facility, node) else 0  # nobody came, which everybody sees
        new = ABSENT
        if lines.levels[node] == "facility":
            new = _new(each, lambda measure: measure.facility, node)
            new = 0 if new == HIDDEN and 0 in (total, new_in_city) else new
        yield lines.row(each.code, tree, node, (total, new))


def _new(each: Diagnosis, side: Callable[[Measure], Shown | None], node: str) -> int:
    if each.new is None:
        return ABSENT
    base = side(each.all)
    return HIDDEN if base is None else _pair(base, side(each.new), node)[0]


def _by_age(found: Month) -> Iterator[Row]:
    for code in found.trees.districts.children[CITY]:
        shown = found.ages.get(code)
        for band in (*BANDS, ""):
            cells = tuple(_cell(shown, f"{band}/{sex}") for sex in SEXES)
            yield Row(code, band or "unknown", "age", "", code, cells)
