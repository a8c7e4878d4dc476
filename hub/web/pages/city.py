"""The health office's numbers: each linked to what it is made of, all released. No person anywhere."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import Response

from hub.access.city import CUBES, Line, Released, made_of, periods, released
from hub.access.quality import reporting
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call
from hub.web.language import translator
from hub.web.maps import Shade, city_map
from hub.web.render import go, page

_CODE = re.compile(r"[A-Z]\d[0-9A-Z]|other")


def made(hub: Hub, call: Call) -> Response:
    """GET /dinas/isi/{cube}/{line}: what a number is made of, one step finer."""
    known = periods(hub, call.caller)
    cube, line = call.args["cube"], call.args["line"]
    if cube not in CUBES or not known:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    period = period_of(hub, call, known)
    if cube == "visits-area" and line.isdecimal():
        return go(linker(period)(cube, line))
    code = call.query.get("kode", "")
    if code and not _CODE.fullmatch(code):
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    found = made_of(hub, call.caller, cube, period, line, code)
    fixed = {"code": code} if cube.startswith("diagnoses") else {}
    whole = released(hub, call.caller, cube, period, **fixed)
    lines = [*whole.lines, whole.totals]
    weeks = next((each for each in reporting(hub, call.caller).lines if each.facility == line), None)
    return page(
        hub.config,
        call,
        "city_made.html",
        period=period,
        periods=known,
        cube=cube,
        key=line,
        whole=whole,
        line=next((each for each in lines if each.key == line), None),
        code=code,
        found=found,
        reporter=weeks,
        link=linker(period),
    )


def diagnoses(hub: Hub, call: Call) -> Response:
    """GET /dinas/penyakit: every released diagnosis of the city, the most frequent first."""
    known = periods(hub, call.caller)
    if not known:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    period = period_of(hub, call, known)
    found = released(hub, call.caller, "diagnoses-area", period)
    return page(hub.config, call, "city_diagnoses.html", period=period, periods=known, found=found, link=linker(period))


def diagnosis(hub: Hub, call: Call) -> Response:
    """GET /dinas/penyakit/{code}: where one diagnosis was seen."""
    known = periods(hub, call.caller)
    code = call.args["code"]
    if not known or not _CODE.fullmatch(code):
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    period = period_of(hub, call, known)
    where = released(hub, call.caller, "diagnoses-area", period, code=code)
    who = released(hub, call.caller, "diagnoses-facility", period, code=code)
    return page(
        hub.config,
        call,
        "city_diagnosis.html",
        period=period,
        periods=known,
        code=code,
        where=where,
        who=who,
        map=_map(hub, call, where, period),
        link=linker(period),
    )


def closed(hub: Hub, call: Call) -> Response:
    """GET /dinas/tertutup: why some cells are closed."""
    return page(hub.config, call, "city_closed.html")


def period_of(hub: Hub, call: Call, known: Iterable[str]) -> str:
    """The released month that was asked for (`bulan=`), else the newest. HUB-4201 (not found) for another."""
    asked = call.query.get("bulan", "")
    known = list(known)
    if asked and asked not in known:
        args = {"period": asked[:7], "days": str(hub.config.release_days)}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4201", args=args))
    return asked or known[0]


def _map(hub: Hub, call: Call, table: Released, period: str) -> Markup:
    """Areas shaded by the last column, which is the sum of the others."""
    t = translator(call.lang)
    shades = {line.key: _shade(line, t("dinas.closed")) for line in table.lines if line.level == "kelurahan"}
    link = linker(period)
    return city_map(shades, t("dinas.map"), lambda code: link("visits-area", code), hub.config.boundaries)


def _shade(line: Line, closed_text: str) -> Shade:
    cell = line.cells[-1]
    return Shade(cell.value, f"{line.name}: {closed_text if cell.value is None else cell.value}")


def linker(period: str) -> Callable[..., str]:
    """Addresses of what a line's numbers are made of, keeping the month."""
    query = "?" + urlencode({"bulan": period})

    def link(cube: str, key: str, level: str = "", code: str = "") -> str:
        if level == "diagnosis":
            return f"/dinas/penyakit/{quote(key, safe='')}{query}"
        of = "&" + urlencode({"kode": code}) if code else ""
        if cube == "visits-area" and key.isdecimal():
            return f"/dinas/wilayah/{key}{query}"
        return f"/dinas/isi/{quote(cube, safe='')}/{quote(key, safe='')}{query}{of}"

    return link
