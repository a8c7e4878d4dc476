"""The trees a city's numbers add up over, and what is shown of one thing counted on them."""

from dataclasses import dataclass

from hub.monitor.groups import Shown
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
