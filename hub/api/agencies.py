"""/city: what other agencies of the city ask with their own keys (SMART Backend Services, scopes city/…)."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.access import agencies
from hub.api.rates import Rates
from hub.api.site import Site
from hub.errors import Category, HubError
from hub.fhir.json import write
from hub.model import Issue, Principal

PER_MINUTE = 120
_JOSE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/jose": {"schema": {"type": "string"}}}}}
_KEYS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/jwk-set+json": {"schema": {"type": "object"}}}}
}
_BEARER: dict[str, Any] = {"security": [{"bearer": []}]}


def agency_routes(site: Site) -> APIRouter:
    """The routes of agencies; every one needs a token but the public key."""
    router = APIRouter(prefix="/city")
    rates = Rates(PER_MINUTE, site.hub.clock)

    async def caller(request: Request, route: str) -> Principal:
        request.state.route = route
        who = await site.caller(request)
        seconds = rates.wait_s(who.subject)
        if seconds:
            raise HubError(Category.BUSY, Issue("HUB-4337", args={"seconds": str(seconds)}))
        return who

    @router.get("/areas", summary="Public sums by kelurahan", openapi_extra=_BEARER, response_class=JSONResponse)
    async def areas(request: Request, month: str = "") -> Response:
        who = await caller(request, "/city/areas")
        return _json(await site.run(partial(agencies.area_sums, site.hub, who, month)))

    @router.get("/licences", summary="Whether a licence holds", openapi_extra=_BEARER, response_class=JSONResponse)
    async def licences(request: Request, number: str) -> Response:
        who = await caller(request, "/city/licences")
        return _json({"status": await site.run(partial(agencies.check_licence, site.hub, who, number))})

    @router.get(
        "/feed", summary="Public tables, signed", openapi_extra=_BEARER, response_class=Response, responses=_JOSE
    )
    async def feed(request: Request, after: str = "0", nonce: str = "") -> Response:
        who = await caller(request, "/city/feed")
        place = int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else -1
        signed = await site.run(partial(agencies.feed, site.hub, who, place, nonce))
        return Response(signed, media_type="application/jose", headers={"Cache-Control": "no-store"})

    @router.get("/feed/keys", summary="The key that signs the feed", response_class=Response, responses=_KEYS)
    async def keys(request: Request) -> Response:
        request.state.route = "/city/feed/keys"
        return Response(
            write(agencies.feed_keys(site.hub)),
            media_type="application/jwk-set+json",
            headers={"Cache-Control": "public, max-age=3600"},
        )

    return router


def _json(body: dict[str, Any]) -> Response:
    return Response(write(body), media_type="application/json", headers={"Cache-Control": "no-store"})
