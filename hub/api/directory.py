"""/fhir-publik and /direktori.geojson: the public directory, without a key."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.access import directory
from hub.api.errors import FHIR_JSON
from hub.api.rates import Rates
from hub.api.site import Site
from hub.errors import Category, HubError
from hub.fhir.json import write
from hub.model import Issue

PER_MINUTE = 240
"""Requests of one address; an app keeps what it got for as long as Cache-Control says."""
GEOJSON = "application/geo+json"
_FHIR: dict[int | str, dict[str, Any]] = {200: {"content": {FHIR_JSON: {"schema": {"type": "object"}}}}}
_POINTS: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}
_KEEP = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


def directory_routes(site: Site) -> APIRouter:
    """The routes that need no token."""
    router = APIRouter()
    rates = Rates(PER_MINUTE, site.hub.clock)

    async def answer(request: Request, route: str, work: Callable[[], dict[str, Any]], media: str) -> Response:
        request.state.route = route
        seconds = rates.wait_s(request.client.host if request.client else "-")
        if seconds:
            raise HubError(Category.BUSY, Issue("HUB-4337", args={"seconds": str(seconds)}))
        return Response(write(await site.run(work)), headers=_KEEP, media_type=media)

    @router.get("/fhir-publik/metadata", summary="What the directory can do", response_class=Response, responses=_FHIR)
    async def metadata(request: Request) -> Response:
        return await answer(request, "/fhir-publik/metadata", lambda: directory.statement(site.hub), FHIR_JSON)

    @router.get("/fhir-publik/{type}", summary="Search the public directory", response_class=Response, responses=_FHIR)
    async def search(request: Request) -> Response:
        type_, asked = request.path_params["type"], request.query_params.multi_items()
        return await answer(request, "/fhir-publik/{type}", lambda: directory.search(site.hub, type_, asked), FHIR_JSON)

    @router.get(
        "/fhir-publik/{type}/{id}",
        summary="One resource of the public directory",
        response_class=Response,
        responses=_FHIR,
    )
    async def read(request: Request) -> Response:
        type_, id_ = request.path_params["type"], request.path_params["id"]
        return await answer(
            request, "/fhir-publik/{type}/{id}", lambda: directory.read(site.hub, type_, id_), FHIR_JSON
        )

    @router.get(
        "/direktori.geojson", summary="The public directory as points", response_class=Response, responses=_POINTS
    )
    async def points(request: Request) -> Response:
        return await answer(request, "/direktori.geojson", lambda: directory.points(site.hub), GEOJSON)

    return router
