"""The health office's first page, the map and the areas: what is released, who reports, what waits, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from hub.access.city import Line, Released, periods, released
from hub.access.indicators import known, overview
from hub.access.papers import all_details
from hub.access.quality import Reporter, reporting
from hub.access.signals import open_signals
from hub.access.standing_out import Changes, changes, outliers
from hub.errors import Category, HubError
from hub.model import Issue
from hub.model.details import Details
from hub.parts import Hub
from hub.registry import areas, kecamatan
from hub.web.call import Call
from hub.web.charts import share_text, spark
from hub.web.dots import Dot, dots
from hub.web.language import translator
from hub.web.maps import Shade, city_map
from hub.web.pages.city import linker, period_of
from hub.web.pages.reporting import ATTENTION, MOST, Filter, choices, filter_of
from hub.web.pages.tiles import tiles_of
from hub.web.pages.waiting import office_line
from hub.web.render import page

CHANGES, TOP = 5, 10


@dataclass(frozen=True, slots=True)
class Turn:
    """An indicator whose chart says that something changed."""

    id: str
    title: str
    share: str
    meaning: str
    marks: tuple[str, ...]
    spark: Markup


def situation(hub: Hub, call: Call) -> Response:
    """GET /dinas: six tiles, the map, what waits and the five biggest changes. Filter in the address."""
    asked = filter_of(call)
    months = periods(hub, call.caller)
    period = period_of(hub, call, months) if months else ""
    matrix = reporting(hub, call.caller)
    lines = tuple(line for line in matrix.lines if asked.takes(line))
    papers = all_details(hub)
    signals = open_signals(hub)
    visits = released(hub, call.caller, "visits-area", period) if period else None
    diagnoses = released(hub, call.caller, "diagnoses-area", period) if period else None
    return page(
        hub.config,
        call,
        "situation.html",
        period=period,
        periods=months,
        asked=asked,
        tiles=tiles_of(hub, matrix, lines, papers, signals, asked),
        signals=signals,
        waiting=office_line(hub, call),
        turns=_turns(hub, call, found := changes(hub, call.caller, CHANGES)),
        judged=found.judged,
        far=sum(not known(hub)[id_].self_reported for id_ in outliers(hub, call.caller)),
        visits=visits,
        diagnoses=diagnoses,
        top=[line for line in diagnoses.lines if line.level == "diagnosis"][:TOP] if diagnoses else [],
        districts=[line for line in visits.lines if line.level != "kelurahan"] if visits else [],
        map=_map(hub, call, visits, lines, papers, asked, period),
        sensitive=released(hub, call.caller, "sensitive", period) if period else None,
        facilities=len(lines),
        link=linker(period),
        **choices(),
    )


def map_page(hub: Hub, call: Call) -> Response:
    """GET /dinas/peta: the map of visits or of one diagnosis (`kode=`), facilities on it, and the tables behind it."""
    asked = filter_of(call)
    months = periods(hub, call.caller)
    period = period_of(hub, call, months) if months else ""
    lines = tuple(line for line in reporting(hub, call.caller).lines if asked.takes(line))
    code = call.query.get("kode", "")[:5]
    found = named = None
    if period:
        every = released(hub, call.caller, "diagnoses-area", period)
        named = [line.key for line in every.lines if line.level == "diagnosis"]
        if code and code not in named:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4203", args={"name": code}))
        cube, fixed = ("diagnoses-area", {"code": code}) if code else ("visits-area", {})
        found = released(hub, call.caller, cube, period, **fixed)
    return page(
        hub.config,
        call,
        "situation_map.html",
        period=period,
        periods=months,
        asked=asked,
        code=code,
        codes=named or [],
        found=found,
        places=[line for line in found.lines if _is_asked(line, asked)] if found else [],
        map=_map(hub, call, found, lines, all_details(hub), asked, period),
        lines=lines if len(lines) <= MOST else (),
        facilities=len(lines),
        where={area.code: area.name for area in areas()},
        homes={line.facility: hub.facilities[line.facility].kelurahan for line in lines},
        link=linker(period),
        **choices(),
    )


def area(hub: Hub, call: Call) -> Response:
    """GET /dinas/wilayah/{kode}: a kecamatan or a kelurahan: its numbers, diagnoses, ages, and the facilities in it."""
    code = call.args["kode"]
    names = {**kecamatan(), **{each.code: each.name for each in areas()}}
    if code not in names:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    months = periods(hub, call.caller)
    period = period_of(hub, call, months) if months else ""
    is_district = code in kecamatan()
    asked = Filter(kecamatan=code[:6])
    lines = tuple(line for line in reporting(hub, call.caller).lines if line.kecamatan == code[:6])
    here = [line for line in lines if is_district or hub.facilities[line.facility].kelurahan == code]
    visits = released(hub, call.caller, "visits-area", period) if period else None
    own = next((line for line in visits.lines if line.key == code), None) if visits else None
    return page(
        hub.config,
        call,
        "situation_area.html",
        period=period,
        periods=months,
        code=code,
        name=names[code],
        parent="" if is_district else code[:6],
        parent_name="" if is_district else names[code[:6]],
        visits=visits,
        own=own,
        below=[line for line in visits.lines if line.parent == code] if visits else [],
        diagnoses=released(hub, call.caller, "diagnoses-area", period, area=code) if period else None,
        ages=released(hub, call.caller, "ages", period, area=code) if period and is_district else None,
        indicators=_indicators(hub, call, code) if is_district else [],
        map=_map(hub, call, visits, lines, all_details(hub), asked, period),
        lines=here,
        attention=sum(line.standing in ATTENTION for line in here),
        link=linker(period),
    )


def _turns(hub: Hub, call: Call, changed: Changes) -> list[Turn]:
    t, defined = translator(call.lang), known(hub)
    found = []
    for each in changed.found:
        one = defined[each.indicator]
        title = one.title[call.lang]
        marks = tuple(t(f"indicator.mark_{mark}") for mark in each.point.marks)
        share = share_text(each.point.share, call.lang, one.per)
        drawn = spark(each.chart, t("indicator.spark", title=title))
        found.append(Turn(one.id, title, share, each.point.meaning, marks, drawn))
    return found


def _indicators(hub: Hub, call: Call, code: str) -> list[tuple[str, str, str, str]]:
    """(id, title, month, share) of the indicators that are released for a kecamatan."""
    defined, found = known(hub), []
    for id_, seen in overview(hub, call.caller, line=code).items():
        if id_ in defined and seen:
            share = seen[-1].value.share
            closed = translator(call.lang)("dinas.closed")
            words = closed if share is None else share_text(share, call.lang, defined[id_].per)
            found.append((id_, defined[id_].title[call.lang], seen[-1].month, words))
    return found


def _map(
    hub: Hub,
    call: Call,
    table: Released | None,
    lines: tuple[Reporter, ...],
    papers: Mapping[int, Details],
    asked: Filter,
    period: str,
) -> Markup:
    """Kelurahan shaded by a column (that of the ownership asked for), the facilities on top."""
    t = translator(call.lang)
    column = table.columns.index(asked.ownership or "total") if table is not None else 0
    shades = {}
    for each in areas():
        if asked.kecamatan and each.kecamatan_code != asked.kecamatan:
            shades[each.code] = Shade(None, each.name, is_apart=True)
    for line in table.lines if table is not None else ():
        if line.level == "kelurahan" and line.key not in shades:
            cell = line.cells[column]
            words = t("dinas.closed") if cell.value is None else cell.value
            shades[line.key] = Shade(cell.value, f"{line.name}: {words}")
    over = dots((_dot(hub, line, papers, t("standing." + line.standing)) for line in lines), hub.config.boundaries)
    query = "?" + urlencode({"bulan": period}) if period else ""
    title = t("situation.map_label", n=len(lines))
    return city_map(shades, title, lambda code: f"/dinas/wilayah/{code}{query}", hub.config.boundaries, over)


def _dot(hub: Hub, line: Reporter, papers: Mapping[int, Details], words: str) -> Dot:
    facility = hub.facilities[line.facility]
    there = papers.get(facility.number)
    return Dot(
        facility.kelurahan,
        facility.ownership,
        f"{facility.name}: {words}",
        there.latitude if there else None,
        there.longitude if there else None,
        line.standing in ATTENTION,
    )


def _is_asked(line: Line, asked: Filter) -> bool:
    return not asked.kecamatan or line.key[:6] == asked.kecamatan
