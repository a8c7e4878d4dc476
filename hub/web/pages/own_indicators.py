"""A facility's own indicators on /faskes/mutu: its exact numbers beside the funnel of its like, and why it is flagged.

Nobody else's number is shown: the funnel is that of more than k facilities of which none counts nearly all, and what
comes from them is rounded to whole per cent before it is drawn.
"""

from dataclasses import dataclass, replace

from markupsafe import Markup

from hub.access.indicators import Place, Seen, chart_of, known, own_indicators, peers
from hub.access.year import Year, year_so_far
from hub.model import Facility
from hub.monitor.charts import Chart, Funnel, Placed, funnel, limits_at
from hub.monitor.charts.funnel import Z95, Z998, Where
from hub.monitor.indicators import Indicator
from hub.parts import Hub
from hub.web.call import Call
from hub.web.charts import share_text, spark
from hub.web.charts_funnel import funnel_chart, meaning
from hub.web.language import translator
from hub.web.render import fragment

K = 5
_MOST = 0.85
"""A group of which one counts more than this is that one."""


@dataclass(frozen=True, slots=True)
class Own:
    """An indicator of the facility: its newest month, its course, and its place; `limits` None: nobody to compare."""

    one: Indicator
    newest: Seen
    chart: Chart | None
    spark: Markup
    limits: tuple[float, float] | None
    centre: float | None
    drawn: Markup | None
    where: str
    meaning: str
    year: Year | None = None


def own_block(hub: Hub, call: Call) -> Markup:
    """The section of the page."""
    facility = hub.facilities[call.own_facility]
    definitions = known(hub)
    found = own_indicators(hub, call.caller)
    among = peers(hub, call.caller, {id_: seen[-1].month for id_, seen in found.items()})
    return fragment(
        call,
        "own_indicators.html",
        listed=[
            replace(_own(call, one, seen, facility, among.get(one.id, ())), year=year_so_far(seen, one, seen[-1].month))
            for one in definitions.values()
            if (seen := found.get(one.id))
        ],
        peers=translator(call.lang)(f"level.{facility.ownership}"),
        text=lambda share, per=100, digits=1: share_text(share, call.lang, per, digits),
    )


def _own(call: Call, one: Indicator, seen: tuple[Seen, ...], facility: Facility, among: tuple[Place, ...]) -> Own:
    t = translator(call.lang)
    newest = seen[-1]
    chart = chart_of(seen, one)
    small = spark(chart, t("indicator.spark", title=one.title[call.lang])) if chart else Markup("")
    some, whole = newest.value.numerator, newest.value.denominator
    group = _group(among, facility, one) if among and whole else None
    if group is None or not whole or some is None or some > whole:
        return Own(one, newest, chart, small, None, None, None, "", "usual")
    low, high = limits_at(group, whole)
    placed = _placed(group, facility.id, some, whole)
    title = t("indicator.funnel_title", title=one.title[call.lang], sector=facility.name)
    target = None if one.target is None else one.target / one.per
    names = {facility.id: facility.name}
    drawing = replace(group, units=(placed,))
    name = f"own-{one.id}"
    drawn = funnel_chart(name, drawing, names, None, t, call.lang, title, target, facility.id)
    is_flagged = placed.where == "outside"
    shown = drawn if is_flagged or (chart and chart.points[-1].marks) else None
    return Own(one, newest, chart, small, (low, high), group.centre, shown, placed.where, meaning(placed))


def _group(facilities: tuple[Place, ...], own: Facility, one: Indicator) -> Funnel | None:
    """The funnel of the facilities of one's kind of owner, rounded; None when they are too few to be nobody's."""
    counts = [
        (each.key, each.value.numerator, each.value.denominator)
        for each in facilities
        if each.parent == own.ownership and each.value.numerator is not None and each.value.denominator
    ]
    whole = sum(n for _, _, n in counts)
    if len(counts) <= K or max(n for _, _, n in counts) > _MOST * whole or any(some > n for _, some, n in counts):
        return None
    found = funnel(counts, one.direction)
    return found and replace(found, centre=round(found.centre, 2), tau2=round(found.tau2, 3))


def _placed(group: Funnel, id_: str, some: int, whole: int) -> Placed:
    """The facility's own exact number in the funnel of the group."""
    share = some / whole
    where: Where = "inside"
    for name, z in _LIMITS:
        low, high = limits_at(group, whole, z)
        where = where if low <= share <= high else name
    is_worse = bool(group.direction) and (share > group.centre) != (group.direction == "up")
    return Placed(id_, some, whole, share, 0.0, where, is_worse)


_LIMITS: tuple[tuple[Where, float], ...] = (("watch", Z95), ("outside", Z998))
