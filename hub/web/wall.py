"""/papan: the Command Centre's wall. One page without data, and its content, which a screen's token opens.

The page is the only one with a script: it asks once a minute, turns the three scenes, and keeps the last good content
(also over a reload: a service worker) while the hub can't be reached. The token stands behind the # of the page's
address, so that no log and no Referer ever has it; it travels in the Authorization header.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib.resources import files

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.access.indicators import chart_of
from hub.access.standing_out import nothing_recorded
from hub.access.wall import WEEKS, Wall, wall
from hub.admission.screens import screen_of
from hub.api.errors import STATUS
from hub.api.site import bearer
from hub.clock import city_zone
from hub.errors import HubError, text
from hub.monitor.charts import Chart
from hub.monitor.indicators import Indicator
from hub.monitor.tables import HIDDEN
from hub.parts import Hub
from hub.web import guard
from hub.web.call import Call
from hub.web.charts import spark
from hub.web.charts_reports import report_chart
from hub.web.language import choose, translator
from hub.web.maps import Shade, city_map
from hub.web.render import fragment, page

SERIES = 6
"""Indicators on the wall: those that deserve a look first (`_worth`)."""
_FILES = {
    "/papan/papan.js": ("wall.js", "text/javascript"),
    "/papan/pekerja.js": ("wall_worker.js", "text/javascript"),
    "/papan/papan.css": ("wall.css", "text/css"),
}


def wall_routes(hub: Hub) -> list[BaseRoute]:
    """The page, its files, and its content."""
    frames = hub.config.wall_frames

    def show(request: Request) -> Response:
        zone = city_zone()
        minutes = int((zone.utcoffset(None) or timedelta()).total_seconds()) // 60
        drawn = page(hub.config, _call(request), "wall.html", offset=minutes, zone=zone.tzname(None))
        return _dressed(hub, drawn, frames)

    async def scenes(request: Request) -> Response:
        return _dressed(hub, await run_in_threadpool(_scenes, hub, request), frames)

    routes: list[BaseRoute] = [Route("/papan", show, methods=["GET"]), Route("/papan/adegan", scenes, methods=["GET"])]
    return routes + [Route(path, _file(hub, *which), methods=["GET"]) for path, which in _FILES.items()]


def _scenes(hub: Hub, request: Request) -> Response:
    call = _call(request)
    try:
        who = screen_of(hub, bearer(request))
    except HubError as error:
        return Response(text(error.issues[0], call.lang), STATUS[error.category], media_type="text/plain")
    found = wall(hub, who)
    content = fragment(call, "wall_scenes.html", wall=found, **_drawn(hub, call, found))
    return Response(str(content), media_type="text/html")


def _drawn(hub: Hub, call: Call, found: Wall) -> dict[str, object]:
    """What the scenes show besides numbers."""
    t = translator(call.lang)
    shades, total = {}, None
    if found.visits is not None:
        at = found.visits.columns.index("total")
        for row in found.visits.rows:
            number = row.cells[at]
            if row.level == "city" and number != HIDDEN:
                total = number
            if row.level == "kelurahan":
                said = t("wall.closed") if number == HIDDEN else str(number)
                shades[row.key] = Shade(None if number == HIDDEN else number, f"{row.name}: {said}")
    charts = [
        (one, seen, chart)
        for one, seen in found.series
        if not nothing_recorded(seen) and (chart := chart_of(seen, one)) is not None
    ]
    return {
        "total": total,
        "map": city_map(shades, t("wall.map"), None, hub.config.boundaries) if shades else Markup(""),
        "weeks": report_chart(found.weeks, t("wall.weeks", n=WEEKS), t),
        "charts": [
            (one, chart.points[-1].share, seen[-1].month, spark(chart, one.title[call.lang]))
            for one, seen, chart in sorted(charts, key=lambda each: _worth(each[0], each[2]))[:SERIES]
        ],
    }


def _worth(one: Indicator, chart: Chart) -> tuple[int, float]:
    """What deserves a look first: a signal for the worse, another signal, then the furthest from its target."""
    newest = chart.points[-1]
    signal = 2 if not newest.marks else 0 if newest.meaning == "worse" else 1
    if chart.target is None:
        return signal, 0.0
    lacking = chart.target - newest.share if one.direction == "up" else newest.share - chart.target
    return signal, -max(0.0, lacking)


def _call(request: Request) -> Call:
    query = dict(request.query_params)
    lang = choose(query.get("lang"), None, request.headers.get("accept-language"))
    return Call("GET", request.url.path, lang, query=query)


def _dressed(hub: Hub, response: Response, frames: tuple[str, ...]) -> Response:
    """With the pages' headers, but a script of our own, and a frame where the operator allows one."""
    sent = guard.headers(hub.config.base_url)
    allowed = " ".join(frames) or "'none'"
    sent["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {allowed}"
    )
    if frames:
        del sent["X-Frame-Options"]  # it knows no list of origins; frame-ancestors stands above it
        sent["Cross-Origin-Resource-Policy"] = "cross-origin"
    for name, value in sent.items():
        response.headers[name] = value
    return response


def _file(hub: Hub, name: str, media_type: str) -> Callable[[Request], Response]:
    def serve(_: Request) -> Response:
        response = _dressed(hub, Response(_content(name), media_type=media_type), hub.config.wall_frames)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/papan"  # by itself the worker's folder, /papan/, is the widest
        return response

    return serve


@cache
def _content(name: str) -> bytes:
    return files("hub.web").joinpath("static", name).read_bytes()
