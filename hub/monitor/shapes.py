"""The trees a city's numbers add up over, and what is shown of one thing counted on them."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.monitor.groups import Shown
from hub.monitor.tables import Row
from hub.monitor.tally import CLASSES, Places
from hub.monitor.trees import Tree

CITY = "city"
ELSEWHERE = ("outside", "unknown")
OWNERSHIPS = ("public", "private")


@dataclass(frozen=True)
class Trees:
    """The trees of one city: kelurahan in kecamatan, kecamatan alone, facilities by ownership, facilities by class."""

    area: Tree
    districts: Tree
    facility: Tree
    reporters: Tree
    classes: Tree


@dataclass(frozen=True)
class Measure:
    """One thing counted. `area`: on the area tree; `public`: the public part of that; `facility`: on the facility tree.

    None: there are only hidden numbers (but for those everybody can tell).
    """

    area: Shown | None
    public: Shown | None
    facility: Shown | None


@dataclass(frozen=True)
class Diagnosis:
    """An ICD-10 category: all cases and new ones (`new` None: no source says which are new)."""

    code: str
    all: Measure
    new: Measure | None


class Lines:
    """What the lines of a city's tables are called, and the level of each; `more`: levels of other nodes."""

    def __init__(self, places: Places, more: Mapping[str, str] | None = None) -> None:
        self.names = {**places.kecamatan, **places.kelurahan, **{f.id: f.name for f in places.facilities}}
        self.levels: dict[str, str] = {CITY: "city", **{word: word for word in (*ELSEWHERE, *OWNERSHIPS)}}
        self.levels |= dict.fromkeys(places.kecamatan, "kecamatan") | dict.fromkeys(places.kelurahan, "kelurahan")
        self.levels |= {facility.id: "facility" for facility in places.facilities} | dict(more or {})

    def row(self, of: str, tree: Tree, node: str, cells: tuple[int, ...]) -> Row:
        """The line of a node on its tree."""
        return Row(of, node, self.levels[node], self.names.get(node, ""), tree.parents.get(node, ""), cells)


def trees_of(places: Places) -> Trees:
    """The trees over which a month's numbers add up."""
    top = dict.fromkeys((*places.kecamatan, *ELSEWHERE), CITY)
    area = Tree(CITY, top | {code: code[:6] for code in places.kelurahan})
    reporters = {facility.id: facility.ownership for facility in places.facilities}
    by_owner = dict.fromkeys(OWNERSHIPS, CITY) | reporters
    by_class = {f"{id_}/{cls}": id_ for id_ in reporters for cls in (*CLASSES, "other")}
    return Trees(
        area=area,
        districts=Tree(CITY, top),
        facility=Tree(CITY, by_owner),
        reporters=Tree(CITY, dict.fromkeys(reporters, CITY)),
        classes=Tree(CITY, by_owner | by_class),
    )
