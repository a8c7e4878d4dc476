"""What stands out among the released indicators: those that changed, facilities outside their funnel, and what nobody
records. Worked out from released numbers alone, by the same charts as the pages draw; nothing is ranked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.access.indicators import INSIDE, Place, Seen, Value, chart_of, known, newest_of, overview
from hub.access.monitoring import tell
from hub.model import Principal
from hub.monitor.charts import Chart, Funnel, Placed, Point, funnel
from hub.monitor.indicators import Indicator
from hub.parts import Hub


@dataclass(frozen=True, slots=True)
class Change:
    """A signal of the newest month: an indicator whose chart says that something changed."""

    indicator: str
    month: str
    chart: Chart
    point: Point


@dataclass(frozen=True, slots=True)
class Changes:
    """`found`: the signals of the newest month. `judged`: how many indicators have months enough to be judged."""

    found: tuple[Change, ...]
    judged: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A facility's number of one indicator, and where it lies in its sector's funnel (None: nothing to compare)."""

    indicator: str
    month: str
    value: Value
    placed: Placed | None


def changes(hub: Hub, who: Principal, limit: int = 5, line: str = "city") -> Changes:
    """The signals of the newest month: worse before changed before better, the surest first. Nothing is ranked by how
    good it is. FORBIDDEN unless the role is auditor.

    Judged is what the hub counts itself, not once a year (its chart follows the calendar), over at least
    `hub.monitor.charts.control.FEW` months that are shown (before, the limits are provisional).
    """
    definitions = known(hub)
    found, judged = [], 0
    for id_, seen in overview(hub, who, line).items():
        one = definitions.get(id_)
        chart = chart_of(seen, one) if one and not one.self_reported and one.every != "year" else None
        if chart is None or chart.is_provisional or nothing_recorded(seen):
            continue
        judged += 1
        if chart.points[-1].marks and chart.points[-1].label == seen[-1].month:
            found.append(Change(id_, seen[-1].month, chart, chart.points[-1]))
    newest = max((each.month for each in found), default="")
    ranked = sorted((each for each in found if each.month == newest), key=_gravity)
    return Changes(tuple(ranked[:limit]), judged)


def outliers(hub: Hub, who: Principal) -> dict[str, tuple[str, ...]]:
    """By indicator: the facilities (ids) beyond the 99.8 % limits of their sector's funnel, on the side that is not
    wished for, in the newest month in which it is released. FORBIDDEN unless the role is auditor.

    What facilities report of themselves is among them, as it has funnels too; 20 ms for 200 facilities.
    """
    definitions, found = known(hub), {}
    for id_, month in newest_of(hub, who).items():
        units = _placed(definitions[id_], month.facilities)
        found[id_] = tuple(unit.key for unit in units if unit.where == "outside" and unit.is_worse)
    tell(hub, who, f"{INSIDE} funnels", {}, sum(map(len, found.values())))
    return {id_: facilities for id_, facilities in found.items() if facilities}


def standings(hub: Hub, who: Principal, facility: str) -> tuple[Standing, ...]:
    """A facility's released numbers of the newest month of each indicator, in the order of the indicators. FORBIDDEN
    unless the role is auditor."""
    definitions, found = known(hub), []
    for id_, month in newest_of(hub, who).items():
        own = next((each for each in month.facilities if each.key == facility), None)
        if own is not None:
            units = _placed(definitions[id_], month.facilities)
            found.append(Standing(id_, month.month, own.value, next((u for u in units if u.key == facility), None)))
    tell(hub, who, f"{INSIDE} facility", {"facility": facility}, len(found))
    return tuple(found)


def funnel_of(facilities: Iterable[Place], one: Indicator) -> Funnel | None:
    """The funnel of these facilities; None where there is nothing to compare, or the share is no proportion."""
    counts = [
        (each.key, each.value.numerator, each.value.denominator)
        for each in facilities
        if each.value.numerator is not None and each.value.denominator
    ]
    return funnel(counts, one.direction) if all(some <= whole for _, some, whole in counts) else None


def unrecorded(one: Mapping[str, Iterable[Seen]]) -> frozenset[str]:
    """Of the city's series by indicator: those of which nothing is recorded."""
    return frozenset(id_ for id_, seen in one.items() if nothing_recorded(seen))


def nothing_recorded(seen: Iterable[Seen]) -> bool:
    """Whether in a whole city, in no month that is shown, anything was counted: then nobody writes it down (or nobody
    does it: the hub cannot tell), and a share of 0 would say what nobody knows."""
    told = [each.value for each in seen if each.value.numerator is not None]
    return bool(told) and not any(value.numerator for value in told)


def _placed(one: Indicator, places: tuple[Place, ...]) -> Iterable[Placed]:
    """Where each facility lies in its sector's funnel."""
    for sector in ("public", "private"):
        found = funnel_of([each for each in places if each.level == "facility" and each.parent == sector], one)
        yield from found.units if found else ()


def _gravity(each: Change) -> tuple[int, int, str]:
    worth = {"worse": 0, "changed": 1, "better": 2}.get(each.point.meaning, 3)
    return worth, 0 if "outside" in each.point.marks else 1, each.indicator
