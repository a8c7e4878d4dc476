"""All pages as routes of the application; `hub.web.areas` says which there are."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.api.rates import Rates
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web import guard
from hub.web.areas import FACILITY, Table, dinas, faskes, petugas, public, saya
from hub.web.call import Call
from hub.web.maps import outlines
from hub.web.pages import civil, presence, requests
from hub.web.render import stylesheet
from hub.web.serving import endpoint
from hub.web.wall import wall_routes

_AREAS = ("dinas", "faskes", "saya", "petugas", "direktori", "buletin")
"""A mistyped address below one of them is answered by a page."""
_TABLE: Table = (*public.TABLE, *faskes.TABLE, *saya.TABLE, *petugas.TABLE, *dinas.TABLE)


def routes(hub: Hub, wrong_codes: presence.Limiter | None = None) -> list[BaseRoute]:
    """Every page and the stylesheet as routes. `wrong_codes` limits how often a facility may try presence codes."""
    by_code: Table = (
        ("POST", "/faskes/hadir", presence.recorder(wrong_codes), FACILITY),
        ("POST", "/faskes/nik", civil.checker(Rates(0.5, hub.clock, holds=10)), FACILITY),
        ("POST", "/faskes/permintaan/{id}/kode", requests.code_checker(wrong_codes), FACILITY),
    )
    table = (*_TABLE, *by_code)

    async def styles(_: Request) -> Response:
        sent = guard.headers(hub.config.base_url) | {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(stylesheet(), media_type="text/css", headers=sent)

    pages = [Route(path, endpoint(hub, path, make, roles), methods=[method]) for method, path, make, roles in table]
    return [Route("/static/jukung.css", styles), *wall_routes(hub), *pages]


def mount(app: FastAPI, hub: Hub) -> None:
    """Add the pages to the hub's app; they share its limit on wrong presence codes with `POST /care/presence`."""
    if hub.config.boundaries is not None:
        outlines(hub.config.boundaries)  # a file that is none must stop the start, not the first look at the map
    site = getattr(app.state, "site", None)
    app.router.routes.extend(routes(hub, getattr(site, "code_rates", None)))
    app.router.routes.extend(
        Route(path, endpoint(hub, path, _nowhere)) for path in (f"/{area}/{{rest:path}}" for area in _AREAS)
    )


def _nowhere(_: Hub, __: Call) -> Response:
    raise HubError(Category.NOT_FOUND, Issue("HUB-5909"))
