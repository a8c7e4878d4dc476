"""The health office's indicators: each over time, each facility in its funnel, and why a number is what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import Response

from hub.access.indicators import (
    Month,
    Place,
    Seen,
    Value,
    chart_of,
    comparable,
    known,
    months,
    overview,
    released_indicator,
    series,
)
from hub.access.papers import counted_facilities, real_facilities
from hub.access.standing_out import funnel_of, nothing_recorded, outliers, unrecorded
from hub.access.year import year_so_far
from hub.errors import Category, HubError
from hub.model import Issue
from hub.monitor.charts import Chart, Funnel
from hub.monitor.indicators import Indicator
from hub.parts import Hub
from hub.registry import kecamatan
from hub.web.call import Call
from hub.web.charts import share_text, spark
from hub.web.charts_funnel import funnel_chart, meaning
from hub.web.charts_spc import control_chart
from hub.web.language import translator
from hub.web.pages.follow_up import thread_of
from hub.web.render import page

OWNERSHIPS = ("public", "private")
REPORTED = "reported"
"""What facilities report of themselves stands apart from what is counted."""
GROUPS = ("spm", "inm", "bpjs", "clinical", "city", REPORTED)


@dataclass(frozen=True, slots=True)
class Listed:
    """An indicator on the list."""

    one: Indicator
    seen: tuple[Seen, ...]
    chart: Chart | None
    spark: Markup
    is_recorded: bool
    far: int
    """Facilities outside their funnel on the side that is not wished for."""


@dataclass(frozen=True, slots=True)
class Sector:
    """One funnel: facilities of one ownership, with the table behind it."""

    ownership: str
    drawn: Markup
    found: Funnel
    rows: tuple[tuple[Place, str, str], ...]
    """(facility, where it lies, what that means)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for: a line of the tables, and which facilities the funnels show."""

    month: str = ""
    area: str = ""
    ownership: str = ""
    kind: str = ""
    facility: str = ""

    @property
    def line(self) -> str:
        """The line the chart over time is of."""
        return self.facility or self.area or self.ownership or "city"

    def address(self, path: str, **other: str) -> str:
        """The same with something else chosen."""
        names = {"bulan": self.month, "wilayah": self.area, "kepemilikan": self.ownership, "jenis": self.kind}
        chosen = {name: value for name, value in (names | {"faskes": self.facility} | other).items() if value}
        return f"{path}?{urlencode(chosen)}" if chosen else path


def board(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator: all indicators for the city, a kecamatan or one kind of owner."""
    wanted = _filter(hub, call, areas=kecamatan())
    t = translator(call.lang)
    found = overview(hub, call.caller, wanted.line)
    city = found if wanted.line == "city" else overview(hub, call.caller)
    silent, far = unrecorded(city), outliers(hub, call.caller)
    groups: dict[str, list[Listed]] = {group: [] for group in GROUPS}
    for one in known(hub).values():
        seen = found.get(one.id, ())
        chart = chart_of(seen, one)
        drawn = spark(chart, t("indicator.spark", title=one.title[call.lang])) if chart else Markup("")
        is_recorded = one.self_reported or one.id not in silent
        listed = Listed(one, seen, chart, drawn, is_recorded, len(far.get(one.id, ())))
        groups[REPORTED if one.self_reported else one.group].append(listed)
    return page(
        hub.config,
        call,
        "indicators.html",
        groups=groups,
        wanted=wanted,
        kecamatan=kecamatan(),
        ownerships=OWNERSHIPS,
        text=lambda share, per=100: share_text(share, call.lang, per),
        released=months(hub, call.caller),
        latest=max((seen[-1].month for seen in found.values() if seen), default=""),
    )


def show(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator/{kode}: one indicator."""
    one = known(hub).get(call.args["kode"])
    if one is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4270", args={"name": call.args["kode"][:41]}))
    released = months(hub, call.caller)
    asked = call.query.get("bulan", "")
    if asked and asked not in released:
        args = {"name": one.id, "period": asked[:10], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4271", args=args))
    found = _found(hub, call, one, asked)
    wanted = _filter(hub, call, areas=_areas(found))
    t = translator(call.lang)
    seen = series(hub, call.caller, one.id, wanted.line) if found else ()
    chart = chart_of(seen, one)
    drawn = None
    if chart:
        title = t("indicator.chart_title", title=one.title[call.lang], line=_called(hub, found, wanted.line, call))
        labels = [each.month for each in seen]
        drawn = control_chart("spc", chart, labels, t, call.lang, title, one.per)
    return page(
        hub.config,
        call,
        "indicator.html",
        one=one,
        found=found,
        seen=seen,
        since=comparable(seen)[0].month if seen else "",
        chart=chart,
        drawn=drawn,
        points={each.label: each for each in chart.points} if chart else {},
        sectors=[each for owner in OWNERSHIPS if (each := _sector(hub, call, one, found, wanted, owner))],
        line=_called(hub, found, wanted.line, call),
        wanted=wanted,
        released=released,
        kinds=sorted({each.kind for each in real_facilities(hub)}),
        ownerships=OWNERSHIPS,
        here=_value(found, wanted.line),
        is_recorded=wanted.line != "city" or one.self_reported or not nothing_recorded(seen),
        year=year_so_far(seen, one, found.month) if found else None,
        text=lambda share: share_text(share, call.lang, one.per),
        thread=thread_of(hub, call, indicator=one.id, month=found.month if found else ""),
    )


def _found(hub: Hub, call: Call, one: Indicator, asked: str) -> Month | None:
    try:
        return released_indicator(hub, call.caller, one.id, asked)
    except HubError as error:
        if error.issues[0].code != "HUB-4271":
            raise
        return None


def _areas(found: Month | None) -> Iterable[str]:
    return [each.key for each in found.areas] if found else kecamatan()


def _filter(hub: Hub, call: Call, areas: Iterable[str]) -> Filter:
    """What of the query is a line of ours; what is not is refused, not passed over."""
    asked = {name: call.query.get(name, "") for name in ("bulan", "wilayah", "kepemilikan", "jenis", "faskes")}
    kinds = {each.kind for each in hub.facilities.values()}
    fits = {
        "wilayah": set(areas),
        "kepemilikan": set(OWNERSHIPS),
        "jenis": kinds,
        "faskes": {each.id for each in counted_facilities(hub)},
    }
    for name, values in fits.items():
        if asked[name] and asked[name] not in values:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4272", args={"name": name, "value": asked[name][:40]}))
    return Filter(asked["bulan"], asked["wilayah"], asked["kepemilikan"], asked["jenis"], asked["faskes"])


def _value(found: Month | None, line: str) -> Value | None:
    if found is None:
        return None
    lines = (found.city, *found.areas, *found.facilities)
    return next((each.value for each in lines if each.key == line), None)


def _called(hub: Hub, found: Month | None, line: str, call: Call) -> str:
    lines = (*found.areas, *found.facilities) if found else ()
    name = next((each.name for each in lines if each.key == line), "")
    t = translator(call.lang)
    name = name or (hub.facilities[line].name if line in hub.facilities else "")
    return name or t(f"level.{line}", default=kecamatan().get(line, line))


def _sector(hub: Hub, call: Call, one: Indicator, found: Month | None, wanted: Filter, ownership: str) -> Sector | None:
    """The facilities of one ownership that are shown, with their funnel; None where there is nothing to compare."""
    if found is None or wanted.ownership not in ("", ownership):
        return None
    t = translator(call.lang)
    lines = [each for each in found.facilities if each.level == "facility" and each.parent == ownership]
    lines = [each for each in lines if wanted.kind in ("", _kind(hub, each.key))]
    placed = funnel_of(lines, one)
    if placed is None:
        return None
    title = t("indicator.funnel_title", title=one.title[call.lang], sector=t(f"level.{ownership}"))
    names = {each.key: each.name for each in lines}
    target = None if one.target is None else one.target / one.per
    drawn = funnel_chart(f"funnel-{ownership}", placed, names, facility_address, t, call.lang, title, target)
    where = {unit.key: (unit.where, meaning(unit)) for unit in placed.units}
    order = {"outside": 0, "watch": 1, "inside": 2, "": 3}
    rows = [(each, *where.get(each.key, ("", ""))) for each in lines]
    rows.sort(key=lambda row: (order[row[1]], row[0].name))
    return Sector(ownership, drawn, placed, tuple(rows))


def facility_address(id_: str) -> str:
    """The health office's page of a facility."""
    return f"/dinas/faskes/{quote(id_, safe='')}"


def _kind(hub: Hub, id_: str) -> str:
    return hub.facilities[id_].kind if id_ in hub.facilities else ""
